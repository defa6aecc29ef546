"""Fields of NSE's rows: texts, moments, sizes, addresses. Pure; what cannot be read is ``None``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from backfin.clock import IST

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = r"(?P<H>\d{2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?"
_FORMS = (
    re.compile(
        rf"(?P<d>\d{{1,2}})-(?P<b>[a-z]{{3}})[a-z]*-(?P<y>\d{{4}}) {_CLOCK}", re.ASCII | re.IGNORECASE
    ),
    re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})[ T]{_CLOCK}", re.ASCII),
    re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})", re.ASCII),
)

#: Times outside these years are stand-ins for "none", or typing errors.
_FIRST_YEAR, _LAST_YEAR = 1990, 2060

_SIZE = re.compile(r"(\d{1,7}(?:\.\d+)?) *(bytes|kb|mb|gb)", re.ASCII | re.IGNORECASE)
_UNITS = {"bytes": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}

#: Words that stand for nothing.
_NOTHING = frozenset({"-", "null", "none", "na", "n.a."})


def text(value: Any) -> str:
    """A field as text; nothing, and the words that stand for it, are empty."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    found = str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return "" if found.lower() in _NOTHING else found


def moment(value: Any) -> datetime | None:
    """A wall clock of NSE, in any of its forms, as an aware moment in UTC.

    >>> {str(moment(form)) for form in ("21-SEP-2026 20:05:59", "2026-09-21 20:05:59", "21092026200559")}
    {'2026-09-21 14:35:59+00:00'}
    """
    written = text(value)
    for form in _FORMS:
        found = form.fullmatch(written)
        if found is not None:
            return _moment(found.groupdict())
    return None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    named = (parts.get("b") or "").lower()
    month = _MONTHS.index(named) + 1 if named in _MONTHS else int(parts.get("m") or 0)
    year, day, hour, minute, second = (int(parts[name] or 0) for name in "ydHMS")
    try:
        found = datetime(year, month, day, hour, minute, second, tzinfo=IST).astimezone(UTC)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= year <= _LAST_YEAR else None


def size_bytes(value: Any) -> int | None:
    """A size in words, about: NSE rounds it.

    >>> size_bytes("690.05 KB"), size_bytes("0 Bytes"), size_bytes(None)
    (706611, None, None)
    """
    found = _SIZE.fullmatch(text(value))
    return round(float(found[1]) * _UNITS[found[2].lower()]) or None if found else None


def addresses(value: Any, files_url: str) -> tuple[str, ...]:
    """Where a file may be had: NSE's own addresses under ``files_url``, others as they are.

    >>> addresses("https://archives.nseindia.com/corporate/A b.pdf", "http://files")
    ('http://files/corporate/A%20b.pdf',)
    """
    written = text(value)
    try:
        parts = urlsplit(written)
        host = (parts.hostname or "").lower()
    except ValueError:
        return ()
    if not parts.path.strip("/") or parts.scheme.lower() not in ("", "http", "https"):
        return ()
    if host and not (host == "nseindia.com" or host.endswith(".nseindia.com")):
        return (written,)
    base = files_url.rstrip("/")
    below = urlsplit(base).path
    path = quote("/" + unquote(parts.path).lstrip("/"), safe="/")
    return (base + (path.removeprefix(below) if below and path.startswith(f"{below}/") else path),)


def file_name(url: str) -> str:
    """The name of the file at an address."""
    return unquote(url.split("?")[0].rstrip("/").rpartition("/")[2])
