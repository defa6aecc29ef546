"""The rows of the exchange server: filled in where a recording lacks fields, kept by day, newest first."""

from __future__ import annotations

import json
import threading
import uuid
from bisect import insort_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backfin.clock import parse_ist
from backfin.errors import ConfigError

Row = dict[str, Any]

#: What a row gets where the recording lacks a field.
_BLANKS: Mapping[str, Any] = {
    "NEWSSUB": "",
    "CRITICALNEWS": 0,
    "ANNOUNCEMENT_TYPE": "A",
    "QUARTER_ID": None,
    "FILESTATUS": "N    ",
    "ATTACHMENTNAME": "",
    "MORE": "",
    "HEADLINE": "",
    "CATEGORYNAME": None,
    "OLD": 1,
    "PDFFLAG": 0,
    "AGENDA_ID": 1,
    "TimeDiff": "00:00:00",
    "Fld_Attachsize": None,
    "SUBCATNAME": None,
    "AUDIO_VIDEO_FILE": None,
}


@dataclass(frozen=True)
class Asked:
    """One question to the feed, as its parameters state it."""

    first: date
    last: date
    page: int = 1
    category: str = "-1"
    subcategory: str = "-1"
    scrip_code: str = ""

    @property
    def is_market_wide(self) -> bool:
        """Whether no scrip is asked for."""
        return not self.scrip_code

    @property
    def is_refused(self) -> bool:
        """Whether the exchange does not serve it: all categories of all scrips over several days."""
        return self.is_market_wide and self.category == "-1" and self.first != self.last

    def wants(self, row: Row) -> bool:
        """Whether a row of the right day answers the question."""
        return (
            (self.category == "-1" or row["CATEGORYNAME"] == self.category)
            and (self.subcategory == "-1" or row["SUBCATNAME"] == self.subcategory)
            and (not self.scrip_code or str(row["SCRIP_CD"]) == self.scrip_code)
        )


def filled(row: Mapping[str, Any]) -> Row:
    """A row with every field that the exchange always sends; fields that are there stay as they are.

    Raises:
        ConfigError: The row has no time.
    """
    whole: Row = {**_BLANKS, **row}
    time = row.get("NEWS_DT") or row.get("DT_TM") or row.get("DissemDT")
    if not time:
        raise ConfigError("A row has no NEWS_DT; every row needs the time by which it is ordered.")
    made = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(row, sort_keys=True, default=str))
    whole.setdefault("NEWSID", str(made))
    whole.setdefault("SCRIP_CD", 0)
    code = whole["SCRIP_CD"]
    head, found, _ = str(whole["NEWSSUB"]).partition(f" - {code} - ")
    whole.setdefault("SLONGNAME", head if found else f"COMPANY {code}")
    whole.setdefault("XML_NAME", f"ANN_{code}_{str(whole['NEWSID']).upper()}")
    whole.setdefault("NSURL", f"https://www.bseindia.com/stock-share-price/company/c{code}/{code}/")
    for field in ("NEWS_DT", "DT_TM", "DissemDT"):
        whole.setdefault(field, time)
    whole.setdefault("News_submission_dt", str(time)[:19])
    return whole


def day_of_row(row: Row) -> date:
    """The day under which the exchange files a row."""
    return parse_ist(str(row["NEWS_DT"])).date()


class RowBook:
    """All rows, by day and newest first. Safe to share between threads."""

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self._lock = threading.Lock()
        self._days: dict[date, list[Row]] = {}
        self._by_attachment: dict[str, list[Row]] = {}
        self._ids: set[str] = set()
        self.add(rows)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Takes rows in; one whose NEWSID is known already replaces nothing and is left out."""
        by_day: dict[date, list[Row]] = {}
        for row in map(filled, rows):
            by_day.setdefault(day_of_row(row), []).append(row)
        with self._lock:
            for day, new in by_day.items():
                self._add_to_day(day, new)

    def page(self, asked: Asked, size: int) -> tuple[list[Row], int]:
        """The rows of one page as the exchange would send them, and the number of rows in all."""
        with self._lock:
            found = self._matching(asked)
            start = (asked.page - 1) * size
            rows = found[start : start + size]
            total = len(found)
        pages = -(-total // size)
        return [_as_sent(row, pages, with_prefix=asked.is_market_wide) for row in rows], total

    def with_attachment(self, name: str) -> list[Row]:
        """The rows that carry an attachment of that name."""
        with self._lock:
            return list(self._by_attachment.get(name, ()))

    def codes(self) -> dict[str, str]:
        """Scrip code → company name of every company with a row."""
        with self._lock:
            return {
                str(row["SCRIP_CD"]): str(row["SLONGNAME"]) for rows in self._days.values() for row in rows
            }

    def _add_to_day(self, day: date, new: list[Row]) -> None:
        held = self._days.setdefault(day, [])
        fresh = []
        for row in new:
            key = str(row["NEWSID"] or id(row))
            if key not in self._ids:
                self._ids.add(key)
                fresh.append(row)
                self._by_attachment.setdefault(str(row["ATTACHMENTNAME"]), []).append(row)
        if len(fresh) > 10:
            held += fresh
            held.sort(key=_newest_first)
        else:
            for row in fresh:
                insort_left(held, row, key=_newest_first)

    def _matching(self, asked: Asked) -> list[Row]:
        if asked.first == asked.last and asked.category == asked.subcategory == "-1" and not asked.scrip_code:
            return self._days.get(asked.first, [])
        days = sorted((day for day in self._days if asked.first <= day <= asked.last), reverse=True)
        return [row for day in days for row in self._days[day] if asked.wants(row)]


def _newest_first(row: Row) -> float:
    return -parse_ist(str(row["NEWS_DT"])).timestamp()


def _as_sent(row: Row, pages: int, *, with_prefix: bool) -> Row:
    """A row as one kind of query shows it: only market-wide ones put the company before the subject."""
    prefix = f"{row['SLONGNAME']} - {row['SCRIP_CD']} - "
    bare = str(row["NEWSSUB"] or "").removeprefix(prefix)
    subject = prefix + bare if with_prefix else bare
    return {**row, "NEWSSUB": subject, "RN": 1, "TotalPageCnt": pages}
