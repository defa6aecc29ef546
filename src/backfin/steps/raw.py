"""Raw answers: whatever an exchange sends is archived as it came, before anybody reads it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from backfin.context import Context
from backfin.errors import BackfinError
from backfin.http import listening
from backfin.interfaces import Exchange, FeedPage

log = logging.getLogger("backfin")

#: Number under which answers are kept that are no page of the feed: odd empties, block pages, masters.
NO_PAGE = 0


class Keeper:
    """Archives the answers of one run."""

    def __init__(self, ctx: Context, run_id: str, exchange: Exchange, day: date) -> None:
        self._ctx = ctx
        self._run_id = run_id
        self._exchange = exchange
        self._day = day
        self._kept: set[bytes] = set()
        self.heard: list[bytes] = []

    def page(self, page: FeedPage) -> None:
        """Archives a page of the feed under its number."""
        self._record(page.content, page.number)
        self._kept.add(page.content)

    def rest(self) -> None:
        """Archives what was heard and is no page. It proves nothing, so its loss stops nobody."""
        try:
            for content in dict.fromkeys(self.heard):
                if content and content not in self._kept:
                    self._record(content, NO_PAGE)
        except BackfinError as error:
            log.warning("answers of run %s could not be archived: %s", self._run_id, error)

    def _record(self, content: bytes, number: int) -> None:
        content_id = self._ctx.archive.put(content, "json")
        now = self._ctx.clock.now()
        self._ctx.store.raw_answers.record(
            self._run_id, self._exchange.name, self._day, number, content_id, now
        )


@contextmanager
def archiving(ctx: Context, run_id: str, exchange: Exchange, day: date) -> Iterator[Keeper]:
    """Archives every answer that comes within the block, those included that end in an error."""
    keeper = Keeper(ctx, run_id, exchange, day)
    try:
        with listening(keeper.heard.append):
            yield keeper
    finally:
        keeper.rest()
