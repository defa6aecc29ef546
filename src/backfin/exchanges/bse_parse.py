"""A raw row of BSE's announcement feed → an announcement. Pure: no network, no clock.

Rows differ by year and by who saved them: fields are missing, numbers are strings, ``"NULL"`` stands for
nothing, subjects carry a prefix or not. Only the key and one usable time are required.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from backfin.clock import day_of, parse_ist
from backfin.errors import ParseError
from backfin.exchanges.bse_addresses import attachment_urls
from backfin.exchanges.texts import one_line, plain_text
from backfin.identity import announcement_id, normalised_text
from backfin.models import Announcement, Attachment

#: Lower case name of the exchange, prefix of its announcement ids.
NAME = "bse"

#: Times outside these years are the database's stand-ins for "none", or typing errors.
_FIRST_YEAR, _LAST_YEAR = 1990, 2060

#: The ``NEWSID`` in ``XML_NAME``, which stands there a second time.
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

#: What is read of a row. Numbers came as text at times, and anything may be null in some row.
ROW_SHAPE: Mapping[str, tuple[type, ...]] = {
    "NEWSID": (str,),
    "SCRIP_CD": (int, str),
    "SLONGNAME": (str,),
    "NEWSSUB": (str,),
    "HEADLINE": (str,),
    "MORE": (str,),
    "CATEGORYNAME": (str,),
    "NEWS_DT": (str,),
    "DT_TM": (str,),
    "DissemDT": (str,),
    "ATTACHMENTNAME": (str,),
    "PDFFLAG": (int, str),
}

#: Fields that tell of the answer or of the file's place, and change while the announcement stays the same.
_PASSING = frozenset({"TotalPageCnt", "RN", "PDFFLAG"})


def native_id(row: Mapping[str, Any]) -> str:
    """The row's ``NEWSID``, lower case, without braces.

    Raises:
        ParseError: The row has none; the fact ``stand_in`` is what tells it from others all the same.
    """
    key = _text(row.get("NEWSID")).strip("{} ").lower() or _guid_of_name(row)
    if not key:
        lasting = {name: value for name, value in row.items() if name not in _PASSING}
        raise ParseError(
            "A BSE row carries no NEWSID; it is kept as it came.",
            field="NEWSID",
            stand_in=json.dumps(lasting, sort_keys=True, default=str),
        )
    return key


def _guid_of_name(row: Mapping[str, Any]) -> str:
    found = _GUID.search(_text(row.get("XML_NAME")).lower())
    return found[0] if found else ""


def parse_row(row: Mapping[str, Any], files_url: str) -> Announcement:
    """Turns one row into an announcement; ``isin`` stays empty unless the row carries one.

    Args:
        row: The row as the exchange sent it.
        files_url: Base URL of the attachment directories.

    Raises:
        ParseError: It has no key or no readable time.
    """
    key = native_id(row)
    listed_at = _listed_at(row, key)
    code = scrip_code(row.get("SCRIP_CD"))
    name = company_name(row.get("SLONGNAME"))
    return Announcement(
        announcement_id=announcement_id(NAME, key),
        exchange=NAME,
        native_id=key,
        isin=_text(row.get("ISIN_NUMBER") or row.get("ISIN")) or None,
        scrip_code=code,
        symbol=symbol_of_page(_text(row.get("NSURL"))),
        issuer_name=name or code or "",
        subject=subject_of(_text(row.get("NEWSSUB")), name, code),
        headline=plain_text(_text(row.get("HEADLINE"))),
        body=plain_text(_text(row.get("MORE"))),
        exchange_category=one_line(_text(row.get("CATEGORYNAME"))) or None,
        exchange_subcategory=one_line(_text(row.get("SUBCATNAME"))) or None,
        is_critical=_number(row.get("CRITICALNEWS")) == 1,
        submitted_at=_moment(row.get("News_submission_dt")),
        disseminated_at=_disseminated_at(row, listed_at),
        attachments=_attachments(row, files_url, listed_at),
        xbrl_url=_link(row.get("XML_NAME")) if _text(row.get("FILESTATUS")).upper() == "X" else None,
        page_url=_link(row.get("NSURL")),
        recording_url=_link(row.get("AUDIO_VIDEO_FILE")),
        raw=dict(row),
    )


def subject_of(text: str, name: str, code: str | None) -> str:
    """The subject without the ``<name> - <code> - `` that only market-wide queries put in front.

    >>> subject_of("ABB India Ltd-$ - 500002 - Board Meeting", "ABB India Ltd", "500002")
    'Board Meeting'
    """
    subject = one_line(text)
    if not code:
        return subject
    head, found, rest = subject.partition(f" - {code} -")
    is_prefix = not name or _same_name(head, name)
    return rest.strip() if found and is_prefix else subject


def company_name(value: Any) -> str:
    """A company's name without the ``-$`` that some scrips carry."""
    name = one_line(_text(value))
    bare = name.rstrip("$")
    return name if bare == name else bare.rstrip().removesuffix("-").rstrip()


