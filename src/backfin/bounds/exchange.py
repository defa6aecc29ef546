"""An exchange whose calls end, and whose answers are what they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import NoneType
from typing import Any, TypeVar

from backfin.bounds.calls import Bounds
from backfin.errors import ExchangeUnavailable, RateLimited, SourceChanged, TransientError
from backfin.interfaces import Download, Exchange, FeedPage
from backfin.models import Announcement, Attachment, Issuer

T = TypeVar("T")

#: Pages of one day; more is taken for a feed without an end.
MOST_PAGES = 5_000

#: Rows of one page; the busiest day of an exchange has fewer.
MOST_ROWS = 100_000

#: Part of a page → what it may be.
_PARTS: dict[str, type | tuple[type, ...]] = {
    "number": int,
    "rows": (tuple, list),
    "expected": (int, NoneType),
    "content": bytes,
    "faults": (tuple, list),
}


class BoundedExchange:
    """An exchange whose calls end, and whose answers have the types they should."""

    def __init__(self, exchange: Exchange, bounds: Bounds) -> None:
        self._exchange = exchange
        self._bounds = bounds
        self.name = exchange.name
        self.mic = exchange.mic
        self.zone = exchange.zone
        self.poll_interval_s = exchange.poll_interval_s

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """The pages of a day, each within its time."""
        limit_s = self._bounds.limits.page_s
        pages = self._call("its feed", limit_s, lambda: iter(self._exchange.fetch_day(day)))
        for _ in range(MOST_PAGES):
            page = self._call("a page of its feed", limit_s, lambda: next(pages, None))
            if page is None:
                return
            yield self._whole(self._expected(FeedPage, page))
        raise SourceChanged(
            f"{self.name}: {day} goes on after {MOST_PAGES} pages; its plugin must end the feed."
        )

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """The announcement of a row."""
        return self._expected(Announcement, self._exchange.parse(row))

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The key of a row."""
        return self._expected(str, self._exchange.native_id(row))

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """An attachment, within its time."""
        limit_s = self._bounds.limits.file_s
        found = self._call("a file", limit_s, lambda: self._exchange.fetch_attachment(attachment))
        return self._expected(Download, found)

    def fetch_issuers(self) -> Iterable[Issuer]:
        """The whole master, within its time."""
        limit_s = self._bounds.limits.issuers_s
        found = self._call("its issuers", limit_s, lambda: list(self._exchange.fetch_issuers()))
        return [self._expected(Issuer, one) for one in found]

    def _call(self, what: str, limit_s: float, work: Callable[[], T]) -> T:
        def overdue(sentence: str, *, is_busy: bool = False, **_: Any) -> TransientError:
            if is_busy:
                return RateLimited(sentence, delay=self._bounds.limits.slow_s, fault="queue")
            return ExchangeUnavailable(sentence, fault="no_answer")

        return self._bounds.call(f"exchange {self.name}, {what}", limit_s, overdue, work)

    def _whole(self, page: FeedPage) -> FeedPage:
        """A page whose parts are what they should be; what a single row is shows when it is parsed."""
        wrong = [name for name, kind in _PARTS.items() if not isinstance(getattr(page, name), kind)]
        if wrong:
            found = type(getattr(page, wrong[0])).__name__
            raise SourceChanged(
                f"{self.name} gives a page whose {wrong[0]} is a {found}; its plugin must be corrected."
            )
        if len(page.rows) > MOST_ROWS:
            raise SourceChanged(
                f"{self.name} gives a page of {len(page.rows)} rows; its plugin must split it."
            )
        return page

    def _expected(self, kind: type[T], value: object) -> T:
        if isinstance(value, kind):
            return value
        found = type(value).__name__
        raise SourceChanged(
            f"{self.name} gives a {found} for a {kind.__name__}; its plugin must be corrected."
        )
