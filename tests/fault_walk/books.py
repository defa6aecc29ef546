"""The books: what a day left behind, and whether the four promises hold in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select

from backfin.models import DeliveryState, Phase, State
from backfin.steps.close_day import hold_day
from backfin.storage.tables import deliveries as d
from fault_walk.day import CLOSED, DAY, KNOWING
from fault_walk.machine import Machine

#: What differs between two readings of the same filing and is no fact of it.
_NO_FACTS = frozenset({"created_at", "detail", "input_tokens", "output_tokens", "cost_usd"})


class Told(NamedTuple):
    """A delivery."""

    state: str
    address: str
    announcement_id: str
    phase: str


@dataclass
class Books:
    """What a day left behind."""

    states: dict[str, str]
    facts: dict[str, Any]
    mentions: dict[str, Any]
    documents: dict[str, list[str]]
    deliveries: dict[str, Told]
    arrived: Counter[tuple[str, str]]
    #: By address and what is told, the ids under which it arrived.
    ids: dict[tuple[str, str], set[str]]
    closed: Any
    is_complete: bool
    dead_letters: list[str] = field(default_factory=list)

    @property
    def unsure(self) -> list[str]:
        """Deliveries of which backfin says that it does not know."""
        return [key for key, told in self.deliveries.items() if told.state == DeliveryState.UNSURE]

    def has_heard(self, address: str, announcement_id: str) -> bool:
        """Whether somebody was told the facts of an announcement, as far as backfin knows."""
        is_unsure = any(
            (told.address, told.announcement_id, told.state)
            == (address, announcement_id, DeliveryState.UNSURE)
            for told in self.deliveries.values()
        )
        return is_unsure or (address, f"{announcement_id} enriched") in self.arrived


def books_of(machine: Machine) -> Books:
    """Reads them."""
    store, day = machine.app.store, DAY.date()
    ids = sorted(store.announcements.ids_of_day("fake", day))
    arrived = [one for channel in machine.channels for one in channel.arrived]
    under: dict[tuple[str, str], set[str]] = {}
    for address, what, delivery_id in arrived:
        under.setdefault((address, what), set()).add(delivery_id)
    report, _ = hold_day(machine.app.context, machine.exchange, day, offline=True)
    return Books(
        states={key: store.announcements.status(key).state.value for key in ids},
        facts={key: _facts_of(store.enrichments.latest(key)) for key in ids},
        mentions={key: sorted(one.model_dump_json() for one in store.investors.mentions(key)) for key in ids},
        documents={key: [one.document_id for one in store.documents.of(key)] for key in ids},
        deliveries=_deliveries(machine),
        arrived=Counter((address, what) for address, what, _ in arrived),
        ids=under,
        closed=store.watermarks.get(CLOSED),
        is_complete=report.complete,
        dead_letters=[f"{one.actor} {one.key}" for one in machine.dead_letters],
    )


def _facts_of(enrichment: Any) -> Any:
    return None if enrichment is None else enrichment.model_dump(mode="json", exclude=set(_NO_FACTS))


def _deliveries(machine: Machine) -> dict[str, Told]:
    columns = (d.c.delivery_id, d.c.state, d.c.address, d.c.announcement_id, d.c.phase)
    with machine.app.store._database.read() as connection:
        return {key: Told(*rest) for key, *rest in connection.execute(select(*columns))}


def broken_promises(clean: Books, found: Books) -> list[str]:
    """Every promise that does not hold, in a sentence each; ``clean`` is the same day with no fault in it."""
    return [
        *_incomplete(clean, found),
        *_lost(clean, found),
        *_invented(clean, found),
        *_told_twice(found),
    ]


def _incomplete(clean: Books, found: Books) -> list[str]:
    said = []
    if clean.states.keys() != found.states.keys():
        said.append(f"stored are {sorted(found.states)}")
    if not found.is_complete or found.closed is None:
        said.append(f"the day is not closed as complete: {found.is_complete}, closed up to {found.closed}")
    return said


def _lost(clean: Books, found: Books) -> list[str]:
    said = [f"{key} is {state}" for key, state in found.states.items() if state != State.MATCHED]
    for key, wanted in clean.deliveries.items():
        told = found.deliveries.get(key)
        if told is not None and told.state not in (wanted.state, DeliveryState.UNSURE):
            said.append(f"delivery {key} is {told.state}")
        # A lost flash has nothing more to say to those who hear the facts at the same address.
        if told is None and not (wanted.phase == Phase.FLASH and found.has_heard(*wanted[1:3])):
            said.append(f"nobody knows of the delivery {key}: {wanted}")
    lost_flashes = {
        (told.address, f"{told.announcement_id} {Phase.FLASH}")
        for key, told in clean.deliveries.items()
        if key not in found.deliveries
    }
    missing = clean.arrived.keys() - found.arrived.keys() - lost_flashes
    # What is unsure is said to a person, who decides; it is not lost, and it is not more than was in doubt.
    if len(missing) > len(found.unsure):
        said.append(f"never arrived: {sorted(missing)}")
    return said


def _invented(clean: Books, found: Books) -> list[str]:
    said = []
    for name in ("facts", "mentions", "documents"):
        wanted, got = getattr(clean, name), getattr(found, name)
        said += [
            f"{name} of {key} differ: {_difference(wanted[key], got.get(key))}"
            for key in wanted
            if wanted[key] != got.get(key)
        ]
    said += [f"delivery {key} is made up" for key in found.deliveries.keys() - clean.deliveries.keys()]
    return said


def _difference(wanted: Any, got: Any) -> Any:
    if isinstance(wanted, dict) and isinstance(got, dict):
        return {key: (value, got.get(key)) for key, value in wanted.items() if value != got.get(key)}
    return wanted, got


def _told_twice(found: Books) -> list[str]:
    said = []
    for (address, what), times in found.arrived.items():
        knows = address.startswith(KNOWING)
        if times > 1 and not knows:
            said.append(f"{address} heard {times} times of {what}")
        if len(found.ids[address, what]) > 1:
            said.append(f"{address} heard of {what} under several ids")
    return said
