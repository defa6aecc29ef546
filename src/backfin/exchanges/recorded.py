"""An exchange whose rows come from answers that were kept, with no network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from backfin.errors import AttachmentGone, ExchangeUnavailable
from backfin.exchanges.bse_answers import read_archived
from backfin.interfaces import Download, Exchange, FeedPage
from backfin.models import Announcement, Attachment, Issuer


class RecordedExchange:
    """Replays archived answers of an exchange; everything else is the exchange's own.

    Args:
        exchange: Parses the rows.
        answers: Day → the answers kept of it, in the order in which they came.
        read: Reads one answer: ``(number, content) -> FeedPage``. BSE's by default.
        find_file: Finds the bytes of an attachment on disk; by default there are none.
        issuers: What ``fetch_issuers`` gives.
    """

    def __init__(
        self,
        exchange: Exchange,
        answers: Mapping[date, Sequence[bytes]],
        *,
        read: Callable[[int, bytes], FeedPage] = read_archived,
        find_file: Callable[[Attachment], Download] | None = None,
        issuers: Iterable[Issuer] = (),
    ) -> None:
        self.name: str = exchange.name
        self.mic: str = exchange.mic
        self.zone: ZoneInfo = exchange.zone
        self.poll_interval_s: float = exchange.poll_interval_s
        self._exchange = exchange
        self._answers = dict(answers)
        self._read = read
        self._find_file = find_file
        self._issuers = tuple(issuers)

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields the kept pages of a day; rows that an earlier page held are left out.

        Raises:
            ExchangeUnavailable: No answer of that day was kept.
        """
        if not self._answers.get(day):
            raise ExchangeUnavailable(f"No answer of {day} was kept; scrape it from the exchange.", day=day)
        met: set[str] = set()
        for number, content in enumerate(self._answers[day], start=1):
            page = self._read(number, content)
            fresh = {self.native_id(row): row for row in page.rows}
            rows = tuple(row for key, row in fresh.items() if key not in met)
            met |= fresh.keys()
            yield replace(page, rows=rows)

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns one raw row into an announcement, as the exchange does."""
        return self._exchange.parse(row)

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The exchange's own key of a raw row."""
        return self._exchange.native_id(row)

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Finds an attachment among the kept files.

        Raises:
            AttachmentGone: It was not kept.
        """
        if self._find_file is None:
            raise AttachmentGone(f"{attachment.name} was not kept.", name=attachment.name)
        return self._find_file(attachment)

    def fetch_issuers(self) -> tuple[Issuer, ...]:
        """The issuers that were handed in."""
        return self._issuers
