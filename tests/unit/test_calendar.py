"""Trading days, holidays and sessions."""

# ruff: noqa: DTZ001 - hypothesis wants bounds without a zone, and moments without one are tested

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.calendar import Calendar, bundled, load_calendar
from backfin.clock import IST
from backfin.errors import ConfigError

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30), timezones=st.just(UTC))


def ist(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=IST)


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        (ist(2026, 7, 1, 8, 44, 59), "closed"),
        (ist(2026, 7, 1, 8, 45), "block"),
        (ist(2026, 7, 1, 9, 0), "pre_open"),
        (ist(2026, 7, 1, 9, 8), "closed"),
        (ist(2026, 7, 1, 9, 15), "normal"),
        (ist(2026, 7, 1, 14, 10), "normal"),
        (ist(2026, 7, 1, 15, 29, 59), "normal"),
        (ist(2026, 7, 1, 15, 30), "closed"),
        (ist(2026, 7, 1, 15, 40), "closing"),
        (ist(2026, 7, 1, 16, 0), "closed"),
        (ist(2026, 7, 4, 12, 0), "closed"),
        (ist(2026, 1, 26, 12, 0), "closed"),
        (datetime(2026, 7, 1, 3, 45, tzinfo=UTC), "normal"),
        (datetime(2026, 6, 30, 20, 0, tzinfo=UTC), "closed"),
    ],
)
def test_a_moment_is_in_the_session_of_its_wall_clock(moment: datetime, session: str) -> None:
    assert bundled().session_at(moment) == session


@pytest.mark.parametrize(
    ("moment", "session"),
    [
        (ist(2026, 7, 31, 15, 32), "closed"),
        (ist(2026, 8, 3, 15, 32), "closing"),
        (ist(2026, 8, 3, 15, 45), "closed"),
        (ist(2026, 9, 4, 9, 9), "closed"),
        (ist(2026, 9, 7, 9, 9), "pre_open"),
        (ist(2026, 12, 4, 15, 37), "closed"),
        (ist(2026, 12, 7, 15, 37), "closing"),
    ],
)
def test_sessions_change_on_the_day_from_which_they_hold(moment: datetime, session: str) -> None:
    assert bundled().session_at(moment) == session


def test_the_closing_auction_runs_beside_normal_trading() -> None:
    assert bundled().sessions_at(ist(2026, 8, 3, 15, 20)) == {"normal", "closing"}


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 1, 22),
        date(2024, 5, 20),
        date(2025, 10, 22),
        date(2026, 1, 15),
        date(2026, 11, 24),
        date(2026, 7, 5),
    ],
)
def test_holidays_and_weekends_are_no_trading_days(day: date) -> None:
    assert not bundled().is_trading_day(day)


@pytest.mark.parametrize("day", [date(2024, 1, 20), date(2025, 2, 1), date(2026, 2, 1)])
def test_a_weekend_day_with_trading_has_the_ordinary_sessions(day: date) -> None:
    moment = datetime.combine(day, time(12), IST)

    assert bundled().is_trading_day(day)
    assert bundled().session_at(moment) == "normal"


def test_muhurat_trading_is_an_hour_on_a_holiday() -> None:
    calendar = bundled()

    assert calendar.is_trading_day(date(2025, 10, 21))
    assert calendar.holidays[date(2025, 10, 21)] == "Diwali Laxmi Pujan"
    assert [calendar.session_at(ist(2025, 10, 21, *at)) for at in ((10, 0), (13, 40), (14, 0), (14, 45))] == [
        "closed",
        "pre_open",
        "normal",
        "closed",
    ]


def test_a_day_with_two_normal_windows_has_a_break() -> None:
    sessions = [bundled().session_at(ist(2024, 3, 2, *at)) for at in ((9, 30), (10, 30), (12, 0), (13, 0))]

    assert sessions == ["normal", "closed", "normal", "closed"]


@pytest.mark.parametrize(
    ("moment", "start"),
    [
        (ist(2026, 7, 1, 8, 0), ist(2026, 7, 1, 9, 15)),
        (ist(2026, 7, 1, 9, 15), ist(2026, 7, 2, 9, 15)),
        (ist(2026, 7, 3, 12, 0), ist(2026, 7, 6, 9, 15)),
        (ist(2026, 4, 2, 18, 0), ist(2026, 4, 6, 9, 15)),
        (ist(2024, 3, 2, 9, 30), ist(2024, 3, 2, 11, 30)),
        (ist(2025, 10, 20, 16, 0), ist(2025, 10, 21, 13, 45)),
        (ist(2025, 10, 21, 15, 0), ist(2025, 10, 23, 9, 15)),
        (ist(2025, 12, 31, 23, 59), ist(2026, 1, 1, 9, 15)),
        (ist(2028, 2, 28, 16, 0), ist(2028, 2, 29, 9, 15)),
    ],
)
def test_the_next_session_skips_nights_weekends_and_holidays(moment: datetime, start: datetime) -> None:
    assert bundled().next_session_start(moment) == start
    assert bundled().next_session_start(moment).tzinfo is UTC


