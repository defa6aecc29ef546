"""Positions: where an announcement stands in the order of dissemination."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

_POSITION_START = datetime(2000, 1, 1, tzinfo=UTC)
_POSITION_BITS = 22


def position_of(moment: datetime, announcement_id: str, salt: int = 0) -> int:
    """Place in the order of dissemination: milliseconds since 2000, then bits of the id.

    ``salt`` finds another place where two ids meet on the same one.
    """
    elapsed_ms = int((moment - _POSITION_START).total_seconds() * 1000)
    bits = zlib.crc32(f"{announcement_id}/{salt}".encode()) & ((1 << _POSITION_BITS) - 1)
    return (elapsed_ms << _POSITION_BITS) | bits
