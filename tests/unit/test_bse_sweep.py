"""Paging loses no row, whatever lands between two pages and however the exchange counts."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from backfin.exchanges.bse_answers import Sheet
from backfin.exchanges.bse_client import Query
from backfin.exchanges.bse_sweep import Sweep
from bse_rows import DAY, rows


class FakeClient:
    """Serves rows by offset, newest first; before each request so many rows land.

    Args:
        held: Rows at first.
        landings: How many rows land before each request.
        size: Rows of one page.
        has_count: Whether it counts rows.
        has_pages: Whether it counts pages.
        stale: By how many requests its row count lags behind.
    """

    def __init__(
        self,
        held: int,
        landings: Sequence[int],
        size: int,
        *,
        has_count: bool = True,
        has_pages: bool = True,
        stale: int = 0,
    ) -> None:
        self.held = held
        self._landings = list(landings)
        self._size = size
        self._has_count = has_count
        self._has_pages = has_pages
        self._counts = [held] * (stale + 1)

    def sheet(self, query: Query, number: int, faults: list[str], **options: object) -> Sheet:
        """One page."""
        self.held += self._landings.pop(0) if self._landings else 0
        self._counts = [*self._counts[1:], self.held]
        newest_first = rows(self.held)[::-1]
        shown = newest_first[(number - 1) * self._size : number * self._size]
        pages = -(-self.held // self._size) if self._has_pages and shown else None
        return Sheet(tuple(shown), self._counts[0] if self._has_count else None, b"{}", pages)

    def pause(self) -> None:
        """Takes no time."""


def swept(client: FakeClient) -> list[str]:
    """The keys of all rows of a sweep, as they came."""
    pages = Sweep(client, Query(DAY, DAY)).pages()  # type: ignore[arg-type]
    return [row["NEWSID"] for page in pages for row in page.rows]


LANDINGS = st.lists(st.integers(0, 25), max_size=4)


@given(st.integers(0, 60), LANDINGS, st.integers(3, 20), st.booleans())
def test_no_row_is_lost_and_none_comes_twice(
    held: int, landings: list[int], size: int, has_pages: bool
) -> None:
    client = FakeClient(held, landings, size, has_pages=has_pages)

    keys = swept(client)

    assert len(keys) == len(set(keys)) == client.held


@given(st.integers(1, 60), LANDINGS, st.integers(3, 20), st.integers(0, 3), st.booleans())
def test_what_was_there_at_first_is_read_though_the_count_is_stale_or_missing(
    held: int, landings: list[int], size: int, stale: int, has_count: bool
) -> None:
    client = FakeClient(held, landings, size, has_count=has_count, stale=stale)

    keys = swept(client)

    assert {row["NEWSID"] for row in rows(held)} <= set(keys)
    assert len(keys) == len(set(keys))
