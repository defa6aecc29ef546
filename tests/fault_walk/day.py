"""A small day of an exchange, as it goes through a machine: six filings, one with two files, and four watches."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backfin.clock import IST
from backfin.models import Cadence, Document, Phase, Watch
from backfin.storage.store import Store
from backfin.testing import FrozenClock, make_document, make_row, make_watch
from fault_walk.boundaries import TouchyChannel, TouchyExchange, wrap
from fault_walk.machine import Machine, wait_in_queue
from fault_walk.points import Fault, Points

#: A Wednesday; the first rows are a minute old when the machine first looks.
DAY = datetime(2026, 7, 1, tzinfo=IST)
START = DAY.replace(hour=12, minute=0, second=30)

#: How far days are closed.
CLOSED = "fake:closed"

#: Rounds of some minutes that the machine gets to come to rest.
MOST_ROUNDS = 30

#: Channels: one that knows a repeat by its id, one that does not.
KNOWING, PLAIN = "knowing", "plain"

_SETTINGS = {
    "llm": {"api_key": "sk-test", "model": "stub", "base_url": "http://127.0.0.1:1/v1"},
    "enrichers": ("llm",),
    "documents": {"ocr": False},
    "steps": {"breaker_failures": 3},
}


class WordReader:
    """Reads plain text as one page, in this process."""

    name, priority, media_types = "words", 0, ("text/plain",)

    def read(self, path: Path, media_type: str) -> Document:
        """The document."""
        text = path.read_text()
        return make_document(text, media_type=media_type, size_bytes=len(text.encode()))


def rows() -> list[dict[str, Any]]:
    """What the exchange publishes; the last two land later."""
    orders = [_order(1), _order(2), _order(3, second_file="3b.txt")]
    routine = make_row(
        4, subject="Newspaper publication", text="Copies of a newspaper publication.", code="999004"
    )
    return [*orders, routine, _order(5, code="999005"), _order(6, code="999006")]


def _order(number: int, **more: Any) -> dict[str, Any]:
    return make_row(number, file=f"{number}.txt", **more)


def files() -> dict[str, bytes]:
    """Their files."""
    texts = {f"{number}.txt": _words(number) for number in (1, 2, 3, 5, 6)}
    texts["3b.txt"] = "Annexure to the letter: details under Regulation 30 are given above in full."
    return {name: text.encode() for name, text in texts.items()}


def _words(number: int) -> str:
    return (
        f"Dear Sirs, we inform you that the company has received an order worth Rs. {number}2.50 crore from "
        f"Example Rail Limited. Letter number {number}. The order is to be executed within twelve months."
    )


def watches() -> list[Watch]:
    """Who wants to know."""
    everything = make_watch("everything", "*", f"{KNOWING}:a", f"{PLAIN}:b", phase=Phase.BOTH)
    orders = make_watch("orders", 'category = "New Order"', f"{PLAIN}:b", f"{PLAIN}:c")
    evening = make_watch("evening", "*", f"{PLAIN}:d", cadence=Cadence.DIGEST, digest_at="18:00")
    papers = make_watch("papers", '"Newspaper"', f"{PLAIN}:e", phase=Phase.FLASH)
    return [everything, orders, evening, papers]


def make_home(folder: Path) -> Path:
    """A home with an empty store that has its schema and the watches."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(f"sqlite:///{folder / 'backfin.db'}")
    store.prepare()
    for watch in watches():
        store.watches.put(watch)
    store.close()
    return folder


@contextmanager
def new_machine(template: Path, home: Path, fault: Fault | None = None) -> Iterator[tuple[Machine, Points]]:
    """A machine with a home of its own, in which one thing goes wrong."""
    shutil.copytree(template, home)
    clock = FrozenClock(START)
    points = Points(clock, fault)
    with pytest.MonkeyPatch.context() as patch:
        wrap(patch, points)
        exchange = TouchyExchange(rows()[:4], files=files())
        channels = [TouchyChannel(KNOWING, accepts_token=True), TouchyChannel(PLAIN)]
        machine = Machine(
            home,
            clock,
            points,
            exchange=exchange,
            channels=channels,
            readers=[WordReader()],
            settings=_SETTINGS,
        )
        wait_in_queue(patch, machine)
        try:
            yield machine, points
        finally:
            machine.app.close()
            shutil.rmtree(home, ignore_errors=True)


def live_through(machine: Machine) -> None:
    """The day and what follows it, until nothing is left to do."""
    machine.tick()
    machine.exchange.rows = rows()
    machine.tick()
    come_to_rest(machine)
    machine.move_to(DAY.replace(hour=17, minute=59, second=30))
    machine.tick()
    come_to_rest(machine)
    for nights in (1, 2, 3):
        machine.move_to(DAY + timedelta(days=nights, minutes=24, seconds=30))
        machine.tick()
        come_to_rest(machine)
        if machine.app.store.watermarks.get(CLOSED) is not None:
            return


def come_to_rest(machine: Machine) -> None:
    """Lets time pass until nothing is open any more; what never ends shows in the books."""
    for number in range(MOST_ROUNDS):
        if not is_open(machine):
            return
        if number > 3:
            machine.work(machine.clock.now() + timedelta(minutes=5))
        machine.tick()


def is_open(machine: Machine) -> bool:
    """Whether something still waits for its turn, or was published and is not there."""
    now, store = machine.clock.now(), machine.app.store
    later = now + timedelta(days=30)
    if len(machine.queue) or store.announcements.stalled(later, 1) or store.deliveries.stalled(later, 1):
        return True
    evening = DAY.replace(hour=18)
    is_digest_due = now >= evening and any(one.oldest <= evening for one in store.digests.waiting())
    return is_digest_due or store.announcements.count_day("fake", DAY.date()) < len(machine.exchange.rows)
