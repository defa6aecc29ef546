"""NSE's RSS feed of today's announcements: a file on the archives host that needs no cookie. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from backfin.errors import ExchangeUnavailable
from parsel import Selector

#: Path of the feed below ``files_url``.
PATH = "/content/RSS/Online_announcements.xml"

_PARTS = ("title", "link", "description", "pubDate")


def read_feed(content: bytes) -> tuple[Mapping[str, str], ...]:
    """The items of the feed as rows, newest first as far as NSE keeps to that.

    Raises:
        ExchangeUnavailable: It is no feed.
    """
    try:
        feed = Selector(body=content.strip(), type="xml", encoding="utf-8")
    except ValueError as error:
        raise _no_feed() from error
    if not feed.xpath("/rss/channel"):
        raise _no_feed()
    return tuple(
        {part: (item.xpath(f"string({part})").get() or "").strip() for part in _PARTS}
        for item in feed.xpath("/rss/channel/item")
    )


def _no_feed() -> ExchangeUnavailable:
    return ExchangeUnavailable("NSE answered with something that is no RSS feed.", fault="not_rss")
