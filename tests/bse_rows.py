"""Rows, files and clients for tests of the BSE feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from backfin.exchanges.bse import BseExchange
from backfin.exchanges.patience import Patience
from backfin.pacing import LocalPacer
from backfin.settings import BseSettings
from backfin.testing.exchange_server import ExchangeServer

DAY = date(2026, 7, 1)
PDF = b"%PDF-1.4\n" + b"0 0 obj endobj\n" * 200 + b"%%EOF\n"

#: Tests try again at once.
AT_ONCE = Patience(backoff_s=0.001)


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A made-up row; a higher number is a later one."""
    time = datetime(2026, 7, 1, 8) + timedelta(seconds=number)  # noqa: DTZ001 - as the exchange writes it
    return {
        "NEWSID": f"00000000-0000-4000-8000-{number:012d}",
        "SCRIP_CD": 500001 + number % 7,
        "NEWSSUB": f"Subject {number}",
        "NEWS_DT": time.isoformat(),
        "HEADLINE": f"Headline {number}",
        "CATEGORYNAME": ("Company Update", "Result", "Others")[number % 3],
        "SUBCATNAME": "General",
        "ATTACHMENTNAME": f"file-{number}.pdf",
        "SLONGNAME": f"Company {number % 7} Ltd",
        "PDFFLAG": 0,
        **fields,
    }


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Made-up rows of one day."""
    return [row(number) for number in range(start, start + count)]


def recorded_rows(shared: Path) -> list[dict[str, Any]]:
    """The recorded per-scrip rows, whole, of all years."""
    found = []
    for path in sorted((shared / "fixtures" / "bse").glob("AnnGetData_*.json")):
        found += json.loads(path.read_text("utf-8"))["Table"]
    return found


def redated(row: dict[str, Any], day: date) -> dict[str, Any]:
    """A row as if it had come on another day, at the same time of day."""
    fields = ("NEWS_DT", "DT_TM", "DissemDT", "News_submission_dt")
    return {**row, **{name: day.isoformat() + row[name][10:] for name in fields if row.get(name)}}


@contextmanager
def reading(server: ExchangeServer, **settings: Any) -> Iterator[BseExchange]:
    """The client of a running server, as quick as tests want it."""
    with exchange_at(server.api_url, server.files_url, **settings) as exchange:
        yield exchange


@contextmanager
def exchange_at(
    api_url: str, files_url: str, pacer: LocalPacer | None = None, **settings: Any
) -> Iterator[BseExchange]:
    """A client of two base URLs, as quick as tests want it."""
    chosen = {"min_interval": 0, "cooldown": 60, "timeout": 5, **settings}
    exchange = BseExchange(
        BseSettings(api_url=api_url, files_url=files_url, **chosen),
        pacer or LocalPacer(),
        patience=AT_ONCE,
    )
    try:
        yield exchange
    finally:
        exchange.close()


def ids_of(exchange: BseExchange, day: date = DAY) -> list[str]:
    """The ids of all rows of a day, in the order in which they come."""
    return [row["NEWSID"] for page in exchange.fetch_day(day) for row in page.rows]
