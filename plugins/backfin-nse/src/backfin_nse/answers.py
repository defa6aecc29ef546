"""What an answer of NSE's API holds. Pure.

A dated question is answered by one plain array with everything, an unknown or empty segment by an object with
``msg``; without a valid cookie, by a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.exchanges import read_json
from backfin.interfaces import FeedPage

SENDER = "NSE"

#: Byte order marks that may stand in front of an answer.
_MARKS = (b"\xef\xbb\xbf", b"\xc3\xaf\xc2\xbb\xc2\xbf")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One answer: its rows, newest first. ``is_plain`` says that it was an array, as an answer with data is."""

    rows: tuple[Mapping[str, Any], ...]
    content: bytes
    is_plain: bool


def read_sheet(content: bytes) -> Sheet:
    """Reads the answer for one segment.

    Raises:
        ExchangeUnavailable: A page, an empty body, no JSON, or an empty object; ``fault`` says which.
        SourceChanged: JSON in a shape this version does not know.
    """
    data = read_json(content, SENDER)
    if data in ({}, "", None):
        raise ExchangeUnavailable("NSE answered with nothing; it is asked again later.", fault="empty_object")
    rows = data.get("data") if isinstance(data, dict) else data
    if not isinstance(rows, list) or (rows and not any(isinstance(row, dict) for row in rows)):
        raise SourceChanged(
            "NSE answered with rows of an unknown shape; look for a newer version of backfin-nse.",
            fault="shape",
        )
    found = tuple(row if isinstance(row, dict) else {"row": row} for row in rows)
    return Sheet(rows=found, content=content, is_plain=isinstance(data, list))


def joined(answers: Mapping[str, bytes]) -> bytes:
    """The answers of several segments as one object; a single one stays as it came."""
    if len(answers) == 1:
        return next(iter(answers.values()))
    parts = (json.dumps(name).encode() + b":" + _bare(content) for name, content in answers.items())
    return b"{" + b",".join(parts) + b"}"


def read_archived(number: int, content: bytes) -> FeedPage:
    """Reads an answer as the archive keeps it: one segment, or several in one object.

    Raises:
        ExchangeUnavailable, SourceChanged: As :func:`read_sheet`.
    """
    data = read_json(content, SENDER)
    several = isinstance(data, dict) and "data" not in data
    parts = [json.dumps(part).encode() for part in data.values()] if several else [content]
    rows = tuple(row for part in parts for row in read_sheet(part).rows)
    return FeedPage(number=number, rows=rows, expected=None, content=content)


def _bare(content: bytes) -> bytes:
    for mark in _MARKS:
        content = content.removeprefix(mark)
    return content
