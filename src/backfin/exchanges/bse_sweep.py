"""Paging through one query of the feed while rows keep landing on top of it.

Paging is by offset, newest first, so each row that lands pushes all others down: the next page repeats rows,
and a burst larger than a page hides some. The exchange's count, read again on every page, says whether any
are missing; then the pages are read again from the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from backfin.exchanges.bse_answers import Sheet
from backfin.exchanges.bse_client import BseClient, Query
from backfin.interfaces import FeedPage

#: Readings of all pages, at most, before a count that cannot be reached is left standing.
MAX_SWEEPS = 5


def row_key(row: Mapping[str, Any]) -> str:
    """What makes two rows the same: the ``NEWSID``, or the whole row where there is none."""
    key = str(row.get("NEWSID") or "").strip("{} ").lower()
    return key or json.dumps(row, sort_keys=True, default=str)


class Sweep:
    """One reading of one query, from the newest row to the oldest.

    Args:
        client: Asks the pages.
        query: The question.
        faults: Faults met before this reading; they are named in its first page.
    """

    def __init__(self, client: BseClient, query: Query, faults: list[str] | None = None) -> None:
        self._client = client
        self._query = query
        self._faults = list(faults or ())
        self._yielded: set[str] = set()
        self._last: tuple[int, Sheet] | None = None
        self.expected: int | None = None

    def pages(self, first: Sheet | None = None) -> Iterator[FeedPage]:
        """Yields pages with rows that were not yielded before, until none is missing.

        A last page without rows carries faults that were met after the last row.

        Args:
            first: The first page, when it was fetched already.
        """
        for number in range(MAX_SWEEPS):
            before = len(self._yielded)
            yield from self._once(first if number == 0 else None)
            if not self._is_short() or (number and len(self._yielded) == before):
                break
            self._faults.append("short")
            self._client.pause()
        if self._last is not None and (self._faults or not self._yielded):
            yield self._page(*self._last, ())

    def _once(self, first: Sheet | None) -> Iterator[FeedPage]:
        """Reads page after page until one is empty or brings nothing new to this reading."""
        met: set[str] = set()
        for number in count(1):
            sheet = first if first is not None and number == 1 else self._ask(number)
            self._last = (number, sheet)
            if sheet.count is not None:
                self.expected = sheet.count
            keys = {row_key(row) for row in sheet.rows}
            if keys <= met:
                return
            met |= keys
            fresh = self._fresh(sheet)
            if fresh:
                yield self._page(number, sheet, fresh)

    def _ask(self, number: int) -> Sheet:
        is_complete = number > 1 and self.expected is not None and not self._is_short()
        return self._client.sheet(self._query, number, self._faults, may_be_end=is_complete)

    def _fresh(self, sheet: Sheet) -> tuple[Mapping[str, Any], ...]:
        fresh = {row_key(row): row for row in sheet.rows}
        rows = tuple(row for key, row in fresh.items() if key not in self._yielded)
        self._yielded |= fresh.keys()
        return rows

    def _is_short(self) -> bool:
        return self.expected is not None and len(self._yielded) < self.expected

    def _page(self, number: int, sheet: Sheet, rows: tuple[Mapping[str, Any], ...]) -> FeedPage:
        faults, self._faults = tuple(self._faults), []
        return FeedPage(
            number=number, rows=rows, expected=self.expected, content=sheet.content, faults=faults
        )
