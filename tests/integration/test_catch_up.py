"""What an outage left open is caught up with, however long it was and whatever days it spans."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from backfin import Backfin
from backfin.clock import IST, day_of, days
from backfin.testing import FakeExchange, FrozenClock, make_app, make_row, run_exchange

#: Days before the outage that were read, so that there is a watermark.
_BEFORE = 1


def at(text: str) -> FrozenClock:
    return FrozenClock(datetime.fromisoformat(text).replace(tzinfo=IST))


def daily_rows(first: date, last: date) -> list[dict[str, object]]:
    """Two rows a day: one right after midnight, one right before the next."""
    rows = []
    for number, day in enumerate(days(first, last)):
        rows.append(make_row(2 * number + 1, at=f"{day}T00:00:01"))
        rows.append(make_row(2 * number + 2, at=f"{day}T23:59:58"))
    return rows


def poll_for(app: Backfin, clock: FrozenClock, minutes: int) -> None:
    for _ in range(minutes):
        run_exchange(app, "fake")
        clock.forward(60)


def stored_days(app: Backfin) -> dict[date, int]:
    counts: dict[date, int] = {}
    for item in app.store.announcements.select():
        counts[item.day] = counts.get(item.day, 0) + 1
    return counts


@pytest.mark.parametrize("outage_days", [1, 2, 7, 29, 30])
@pytest.mark.parametrize(
    "back",
    [
        "2026-07-15T12:00:00",  # an ordinary day
        "2027-01-02T09:00:00",  # over the end of a year
        "2028-03-01T12:00:00",  # over a leap day
        "2026-03-01T12:00:00",  # over the end of a February without one
        "2026-08-01T00:00:30",  # half a minute into a month
        "2026-07-31T23:59:30",  # half a minute before its end
    ],
)
def test_every_day_of_an_outage_is_read(outage_days: int, back: str) -> None:
    clock = at(back)
    today = day_of(clock.now())
    first = today - timedelta(days=outage_days + _BEFORE)
    exchange = FakeExchange([row for row in daily_rows(first, today) if str(row["at"]) <= back])
    clock.forward(-(outage_days + _BEFORE) * 86_400)
    with make_app(exchanges=[exchange], clock=clock) as app:
        run_exchange(app, "fake")
        clock.forward((outage_days + _BEFORE) * 86_400)

        poll_for(app, clock, 3)

        counts = stored_days(app)
        left_open = list(days(first + timedelta(days=1), today - timedelta(days=1)))
        assert [counts.get(day, 0) for day in left_open] == [2] * len(left_open)
        assert counts[today] >= 1
        assert app.store.watermarks.get("fake") == day_of(clock.now())


@pytest.mark.parametrize("outage_days", [31, 45, 400])
def test_of_a_longer_outage_the_days_left_out_are_named(
    outage_days: int, caplog: pytest.LogCaptureFixture
) -> None:
    clock = at("2027-01-20T12:00:00")
    today = day_of(clock.now())
    first = today - timedelta(days=outage_days)
    clock.forward(-outage_days * 86_400)
    with make_app(exchanges=[FakeExchange(daily_rows(first, today))], clock=clock) as app:
        run_exchange(app, "fake")
        clock.forward(outage_days * 86_400)

        poll_for(app, clock, 3)

        read = stored_days(app)
        assert all(read[day] == 2 for day in days(today - timedelta(days=30), today - timedelta(days=1)))
        assert app.store.watermarks.get("fake") == today
    last = today - timedelta(days=31)
    assert f"{first} to {last} are not read by themselves" in caplog.text


def test_midnight_belongs_to_the_new_day() -> None:
    clock = at("2026-07-01T23:59:50")
    rows = [make_row(1, at="2026-07-01T23:59:59.9"), make_row(2, at="2026-07-02T00:00:00")]
    exchange = FakeExchange()
    with make_app(exchanges=[exchange], clock=clock) as app:
        run_exchange(app, "fake")
        exchange.rows = list(rows)
        clock.forward(11)

        poll_for(app, clock, 2)

        assert stored_days(app) == {date(2026, 7, 1): 1, date(2026, 7, 2): 1}
