"""The BSE feed: one object that fetches days, attachments and issuers, and parses rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from backfin.errors import ExchangeUnavailable
from backfin.exchanges.bse_answers import ODD_EMPTIES, UNWELCOME, read_archived
from backfin.exchanges.bse_client import SITE, STATUSES, BseClient
from backfin.exchanges.bse_day import read_day
from backfin.exchanges.bse_issuers import parse_issuers
from backfin.exchanges.bse_parse import NAME, ROW_SHAPE, native_id, parse_row
from backfin.exchanges.client import api_headers
from backfin.exchanges.patience import Patience
from backfin.exchanges.polite import PoliteExchange
from backfin.interfaces import FeedPage, Pacer
from backfin.models import Announcement, Issuer
from backfin.settings import BseSettings

#: What a download asks for instead of the API's headers.
_FILE_HEADERS = {
    "Accept": "*/*",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
}


class BseExchange(PoliteExchange):
    """BSE's announcements, attachments and scrip master.

    Args:
        settings: Addresses, intervals and limits.
        pacer: Shares turns and cool-downs.
        patience: How often an odd answer is asked for again before it counts.
    """

    name = NAME
    mic = "XBOM"
    row_shape = ROW_SHAPE
    follows_calendar = True

    def __init__(self, settings: BseSettings, pacer: Pacer, *, patience: Patience | None = None) -> None:
        super().__init__(
            settings,
            pacer,
            urls=(settings.api_url, settings.files_url),
            headers=api_headers(settings.user_agent, SITE, settings.api_url),
            file_headers=_FILE_HEADERS,
            max_attachment_bytes=settings.max_attachment_bytes,
            patience=patience,
        )
        self._files_url = settings.files_url
        self._client = BseClient(self.http, settings.api_url, self.patience)

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields the pages of one IST day, newest first, until no row is missing.

        Each page holds rows that no page before it held; a day without rows is one page without rows.

        Raises:
            ExchangeUnavailable: No usable answer after several tries.
            RateLimited: The host is in a cool-down, or asks us to stay away.
            SourceChanged: The answer's shape is unknown.
        """
        with self._cooling_down_when_unwelcome():
            yield from read_day(self._client, day)

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one raw row into an announcement."""
        return parse_row(row, self._files_url)

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The row's ``NEWSID``, lower case."""
        return native_id(row)

    def read_archived(self, number: int, content: bytes) -> FeedPage:
        """Reads an answer as the archive keeps it.

        Raises:
            ExchangeUnavailable, SourceChanged: It was no page of the feed.
        """
        return read_archived(number, content)

    def fetch_issuers(self) -> list[Issuer]:
        """All issuers that carry an ISIN: active, suspended and delisted.

        Raises:
            ExchangeUnavailable, RateLimited, SourceChanged: As :meth:`fetch_day`. Only a block closes the host:
                what is odd about this endpoint says nothing of the feed beside it.
        """
        return parse_issuers(row for status in STATUSES for row in self._listed(status))

    def _listed(self, status: str) -> Iterator[Mapping[str, Any]]:
        """The rows of one list; one beside the active scrips may be refused as a query without data."""
        try:
            rows = self._client.master(status)
        except ExchangeUnavailable as error:
            if status == STATUSES[0] or error.facts.get("fault") not in ODD_EMPTIES:
                raise
            return
        for row in rows:
            yield {**row, "Status": row.get("Status") or status}

    @contextmanager
    def _cooling_down_when_unwelcome(self) -> Iterator[None]:
        """Opens a cool-down when pages that mean "go away" came on every try."""
        try:
            yield
        except ExchangeUnavailable as error:
            if error.facts.get("fault") in UNWELCOME:
                self._client.stay_away(error.sentence)
            raise
