"""Positions: where an announcement stands in the order of dissemination."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time, timedelta

_POSITION_START = datetime(2000, 1, 1, tzinfo=UTC)
_POSITION_BITS = 22
_LAST_POSITION = 2**63 - 1


def position_of(moment: datetime, announcement_id: str, salt: int = 0) -> int:
    """Place in the order of dissemination: milliseconds since 2000, then bits of the id.

    ``salt`` finds another place where two ids meet on the same one.
    """
    bits = zlib.crc32(f"{announcement_id}/{salt}".encode()) & ((1 << _POSITION_BITS) - 1)
    return first_position(moment) | bits


def first_position(moment: datetime) -> int:
    """The lowest position that anything disseminated at a moment can have."""
    return int((moment - _POSITION_START).total_seconds() * 1000) << _POSITION_BITS


def moment_of(position: int) -> datetime:
    """When what stands at a position was disseminated, to the millisecond.

    >>> moment = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    >>> moment_of(position_of(moment, "bse:1")) == moment
    True
    """
    return _POSITION_START + timedelta(milliseconds=position >> _POSITION_BITS)


def span(first: date | None, last: date | None) -> tuple[int, int]:
    """Between which places everything of these days stands, in any zone; an end that is open is left open."""
    low = None if first is None else datetime.combine(first, time.min, UTC) - timedelta(days=1)
    high = None if last is None else datetime.combine(last, time.min, UTC) + timedelta(days=2)
    return (first_position(low) if low else 0), (first_position(high) if high else _LAST_POSITION)
