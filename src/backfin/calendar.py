"""When the exchanges trade: trading days, holidays and sessions, as data with dates.

Filing never stops, trading does; deadlines and the weight of news depend on it. The data is bundled, covers
the years its file states, and a user's own file adds to it. BSE and NSE both keep this calendar.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from backfin.clock import IST
from backfin.errors import ConfigError

#: What the market does at a moment.
Session = Literal["pre_open", "normal", "closing", "block", "closed"]

#: Name of a user's own calendar in the home folder.
FILE_NAME = "calendar.toml"

#: Which session a moment is said to be in when several run: block deals also have a window in normal hours.
_PRECEDENCE: tuple[Session, ...] = ("normal", "pre_open", "closing", "block")

#: What a calendar file may hold.
_KEYS = {"covered_from", "covered_until", "weekly_holidays", "holidays", "sessions", "special"}

#: Longest closure that is believed, in days; beyond it a calendar is taken to be wrong.
_LONGEST_CLOSURE_DAYS = 60


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a day's wall clock, its end not included."""

    start: time
    end: time


#: The windows of one day, by session.
Windows = Mapping[Session, tuple[Window, ...]]


@dataclass(frozen=True)
class Calendar:
    """Trading days and sessions. A value: the same question always has the same answer.

    Args:
        covered_from: First day whose holidays are known.
        covered_until: Last day whose holidays are known.
        weekly_holidays: Weekdays without trading, Monday is 0.
        holidays: Names of holidays by day.
        sessions: Windows of an ordinary day, by the day from which they hold.
        special: Windows of days with trading of their own, such as Muhurat; empty: the ordinary ones.
    """

    covered_from: date
    covered_until: date
    weekly_holidays: frozenset[int]
    holidays: Mapping[date, str] = field(default_factory=dict)
    sessions: Mapping[date, Windows] = field(default_factory=dict)
    special: Mapping[date, Windows] = field(default_factory=dict)

    def is_covered(self, day: date) -> bool:
        """Whether the holidays of a day are known. Other days are judged by the weekday alone.

        >>> bundled().is_covered(date(2026, 7, 1)), bundled().is_covered(date(2031, 7, 1))
        (True, False)
        """
        return self.covered_from <= day <= self.covered_until

    def is_trading_day(self, day: date) -> bool:
        """Whether a normal session is held on a day, however short.

        >>> [bundled().is_trading_day(date(2026, 1, day)) for day in (23, 24, 26, 27)]
        [True, False, False, True]
        """
        if day in self.special:
            return True
        return day not in self.holidays and day.weekday() not in self.weekly_holidays

    def session_at(self, moment: datetime) -> Session:
        """What the market does at a moment: normal trading first where several sessions run at once.

        >>> bundled().session_at(datetime(2026, 7, 1, 9, 5, tzinfo=IST))
        'pre_open'
        >>> bundled().session_at(datetime(2026, 7, 5, 12, 0, tzinfo=IST))
        'closed'

        Raises:
            ValueError: The moment has no time zone.
        """
        running = self.sessions_at(moment)
        return next((session for session in _PRECEDENCE if session in running), "closed")

    def sessions_at(self, moment: datetime) -> frozenset[Session]:
        """Every session that runs at a moment; empty when the market is closed.

        >>> sorted(bundled().sessions_at(datetime(2026, 7, 1, 14, 10, tzinfo=IST)))
        ['block', 'normal']

        Raises:
            ValueError: The moment has no time zone.
        """
        local = _local(moment)
        return frozenset(
            session
            for session, windows in self._windows(local.date()).items()
            if any(window.start <= local.time() < window.end for window in windows)
        )

    def is_in_market_hours(self, moment: datetime) -> bool:
        """Whether a moment lies between the first session of its day and the end of the last one.

        >>> [bundled().is_in_market_hours(datetime(2026, 11, 8, hour, 30, tzinfo=IST)) for hour in (12, 18)]
        [False, True]

        Raises:
            ValueError: The moment has no time zone.
        """
        local = _local(moment)
        windows = [window for found in self._windows(local.date()).values() for window in found]
        if not windows:
            return False
        return min(one.start for one in windows) <= local.time() < max(one.end for one in windows)

    def next_session_start(self, moment: datetime) -> datetime:
        """When a normal session next begins, strictly after a moment, in UTC.

        >>> bundled().next_session_start(datetime(2026, 7, 3, 16, 0, tzinfo=IST)).astimezone(IST).isoformat()
        '2026-07-06T09:15:00+05:30'

        Raises:
            ValueError: The moment has no time zone.
            ConfigError: The calendar knows of no session for two months.
        """
        local = _local(moment)
        for offset in range(_LONGEST_CLOSURE_DAYS):
            day = local.date() + timedelta(days=offset)
            starts = [
                datetime.combine(day, window.start, IST) for window in self._windows(day).get("normal", ())
            ]
            following = [start for start in starts if start > local]
            if following:
                return min(following).astimezone(UTC)
        raise ConfigError(
            f"The trading calendar has no session in the {_LONGEST_CLOSURE_DAYS} days after "
            f"{local:%Y-%m-%d}; correct {FILE_NAME} in the home folder."
        )

    def _windows(self, day: date) -> Windows:
        if not self.is_trading_day(day):
            return {}
        return self.special.get(day) or self._ordinary(day)

    def _ordinary(self, day: date) -> Windows:
        in_force = [since for since in self.sessions if since <= day]
        return self.sessions[max(in_force) if in_force else min(self.sessions)]


