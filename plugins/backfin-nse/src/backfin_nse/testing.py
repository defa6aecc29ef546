"""An NSE on this machine: speaks its protocol over real sockets, with its habits and on demand its faults.

Example::

    with NseServer({"equities": rows}, {"A.pdf": b"%PDF-…"}, needs_cookie=True) as server:
        settings = NseSettings(api_url=server.api_url, files_url=server.files_url)
"""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import brotli

from backfin_nse.testing_site import Reply, Site

#: What can happen to a request for announcements.
FAULTS = (
    "block_page",
    "refused",
    "html_200",
    "reset",
    "truncated",
    "empty_body",
    "empty_object",
    "no_data",
    "empty_list",
    "newest_only",
    "error_500",
    "rate_limited",
)


class NseServer:
    """NSE on a loopback port, from ``with`` to its end.

    Args:
        rows: Segment → its raw rows; they are shown by falling ``seq_id``, which is not the order of time.
        files: Attachments by name.
        lists: Other files by path, e.g. ``/content/equities/EQUITY_L.csv``.
        needs_cookie: Whether the API insists on a cookie of the page it belongs to. The page itself answers 403.

    :attr:`faults` happen to the next questions for announcements, one each. :attr:`requests` is what was asked, as
    ``(path, parameters, status)``.
    """

    def __init__(
        self,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        files: Mapping[str, bytes] | None = None,
        lists: Mapping[str, bytes] | None = None,
        *,
        needs_cookie: bool = False,
    ) -> None:
        self.site = Site(rows, files or {}, lists or {})
        self.needs_cookie = needs_cookie
        self.faults: deque[str] = deque()
        self.requests: list[tuple[str, dict[str, str], int]] = []
        self.is_blocked = False
        self._cookie = 1
        self._http = _Http(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def api_url(self) -> str:
        """Value for ``BACKFIN_EXCHANGES__NSE__API_URL``."""
        return f"http://127.0.0.1:{self._http.server_port}/api"

    @property
    def files_url(self) -> str:
        """Value for ``BACKFIN_EXCHANGES__NSE__FILES_URL``; another host, as at NSE."""
        return f"http://localhost:{self._http.server_port}"

    def __enter__(self) -> NseServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def spoil_cookies(self) -> None:
        """Makes every cookie given so far a stale one: who sends it is hung up on."""
        self._cookie += 1

    def asked(self, part: str) -> list[dict[str, str]]:
        """The parameters of every request whose path has a part."""
        return [params for path, params, _ in self.requests if part in path]

    def answer(self, path: str, params: dict[str, str], cookie: str) -> Reply:
        """The answer to one request."""
        reply = self._reply(path, params, cookie)
        self.requests.append((path, params, reply.status))
        return reply

    def _reply(self, path: str, params: dict[str, str], cookie: str) -> Reply:
        if not path.startswith("/api/"):
            return self.site.reply(path, {"Set-Cookie": f"nsit={self._cookie}; Path=/"})
        if self.is_blocked:
            return self.site.spoilt("block_page", params)
        if self.needs_cookie and cookie != f"nsit={self._cookie}":
            return self.site.spoilt("reset" if cookie else "refused", params)
        if self.faults:
            return self.site.spoilt(self.faults.popleft(), params)
        return self.site.announcements(params)


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], server: NseServer) -> None:
        self.nse = server
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        params = dict(parse_qsl(url.query, keep_blank_values=True))
        reply = cast(_Http, self.server).nse.answer(url.path, params, self.headers.get("Cookie", ""))
        if reply.is_reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        body, headers = reply.body, dict(reply.headers)
        if body and "br" in self.headers.get("Accept-Encoding", "") and "json" in reply.media_type:
            body, headers["Content-Encoding"] = brotli.compress(body), "br"
        self.send_response(reply.status)
        for name, value in {
            "Content-Type": reply.media_type,
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = reply.is_cut
        self.wfile.write(body[: len(body) // 2] if reply.is_cut else body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the log is ``NseServer.requests``."""
