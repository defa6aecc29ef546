"""Counts of steps in a process, and rates from buckets."""

from __future__ import annotations

import pytest

from backfin.counters import BUCKETS, Rates, _rates
from backfin.progress import DONE, FAILED, MILLISECONDS, Progress


def test_steps_are_counted_by_how_they_end_and_how_long_they_took(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((10.0, 10.07, 20.0, 20.3))
    monkeypatch.setattr("backfin.progress.time.monotonic", lambda: next(times))
    progress = Progress()

    with progress.step("backfin.read", "bse:1"):
        pass
    with pytest.raises(ValueError), progress.step("backfin.read", "bse:2"):
        raise ValueError

    counts = progress.take_counts()
    assert {what: count for (_, what), count in counts.items() if not what.startswith("le")} == {
        DONE: 1,
        FAILED: 1,
        MILLISECONDS: 370,
    }
    assert [counts["backfin.read", f"le {bound}"] for bound in ("0.05", "0.1", "0.25", "0.5", "300")] == [
        0,
        1,
        1,
        2,
        2,
    ]
    assert progress.take_counts() == {}


def test_rates_are_those_of_the_time_that_was_looked_at() -> None:
    buckets = [{"in|q": 15, "out|q": 30}] * BUCKETS + [{"in|q": 5}]

    rates = _rates(buckets, into_s=5.0)

    assert rates == {"q": Rates(came=60.0, went=110.8, came_15m=60.0, went_15m=119.3)}


def test_a_queue_without_messages_has_no_rate() -> None:
    assert _rates([{}] * (BUCKETS + 1), into_s=1.0) == {}
