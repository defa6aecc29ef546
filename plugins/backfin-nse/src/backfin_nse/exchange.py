"""The NSE feed: one object that fetches days, attachments and issuers, and parses rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from backfin import Announcement, Attachment, Issuer
from backfin.clock import IST, Clock, SystemClock, day_of
from backfin.errors import BackfinError, ExchangeUnavailable, RateLimited, SourceChanged
from backfin.exchanges import FileFetcher, Patience, PoliteSession
from backfin.interfaces import Download, FeedPage, Pacer

from backfin_nse import rss
from backfin_nse.client import NseClient, api_headers, site_of
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
from backfin_nse.parse import NAME, native_id, parse_row
from backfin_nse.settings import NseSettings

#: Faults that, when they repeat, say that we are not welcome at the moment.
_UNWELCOME = frozenset({"block_page", "refused", "html_200", "empty_body", "empty_object", "redirect"})


class NseExchange:
    """NSE's announcements, attachments and lists of companies.

    Args:
        settings: Addresses, segments, intervals and limits. Their hosts may be private: the user wrote them.
        pacer: Shares turns and cool-downs.
        clock: Tells which day is today: RSS knows no other.
        patience: How often an odd answer is asked for again before it counts.
    """

    name = NAME
    mic = "XNSE"
    zone = IST

    def __init__(
        self,
        settings: NseSettings,
        pacer: Pacer,
        *,
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        patience = patience or Patience()
        self.poll_interval_s = settings.poll_interval
        self._settings = settings
        self._clock = clock or SystemClock()
        self._files_url = settings.files_url.rstrip("/")
        headers = api_headers(settings.user_agent, site_of(settings.api_url))
        self._api = self._session(pacer, patience, headers, transport=_transport(settings))
        # The archives host is content with little, and only with HTTP/1.1.
        self._archives = self._session(
            pacer, patience, {**headers, "Accept": "*/*", "Sec-Fetch-Site": "same-site"}
        )
        self._client = NseClient(self._api, settings.api_url, patience)
        self._files = FileFetcher(
            self._archives, max_bytes=settings.max_attachment_bytes, headers={}, patience=patience
        )
        self._patience = patience

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
                self._client.stay_away(error.sentence)
            page = self._from_rss(day, error)
        yield page

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one raw row into an announcement.

        Raises:
            ParseError: The row has no key or no readable time.
        """
        return parse_row(row, self._files_url)

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The row's ``seq_id``; a key of what it says where there is none.

        Raises:
            ParseError: The row has neither.
        """
        return native_id(row)

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Downloads an attachment.

        Raises:
            AttachmentGone: No address has it.
            UnreadableDocument: It is larger than allowed; ``reason`` is ``too_large``.
            ExchangeUnavailable, RateLimited: Trying again can help.
        """
        return self._files.fetch(attachment)

    def fetch_issuers(self) -> list[Issuer]:
        """All companies listed now, on the main board and, where NSE shows that list, on the SME board.

        Raises:
            ExchangeUnavailable, RateLimited, SourceChanged: The list of the main board gave no usable answer.
        """
        rows = self._patience.insist(lambda: read_list(self._archived(MAIN_BOARD)), [])
        history: History = {}
        # Where these are not to be had, what the store knows of them stays.
        with suppress(ExchangeUnavailable, SourceChanged):
            rows += read_list(self._archived(SME_BOARD))
        with suppress(ExchangeUnavailable, SourceChanged):
            history = read_changes(self._archived(CHANGES))
        return parse_issuers(rows, history)

    def close(self) -> None:
        """Closes all connections."""
        self._api.close()
        self._archives.close()

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
        content = self._archives.get(url).content
        self._archives.accepted(url)
        return content

    def _session(
        self, pacer: Pacer, patience: Patience, headers: Mapping[str, str], **more: Any
    ) -> PoliteSession:
        settings = self._settings
        return PoliteSession(
            pacer,
            interval_s=settings.min_interval,
            cooldown_s=settings.cooldown,
            timeout_s=settings.timeout,
            headers=headers,
            allow=tuple(
                filter(None, (urlsplit(url).hostname for url in (settings.api_url, settings.files_url)))
            ),
            block_grace_s=patience.backoff_s / 2,
            **more,
        )


def _transport(settings: NseSettings) -> Any:
    if settings.transport == "requests":
        return None
    from backfin_nse.curl import CurlTransport

    return CurlTransport