def scrip_code(value: Any) -> str | None:
    """A scrip code as text, whether it came as a number or as text; 0 stands for none."""
    number = _number(value)
    if number is None:
        return _text(value) or None
    return str(number) if number > 0 else None


def symbol_of_page(url: str) -> str | None:
    """The ticker in the address of a company's page (``…/slug/symbol/code/``), upper case."""
    parts = [part for part in url.split("?")[0].split("/") if part]
    is_page = len(parts) >= 3 and "stock-share-price" in parts[:-3] and parts[-1].isdecimal()
    return parts[-2].upper() if is_page else None


def _same_name(first: str, second: str) -> bool:
    one, other = normalised_text(company_name(first)), normalised_text(second)
    return bool(one) and (one.startswith(other) or other.startswith(one))


def _listed_at(row: Mapping[str, Any], key: str) -> datetime:
    """The time by which the exchange orders its rows and files them under a day."""
    for field in ("NEWS_DT", "DT_TM", "DissemDT", "News_submission_dt"):
        moment = _moment(row.get(field))
        if moment is not None:
            return moment
    raise ParseError(f"BSE row {key} carries no readable time; it is kept as it came.", field="NEWS_DT")


def _disseminated_at(row: Mapping[str, Any], listed_at: datetime) -> datetime:
    # Until 2019 DissemDT is some seconds later than the time the exchange files the row under; where
    # midnight lies between the two, the row still counts for the earlier day.
    disseminated_at = _moment(row.get("DissemDT"))
    if disseminated_at is None or day_of(disseminated_at) != day_of(listed_at):
        return listed_at
    return disseminated_at


def _attachments(row: Mapping[str, Any], files_url: str, listed_at: datetime) -> tuple[Attachment, ...]:
    name = re.split(r"[/\\]", _text(row.get("ATTACHMENTNAME")))[-1].strip()
    if not name.strip("."):
        return ()
    size = _number(row.get("Fld_Attachsize"))
    urls = attachment_urls(files_url, name, _number(row.get("PDFFLAG")), day_of(listed_at))
    return (Attachment(name=name, urls=urls, size_bytes=size if size and size > 0 else None),)


def _moment(value: Any) -> datetime | None:
    """A wall clock of the exchange in UTC; ``None`` when there is none or it cannot be read."""
    # Any other offset contradicts the wall clock; IST's own only says what holds anyway.
    text = _text(value).removesuffix("+05:30").rstrip(".")
    try:
        moment = parse_ist(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _link(value: Any) -> str | None:
    url = _text(value)
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def _number(value: Any) -> int | None:
    text = _text(value)
    match = re.fullmatch(r"(-?\d{1,18})(\.0+)?", text, re.ASCII)
    return int(match[1]) if match else None


def _text(value: Any) -> str:
    """A field as text; nothing, and the word ``NULL`` that stands for nothing, are empty."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = str(value).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    return "" if text.upper() == "NULL" else text
