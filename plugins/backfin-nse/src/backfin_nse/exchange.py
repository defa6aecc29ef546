"""The NSE feed: one object that fetches days, attachments and issuers, and parses rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from backfin import Announcement, Issuer
from backfin.clock import Clock, SystemClock, day_of
from backfin.errors import BackfinError, ExchangeUnavailable, RateLimited, SourceChanged
from backfin.exchanges import Patience, PoliteExchange, api_headers, site_of
from backfin.interfaces import FeedPage, Pacer

from backfin_nse import rss
from backfin_nse.answers import read_archived
from backfin_nse.client import PAGE, NseClient
from backfin_nse.day import read_day, rows_of_day
from backfin_nse.issuers import (
    CHANGES,
    MAIN_BOARD,
    SME_BOARD,
    History,
    parse_issuers,
    read_changes,
    read_list,
)
from backfin_nse.parse import NAME, ROW_SHAPE, native_id, parse_row
from backfin_nse.settings import NseSettings

#: Faults that, when they repeat, say that we are not welcome at the moment.
_UNWELCOME = frozenset({"block_page", "refused", "html_200", "empty_body", "empty_object", "redirect"})


class NseExchange(PoliteExchange):
    """NSE's announcements, attachments and lists of companies.

    Args:
        settings: Addresses, segments, intervals and limits.
        pacer: Shares turns and cool-downs.
        clock: Tells which day is today: RSS knows no other.
        patience: How often an odd answer is asked for again before it counts.
    """

    name = NAME
    mic = "XNSE"
    row_shape = ROW_SHAPE
    follows_calendar = True

    def __init__(
        self,
        settings: NseSettings,
        pacer: Pacer,
        *,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        page = f"{site_of(settings.api_url)}{PAGE}"
        headers = api_headers(settings.user_agent, page, settings.api_url, encodings="gzip, deflate, br")
        # The archives host is content with little, and only with HTTP/1.1.
        super().__init__(
            settings,
            pacer,
            urls=(settings.api_url, settings.files_url),
            headers={**headers, "Accept": "*/*", "Sec-Fetch-Site": "same-site"},
            max_attachment_bytes=settings.max_attachment_bytes,
            patience=patience,
        )
        self._settings = settings
        self._clock = clock or SystemClock()
        self._files_url = settings.files_url.rstrip("/")
        api = self.open_session(headers, _transport(settings))
        self._client = NseClient(api, settings.api_url, self.patience)

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields one IST day as one page, newest first. Today is read from RSS while the API gives no answer.

        Raises:
            ExchangeUnavailable: No usable answer after several tries.
            RateLimited: The host is in a cool-down, or asks us to stay away.
            SourceChanged: The answer's shape is unknown.
        """
        try:
            page = read_day(self._client, self._settings.segments, day)
        except (ExchangeUnavailable, RateLimited) as error:
            if error.facts.get("fault") in _UNWELCOME and isinstance(error, ExchangeUnavailable):
                self._client.stay_away(self._client.url, why=error.sentence)
            page = self._from_rss(day, error)
        yield page

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one raw row into an announcement."""
        return parse_row(row, self._files_url)

    def read_archived(self, number: int, content: bytes) -> FeedPage:
        """Reads an answer as the archive keeps it."""
        return read_archived(number, content)

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The row's ``seq_id``; a key of what it says where there is none."""
        return native_id(row)

    def fetch_issuers(self) -> list[Issuer]:
        """All companies listed now, on the main board and, where NSE shows that list, on the SME board.

        Raises:
            ExchangeUnavailable, RateLimited, SourceChanged: The list of the main board gave no usable answer.
        """
        rows = self.patience.insist(lambda: read_list(self._archived(MAIN_BOARD)), [])
        history: History = {}
        # Where these are not to be had, what the store knows of them stays.
        with suppress(ExchangeUnavailable, SourceChanged):
            rows += read_list(self._archived(SME_BOARD))
        with suppress(ExchangeUnavailable, SourceChanged):
            history = read_changes(self._archived(CHANGES))
        return parse_issuers(rows, history)

    def _from_rss(self, day: date, error: BackfinError) -> FeedPage:
        """Today as RSS shows it, which proves nothing; the API's own error where RSS cannot help."""
        if not self._settings.rss or day != day_of(self._clock.now()):
            raise error
        try:
            content = self._archived(rss.PATH)
            items = rss.read_feed(content)
        except BackfinError:
            raise error from None
        fault = str(error.facts.get("fault", "unknown"))
        return FeedPage(1, rows_of_day(items, day), None, content, faults=(fault, "rss"), is_whole=False)

    def _archived(self, path: str) -> bytes:
        url = f"{self._files_url}{path}"
        content = self.http.get(url).content
        self.http.accepted(url)
        return content


def _transport(settings: NseSettings) -> Any:
    if settings.transport == "requests":
        return None
    from backfin_nse.curl import CurlTransport

    return CurlTransport
