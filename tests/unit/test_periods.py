"""The periods of digests: whatever the zone does with its clocks, no moment is left out or told twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.notifications.periods import Daily, Quiet

ZONES = (
    "Asia/Kolkata",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
)

dailies = st.builds(
    Daily,
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES).map(ZoneInfo),
)
moments = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(dailies, moments)
def test_every_moment_lies_in_exactly_one_period(daily: Daily, moment: datetime) -> None:
    since = daily.before(moment)
    ends = [daily.on(moment.date() + timedelta(days=offset)) for offset in range(-4, 5)]
    until = min(one for one in ends if one >= moment)

    assert since < moment <= until
    assert [one for one in ends if since < one < until] == []
    assert daily.last(until) == until
    assert daily.last(until - timedelta(microseconds=1)) == since


@given(dailies, moments)
def test_a_period_is_a_day_but_for_what_clocks_do(daily: Daily, moment: datetime) -> None:
    since = daily.before(moment)
    following = daily.before(since + timedelta(days=2))

    assert timedelta(hours=22) <= following - since <= timedelta(hours=50)


@given(dailies, moments)
def test_what_is_due_is_never_in_the_future(daily: Daily, moment: datetime) -> None:
    last = daily.last(moment)

    assert moment - timedelta(hours=50) < last <= moment
    assert daily.last(last) == last


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        ("America/New_York", time(2, 30), date(2026, 3, 8), "2026-03-08T07:30:00+00:00"),
        ("America/New_York", time(1, 30), date(2026, 11, 1), "2026-11-01T05:30:00+00:00"),
        ("Asia/Kolkata", time(18, 30), date(2026, 7, 1), "2026-07-01T13:00:00+00:00"),
    ],
    ids=["skipped", "shown twice", "plain"],
)
def test_each_day_has_one_moment(zone: str, at: time, day: date, expected: str) -> None:
    assert Daily(at, ZoneInfo(zone)).on(day).isoformat() == expected


@pytest.mark.parametrize(
    ("at", "zone", "sentence"),
    [("24:00", "UTC", "HH:MM"), ("7:00", "UTC", "HH:MM"), ("07:00", "Asia/Bombay City", "Asia/Kolkata")],
)
def test_a_bad_time_or_zone_is_refused_with_a_good_one(at: str, zone: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Daily.of(at, zone)


hours = st.tuples(st.times(), st.times()).map(lambda two: "-".join(f"{one:%H:%M}" for one in two))


@given(hours.filter(lambda text: text[:5] != text[6:]), st.sampled_from(ZONES), moments)
def test_quiet_hours_end_within_a_day_and_then_are_over(text: str, zone: str, moment: datetime) -> None:
    quiet = Quiet.of(text, zone)

    end = quiet.until(moment)

    if end is not None:
        assert moment < end <= moment + timedelta(hours=50)
        assert quiet.until(end - timedelta(microseconds=1)) == end


@pytest.mark.parametrize(
    ("hours", "zone", "moment", "end"),
    [
        ("22:00-07:00", "Asia/Kolkata", "2026-07-01T22:00+05:30", "2026-07-02T07:00+05:30"),
        ("22:00-07:00", "Asia/Kolkata", "2026-07-02T06:59+05:30", "2026-07-02T07:00+05:30"),
        ("22:00-07:00", "Asia/Kolkata", "2026-07-02T07:00+05:30", None),
        ("22:00-07:00", "Asia/Kolkata", "2026-07-01T21:59+05:30", None),
        ("12:00-13:00", "Asia/Kolkata", "2026-07-01T12:30+05:30", "2026-07-01T13:00+05:30"),
        ("12:00-13:00", "Asia/Kolkata", "2026-07-01T23:30+05:30", None),
        ("22:00-07:00", "America/New_York", "2026-03-08T01:59-05:00", "2026-03-08T07:00-04:00"),
        ("22:00-07:00", "America/New_York", "2026-11-01T01:30-05:00", "2026-11-01T07:00-05:00"),
        ("02:15-02:45", "America/New_York", "2026-03-08T03:20-04:00", "2026-03-08T03:45-04:00"),
        ("02:30-03:15", "America/New_York", "2026-03-08T03:20-04:00", None),
        ("01:30-02:00", "America/New_York", "2026-11-01T01:45-05:00", "2026-11-01T02:00-05:00"),
    ],
)
def test_quiet_hours_over_midnight_and_where_clocks_change(
    hours: str, zone: str, moment: str, end: str | None
) -> None:
    found = Quiet.of(hours, zone).until(datetime.fromisoformat(moment))

    assert found == (None if end is None else datetime.fromisoformat(end))
