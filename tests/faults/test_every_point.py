"""Every touch of store, archive, broker, exchange, model and channel fails once in every way; the promises hold.

``FAULTS_EVERY`` says how many of the cases are run: 1 is all of them. ``FAULTS_REPORT`` names a file to which one line
is added for each case.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from backfin.models import DeliveryState, State
from fault_walk.books import broken_promises
from fault_walk.walk import Outcome, Walk, recorded_walk

EVERY = int(os.environ.get("FAULTS_EVERY", "60"))
REPORT = os.environ.get("FAULTS_REPORT")

#: Cases are run in so many parts, each with some of every step.
PARTS = 40

#: Each boundary at which a step touches something else.
BOUNDARIES = {"store", "archive", "broker", "exchange", "llm", "channel"}

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="session")
def walk() -> Iterator[Walk]:
    """The clean run."""
    logger = logging.getLogger("backfin")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    with recorded_walk() as made:
        yield made
    logger.setLevel(level)


def test_the_clean_day_touches_everything_and_keeps_every_promise(walk: Walk) -> None:
    clean = walk.clean

    assert BOUNDARIES == {touch.boundary for touch in walk.touches}
    assert [] == broken_promises(clean, clean)
    assert {State.MATCHED} == set(clean.states.values())
    assert [] == clean.unsure
    assert DeliveryState.SENT in {told.state for told in clean.deliveries.values()}
    assert 6 == len(clean.states)
    assert {1} == set(clean.arrived.values())


@pytest.mark.parametrize("part", range(PARTS))
def test_no_fault_breaks_a_promise(walk: Walk, part: int) -> None:
    outcomes = [walk.run(fault) for fault in walk.sample(EVERY)[part::PARTS]]
    report(outcomes)

    assert [] == [f"{one.fault}: {sentence}" for one in outcomes for sentence in one.broken]


def report(outcomes: list[Outcome]) -> None:
    if REPORT:
        with Path(REPORT).open("a", encoding="utf-8") as file:
            file.write("".join(f"{one.as_json()}\n" for one in outcomes))
