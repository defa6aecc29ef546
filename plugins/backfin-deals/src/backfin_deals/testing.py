"""Both exchanges' tables of deals on this machine, over real sockets, with their habits and on demand their faults.

Example::

    with DealsServer(bulk=rows, trades=rows) as server:
        settings = NseDealsSettings(api_url=server.nse_url, files_url=server.files_url)
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backfin.testing import LocalServer, Reply, Request
from backfin.testing.exchange_site import BLOCK_PAGE

from backfin_deals.fields import day_in
from backfin_deals.records import day_of_row

Row = Mapping[str, Any]

HTML, CSV = "text/html", "text/csv"

#: Rows at which answers stop, as at the exchanges.
MOST_DEALS, MOST_TRADES = 70, 25

_PAGE = "/corporates/Insider_Trading_new.aspx"

_COOKIE = {"Set-Cookie": "nsit=1; Path=/"}


@dataclass
class Tables:
    """What is shown: rows of each exchange in its own shape, of any days.

    ``download`` is the CSV of BSE's page; ``None`` where the site has given the page up. ``files`` are XBRL files
    and lists of companies by path. A table that is ``None`` is an address the exchange does not know.
    """

    bse_bulk: Sequence[Row] = ()
    bse_block: Sequence[Row] = ()
    bse_trades: Sequence[Row] | None = ()
    nse_bulk: Sequence[Row] = ()
    nse_block: Sequence[Row] = ()
    nse_filings: Sequence[Row] | None = None
    nse_trades: Sequence[Row] = ()
    download: Sequence[Row] | None = None
    scrips: Sequence[Row] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


class DealsServer(LocalServer):
    """BSE and NSE on a loopback port, from ``with`` to its end.

    :attr:`faults` happen to the next questions for rows, one each: ``block_page``, ``html_200``, ``empty_object``,
    ``no_record``, ``empty_list``, ``error_500``.
    """

    def __init__(self, tables: Tables, *, needs_cookie: bool = False) -> None:
        super().__init__(self._answer)
        self.tables = tables
        self.needs_cookie = needs_cookie
        self.today: date | None = None
        self.faults: deque[str] = deque()
        self.broken: dict[str, str] = {}

    def settings(self, **more: Any) -> dict[str, dict[str, Any]]:
        """The section ``exchanges`` that leads both feeds here."""
        common = {"min_interval": 0, "timeout": 5, **more}
        return {
            "bse_deals": {"api_url": f"{self.url}/bse", "page_url": f"{self.url}{_PAGE}", **common},
            "nse_deals": {"api_url": f"{self.url}/api", "files_url": self.url, **common},
        }

    def _answer(self, request: Request) -> Reply:
        path = request.path
        if path.startswith(("/bse/", "/api/")) and "ListofScrip" not in path:
            broken = next((fault for part, fault in self.broken.items() if part in path), None)
            fault = broken or (self.faults.popleft() if self.faults else "")
            if fault:
                return _spoilt(fault)
            has_cookie = request.headers.get("cookie", "") == "nsit=1"
            if path.startswith("/api/") and self.needs_cookie and not has_cookie:
                return Reply(401, b"", HTML)
        return self._found(path, {**request.params, **request.form})

    def _found(self, path: str, params: dict[str, str]) -> Reply:
        shown = self.tables
        if path == "/bse/BulkDealData_ng/w":
            rows = shown.bse_bulk if params["DealType"] == "1" else shown.bse_block
            return Reply.of({"Table": _between(rows, params["FDate"], params["TDate"])})
        if path == "/bse/getCorp_Regulation_ng/w" and shown.bse_trades is not None:
            return Reply.of(self._bse_trades(shown.bse_trades, params))
        if path == "/bse/ListofScripData/w":
            return Reply.of([row for row in shown.scrips if row.get("Status") == params["status"]])
        if path == _PAGE:
            return self._page(params)
        if path == "/api/historicalOR/bulk-block-short-deals":
            rows = shown.nse_bulk if params["optionType"] == "bulk_deals" else shown.nse_block
            return _nse_deals(_between(rows, params["from"], params["to"]), is_csv="csv" in params)
        for name, table in (("pit-gg", shown.nse_filings), ("pit", shown.nse_trades)):
            if path == f"/api/corporates-{name}" and table is not None:
                return Reply.of({"data": _between(table, params["from_date"], params["to_date"])})
        body = shown.files.get(path)
        if body is not None:
            return Reply(200, body, CSV)
        return Reply(404, b"Not found", HTML, _COOKIE if path.startswith("/report-detail/") else {})

    def _bse_trades(self, rows: Sequence[Row], params: dict[str, str]) -> Any:
        if params["Isdefault"] == "1":
            return {"Table": [row for row in rows if day_of_row(row) == self.today]}
        found = _between(rows, params["fromDT"], params["ToDate"])[:MOST_TRADES]
        return {"Table": found} if found else {}

    def _page(self, form: dict[str, str]) -> Reply:
        """The page; its download where the form was sent in; the site's shell where it was given up."""
        rows = self.tables.download
        if rows is None:
            return Reply(200, b"<!doctype html><html><body><app-root></app-root></body></html>", HTML)
        if "__EVENTTARGET" not in form:
            return Reply(
                200, b'<html><form><input type="hidden" name="__VIEWSTATE" value="x"></form></html>', HTML
            )
        day = form["ctl00$ContentPlaceHolder1$fmdate"]
        return Reply(200, _csv(_between(rows, day, day), head=rows), CSV)


def _between(rows: Sequence[Row], first: str, last: str) -> list[Row]:
    start, end = day_in(first), day_in(last)
    assert start is not None
    assert end is not None
    return [row for row in rows if (day := day_of_row(row)) is None or start <= day <= end]


def _nse_deals(rows: list[Row], *, is_csv: bool) -> Reply:
    if not is_csv:
        return Reply.of({"data": rows[:MOST_DEALS]})
    named = {
        "Date ": "BD_DT_DATE",
        "Symbol ": "BD_SYMBOL",
        "Security Name ": "BD_SCRIP_NAME",
        "Client Name ": "BD_CLIENT_NAME",
        "Buy / Sell ": "BD_BUY_SELL",
        "Quantity Traded ": "BD_QTY_TRD",
        "Trade Price / Wght. Avg. Price ": "BD_TP_WATP",
    }
    shown = [{column: row.get(name) for column, name in named.items()} for row in rows]
    return Reply(200, b"\xef\xbb\xbf" + _csv(shown, head=[dict.fromkeys(named)]), CSV)


def _csv(rows: Sequence[Row], head: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(head[0]) if head else ["Security Code", "Name of Person"])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _spoilt(fault: str) -> Reply:
    return {
        "block_page": Reply(403, BLOCK_PAGE, HTML),
        "html_200": Reply(200, BLOCK_PAGE, HTML),
        "empty_object": Reply.of({}),
        "no_record": Reply.of("No Record Found!"),
        "empty_list": Reply.of({"Table": [], "data": []}),
        "error_500": Reply(500, b"", HTML),
    }[fault]
