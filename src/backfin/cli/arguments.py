"""What people type: days, spans of days, and words from a list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from backfin.clock import IST, SystemClock, day_of, time_of_text
from backfin.errors import ConfigError
from backfin.suggest import nearest

_BURST = re.compile(r"(\d{1,6})/(\d{1,4})", re.ASCII)
_DAY_MINUTES = 24 * 60
_FIRST_DAY = date(1875, 1, 1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)


def day_of_text(text: str) -> date:
    """A day as typed.

    Raises:
        ConfigError: It is not ``YYYY-MM-DD``, or lies before any announcement can.
    """
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError as error:
        raise _no_day(text) from error
    if day is None:
        raise _no_day(text)
    if day < _FIRST_DAY:
        raise ConfigError(f"{day} lies before any announcement; give a day from {_FIRST_DAY} on.")
    return day


def past_day(text: str, zone: ZoneInfo = IST) -> date:
    """A day that has begun, as typed.

    Raises:
        ConfigError: It is no day, or lies in the future of the zone.
    """
    day, today = day_of_text(text), day_of(SystemClock().now(), zone)
    if day > today:
        raise ConfigError(f"{day} has not come yet; give a day up to {today}, today in {zone.key}.")
    return day


def span(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """First and last day as typed, either of them left out at will.

    Raises:
        ConfigError: One is no day, or the last lies before the first.
    """
    found = (day_of_text(first) if first else None, day_of_text(last) if last else None)
    check_order(*found)
    return found


def check_order(first: date | None, last: date | None) -> None:
    """Refuses a last day before the first.

    Raises:
        ConfigError: It is.
    """
    if first and last and last < first:
        raise ConfigError(f"The last day {last} lies before the first day {first}; exchange the two.")


def moment_of_text(text: str, zone: ZoneInfo) -> datetime:
    """A moment as typed, in a zone; of a day alone, its beginning.

    Raises:
        ConfigError: It is not ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM``.
    """
    day, letter, time = text.strip().partition("T")
    try:
        at = time_of_text(time) if letter else datetime.min.time()
    except ValueError as error:
        raise ConfigError(f"{error}.") from error
    return datetime.combine(day_of_text(day), at, zone)


def burst_of_text(text: str) -> tuple[int, int]:
    """A number of alerts and of minutes as typed: ``5/10``.

    Raises:
        ConfigError: It is something else.
    """
    found = _BURST.fullmatch(text.strip())
    if found is None or not int(found[1]) or not 1 <= int(found[2]) <= _DAY_MINUTES:
        raise ConfigError(
            f"{text!r} is no number of alerts within minutes; write it as N/MINUTES, e.g. 5/10, "
            f"with {_DAY_MINUTES} minutes at most."
        )
    return int(found[1]), int(found[2])


def isin_of_text(text: str) -> str:
    """An ISIN as typed, in capitals.

    Raises:
        ConfigError: It cannot be one.
    """
    isin = text.strip().upper()
    if not _ISIN.fullmatch(isin):
        raise ConfigError(f"{text!r} is no ISIN; write its twelve characters, e.g. INE002A01018.")
    return isin


def one_of(text: str, known: Iterable[str], what: str) -> str:
    """A word of a list, whatever its capitals.

    Raises:
        ConfigError: The list has no such word; the sentence suggests the nearest.
    """
    words = {str(word).casefold(): str(word) for word in known}
    folded = text.strip().casefold()
    if folded in words:
        return words[folded]
    near = nearest(folded, words, cutoff=0.5)
    right = f"did you mean {words[near]!r}?" if near else f"choose one of {', '.join(words.values())}."
    raise ConfigError(f"There is no {what} {text!r}; {right}")


def _no_day(text: str) -> ConfigError:
    return ConfigError(f"{text!r} is not a day; write it as YYYY-MM-DD, e.g. 2026-07-15.")
