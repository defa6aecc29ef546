"""Rows, lists and feeds for the tests of deals."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from backfin.exchanges import Patience
from backfin.pacing import LocalPacer
from backfin.testing import FrozenClock

from backfin_deals.bse import BseDeals
from backfin_deals.feed import Feed
from backfin_deals.nse import NseDeals
from backfin_deals.records import COPY, KIND
from backfin_deals.settings import BseDealsSettings, NseDealsSettings
from backfin_deals.testing import DealsServer

DAY = date(2026, 7, 1)
BEFORE = DAY - timedelta(days=1)

#: Tests try again at once.
AT_ONCE = Patience(backoff_s=0.001)

COMPANIES = (
    b"SYMBOL,NAME OF COMPANY, SERIES, DATE OF LISTING, PAID UP VALUE, MARKET LOT, ISIN NUMBER, FACE VALUE\n"
    b"ACME,Acme Limited,EQ,06-OCT-2008,5,1,INE000A01010,5\n"
)
LISTS = {"/content/equities/EQUITY_L.csv": COMPANIES}
SCRIPS = [
    {
        "SCRIP_CD": "500001",
        "Issuer_Name": "Acme Ltd-$",
        "ISIN_NUMBER": "INE000A01010",
        "Status": "Active",
        "INDUSTRY": "Toys",
    },
    {"SCRIP_CD": "500002", "Issuer_Name": "Halted Ltd", "ISIN_NUMBER": "INE001A01018", "Status": "Suspended"},
]


def nse_deal(number: int = 1, day: date = DAY, **fields: Any) -> dict[str, Any]:
    """A made-up deal as NSE's JSON has it."""
    return {
        "BD_DT_DATE": f"{day:%d-%b-%Y}".upper(),
        "BD_SYMBOL": "ACME",
        "BD_SCRIP_NAME": "Acme Limited",
        "BD_CLIENT_NAME": f"CLIENT {number} CAPITAL PRIVATE LIMITED",
        "BD_BUY_SELL": ("SELL", "BUY")[number % 2],
        "BD_QTY_TRD": 100000 + number,
        "BD_TP_WATP": 826.15,
        "BD_REMARKS": "-",
        **fields,
    }


def bse_deal(number: int = 1, day: date = DAY, **fields: Any) -> dict[str, Any]:
    """A made-up deal as BSE's JSON has it."""
    return {
        "DEAL_DATE": f"{day:%Y-%m-%d}T00:00:00",
        "SCRIP_CODE": "500001",
        "scripname": "Acme Ltd",
        "CLIENT_NAME": f"CLIENT {number} CAPITAL PRIVATE LIMITED",
        "TRANSACTION_TYPE": ("S", "B")[number % 2],
        "QUANTITY": 200000 + number,
        "PRICE": 117.65,
        **fields,
    }


def bse_trade(number: int = 1, day: date = DAY, **fields: Any) -> dict[str, Any]:
    """A made-up insider's trade as BSE's JSON has it."""
    return {
        "Fld_ID": 900000 + number,
        "Fld_ScripCode": 500001,
        "Companyname": "Acme Ltd",
        "Fld_PromoterName": f"Asha Mehra {chr(65 + number)}",
        "Fld_PersonCatgName": "Promoter Group",
        "Fld_SecurityNoPrior": "1000",
        "Fld_PercentofShareholdingPre": "0.78",
        "Fld_SecurityTypeName": "Equity Shares",
        "Fld_SecurityNo": 44400 + number,
        "Fld_SecurityValue": "4966584.00",
        "Fld_TransactionType": "Acquisition",
        "Fld_SecurityNoPost": "45400",
        "Fld_PercentofShareholdingPost": "0.96",
        "Fld_FromDate": "2026-06-29T00:00:00",
        "Fld_ToDate": "2026-06-30T00:00:00",
        "Fld_DateIntimation": "2026-06-30T00:00:00",
        "ModeOfAquisation": "Market Purchase",
        "Fld_StampDate": f"{day:%Y-%m-%d}T00:00:00",
        "Fld_CreateDate": f"{day:%Y-%m-%d}T19:{number:02}:11.843",
        **fields,
    }


def nse_trade(number: int = 1, day: date = DAY, **fields: Any) -> dict[str, Any]:
    """The same trade as NSE's table has it."""
    return {
        "symbol": "ACME",
        "company": "Acme Limited",
        "anex": "7(2)",
        "acqName": f"ASHA MEHRA {chr(65 + number)}",
        "date": f"{day:%d-%b-%Y} 18:{number:02}",
        "pid": str(1072833 + number),
        "secType": "Equity Shares",
        "secAcq": str(44400 + number),
        "secVal": "4966584",
        "tdpTransactionType": "Buy",
        "personCategory": "Promoter Group",
        "befAcqSharesNo": "1000",
        "befAcqSharesPer": "0.78",
        "afterAcqSharesNo": "45400",
        "afterAcqSharesPer": "0.96",
        "acqfromDt": "29-Jun-2026",
        "acqtoDt": "30-Jun-2026",
        "intimDt": "30-Jun-2026",
        "acqMode": "Market Purchase",
        "exchange": "-",
        "remarks": "-",
        **fields,
    }


def download_row(day: date = DAY, **fields: Any) -> dict[str, Any]:
    """An insider's trade as the download of BSE's page has it."""
    return {
        "Security Code": "500001",
        "Security Name": "Acme Ltd",
        "Name of Person": "Asha Mehra B",
        "Category of person": "Promoter Group",
        "Type of Securities Acquired/Disposed/Pledge etc.": "Equity Shares",
        "Number of Securities Acquired/Disposed/Pledge etc.": "44401",
        "Value  of Securities Acquired/Disposed/Pledge etc": "4966584.00",
        "Transaction Type ( Buy/Sale/Pledge/Revoke/Invoke)": "Acquisition",
        "Date of acquisition of shares/sale of shares/Date of Allotment(From date)": "29 Jun 2026",
        "Date of acquisition of shares/sale of shares/Date of Allotment( To date  )": "30 Jun 2026",
        "Mode of Acquisition": "Market Purchase",
        "Reported to Exchange": f"{day:%d %b %Y}",
        **fields,
    }


def as_fed(row: dict[str, Any], kind: str, copy: int = 1) -> dict[str, Any]:
    """A row with the feed's marks."""
    return {**row, KIND: kind, COPY: copy}


@contextmanager
def feed_at(server: DealsServer, name: str, **settings: Any) -> Iterator[Feed]:
    """A feed that waits for nothing, at noon of the day of the rows."""
    section = server.settings(**settings)[name]
    clock = FrozenClock()
    feed: Feed
    if name == "bse_deals":
        feed = BseDeals(BseDealsSettings(**section), LocalPacer(), clock=clock, patience=AT_ONCE)
    else:
        feed = NseDeals(NseDealsSettings(**section), LocalPacer(), clock=clock, patience=AT_ONCE)
    try:
        yield feed
    finally:
        feed.close()


def shared() -> Path | None:
    """The recorded material beside the project, where there is any."""
    for folder in Path(__file__).resolve().parents:
        if (folder.parent / "shared" / "fixtures" / "other").is_dir():
            return folder.parent / "shared" / "fixtures" / "other"
    return None


def recorded_download(folder: Path) -> list[dict[str, Any]]:
    """The rows of the recorded download of BSE's page."""
    with (folder / "bse_insider_trading.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def recorded_deals(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The recorded deals of NSE, of one kind."""
    found: list[dict[str, Any]] = json.loads((folder / f"nse_bulkdeals-{kind}_deals.json").read_text("utf-8"))
    return found
