"""Rows, lists and clients for the tests of the NSE feed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from backfin.exchanges import Patience
from backfin.pacing import LocalPacer
from backfin.testing import FrozenClock

from backfin_nse.exchange import NseExchange
from backfin_nse.settings import NseSettings
from backfin_nse.testing import NseServer

DAY = date(2026, 7, 1)
PDF = b"%PDF-1.4\n" + b"0 0 obj endobj\n" * 200 + b"%%EOF\n"

#: Tests try again at once.
AT_ONCE = Patience(backoff_s=0.001)

COMPANIES = (
    b"SYMBOL,NAME OF COMPANY, SERIES, DATE OF LISTING, PAID UP VALUE, MARKET LOT, ISIN NUMBER, FACE VALUE\n"
    b"CO0,Company 0 Limited,EQ,06-OCT-2008,5,1,INE000A01010,5\n"
    b"CO1,Company 1 Limited,EQ,03-MAY-1995,10,1,INE001A01018,10\n"
)
SMALL = (
    b"SYMBOL,NAME_OF_COMPANY,SERIES,DATE_OF_LISTING,PAID_UP_VALUE,ISIN_NUMBER,FACE_VALUE\n"
    b"TINY,Tiny Limited,SM,06-OCT-2022,10,INE002A01016,10\n"
)
CHANGES = b"Company 1 Limited,OLDEST,OLD1,10-JAN-2001\nCompany 1 Limited,OLD1,CO1,16-AUG-2007\n"
LISTS = {
    "/content/equities/EQUITY_L.csv": COMPANIES,
    "/emerge/corporates/content/SME_EQUITY_L.csv": SMALL,
    "/content/equities/symbolchange.csv": CHANGES,
}


def row(number: int, **fields: Any) -> dict[str, Any]:
    """A made-up row; a higher number is a later one, and says nothing of the ``seq_id``."""
    time = datetime(2026, 7, 1, 8) + timedelta(seconds=number)  # noqa: DTZ001 - as the exchange writes it
    return {
        "symbol": f"CO{number % 2}",
        "desc": "General Updates",
        "dt": f"{time:%d%m%Y%H%M%S}",
        "attchmntFile": f"https://nsearchives.nseindia.com/corporate/file-{number}.pdf",
        "sm_name": f"Company {number % 2} Limited",
        "sm_isin": ("INE000A01010", "INE001A01018")[number % 2],
        "an_dt": f"{time:%d-%b-%Y %H:%M:%S}",
        "sort_date": f"{time:%Y-%m-%d %H:%M:%S}",
        "seq_id": str(106588000 + number * 7919 % 1000),
        "attchmntText": f"Company {number % 2} Limited has informed the Exchange about matter {number}",
        "exchdisstime": f"{time + timedelta(seconds=number % 3):%d-%b-%Y %H:%M:%S}",
        "fileSize": "690.05 KB",
        "attFileSize": "690.05 KB",
        "hasXbrl": True,
        **fields,
    }


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Made-up rows of one day."""
    return [row(number) for number in range(start, start + count)]


def small_row() -> dict[str, Any]:
    """A row of the SME segment, which carries no ISIN."""
    return row(5000, symbol="TINY", sm_name="Tiny Limited", sm_isin=None, seq_id="36111", fileSize=None)


@contextmanager
def exchange_at(api_url: str, files_url: str, **settings: Any) -> Iterator[NseExchange]:
    """A client that waits for nothing, at noon of the day of :func:`row`."""
    patient = settings.pop("patience", AT_ONCE)
    chosen = NseSettings(
        api_url=api_url, files_url=files_url, **{"min_interval": 0, "timeout": 5, **settings}
    )
    exchange = NseExchange(chosen, LocalPacer(), clock=FrozenClock(), patience=patient)
    try:
        yield exchange
    finally:
        exchange.close()


@contextmanager
def served(
    *args: Any, needs_cookie: bool = False, **settings: Any
) -> Iterator[tuple[NseServer, NseExchange]]:
    """A server and a client of it."""
    with (
        NseServer(*args, needs_cookie=needs_cookie) as server,
        exchange_at(server.api_url, server.files_url, **settings) as exchange,
    ):
        yield server, exchange


def shared() -> Path | None:
    """The recorded material beside the project, where there is any."""
    for folder in Path(__file__).resolve().parents:
        if (folder.parent / "shared" / "fixtures" / "nse").is_dir():
            return folder.parent / "shared" / "fixtures"
    return None


def recorded(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every recorded row, by segment."""
    found: dict[str, list[dict[str, Any]]] = {"equities": []}
    for path in sorted((folder / "nse").glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        for segment, part in (data if isinstance(data, dict) else {"equities": data}).items():
            if isinstance(part, list):
                found.setdefault(segment.partition("_")[0], []).extend(part)
    return found
