"""A day read from the answers that were archived when it was scraped, with no network."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from backfin.context import Context
from backfin.errors import BackfinError
from backfin.interfaces import Exchange, FeedPage
from backfin.steps.raw import NO_PAGE
from backfin.steps.scrape_day import Scrape, store_page

log = logging.getLogger("backfin")

#: Reads one archived answer: ``(number, content) -> FeedPage``.
ReadAnswer = Callable[[int, bytes], FeedPage]


def scrape_archive(ctx: Context, exchange: Exchange, day: date, run_id: str) -> int:
    """Stores what archived answers of a day show and the store lacks; returns how many answers there were.

    No run of a scrape is kept of it: what the exchange would show today is not known.
    """
    read: ReadAnswer | None = getattr(ctx.registry.exchanges[exchange.name], "read_archived", None)
    if read is None:
        log.warning("%s cannot read archived answers; only what is stored is replayed", exchange.name)
        return 0
    result = Scrape(exchange.name, day, run_id, is_offline=True)
    result.unparsed_before = ctx.store.unparsed.of_day(exchange.name, day)
    kept = [one for one in ctx.store.raw_answers.list(exchange.name, day) if one.page != NO_PAGE]
    for content_id, number in {one.content_id: one.page for one in kept}.items():
        _read_one(ctx, exchange, result, read, content_id, number)
    return result.pages


def _read_one(
    ctx: Context, exchange: Exchange, result: Scrape, read: ReadAnswer, content_id: str, number: int
) -> None:
    """Stores one answer; one that is gone from the archive, or was no page after all, is passed over."""
    try:
        page = read(number, ctx.archive.get(content_id))
    except (BackfinError, OSError, ValueError) as error:
        log.warning("archived answer %s of %s is passed over: %s", content_id, result.day, error)
        return
    store_page(ctx, exchange, result, page)
    result.pages += 1
