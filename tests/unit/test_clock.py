"""Days and wall clocks of the exchanges."""

# ruff: noqa: DTZ001 - hypothesis wants bounds without a zone, and moments without one are tested

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.clock import IST, SystemClock, day_bounds, day_of, days, parse_ist

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_the_system_clock_tells_aware_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


@given(moment=MOMENTS)
def test_a_moment_lies_within_the_bounds_of_its_day(moment: datetime) -> None:
    start, end = day_bounds(day_of(moment))

    assert start <= moment < end


@given(day=DAYS)
def test_days_touch_and_an_indian_day_has_24_hours(day: date) -> None:
    start, end = day_bounds(day)

    assert day_bounds(day + timedelta(days=1))[0] == end
    assert end - start == timedelta(hours=24)
    assert day_of(start) == day
    assert day_of(end - timedelta(microseconds=1)) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 7, 1), 24)]
)
def test_a_day_is_as_long_as_its_zone_makes_it(day: date, hours: int) -> None:
    start, end = day_bounds(day, ZoneInfo("America/New_York"))

    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2024, 2, 28), date(2024, 3, 1), 3),
        (date(2026, 2, 28), date(2026, 3, 1), 2),
        (date(2025, 12, 31), date(2026, 1, 1), 2),
        (date(2026, 7, 1), date(2026, 7, 1), 1),
        (date(2026, 7, 2), date(2026, 7, 1), 0),
    ],
)
def test_days_run_over_month_and_year_ends_both_included(first: date, last: date, count: int) -> None:
    found = list(days(first, last))

    assert len(found) == count
    assert found == sorted(set(found))
    assert not found or (found[0], found[-1]) == (first, last)


@given(moment=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))
def test_a_wall_clock_of_an_exchange_reads_back_as_it_was_written(moment: datetime) -> None:
    assert parse_ist(f" {moment.isoformat()} ") == moment.replace(tzinfo=IST)


@pytest.mark.parametrize(
    "text", ["2022-12-05T15:54:07+05:30", "2022-12-05T15:54:07Z", "05/12/2022", "", "2022-13-01T00:00:00"]
)
def test_what_is_no_wall_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_ist(text)
