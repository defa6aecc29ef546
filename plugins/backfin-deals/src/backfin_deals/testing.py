"""Both exchanges' tables of deals on this machine, over real sockets, with their habits and on demand their faults.

Example::

    with DealsServer(bulk=rows, trades=rows) as server:
        settings = NseDealsSettings(api_url=server.nse_url, files_url=server.files_url)
"""

from __future__ import annotations

import csv
import io
import json
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from backfin_deals.fields import day_in
from backfin_deals.records import day_of_row

Row = Mapping[str, Any]

JSON, HTML, CSV = "application/json; charset=utf-8", "text/html", "text/csv"

#: What Akamai shows to those it does not like.
BLOCK_PAGE = (
    b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n"
    b"You don't have permission to access this page on this server.<P>\nReference&#32;&#35;18\n</BODY>\n</HTML>\n"
)

#: Rows at which answers stop, as at the exchanges.
MOST_DEALS, MOST_TRADES = 70, 25

_PAGE = "/corporates/Insider_Trading_new.aspx"


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


class DealsServer:
    """BSE and NSE on a loopback port, from ``with`` to its end.

    :attr:`faults` happen to the next questions for rows, one each: ``block_page``, ``html_200``, ``empty_object``,
    ``no_record``, ``empty_list``, ``error_500``. :attr:`requests` is what was asked, as ``(path, parameters)``.
    """

    def __init__(self, tables: Tables, *, needs_cookie: bool = False) -> None:
        self.tables = tables
        self.needs_cookie = needs_cookie
        self.today: date | None = None
        self.faults: deque[str] = deque()
        self.broken: dict[str, str] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._http = _Http(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def settings(self, **more: Any) -> dict[str, dict[str, Any]]:
        """The section ``exchanges`` that leads both feeds here."""
        common = {"min_interval": 0, "timeout": 5, **more}
        return {
            "bse_deals": {"api_url": f"{self.url}/bse", "page_url": f"{self.url}{_PAGE}", **common},
            "nse_deals": {"api_url": f"{self.url}/api", "files_url": self.url, **common},
        }

    def __enter__(self) -> DealsServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def asked(self, part: str) -> list[dict[str, str]]:
        """The parameters of every request whose path has a part."""
        return [params for path, params in self.requests if part in path]

    def answer(self, path: str, params: dict[str, str], cookie: str) -> tuple[int, bytes, str]:
        """Status, body and media type of the answer to one request."""
        self.requests.append((path, params))
        if path.startswith(("/bse/", "/api/")) and "ListofScrip" not in path:
            broken = next((fault for part, fault in self.broken.items() if part in path), None)
            fault = broken or (self.faults.popleft() if self.faults else "")
            if fault:
                return _spoilt(fault)
            if path.startswith("/api/") and self.needs_cookie and cookie != "nsit=1":
                return 401, b"", HTML
        return self._found(path, params)

    def _found(self, path: str, params: dict[str, str]) -> tuple[int, bytes, str]:
        shown = self.tables
        if path == "/bse/BulkDealData_ng/w":
            rows = shown.bse_bulk if params["DealType"] == "1" else shown.bse_block
            return _json({"Table": _between(rows, params["FDate"], params["TDate"])})
        if path == "/bse/getCorp_Regulation_ng/w" and shown.bse_trades is not None:
            return _json(self._bse_trades(shown.bse_trades, params))
        if path == "/bse/ListofScripData/w":
            return _json([row for row in shown.scrips if row.get("Status") == params["status"]])
        if path == _PAGE:
            return self._page(params)
        if path == "/api/historicalOR/bulk-block-short-deals":
            rows = shown.nse_bulk if params["optionType"] == "bulk_deals" else shown.nse_block
            return _nse_deals(_between(rows, params["from"], params["to"]), is_csv="csv" in params)
        for name, table in (("pit-gg", shown.nse_filings), ("pit", shown.nse_trades)):
            if path == f"/api/corporates-{name}" and table is not None:
                return _json({"data": _between(table, params["from_date"], params["to_date"])})
        body = shown.files.get(path)
        return (404, b"Not found", HTML) if body is None else (200, body, CSV)

    def _bse_trades(self, rows: Sequence[Row], params: dict[str, str]) -> Any:
        if params["Isdefault"] == "1":
            return {"Table": [row for row in rows if day_of_row(row) == self.today]}
        found = _between(rows, params["fromDT"], params["ToDate"])[:MOST_TRADES]
        return {"Table": found} if found else {}

    def _page(self, form: dict[str, str]) -> tuple[int, bytes, str]:
        """The page; its download where the form was sent in; the site's shell where it was given up."""
        rows = self.tables.download
        if rows is None:
            return 200, b"<!doctype html><html><body><app-root></app-root></body></html>", HTML
        if "__EVENTTARGET" not in form:
            return 200, b'<html><form><input type="hidden" name="__VIEWSTATE" value="x"></form></html>', HTML
        day = form["ctl00$ContentPlaceHolder1$fmdate"]
        return 200, _csv(_between(rows, day, day), head=rows), CSV


def _between(rows: Sequence[Row], first: str, last: str) -> list[Row]:
    start, end = day_in(first), day_in(last)
    assert start is not None
    assert end is not None
    return [row for row in rows if (day := day_of_row(row)) is None or start <= day <= end]


def _nse_deals(rows: list[Row], *, is_csv: bool) -> tuple[int, bytes, str]:
    if not is_csv:
        return _json({"data": rows[:MOST_DEALS]})
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
    return 200, b"\xef\xbb\xbf" + _csv(shown, head=[dict.fromkeys(named)]), CSV


def _csv(rows: Sequence[Row], head: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(head[0]) if head else ["Security Code", "Name of Person"])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _spoilt(fault: str) -> tuple[int, bytes, str]:
    return {
        "block_page": (403, BLOCK_PAGE, HTML),
        "html_200": (200, BLOCK_PAGE, HTML),
        "empty_object": _json({}),
        "no_record": _json("No Record Found!"),
        "empty_list": _json({"Table": [], "data": []}),
        "error_500": (500, b"", HTML),
    }[fault]


def _json(data: Any) -> tuple[int, bytes, str]:
    return 200, json.dumps(data).encode(), JSON


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], server: DealsServer) -> None:
        self.deals = server
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(dict(parse_qsl(body.decode(), keep_blank_values=True)))

    def _answer(self, form: dict[str, str]) -> None:
        url = urlsplit(self.path)
        params = dict(parse_qsl(url.query, keep_blank_values=True)) | form
        server = cast(_Http, self.server).deals
        status, body, media_type = server.answer(url.path, params, self.headers.get("Cookie", ""))
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 404 and url.path.startswith("/report-detail/"):
            self.send_header("Set-Cookie", "nsit=1; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the log is ``DealsServer.requests``."""
