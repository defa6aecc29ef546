"""What the test server answers: NSE's habits, with no sockets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

from backfin.clock import IST
from backfin.testing import Reply
from backfin.testing.exchange_site import BLOCK_PAGE

from backfin_nse.parse import listed_at_of
from backfin_nse.rss import PATH

Row = Mapping[str, Any]

HTML = "text/html"

#: How many rows a question without dates is answered by.
NEWEST = 20

NO_DATA = {"data": [], "msg": "no data found"}


class Site:
    """Answers from rows, files and lists."""

    def __init__(
        self, rows: Mapping[str, Sequence[Row]], files: Mapping[str, bytes], lists: Mapping[str, bytes]
    ) -> None:
        self.rows = {name: list(found) for name, found in rows.items()}
        self.files = dict(files)
        self.lists = dict(lists)

    def announcements(self, params: Mapping[str, str]) -> Reply:
        """Everything of the days asked for, or the newest rows; an object where there is no such segment."""
        found = self.rows.get(params.get("index", ""))
        if found is None:
            return Reply.of(NO_DATA)
        if "from_date" not in params:
            return Reply.of(sorted(found, key=_listed_at, reverse=True)[:NEWEST])
        first, last = (_day(params[name]) for name in ("from_date", "to_date"))
        inside = [row for row in found if first <= _listed_at(row).date() <= last]
        return Reply.of(sorted(inside, key=lambda row: str(row.get("seq_id")), reverse=True))

    def reply(self, path: str, cookie: Mapping[str, str]) -> Reply:
        """A file; the page that sets the cookie says no."""
        if path.startswith("/companies-listing/"):
            return Reply(403, BLOCK_PAGE, HTML, cookie)
        if path == PATH and path not in self.lists:
            return Reply(body=self.feed().encode(), media_type="application/xml")
        body = self.lists.get(path) or self.files.get(unquote(path).rpartition("/")[2])
        return (
            Reply(404, b"Not found", HTML) if body is None else Reply(body=body, media_type="application/pdf")
        )

    def spoilt(self, fault: str, params: Mapping[str, str]) -> Reply:
        """An answer that went wrong in a way of NSE's."""
        odd: Mapping[str, Reply] = {
            "block_page": Reply(403, BLOCK_PAGE, HTML),
            "refused": Reply(401, b"", HTML),
            "html_200": Reply(200, BLOCK_PAGE, HTML),
            "reset": Reply(ending="reset"),
            "empty_body": Reply(),
            "empty_object": Reply.of({}),
            "no_data": Reply.of(NO_DATA),
            "empty_list": Reply.of([]),
            "error_500": Reply(500, b"", HTML),
            "rate_limited": Reply(429, b"", HTML, {"Retry-After": "3600"}),
        }
        if fault == "newest_only":
            return self.announcements({"index": params["index"]})
        return odd.get(fault) or Reply(body=self.announcements(params).body, ending="cut")

    def feed(self) -> str:
        """The day's announcements as RSS."""
        rows = sorted((row for found in self.rows.values() for row in found), key=_listed_at, reverse=True)
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(_items(rows))}</channel></rss>'


def _items(rows: Iterable[Row]) -> Iterable[str]:
    for row in rows:
        link = "" if row.get("attchmntFile") in (None, "-") else str(row["attchmntFile"])
        parts = {
            "title": row.get("sm_name"),
            "link": link,
            "description": f"{row.get('attchmntText')}|SUBJECT: {row.get('desc')}",
            "pubDate": f"{_listed_at(row):%d-%b-%Y %H:%M:%S}",
        }
        yield (
            "<item>"
            + "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in parts.items())
            + "</item>"
        )


def _listed_at(row: Row) -> datetime:
    found = listed_at_of(row)
    return (found or datetime(1990, 1, 1, tzinfo=IST)).astimezone(IST)


def _day(written: str) -> date:
    day, month, year = written.split("-")
    return date(int(year), int(month), int(day))
