"""What the feeds of both exchanges have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from backfin import Announcement, Attachment
from backfin.clock import IST, Clock, SystemClock, day_of
from backfin.errors import AttachmentGone
from backfin.exchanges import Patience, PoliteSession
from backfin.interfaces import Download, FeedPage, Pacer

from backfin_deals.client import Client, api_headers
from backfin_deals.day import Source, read_day
from backfin_deals.parse import parse_row
from backfin_deals.records import native_id
from backfin_deals.settings import DealsSettings


class Feed:
    """Deals and insider trades of one exchange, as announcements without attachment.

    Args:
        settings: What is read, and how often.
        pacer: Shares turns and cool-downs with everyone who asks the same hosts.
        urls: Every address that is asked. Their hosts may be private: the user wrote them.
        site: The site that requests come from.
        page: The page whose cookies the exchange wants to see where it refuses; ``None`` where it wants none.
        clock: Tells which day is today.
        patience: How often an odd answer is asked for again before it counts.
    """

    name: str
    mic: str
    market: str  #: The exchange as people call it.
    zone = IST

    def __init__(
        self,
        settings: DealsSettings,
        pacer: Pacer,
        *,
        urls: tuple[str, ...],
        site: str,
        page: str | None = None,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        patience = patience or Patience()
        self.poll_interval_s = settings.poll_interval
        self._clock = clock or SystemClock()
        self._kinds = settings.kinds
        self._http = PoliteSession(
            pacer,
            interval_s=settings.min_interval,
            cooldown_s=settings.cooldown,
            timeout_s=settings.timeout,
            headers=api_headers(settings.user_agent, site),
            allow=tuple(filter(None, (urlsplit(url).hostname for url in urls))),
            block_grace_s=patience.backoff_s / 2,
        )
        self._client = Client(self._http, patience, self.market, page)

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields one IST day as one page, newest first.

        Raises:
            ExchangeUnavailable: No usable answer after several tries.
            RateLimited: The host is in a cool-down, or asks us to stay away.
            SourceChanged: The answer's shape is unknown.
        """
        sources = self._sources()
        yield read_day({kind: sources[kind] for kind in self._kinds}, day)

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one row, with the feed's marks, into an announcement.

        Raises:
            ParseError: The row has no day, no security, or neither a name nor a quantity.
        """
        return parse_row(row, self.name, self.market)

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The natural key of a row.

        Raises:
            ParseError: It says nothing to know it by.
        """
        return native_id(row)

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Refuses: rows have no attachments.

        Raises:
            AttachmentGone: Always.
        """
        raise AttachmentGone(f"{self.market} has no attachments of deals.", name=attachment.name)

    def close(self) -> None:
        """Closes all connections."""
        self._http.close()

    def _sources(self) -> Mapping[str, Source]:
        raise NotImplementedError

    def _is_today(self, day: date) -> bool:
        return day == day_of(self._clock.now())
