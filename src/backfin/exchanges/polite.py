"""The base of an exchange that is asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from backfin.clock import IST
from backfin.egress import Transport
from backfin.exchanges.files import FileFetcher
from backfin.exchanges.patience import Patience
from backfin.http import PoliteSession
from backfin.interfaces import Download, FeedPage, Pacer
from backfin.models import Announcement, Attachment, Issuer
from backfin.settings import Politeness


class PoliteExchange:
    """Asks through one polite session, and fetches attachments with care.

    A subclass says ``name`` and ``mic`` (and ``zone``, where that is not India's), and adds :meth:`fetch_day`,
    :meth:`parse`, :meth:`native_id` and :meth:`fetch_issuers`.

    Args:
        settings: How politely it is asked.
        pacer: Shares turns and cool-downs with everyone who asks the same hosts.
        urls: Every address that is asked. Their hosts may be private: the user wrote them.
        headers: The whole header set of every request; ``User-Agent`` alone by default.
        file_headers: What a download sends in place of some of them.
        max_attachment_bytes: Larger attachments are refused.
        patience: How often an odd answer is asked for again before it counts.

    Attributes:
        http: The session that carries its requests.
        files: Fetches attachments through it.
        patience: As handed in, or the usual one.
    """

    name: str
    mic: str
    zone: ZoneInfo = IST

    def __init__(
        self,
        settings: Politeness,
        pacer: Pacer,
        *,
        urls: Iterable[str],
        headers: Mapping[str, str] | None = None,
        file_headers: Mapping[str, str] | None = None,
        max_attachment_bytes: int = 50 * 1024 * 1024,
        patience: Patience | None = None,
    ) -> None:
        self.poll_interval_s = settings.poll_interval
        self.patience = patience or Patience()
        self._open = partial(
            PoliteSession,
            pacer,
            interval_s=settings.min_interval,
            cooldown_s=settings.cooldown,
            timeout_s=settings.timeout,
            allow=tuple(dict.fromkeys(filter(None, (urlsplit(url).hostname for url in urls)))),
            block_grace_s=self.patience.backoff_s / 2,
        )
        self._sessions: list[PoliteSession] = []
        self.http = self.open_session(headers or {"User-Agent": settings.user_agent})
        self.files = FileFetcher(
            self.http,
            max_bytes=max_attachment_bytes,
            headers=dict(file_headers or {}),
            patience=self.patience,
        )

    def open_session(self, headers: Mapping[str, str], transport: Transport | None = None) -> PoliteSession:
        """One more session to the same hosts, for requests of another kind; it is closed with the exchange."""
        session = self._open(headers=headers, transport=transport)
        self._sessions.append(session)
        return session

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields the pages of one day, newest first: see :meth:`backfin.interfaces.Exchange.fetch_day`."""
        raise NotImplementedError

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one raw row into an announcement.

        Raises:
            ParseError: The row has no key or no readable time.
        """
        raise NotImplementedError

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The exchange's own key of a raw row.

        Raises:
            ParseError: The row has none.
        """
        raise NotImplementedError

    def fetch_issuers(self) -> Iterable[Issuer]:
        """All issuers of the exchange.

        Raises:
            ExchangeUnavailable, RateLimited, SourceChanged: As :meth:`fetch_day`.
        """
        raise NotImplementedError

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Downloads an attachment, trying its addresses in order.

        Raises:
            AttachmentGone: No address has it.
            UnreadableDocument: It is larger than allowed; ``reason`` is ``too_large``.
            ExchangeUnavailable, RateLimited: Trying again can help.
        """
        return self.files.fetch(attachment)

    def close(self) -> None:
        """Closes all connections."""
        for session in self._sessions:
            session.close()
