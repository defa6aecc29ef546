"""A raw row of NSE → an announcement. Pure: no network, no clock.

Three shapes are met: rows of most segments, rows of the Social Stock Exchange, and items of the RSS feed. Only
something to know a row by and one readable time are required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from backfin import Announcement, Attachment
from backfin.clock import day_of
from backfin.errors import ParseError
from backfin.exchanges import one_line, plain_text
from backfin.identity import announcement_id, document_id

from backfin_nse.fields import addresses, file_name, moment, size_bytes, text

#: Lower case name of the exchange, prefix of its announcement ids.
NAME = "nse"

Row = Mapping[str, Any]

#: What is said → the fields that may say it, the best first: most segments, then ``sse``, then RSS.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("sm_name", "comp_name", "title", "symbol"),
    "subject": ("desc", "an_desc"),
    "words": ("attchmntText", "text"),
    "file": ("attchmntFile", "an_attach", "link"),
    "listed": ("an_dt", "sort_date", "dt", "ann_date", "ann_Date", "pubDate"),
    "shown": ("exchdisstime", "ann_tstamp"),
    "size": ("attFileSize", "fileSize"),
}

#: What is read of a row of the API, but for those of the Social Stock Exchange. Anything may be null in some row.
ROW_SHAPE: Mapping[str, tuple[type, ...]] = {
    "seq_id": (str, int),
    "symbol": (str,),
    "sm_name": (str,),
    "sm_isin": (str,),
    "desc": (str,),
    "attchmntText": (str,),
    "attchmntFile": (str,),
    "attFileSize": (str,),
    "an_dt": (str,),
    "sort_date": (str,),
    "exchdisstime": (str,),
}

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)
_SEQUENCE = re.compile(r"\d{1,20}", re.ASCII)

#: Ends the words of an RSS item.
_SUBJECT = "|SUBJECT:"


def native_id(row: Row) -> str:
    """The row's ``seq_id``; where there is none, a key of the file, the name, the subject and the time.

    Raises:
        ParseError: It has neither.
    """
    sequence = text(row.get("seq_id")).removesuffix(".0")
    if _SEQUENCE.fullmatch(sequence):
        return sequence
    parts = [_first(row, what) for what in ("file", "name", "subject", "words", "listed")]
    parts.append(text(row.get("description")))
    if not any(parts[:2]) or not parts[4]:
        raise ParseError(
            "An NSE row carries no seq_id and nothing else to know it by; it is kept as it came."
        )
    prefix = "rss" if is_item(row) else "row"
    return f"{prefix}-{document_id(chr(31).join(parts).encode())[:32]}"


def parse_row(row: Row, files_url: str) -> Announcement:
    """Turns one row into an announcement; ``isin`` stays empty unless the row carries one.

    Args:
        row: The row as the exchange sent it.
        files_url: Base URL of the attachments.

    Raises:
        ParseError: It has no key or no readable time.
    """
    key = native_id(row)
    listed_at = listed_at_of(row)
    if listed_at is None:
        raise ParseError(f"NSE row {key} carries no readable time; it is kept as it came.", field="an_dt")
    words, subject = _words(row)
    symbol = one_line(text(row.get("symbol"))).upper() or None
    isin = text(row.get("sm_isin")).upper()
    return Announcement(
        announcement_id=announcement_id(NAME, key),
        exchange=NAME,
        native_id=key,
        isin=isin if _ISIN.fullmatch(isin) else None,
        symbol=symbol,
        issuer_name=one_line(_first(row, "name")),
        subject=subject,
        headline=words,
        exchange_category=subject or None,
        submitted_at=listed_at,
        disseminated_at=shown_at(row, listed_at),
        attachments=_attachments(row, files_url),
        page_url=f"https://www.nseindia.com/get-quotes/equity?symbol={quote(symbol)}" if symbol else None,
        raw=dict(row),
    )


def listed_at_of(row: Row) -> datetime | None:
    """The time by which NSE files a row under a day."""
    found = (moment(row.get(name)) for name in (*_FIELDS["listed"], *_FIELDS["shown"]))
    return next((one for one in found if one is not None), None)


def shown_at(row: Row, listed_at: datetime) -> datetime:
    """The time of dissemination; it stays on the day under which NSE files the row, also around midnight."""
    shown = (moment(row.get(name)) for name in _FIELDS["shown"])
    return next((one for one in shown if one is not None and day_of(one) == day_of(listed_at)), listed_at)


def is_item(row: Row) -> bool:
    """Whether a row is an item of the RSS feed."""
    return "pubDate" in row


def _words(row: Row) -> tuple[str, str]:
    """What a row says, and under which heading."""
    if is_item(row):
        said, _, heading = text(row.get("description")).rpartition(_SUBJECT)
        return (plain_text(said), one_line(heading)) if said or heading else ("", "")
    return plain_text(_first(row, "words")), one_line(_first(row, "subject"))


def _attachments(row: Row, files_url: str) -> tuple[Attachment, ...]:
    urls = addresses(_first(row, "file"), files_url)
    name = file_name(urls[0]) if urls else ""
    if not name.strip("."):
        return ()
    return (Attachment(name=name, urls=urls, size_bytes=size_bytes(_first(row, "size"))),)


def _first(row: Row, what: str) -> str:
    return next((found for name in _FIELDS[what] if (found := text(row.get(name)))), "")
