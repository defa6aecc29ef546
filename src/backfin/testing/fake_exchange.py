"""An exchange whose rows, files and issuers are held in memory, with faults on demand."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from backfin.clock import IST
from backfin.errors import AttachmentGone, ParseError
from backfin.identity import announcement_id
from backfin.interfaces import Download, FeedPage
from backfin.models import Announcement, Attachment, Issuer


def make_row(number: int, **changes: Any) -> dict[str, Any]:
    """A row of :class:`FakeExchange`: that many seconds after noon of 1 July 2026, on the exchange's clock.

    >>> row = make_row(1, file="a.pdf")
    >>> row["id"], row["at"], row["file"]
    ('1', '2026-07-01T12:00:01', 'a.pdf')
    """
    moment = datetime(2026, 7, 1, 12) + timedelta(seconds=number)  # noqa: DTZ001 - as exchanges write it
    row = {
        "id": str(number),
        "at": moment.isoformat(),
        "code": "999001",
        "issuer": "Saraswati Cables Ltd",
        "subject": f"Receipt of order number {number}",
        "text": f"The company received order number {number} worth Rs. 12.5 crore.",
        "category": "Company Update",
        "file": None,
    }
    return row | changes


class FakeExchange:
    """Serves rows of :func:`make_row`, newest first.

    Args:
        rows: What it published; add to :attr:`rows` to publish more.
        files: Attachments by name; one that is missing here is gone.
        issuers: Its master.
        name: Its name.
        zone: Zone of its days and of the rows' times.
        page_size: Rows of one page.
        poll_interval_s: Seconds between two polls.

    Attributes:
        fault: Raised by every request while it is set.
        hidden: Ids of rows that are counted and not shown.
        gives_count: Whether it says how many rows a day has.
        requests: What was asked of it, oldest first: ``day 2026-07-01 page 1``, ``file a.pdf``, ``issuers``.
    """

    mic = "XFAK"

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]] = (),
        *,
        files: Mapping[str, bytes] | None = None,
        issuers: Iterable[Issuer] = (),
        name: str = "fake",
        zone: ZoneInfo = IST,
        page_size: int = 50,
        poll_interval_s: float = 60.0,
    ) -> None:
        self.name = name
        self.zone = zone
        self.poll_interval_s = poll_interval_s
        self.rows = list(rows)
        self.files = dict(files or {})
        self.issuers = list(issuers)
        self.fault: Exception | None = None
        self.hidden: set[str] = set()
        self.gives_count = True
        self.requests: list[str] = []
        self._page_size = page_size

    def fetch_day(self, day: date) -> Iterator[FeedPage]:
        """Yields the day's pages; a day without rows is one empty page."""
        start, number = 0, 1
        while True:
            self._asked(f"day {day} page {number}")
            of_day = [row for row in self.rows if str(row.get("at") or day)[:10] == day.isoformat()]
            shown = [row for row in _newest_first(of_day) if row.get("id") not in self.hidden]
            part = tuple(shown[start : start + self._page_size])
            content = json.dumps({"page": number, "rows": part}, default=str).encode()
            yield FeedPage(number, part, len(of_day) if self.gives_count else None, content)
            start, number = start + self._page_size, number + 1
            if start >= len(shown):
                return

    def parse(self, row: Mapping[str, Any]) -> Announcement:
        """Turns a row into an announcement.

        Raises:
            ParseError: It has no id or no readable time.
        """
        native = self.native_id(row)
        file = row.get("file")
        return Announcement(
            announcement_id=announcement_id(self.name, native),
            exchange=self.name,
            native_id=native,
            isin=_text(row, "isin") or None,
            scrip_code=_text(row, "code") or None,
            issuer_name=_text(row, "issuer"),
            subject=_text(row, "subject"),
            headline=_text(row, "text"),
            exchange_category=_text(row, "category") or None,
            disseminated_at=self._time(row),
            attachments=(Attachment(name=str(file), urls=(f"https://files.example/{file}",)),)
            if file
            else (),
            raw=dict(row),
        )

    def native_id(self, row: Mapping[str, Any]) -> str:
        """The row's ``id``.

        Raises:
            ParseError: It has none.
        """
        if not _text(row, "id").strip():
            raise ParseError("A row has no id.")
        return _text(row, "id")

    def fetch_attachment(self, attachment: Attachment) -> Download:
        """Writes the file to a temporary place.

        Raises:
            AttachmentGone: There is no file of that name.
        """
        self._asked(f"file {attachment.name}")
        data = self.files.get(attachment.name)
        if data is None:
            raise AttachmentGone(f"{attachment.name} is nowhere to be found.", name=attachment.name)
        with tempfile.NamedTemporaryFile(prefix="backfin-", delete=False) as file:
            file.write(data)
        url = attachment.urls[0] if attachment.urls else attachment.name
        return Download(Path(file.name), url, len(data), "application/octet-stream")

    def fetch_issuers(self) -> list[Issuer]:
        """The issuers it was given."""
        self._asked("issuers")
        return list(self.issuers)

    def _asked(self, what: str) -> None:
        self.requests.append(what)
        if self.fault is not None:
            raise self.fault

    def _time(self, row: Mapping[str, Any]) -> datetime:
        try:
            return datetime.fromisoformat(_text(row, "at")).replace(tzinfo=self.zone)
        except ValueError as error:
            raise ParseError(f"Row {row.get('id')} has no readable time: {row.get('at')!r}.") from error


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def _newest_first(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: str(row.get("at") or ""), reverse=True)
