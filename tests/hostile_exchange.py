"""A BSE of somebody else's making: small, over real HTTP, with habits that a test switches on one by one."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

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


@dataclass
class Asked:
    """One request: its path, its parameters with lower case names, its headers, and when it came."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    at: float


def sheet(rows: Sequence[Any], count: Any = "unset", pages: int | None = None, **others: Any) -> bytes:
    """One page as the exchange writes it; without ``Table1`` where the count is ``None``."""
    shown = [{**row, "TotalPageCnt": pages} if pages and isinstance(row, dict) else row for row in rows]
    body: dict[str, Any] = {"Table": shown, **others}
    if count is not None:
        body["Table1"] = [{"ROWCNT": len(rows) if count == "unset" else count}]
    return json.dumps(body).encode()


class HostileExchange:
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
        self.rows: list[Row] = list(rows)
        self.page_size = page_size
        self.count: Callable[[int], Any] = lambda true: true
        self.beyond = b'{"Table":[],"Table1":[{"ROWCNT":0}]}'
        self.states_pages = True
        self.before: Callable[[Asked], Answer | None] = lambda asked: None
        self.files: dict[str, bytes] = {}
        self.masters: dict[str, list[Row]] = {}
        self.asked: list[Asked] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def api_url(self) -> str:
        """Base URL of the API."""
        return f"http://127.0.0.1:{self._http.server_port}/BseIndiaAPI/api"

    @property
    def files_url(self) -> str:
        """Base URL of the attachments."""
        return f"http://127.0.0.1:{self._http.server_port}/xml-data/corpfiling"

    def __enter__(self) -> HostileExchange:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    def pages_asked(self) -> list[int]:
        """The numbers of the pages of the feed that were asked for, in order."""
        return [int(one.params["pageno"]) for one in self.asked if "pageno" in one.params]

    def reply(self, asked: Asked) -> Answer:
        """The answer to one request."""
        self.asked.append(asked)
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


def _handler(exchange: HostileExchange) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            params = {name.lower(): value for name, value in parse_qsl(url.query, keep_blank_values=True)}
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = exchange.reply(Asked(url.path, params, headers, time.monotonic()))
            try:
                _send(self, answer)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    if answer.reset:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        return
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.kind)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if answer.chunked:
        handler.send_header("Transfer-Encoding", "chunked")
        body = b"%x\r\n%s\r\n" % (len(answer.body), answer.body) + b"0\r\n\r\n"
    else:
        handler.send_header("Content-Length", str(len(answer.body)))
        body = answer.body
    handler.end_headers()
    if answer.drip_s:
        for number in range(len(body)):
            handler.wfile.write(body[number : number + 1])
            time.sleep(answer.drip_s)
    elif answer.cut is not None:
        handler.wfile.write(body[: answer.cut])
        handler.close_connection = True
    else:
        handler.wfile.write(body)


def zipped(body: bytes) -> Answer:
    """An answer that is packed with gzip."""
    return Answer(gzip.compress(body), headers={"Content-Encoding": "gzip"})
