"""Reading one day of the feed: all categories at once, category by category where BSE refuses that.

BSE has three ways to say "nothing", and uses all of them for queries it does not serve as well. So a day is
empty only when BSE counts 0, counts 0 again, and counts 0 for its busiest category.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from datetime import date

from backfin.errors import ExchangeUnavailable
from backfin.exchanges.bse_answers import ODD_EMPTIES, Sheet
from backfin.exchanges.bse_client import CATEGORIES, BseClient, Query
from backfin.exchanges.bse_sweep import Sweep, row_key
from backfin.interfaces import FeedPage

#: Requests for one page of a category: the whole day was refused just before, with all patience.
CATEGORY_TRIES = 2


def read_day(client: BseClient, day: date) -> Iterator[FeedPage]:
    """Yields the pages of one day, newest first; a day without rows is one page without rows.

    Raises:
        ExchangeUnavailable: No usable answer, or answers that contradict each other.
        RateLimited, SourceChanged: As the client.
    """
    query = Query(day, day)
    faults: list[str] = []
    try:
        first = client.sheet(query, 1, faults)
        if not first.rows:
            first = _asked_again(client, query, faults)
    except ExchangeUnavailable as error:
        if error.facts.get("fault") not in ODD_EMPTIES:
            raise
        yield _by_category(client, query, [*faults, "by_category"])
        return
    yield from Sweep(client, query, faults).pages(first)


def _asked_again(client: BseClient, query: Query, faults: list[str]) -> Sheet:
    """The first page of a day that claimed to be empty, after a second and a different question."""
    client.pause()
    again = client.sheet(query, 1, faults)
    if again.rows:
        faults.append("empty_table")
        return again
    busiest = client.sheet(query.within(CATEGORIES[0]), 1, faults)
    if busiest.rows:
        raise ExchangeUnavailable(
            f"BSE counts no row for {query.first}, yet {busiest.count} in one category.", fault="empty_object"
        )
    return again


def _by_category(client: BseClient, query: Query, faults: list[str]) -> FeedPage:
    """The union of all categories as one page, newest first, so that stopping early loses no category.

    ``expected`` is the sum of the counts, or ``None`` when a category gave no usable answer.
    """
    pages: list[FeedPage] = []
    expected: int | None = 0
    for category in CATEGORIES:
        sweep = Sweep(client, query.within(category), tries=CATEGORY_TRIES)
        try:
            pages += sweep.pages()
        except ExchangeUnavailable as error:
            if error.facts.get("fault") not in ODD_EMPTIES:
                raise
            faults.append(f"{error.facts['fault']}: {category}")
            expected = None
        else:
            expected = None if expected is None or sweep.expected is None else expected + sweep.expected
    is_whole = expected is not None and all(page.is_whole for page in pages)
    rows = {row_key(row): row for page in pages for row in page.rows}
    if not rows and expected is None:
        raise ExchangeUnavailable(
            "BSE serves neither the whole day nor its categories; it is asked again later.",
            fault="empty_object",
        )
    newest_first = sorted(rows.values(), key=lambda row: str(row.get("NEWS_DT") or ""), reverse=True)
    return FeedPage(
        number=1,
        rows=tuple(newest_first),
        expected=expected,
        content=b"[" + b",".join(page.content.removeprefix(BOM_UTF8) for page in pages) + b"]",
        faults=(*faults, *(fault for page in pages for fault in page.faults)),
        is_whole=is_whole,
    )