@cache
def bundled() -> Calendar:
    """The calendar that comes with backfin, read at first use."""
    data = files("backfin").joinpath("data", "trading_calendar.toml").read_text(encoding="utf-8")
    empty = Calendar(date.max, date.min, frozenset())
    return _merged(empty, tomllib.loads(data))


def load_calendar(home: Path) -> Calendar:
    """The bundled calendar with what a user's ``calendar.toml`` adds to it and changes in it.

    Args:
        home: Home folder of backfin.

    Raises:
        ConfigError: The user's file cannot be read or understood.
    """
    path = home / FILE_NAME
    if not path.is_file():
        return bundled()
    try:
        return _merged(bundled(), tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigError(
            f"{path} is no trading calendar ({type(error).__name__}: {error}); "
            "write it like trading_calendar.toml of the package."
        ) from error


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(IST)


def _merged(base: Calendar, data: Mapping[str, Any]) -> Calendar:
    unknown = set(data) - _KEYS
    if unknown:
        raise ValueError(f"unknown key {', '.join(sorted(unknown))}; there are {', '.join(sorted(_KEYS))}")
    holidays = {date.fromisoformat(day): str(name) for day, name in data.get("holidays", {}).items()}
    special = {_day(entry["day"]): _windows_of(entry) for entry in data.get("special", ())}
    # What the file says of a day is all that holds for it: a new holiday there ends a special session.
    kept_special = {day: windows for day, windows in base.special.items() if day not in holidays}
    return replace(
        base,
        covered_from=min(base.covered_from, _day(data.get("covered_from", base.covered_from))),
        covered_until=max(base.covered_until, _day(data.get("covered_until", base.covered_until))),
        weekly_holidays=frozenset(map(_weekday, data.get("weekly_holidays", base.weekly_holidays))),
        holidays={**base.holidays, **holidays},
        sessions={**base.sessions, **dict(_session_rows(data))},
        special={**kept_special, **special},
    )


def _session_rows(data: Mapping[str, Any]) -> Iterator[tuple[date, Windows]]:
    for entry in data.get("sessions", ()):
        windows = _windows_of(entry)
        if not windows:
            raise ValueError(f"the sessions from {entry['valid_from']} have no windows")
        yield _day(entry["valid_from"]), windows


def _day(value: Any) -> date:
    if type(value) is not date:
        raise TypeError(f"{value!r} is no day; write it like 2026-07-01, without quotes")
    return value


def _weekday(value: Any) -> int:
    if value not in range(7):
        raise ValueError(f"{value!r} is no weekday; Monday is 0 and Sunday is 6")
    return int(value)


def _windows_of(entry: Mapping[str, Any]) -> Windows:
    windows: Windows = {
        session: tuple(_window(start, end) for start, end in entry[session])
        for session in _PRECEDENCE
        if session in entry
    }
    if windows and not windows.get("normal"):
        raise ValueError("a day with sessions needs a 'normal' window")
    return windows


def _window(start: Any, end: Any) -> Window:
    if not (isinstance(start, time) and isinstance(end, time) and start < end):
        raise ValueError(f"[{start}, {end}] is no window; write it like [09:15:00, 15:30:00]")
    return Window(start, end)
