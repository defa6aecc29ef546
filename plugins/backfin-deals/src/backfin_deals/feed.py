"""What the feeds of both exchanges have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from backfin import Announcement, Attachment
from backfin.clock import Clock, SystemClock, day_of
from backfin.errors import AttachmentGone
from backfin.exchanges import Patience, PoliteClient, PoliteExchange, api_headers
from backfin.interfaces import Download, FeedPage, Pacer

from backfin_deals.answers import Answer, read_table
from backfin_deals.day import Source, read_day
from backfin_deals.parse import parse_row
from backfin_deals.records import native_id
from backfin_deals.settings import DealsSettings


class Feed(PoliteExchange):
    """Deals and insider trades of one exchange, as announcements without attachment.

    Args:
        settings: What is read, and how often.
        pacer: Shares turns and cool-downs with everyone who asks the same hosts.
        api_url: Base URL of the API.
        urls: Other addresses that are asked.
        site: The page that requests come from.
        page: The page whose cookies the exchange wants to see where it refuses; ``None`` where it wants none.
        clock: Tells which day is today.
        patience: How often an odd answer is asked for again before it counts.
    """

    market: str  #: The exchange as people call it.

    def __init__(
        self,
        settings: DealsSettings,
        pacer: Pacer,
        *,
        api_url: str,
        urls: tuple[str, ...],
        site: str,
        page: str | None = None,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(
            settings,
            pacer,
            urls=(api_url, *urls),
            headers=api_headers(settings.user_agent, site, api_url, encodings="gzip, deflate, br"),
            patience=patience,
        )
        self._api = api_url.rstrip("/")
        self._clock = clock or SystemClock()
        self._kinds = settings.kinds
        self._client = PoliteClient(self.http, self.patience, self.market, page)

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
        """The natural key of a row."""
        return native_id(row)

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Refuses: rows have no attachments.

        Raises:
            AttachmentGone: Always.
        """
        raise AttachmentGone(f"{self.market} has no attachments of deals.", name=attachment.name)

    def _table(self, path: str, params: Mapping[str, str], faults: list[str]) -> Answer:
        """Asks the API for rows in JSON; the faults met on the way are added to ``faults``."""
        url = f"{self._api}/{path}"
        return self._client.read(url, lambda content: read_table(content, self.market), faults, params=params)

    def _sources(self) -> Mapping[str, Source]:
        raise NotImplementedError

    def _is_today(self, day: date) -> bool:
        return day == day_of(self._clock.now())
