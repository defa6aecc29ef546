"""What an answer of BSE's API says, or which of its many ways to say nothing it is. Pure.

Status 200 proves nothing: the same status carries ``{}`` for a query that is not served,
``"No Record Found!"`` from a dead endpoint, the site's HTML shell, and empty bodies under load.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backfin.errors import ExchangeUnavailable, SourceChanged
from backfin.exchanges.lenient_json import odd_answer, read_json
from backfin.interfaces import FeedPage

_SENDER = "BSE"

#: Faults that mean "query refused or no data": the two odd empties that another question may resolve.
ODD_EMPTIES = frozenset({"empty_object", "no_record"})

#: Faults that, when they repeat, say that we are not welcome at the moment.
UNWELCOME = ODD_EMPTIES | {"block_page", "html_200", "empty_body", "empty_table", "no_table", "redirect"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the feed: its rows, newest first, and the exchange's counts of rows and pages of the query."""

    rows: tuple[Mapping[str, Any], ...]
    count: int | None
    content: bytes
    pages: int | None = None


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
    found = _rows(rows)
    return Sheet(rows=found, count=_count(data.get("Table1")), content=content, pages=_page_count(found))


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


def _load(content: bytes) -> Any:
    data = read_json(content, _SENDER)
    if isinstance(data, str):
        raise _odd("no_record", f"the words {data[:60]!r}")
    return data


def _rows(rows: Any) -> tuple[Mapping[str, Any], ...]:
    """The rows; one that is no object is wrapped, so that it is kept as unreadable beside the others."""
    if not isinstance(rows, list) or (rows and not any(isinstance(row, dict) for row in rows)):
        raise SourceChanged(
            "BSE answered with rows of an unknown shape; look for a newer version of backfin.", fault="shape"
        )
    return tuple(row if isinstance(row, dict) else {"row": row} for row in rows)


def _count(table: Any) -> int | None:
    """The row count, which is spelled ``ROWCNT`` or ``RWCNT`` and is a number or text."""
    first = table[0] if isinstance(table, list) and table else table
    if not isinstance(first, dict):
        return None
    named = {str(key).upper(): value for key, value in first.items()}
    return whole_number(named.get("ROWCNT", named.get("RWCNT")))


def _page_count(rows: Iterable[Mapping[str, Any]]) -> int | None:
    """How many pages the query has; every row carries it."""
    return max((whole_number(row.get("TotalPageCnt")) or 0 for row in rows), default=0) or None


def whole_number(value: Any) -> int | None:
    """A count, whether it came as a number or as text.

    >>> [whole_number(value) for value in (12, "12", 12.0, "1,292", None, "many", -1, True)]
    [12, 12, 12, 1292, None, None, None, None]
    """
    match = re.fullmatch(r"(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.0+)?", str(value).strip(), re.ASCII)
    return int(match[1].replace(",", "")) if match else None


def _odd(fault: str, what: str) -> ExchangeUnavailable:
    return odd_answer(_SENDER, fault, what)
