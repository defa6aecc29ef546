"""What an answer of BSE's API says, or which of its many ways to say nothing it is. Pure.

Status 200 proves nothing: the same status carries ``{}`` for a query that is not served,
``"No Record Found!"`` from a dead endpoint, the site's HTML shell, and empty bodies under load.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.interfaces import FeedPage

#: Faults that mean "query refused or no data": the two odd empties that another question may resolve.
ODD_EMPTIES = frozenset({"empty_object", "no_record"})

#: Faults that, when they repeat, say that we are not welcome at the moment.
UNWELCOME = ODD_EMPTIES | {"block_page", "html_200", "empty_body", "empty_table", "no_table", "redirect"}

#: A few bytes may stand in front: recorded pages begin with a byte order mark that was encoded twice.
_HTML_START = re.compile(rb"[^<]{0,16}<(!doctype html|html|head|body|script|meta|title)\b")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the feed: its rows, newest first, and the exchange's count for the whole query."""

    rows: tuple[Mapping[str, Any], ...]
    count: int | None
    content: bytes


def read_sheet(content: bytes) -> Sheet:
    """Reads one page of announcements.

    Raises:
        ExchangeUnavailable: One of the empties, HTML, or no JSON; ``fault`` says which.
        SourceChanged: JSON in a shape this version does not know.
    """
    data = _load(content)
    if data == {}:
        raise _odd("empty_object", "an empty object, its answer to a query it does not serve")
    if not isinstance(data, dict):
        raise SourceChanged("BSE answered with a list where an object was expected.", fault="shape")
    rows = data.get("Table")
    if rows is None:
        raise _odd("no_table", f"an object without a Table (keys: {', '.join(sorted(data)[:5])})")
    return Sheet(rows=_rows(rows), count=_count(data.get("Table1")), content=content)


def read_archived(number: int, content: bytes) -> FeedPage:
    """Reads an answer as the archive keeps it: one page, or the pages of all categories in one array.

    Raises:
        ExchangeUnavailable, SourceChanged: As :func:`read_sheet`.
    """
    data = _load(content)
    parts = [json.dumps(part).encode() for part in data] if isinstance(data, list) else [content]
    sheets = [read_sheet(part) for part in parts]
    rows = tuple(row for sheet in sheets for row in sheet.rows)
    expected = sheets[0].count if len(sheets) == 1 else None
    return FeedPage(number=number, rows=rows, expected=expected, content=content)


def read_master(content: bytes) -> tuple[Mapping[str, Any], ...]:
    """Reads the scrip master: a JSON array.

    Raises:
        ExchangeUnavailable, SourceChanged: As :func:`read_sheet`.
    """
    data = _load(content)
    if data == {}:
        raise _odd("empty_object", "an empty object instead of the scrip master")
    return _rows(data.get("Table") if isinstance(data, dict) else data)


def looks_like_html(content: bytes) -> bool:
    """Whether bytes begin as an HTML page does.

    >>> looks_like_html(b"\\xef\\xbb\\xbf  <!DOCTYPE html><html>")
    True
    """
    return _HTML_START.match(content[:2048].lower()) is not None


def _load(content: bytes) -> Any:
    if not content.strip():
        raise _odd("empty_body", "an empty body")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        if looks_like_html(content):
            raise _odd("html_200", "an HTML page instead of data") from None
        raise _odd("not_json", "something that is no JSON") from None
    if isinstance(data, str):
        raise _odd("no_record", f"the words {data[:60]!r}")
    return data


def _rows(rows: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceChanged(
            "BSE answered with rows of an unknown shape; look for a newer version of backfin.", fault="shape"
        )
    return tuple(rows)


def _count(table: Any) -> int | None:
    """The row count, which is spelled ``ROWCNT`` or ``RWCNT`` and is a number or text."""
    first = table[0] if isinstance(table, list) and table else table
    if not isinstance(first, dict):
        return None
    for key in ("ROWCNT", "RWCNT"):
        text = str(first.get(key, "")).strip()
        if text.isascii() and text.isdigit():
            return int(text)
    return None


def _odd(fault: str, what: str) -> ExchangeUnavailable:
    return ExchangeUnavailable(f"BSE answered with {what}; it is asked again later.", fault=fault)
