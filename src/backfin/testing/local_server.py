"""A web server on this machine: a function answers, over real sockets, and every request is kept.

Example::

    with LocalServer(lambda request: Reply.of({"ok": True})) as server:
        requests.post(f"{server.url}/rooms/sales", json={"text": "Hello"})
    assert server.requests[0].json() == {"text": "Hello"}
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self, cast
from urllib.parse import parse_qsl, urlsplit

#: Requests kept; older ones are dropped.
MOST_REQUESTS = 200_000


@dataclass(slots=True)
class Request:
    """One request as it came. Names of headers are lower case."""

    method: str
    path: str  #: Without what stands behind the question mark, quoted as it came.
    params: Mapping[str, str]  #: What stands behind the question mark.
    headers: Mapping[str, str]
    body: bytes = b""
    at_s: float = 0.0  #: When it came, by ``time.monotonic()``.
    status: int | None = None  #: What it was answered with, once it is.

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form of a page."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    ``body`` may come in pieces: they are sent one by one, with the length that the headers state, if any, and the
    connection ends with them. ``ending`` is ``whole``, ``cut`` (half of the body, then the connection drops),
    ``silent`` (it drops without a word) or ``reset``.
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    media_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Literal["whole", "cut", "silent", "reset"] = "whole"

    @classmethod
    def of(cls, data: Any, status: int = 200) -> Reply:
        """An answer in JSON."""
        return cls(status, json.dumps(data).encode())


class LocalServer:
    """A web server on a loopback port, from ``with`` (or ``start``) to its end.

    Args:
        answer: Answers one request; called from several threads. An error in it is answered by status 500 and its
            traceback.
        port: 0 takes a free one.

    Attributes:
        answer: The same function; a test may change it at any time.
        requests: What came, oldest first.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, answer: Callable[[Request], Reply], *, port: int = 0) -> None:
        self.answer = answer
        self.requests: deque[Request] = deque(maxlen=MOST_REQUESTS)
        self._stopping = threading.Event()
        self._http = _Http(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._http.server_port

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Serves in the background."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Closes the port and every connection."""
        self._stopping.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def wait(self, seconds: float) -> None:
        """Holds an answer back; stopping the server ends it."""
        self._stopping.wait(seconds)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def asked(self, part: str) -> list[Mapping[str, str]]:
        """The parameters of every request whose path has a part."""
        return [request.params for request in self.requests if part in request.path]


class _Http(ThreadingHTTPServer):
    """The sockets. Open connections are closed when the server stops."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: LocalServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        with self._open_lock:
            for connection in self._open:
                _hang_up(connection)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's error."""


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 with kept connections; one write for each answer, or each piece of it."""

    protocol_version = "HTTP/1.1"
    wbufsize = 256 * 1024
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        owner = cast(_Http, self.server).owner
        request = self._request()
        owner.requests.append(request)
        try:
            reply = owner.answer(request)
        except Exception:
            reply = Reply(500, traceback.format_exc().encode(), "text/plain")
        request.status = reply.status
        if reply.ending in ("silent", "reset"):
            self.close_connection = True
            if reply.ending == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _request(self) -> Request:
        url = urlsplit(self.path)
        return Request(
            method=self.command,
            path=url.path,
            params=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            at_s=time.monotonic(),
        )

    def _send(self, reply: Reply) -> None:
        headers = {"Content-Type": reply.media_type, **reply.headers}
        pieces = reply.body
        if isinstance(pieces, bytes):
            if "Transfer-Encoding" not in headers:
                headers.setdefault("Content-Length", str(len(pieces)))
            pieces = [pieces[: len(pieces) // 2] if reply.ending == "cut" else pieces]
        self.close_connection |= reply.ending == "cut" or pieces is reply.body
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the log is ``LocalServer.requests``."""


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed by the other side already
