"""Cells of rows: texts, numbers, days and moments. Pure; what cannot be read is ``None`` or empty."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from backfin.clock import IST
from backfin.exchanges import one_line

#: The end of normal trading: the moment of a row that states only its day.
CLOSE = time(15, 30)

#: Words that stand for nothing.
_NOTHING = frozenset({"-", "--", "null", "none", "nan", "na", "n.a.", "n/a"})

_LONGEST = 40
_NUMBER = re.compile(
    r"(?:₹|rs\.?|inr)?\s{0,2}(?P<number>-?(?:\d+|\d{1,3}(?:,\d{2,3})+)(?:\.\d+)?(?:e[+-]?\d{1,2})?)\s{0,2}%?",
    re.ASCII | re.IGNORECASE,
)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?:[ T](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d{1,7})?)?)?"
_FORMS = (
    re.compile(
        rf"(?P<d>\d{{1,2}})[- /](?P<b>[a-z]{{3}})[a-z]*[- /,]{{1,2}}(?P<y>\d{{4}}){_CLOCK}", re.ASCII | re.I
    ),
    re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}}){_CLOCK}", re.ASCII | re.I),
    re.compile(rf"(?P<d>\d{{1,2}})[-/](?P<m>\d{{1,2}})[-/](?P<y>\d{{4}}){_CLOCK}", re.ASCII | re.I),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII),
)

#: Days outside these years are stand-ins for "none", or typing errors.
_FIRST_YEAR, _LAST_YEAR = 1990, 2060


def text(value: Any) -> str:
    """A cell on one line; nothing, and the words that stand for it, are empty.

    >>> [text(cell) for cell in ("  A &amp; B\\n Ltd ", "-", "NaN", None, 500325)]
    ['A & B Ltd', '', '', '', '500325']
    """
    if value is None or isinstance(value, bool | dict | list | bytes):
        return ""
    written = str(value) if not isinstance(value, int) or abs(value) < 10**_LONGEST else ""
    found = one_line(written[:2000].encode("utf-8", "ignore").decode())
    return "" if found.lower() in _NOTHING else found


def number(value: Any) -> Decimal | None:
    """A number, with Indian or Western commas or without.

    >>> number("1,08,709"), number(826.150), number("NaN"), number("-"), number("1,2,3")
    (Decimal('108709'), Decimal('826.15'), None, None, None)
    """
    written = text(value)
    found = _NUMBER.fullmatch(written) if len(written) <= _LONGEST else None
    if found is None:
        return None
    plain = Decimal(found["number"].replace(",", ""))
    return plain if plain == 0 else Decimal(f"{plain.normalize():f}")


def moment(value: Any) -> tuple[date, time | None] | None:
    """A day of the exchange in any of its forms, with the time of day where the cell states one.

    >>> {moment(form) for form in ("01-DEC-2025", "2025-12-01T00:00:00", "1 Dec 2025", "01/12/2025")}
    {(datetime.date(2025, 12, 1), None)}
    >>> moment("15-Jan-2026 18:40")
    (datetime.date(2026, 1, 15), datetime.time(18, 40))
    """
    written = text(value)
    matches = (form.fullmatch(written) for form in _FORMS)
    parts = next((match.groupdict() for match in matches if match), None)
    if parts is None:
        return None
    named = (parts.get("b") or "").lower()
    month = _MONTHS.index(named) + 1 if named in _MONTHS else int(parts.get("m") or 0)
    hour, minute, second = (int(parts.get(part) or 0) for part in "HMS")
    try:
        day = date(int(parts["y"] or 0), month, int(parts["d"] or 0))
        # Midnight is what a column of moments holds where only the day is known.
        at = time(hour, minute, second) if hour or minute or second else None
    except ValueError:
        return None
    return (day, at) if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def day_in(value: Any) -> date | None:
    """The day alone."""
    found = moment(value)
    return found[0] if found else None


def at_ist(day: date, at: time | None) -> datetime:
    """A moment in UTC; the end of trading where no time is known."""
    return datetime.combine(day, at or CLOSE, tzinfo=IST).astimezone(UTC)
