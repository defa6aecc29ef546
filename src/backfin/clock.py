"""Time: always aware, shown in the exchange's zone, taken from one place that tests can replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

#: Indian Standard Time, UTC+05:30, no daylight saving.
IST = ZoneInfo("Asia/Kolkata")


class Clock(Protocol):
    """Tells the time. Tests hand in one that stands still."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


def as_ist(moment: datetime | str | None) -> str:
    """A moment as people of the exchange read it, where ``IST`` stands above it; nothing where there is none.

    >>> as_ist("2026-07-01T10:00:00Z")
    '2026-07-01 15:30'
    """
    if moment is None:
        return ""
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{aware.astimezone(IST):%Y-%m-%d %H:%M}"


def in_ist(moment: datetime | str | None) -> str:
    """The same where nothing stands above it.

    >>> in_ist(datetime(2026, 7, 1, 10, 0, tzinfo=UTC))
    '2026-07-01 15:30 IST'
    """
    return "" if moment is None else f"{as_ist(moment)} IST"


def time_in_ist(moment: datetime) -> str:
    """The same of a moment that is seconds or minutes away.

    >>> time_in_ist(datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC))
    '15:30:05 IST'
    """
    return f"{moment.astimezone(IST):%H:%M:%S} IST"


def day_of(moment: datetime, zone: ZoneInfo = IST) -> date:
    """The calendar day of a moment in a zone.

    >>> day_of(datetime(2026, 7, 1, 19, 0, tzinfo=UTC))
    datetime.date(2026, 7, 2)
    """
    return moment.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo = IST) -> tuple[datetime, datetime]:
    """First moment of a day and of the next one, in UTC.

    >>> [t.isoformat() for t in day_bounds(date(2026, 7, 1))]
    ['2026-06-30T18:30:00+00:00', '2026-07-01T18:30:00+00:00']
    """
    start = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def time_of_text(text: str) -> time:
    """A time of day as people write it.

    >>> time_of_text("18:30")
    datetime.time(18, 30)

    Raises:
        ValueError: It is not ``HH:MM``.
    """
    if _TIME_OF_DAY.fullmatch(text):
        return time.fromisoformat(text)
    raise ValueError(f"{text!r} is no time of day; write it as HH:MM, e.g. 18:30")


def hours_of_text(text: str) -> tuple[time, time]:
    """Hours of the day as people write them, over midnight where the end comes first.

    >>> hours_of_text("22:00-07:00")
    (datetime.time(22, 0), datetime.time(7, 0))

    Raises:
        ValueError: It is not ``HH:MM-HH:MM``, or begins and ends at the same time.
    """
    first, dash, last = text.replace(" ", "").partition("-")
    if not dash:
        raise ValueError(f"{text!r} are no hours of the day; write them as HH:MM-HH:MM, e.g. 22:00-07:00")
    begin, end = time_of_text(first), time_of_text(last)
    if begin == end:
        raise ValueError(f"{text!r} has no end; write two times of day, e.g. 22:00-07:00")
    return begin, end


def zone_of_text(name: str) -> ZoneInfo:
    """A zone by its name in the time zone database.

    >>> zone_of_text("Asia/Kolkata").key
    'Asia/Kolkata'

    Raises:
        ValueError: There is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one like Asia/Kolkata") from error


def parse_ist(text: str) -> datetime:
    """Reads an exchange's wall clock (``YYYY-MM-DDTHH:MM:SS`` with 0 to 6 decimals, no offset) as IST.

    >>> parse_ist("2022-12-05T15:54:07.64").isoformat()
    '2022-12-05T15:54:07.640000+05:30'

    Raises:
        ValueError: It is no such time, or carries an offset.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is not None:
        raise ValueError(f"{text!r} carries an offset; an exchange's wall clock has none")
    return moment.replace(tzinfo=IST)
