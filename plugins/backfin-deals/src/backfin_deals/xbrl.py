"""An XBRL file of insider trades → rows, one for each disclosure in it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from backfin.errors import ExchangeUnavailable
from parsel import Selector

_DATES = "DateOfAllotmentAdviceOrAcquisitionOfSharesOrSaleOfSharesSpecify"
_TRADED = "SecuritiesAcquiredOrDisposed"

#: Element → the column of NSE's own table of insider trades. Percentages are left out: some filers write 0.63 for
#: 63 %, others for 0.63 %.
_COLUMNS = {
    "NameOfThePerson": "acqName",
    "CategoryOfPerson": "personCategory",
    "TypeOfInstrument": "secType",
    f"{_TRADED}NumberOfSecurity": "secAcq",
    f"{_TRADED}ValueOfSecurity": "secVal",
    f"{_TRADED}TransactionType": "tdpTransactionType",
    "SecuritiesHeldPriorToAcquisitionOrDisposalNumberOfSecurity": "befAcqSharesNo",
    "SecuritiesHeldPostAcquistionOrDisposalNumberOfSecurity": "afterAcqSharesNo",
    f"{_DATES}FromDate": "acqfromDt",
    f"{_DATES}ToDate": "acqtoDt",
    "DateOfIntimationToCompany": "intimDt",
    "ModeOfAcquisitionOrDisposal": "acqMode",
    "ExchangeOnWhichTheTradeWasExecuted": "exchange",
}


def read_trades(content: bytes, listed: Mapping[str, Any], url: str) -> list[dict[str, Any]]:
    """The disclosures of a file, with what the list of filings says of it.

    Raises:
        ExchangeUnavailable: It is no such file.
    """
    said: dict[str, dict[str, str]] = defaultdict(dict)
    page = Selector(text=content.decode("utf-8-sig", "replace").replace("\x00", ""), type="xml")
    for element in page.xpath("//*[@contextRef]"):
        name = str(element.xpath("local-name()").get())
        said[element.attrib["contextRef"]].setdefault(name, str(element.xpath("string()").get()).strip())
    trades = [cells for cells in said.values() if "NameOfThePerson" in cells]
    if not trades:
        raise ExchangeUnavailable(
            "A file of insider trades holds no disclosure; it is asked again later.",
            fault="not_xbrl",
            url=url,
        )
    company = {name: value for cells in said.values() for name, value in cells.items()}
    common = {
        "symbol": listed.get("symbol") or company.get("NSESymbol") or company.get("Symbol"),
        "company": listed.get("companyName") or company.get("NameOfTheCompany"),
        "isin": company.get("ISINCode"),
        "date": next((listed[name] for name in _SHOWN if listed.get(name)), company.get("DateOfFiling")),
        "xbrl": url,
    }
    return [
        common | {column: cells[name] for name, column in _COLUMNS.items() if name in cells}
        for cells in trades
    ]


_SHOWN = ("broadcastDateTime", "broadcastDate", "date")
