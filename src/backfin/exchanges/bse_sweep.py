"""Paging through one query of the feed while rows keep landing on top of it.

Paging is by offset, newest first, so each row that lands pushes all others down: the next page repeats rows,
and a burst larger than a page hides some. The exchange's count, read again on every page, says whether any
are missing; then the pages are read again from the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from backfin.errors import ParseError
from backfin.exchanges.bse_answers import Sheet
from backfin.exchanges.bse_client import BseClient, Query
from backfin.exchanges.bse_parse import native_id
from backfin.interfaces import FeedPage

#: Readings of all pages, at most, before a count that cannot be reached is left standing.
MAX_SWEEPS = 5


def row_key(row: Mapping[str, Any]) -> str:
    """What makes two rows the same: the ``NEWSID``, or the whole row where there is none."""
    try:
        return native_id(row)
    except ParseError as error:
        return str(error.facts["stand_in"])


class Sweep:
    """One reading of one query, from the newest row to the oldest.

    Args:
        client: Asks the pages.
        query: The question.
        faults: Faults met before this reading; they are named in its first page.
        tries: Fewer requests for one page than usual.
    """

    def __init__(
        self,
        client: BseClient,
        query: Query,
        faults: list[str] | None = None,
        *,
        tries: int | None = None,
    ) -> None:
        self._tries = tries
        self._client = client
        self._query = query
        self._faults = list(faults or ())
        self._yielded: set[str] = set()
        self._kept: tuple[int, Sheet] | None = None
        self._page_count: int | None = None
        self._pages_at_first: int | None = None
        self._first_size = self._last_size = self._last_number = 0
        self._shown: list[str] = []
        self._is_whole = True
        self.expected: int | None = None

    def pages(self, first: Sheet | None = None) -> Iterator[FeedPage]:
        """Yields pages with rows that were not yielded before, until none is missing.

        A last page without rows carries faults that were met after the last row.

        Args:
            first: The first page, when it was fetched already.
        """
        for number in range(MAX_SWEEPS):
            before, shown = len(self._yielded), self._shown
            yield from self._once(first if number == 0 else None)
            if not self._is_short():
                break
            if number and len(self._yielded) == before:
                self._forgive_doubles(shown)
                break
            self._faults.append("short")
            self._client.pause()
        self._is_whole = not self._is_short()
        if self._kept is not None and (self._faults or not self._yielded):
            yield self._page(*self._kept, ())

    def _once(self, first: Sheet | None) -> Iterator[FeedPage]:
        """Reads page after page until one is empty or brings nothing new to this reading."""
        met: set[str] = set()
        self._shown = []
        for number in count(1):
            sheet = first if first is not None and number == 1 else self._ask(number)
            self._note(number, sheet)
            keys = [row_key(row) for row in sheet.rows]
            # A burst as large as a page repeats a whole page, with the older ones still to come.
            is_burst = bool(keys) and number < (self._page_count or 0)
            if met.issuperset(keys) and not is_burst:
                return
            met.update(keys)
            self._shown += keys
            fresh = self._fresh(sheet)
            if fresh:
                yield self._page(number, sheet, fresh)

    def _note(self, number: int, sheet: Sheet) -> None:
        """Takes over what an answer says of the query; a page behind the last row may count none, never fewer."""
        self._last_number, self._last_size = number, len(sheet.rows)
        if sheet.content:
            self._kept = (number, sheet)
        is_behind = number > 1 and not sheet.rows
        if sheet.count is not None:
            self.expected = (max(sheet.count, self.expected or 0) or None) if is_behind else sheet.count
        if sheet.pages is not None:
            self._page_count = sheet.pages
        if number == 1:
            self._first_size, self._pages_at_first = self._last_size, self._page_count

    def _ask(self, number: int) -> Sheet:
        return self._client.sheet(
            self._query,
            number,
            self._faults,
            may_be_end=number > 1 and self._is_behind_end(number),
            tries=self._tries,
        )

    def _is_behind_end(self, number: int) -> bool:
        """Whether no row is to be expected on a page, by the best thing that the exchange said of it."""
        if self._page_count is not None:
            return number > self._page_count
        if self.expected is not None:
            return not self._is_short()
        return self._last_size < self._first_size

    def _fresh(self, sheet: Sheet) -> tuple[Mapping[str, Any], ...]:
        fresh = {row_key(row): row for row in sheet.rows}
        rows = tuple(row for key, row in fresh.items() if key not in self._yielded)
        self._yielded |= fresh.keys()
        return rows

    def _is_short(self) -> bool:
        """Whether rows are missing: by the count, or, without one that can be right, by the number of pages."""
        if self.expected is not None and len(self._yielded) <= self.expected:
            return len(self._yielded) < self.expected
        if self._page_count is None:
            return False
        has_stopped_early = self._last_number <= self._page_count and not self._last_size
        return has_stopped_early or self._page_count != self._pages_at_first

    def _forgive_doubles(self, shown: list[str]) -> None:
        """Counts rows that the exchange lists twice once: two readings showed the same, as many as it counts."""
        if shown == self._shown and len(shown) == self.expected:
            self._faults.append("doubles")
            self.expected = len(self._yielded)

    def _page(self, number: int, sheet: Sheet, rows: tuple[Mapping[str, Any], ...]) -> FeedPage:
        faults, self._faults = tuple(self._faults), []
        return FeedPage(
            number=number,
            rows=rows,
            expected=self.expected,
            content=sheet.content,
            faults=faults,
            is_whole=self._is_whole,
        )