@given(moment=MOMENTS)
def test_the_next_session_is_the_first_normal_moment_after(moment: datetime) -> None:
    calendar = bundled()

    start = calendar.next_session_start(moment)

    assert start > moment
    assert calendar.session_at(start) == "normal"
    assert calendar.session_at(start - timedelta(microseconds=1)) != "normal"
    assert calendar.is_trading_day(start.astimezone(IST).date())


@given(moment=MOMENTS)
def test_a_session_runs_only_on_trading_days_and_is_closed_else(moment: datetime) -> None:
    calendar = bundled()

    running = calendar.sessions_at(moment)

    assert (calendar.session_at(moment) == "closed") == (not running)
    assert not running or calendar.is_trading_day(moment.astimezone(IST).date())


@given(day=DAYS)
def test_every_trading_day_has_a_normal_session_and_no_other_day_has(day: date) -> None:
    calendar = bundled()
    before = datetime.combine(day, time.min, IST) - timedelta(microseconds=1)

    starts_that_day = calendar.next_session_start(before).astimezone(IST).date() == day

    assert starts_that_day == calendar.is_trading_day(day)


def test_the_bundled_years_are_stated_and_each_has_its_holidays() -> None:
    calendar = bundled()

    assert (calendar.covered_from, calendar.covered_until) == (date(2024, 1, 1), date(2026, 12, 31))
    assert not calendar.is_covered(date(2023, 12, 31))
    assert {year: sum(day.year == year for day in calendar.holidays) for year in (2024, 2025, 2026)} == {
        2024: 17,
        2025: 14,
        2026: 16,
    }
    assert all(calendar.is_covered(day) for day in (*calendar.holidays, *calendar.special))
    assert [day for day in calendar.holidays if day.weekday() in calendar.weekly_holidays] == []


def test_days_outside_the_covered_years_are_judged_by_the_weekday() -> None:
    assert bundled().is_trading_day(date(2031, 1, 27))
    assert not bundled().is_trading_day(date(2031, 1, 25))
    assert bundled().session_at(ist(2010, 7, 1, 12, 0)) == "normal"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        bundled().session_at(datetime(2026, 7, 1, 12, 0))
    with pytest.raises(ValueError, match="no time zone"):
        bundled().next_session_start(datetime(2026, 7, 1, 12, 0))


def own(home: Path, text: str) -> Calendar:
    (home / "calendar.toml").write_text(text, encoding="utf-8")
    return load_calendar(home)


def test_without_a_file_of_their_own_users_have_the_bundled_calendar(tmp_path: Path) -> None:
    assert load_calendar(tmp_path) is bundled()


def test_a_users_file_adds_days_and_wins_over_the_bundled_ones(tmp_path: Path) -> None:
    calendar = own(
        tmp_path,
        """
        covered_until = 2027-12-31
        [[special]]
        day = 2026-01-26
        [[sessions]]
        valid_from = 2027-01-01
        normal = [[10:00:00, 17:00:00]]
        [holidays]
        2027-01-26 = "Republic Day"
        2026-02-01 = "No session after all"
        """,
    )

    assert calendar.is_covered(date(2027, 6, 1))
    assert calendar.is_trading_day(date(2026, 1, 26))
    assert not calendar.is_trading_day(date(2027, 1, 26))
    assert not calendar.is_trading_day(date(2026, 2, 1))
    assert calendar.session_at(ist(2027, 1, 27, 16, 0)) == "normal"
    assert calendar.session_at(ist(2026, 7, 1, 12, 0)) == "normal"
    assert not calendar.is_trading_day(date(2026, 12, 25))


@pytest.mark.parametrize(
    "text",
    [
        "holidays = 3",
        "holiday = {}",
        "[holidays]\nsoon = 'x'",
        "covered_until = 'later'",
        "covered_until = 2027-01-01T00:00:00",
        "weekly_holidays = [7]",
        "[[special]]\nname = 'no day'",
        "[[special]]\nday = 2026-07-05\nnormal = [[15:00:00, 09:00:00]]",
        "[[special]]\nday = 2026-07-05\nnormal = [['9', '10']]",
        "[[special]]\nday = 2026-07-05\npre_open = [[09:00:00, 09:08:00]]",
        "[[sessions]]\nvalid_from = 2027-01-01",
        "not toml",
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"calendar\.toml is no trading calendar"):
        own(tmp_path, text)


def test_a_calendar_that_never_opens_says_so(tmp_path: Path) -> None:
    calendar = own(tmp_path, "weekly_holidays = [0, 1, 2, 3, 4, 5, 6]")

    with pytest.raises(ConfigError, match="has no session"):
        calendar.next_session_start(ist(2029, 1, 1, 12, 0))
