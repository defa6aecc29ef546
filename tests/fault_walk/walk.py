"""Every case: each touch of a clean day with each kind of fault that can meet it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fault_walk.books import Books, books_of, broken_promises
from fault_walk.day import live_through, make_home, new_machine
from fault_walk.points import Fault, Touch

#: Memory instead of a disk, where there is one that is: what is tested is what was stored, not what the disk does.
_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Walk:
    """A clean run, and where to run the others.

    Args:
        folder: Where homes are made.
        touches: What the clean run touched, in order.
        clean: What it left behind.
    """

    folder: Path
    touches: Sequence[Touch]
    clean: Books

    @property
    def faults(self) -> list[Fault]:
        """Every case."""
        return [Fault(touch, kind) for touch in self.touches for kind in touch.kinds]

    def sample(self, every: int) -> list[Fault]:
        """Each so manieth case, and the first of each kind at each boundary."""
        firsts: dict[Any, Fault] = {}
        for fault in self.faults:
            firsts.setdefault((fault.touch.boundary, fault.touch.what, fault.kind), fault)
        chosen = {*self.faults[::every], *firsts.values()}
        return sorted(chosen, key=lambda fault: (fault.touch.number, fault.kind))

    def run(self, fault: Fault) -> Outcome:
        """Lives the day through once more, with this fault in it."""
        home = self.folder / f"case-{fault.touch.number}-{fault.kind.replace(' ', '-')}"
        with new_machine(self.folder / "template", home, fault) as (machine, points):
            live_through(machine)
            found = books_of(machine)
            said = broken_promises(self.clean, found)
            if not points.has_struck:
                said.append("the fault was never met: the day does not take the same way each time")
        repeats = sum(found.arrived.values()) - len(found.arrived)
        return Outcome(fault, said, len(found.unsure), repeats, len(found.dead_letters))


@dataclass(frozen=True)
class Outcome:
    """What became of one case.

    ``repeats`` counts messages that arrived again under their own id, ``unsure`` those that a person is asked about.
    """

    fault: Fault
    broken: list[str]
    unsure: int
    repeats: int
    dead_letters: int

    def as_json(self) -> str:
        """One line of a report."""
        touch = self.fault.touch
        told = {
            "boundary": touch.boundary,
            "kind": self.fault.kind,
            "actor": touch.actor,
            "number": touch.number,
        }
        counts = {"unsure": self.unsure, "repeats": self.repeats, "dead_letters": self.dead_letters}
        return json.dumps(told | counts | {"broken": self.broken})


@contextmanager
def recorded_walk() -> Iterator[Walk]:
    """Runs the day once with no fault in it, and notes what it touches."""
    memory = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="bf-faults-", dir=memory) as name:
        folder = Path(name)
        template = make_home(folder / "template")
        with new_machine(template, folder / "clean") as (machine, points):
            live_through(machine)
            clean = books_of(machine)
        yield Walk(folder, points.touches, clean)
