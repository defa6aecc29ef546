"""A BSE of somebody else's making: small, over real HTTP, with habits that a test switches on one by one."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from backfin.testing import LocalServer, Reply, Request

Row = dict[str, Any]

LOG_IN = "https://www.bseindia.com/members/showinterest.aspx"
DENIED = b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1></BODY></HTML>"


@dataclass
class Answer:
    """One answer. ``drip_s`` waits between single bytes; ``cut`` drops the connection after so many bytes."""

    body: bytes = b"{}"
    status: int = 200
    kind: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0
    cut: int | None = None
    chunked: bool = False
    reset: bool = False


def sheet(rows: Sequence[Any], count: Any = "unset", pages: int | None = None, **others: Any) -> bytes:
    """One page as the exchange writes it; without ``Table1`` where the count is ``None``."""
    shown = [{**row, "TotalPageCnt": pages} if pages and isinstance(row, dict) else row for row in rows]
    body: dict[str, Any] = {"Table": shown, **others}
    if count is not None:
        body["Table1"] = [{"ROWCNT": len(rows) if count == "unset" else count}]
    return json.dumps(body).encode()


class HostileExchange(LocalServer):
    """Serves rows by day, newest first. Every habit is an attribute that a test may change at any time.

    Attributes:
        rows: What is published; add to it and pages shift.
        page_size: Rows of one page.
        count: What is sent as ``ROWCNT``, from the true one; ``None`` leaves ``Table1`` out.
        beyond: What a page behind the last one is.
        states_pages: Whether rows carry ``TotalPageCnt``.
        before: Called with each request; an answer that it returns is sent in place of the usual one.
        files: Attachments by their path below the directory of files.
        masters: The scrip master by status.
    """

    def __init__(self, rows: Sequence[Row] = (), page_size: int = 50) -> None:
        super().__init__(self._answer)
        self.rows: list[Row] = list(rows)
        self.page_size = page_size
        self.count: Callable[[int], Any] = lambda true: true
        self.beyond = b'{"Table":[],"Table1":[{"ROWCNT":0}]}'
        self.states_pages = True
        self.before: Callable[[Request], Answer | None] = lambda asked: None
        self.files: dict[str, bytes] = {}
        self.masters: dict[str, list[Row]] = {}

    @property
    def api_url(self) -> str:
        """Base URL of the API."""
        return f"{self.url}/BseIndiaAPI/api"

    @property
    def files_url(self) -> str:
        """Base URL of the attachments."""
        return f"{self.url}/xml-data/corpfiling"

    def pages_asked(self) -> list[int]:
        """The numbers of the pages of the feed that were asked for, in order."""
        return [int(one.params["pageno"]) for one in self.requests if "pageno" in one.params]

    def _answer(self, request: Request) -> Reply:
        params = {name.lower(): value for name, value in request.params.items()}
        return _as_sent(self._reply(replace(request, params=params)))

    def _reply(self, asked: Request) -> Answer:
        own = self.before(asked)
        if own is not None:
            return own
        if "/xml-data/corpfiling/" in asked.path:
            return self._file(unquote(asked.path.partition("/xml-data/corpfiling/")[2]))
        if not asked.headers.get("referer"):
            return Answer(b"", 301, "text/html", {"Location": LOG_IN})
        if asked.path.endswith("/ListofScripData/w"):
            return Answer(json.dumps(self.masters.get(asked.params["status"], [])).encode())
        return self._feed(asked.params)

    def _file(self, path: str) -> Answer:
        if path not in self.files:
            return Answer(b"gone", 404, "text/plain")
        return Answer(self.files[path], 200, "application/octet-stream")

    def _feed(self, params: Mapping[str, str]) -> Answer:
        if params["strcat"] == "-1" and params["strprevdate"] != params["strtodate"]:
            return Answer(b"{}")
        found = [row for row in self.rows if _is_wanted(row, params)]
        found.sort(key=lambda row: str(row.get("NEWS_DT") or row.get("DissemDT")), reverse=True)
        start = (int(params["pageno"]) - 1) * self.page_size
        shown = found[start : start + self.page_size]
        if found and not shown:
            return Answer(self.beyond)
        pages = -(-len(found) // self.page_size) if self.states_pages else None
        return Answer(sheet(shown, self.count(len(found)), pages))


def _is_wanted(row: Row, params: Mapping[str, str]) -> bool:
    day = str(row.get("NEWS_DT") or row.get("DissemDT") or "")[:10].replace("-", "")
    return params["strprevdate"] <= day <= params["strtodate"] and params["strcat"] in (
        "-1",
        row.get("CATEGORYNAME"),
    )


def _as_sent(answer: Answer) -> Reply:
    """The answer with what is wrong with it on its way."""
    if answer.reset:
        return Reply(ending="reset")
    body, headers = answer.body, dict(answer.headers)
    if answer.chunked:
        body = b"%x\r\n%s\r\n" % (len(body), body) + b"0\r\n\r\n"
        headers["Transfer-Encoding"] = "chunked"
    else:
        headers["Content-Length"] = str(len(body))
    if answer.drip_s:
        return Reply(answer.status, _drops(body, answer.drip_s), answer.kind, headers)
    return Reply(answer.status, body if answer.cut is None else [body[: answer.cut]], answer.kind, headers)


def _drops(body: bytes, every_s: float) -> Iterator[bytes]:
    for number in range(len(body)):
        yield body[number : number + 1]
        time.sleep(every_s)


def zipped(body: bytes) -> Answer:
    """An answer that is packed with gzip."""
    return Answer(gzip.compress(body), headers={"Content-Encoding": "gzip"})
