"""Somebody who is told: a web server that takes signed webhooks and believes none without a good signature."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from backfin.notifications.signing import SignatureInvalid, make_secret, verify


@dataclass
class Receiver:
    """Listens on a loopback port while the block lasts."""

    secret: str = field(default_factory=make_secret)
    told: list[dict[str, Any]] = field(default_factory=list)  #: Messages that were accepted, oldest first.
    refused: list[str] = field(default_factory=list)  #: Why others were not.
    delay_s: float = 0.0  #: How long it thinks before it answers.

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """The address to watch with."""
        return f"http://127.0.0.1:{self._server.server_port}/told"

    @property
    def environment(self) -> dict[str, str]:
        """Settings that let backfin reach it, and sign."""
        return {"BACKFIN_EGRESS__ALLOW": "127.0.0.1", "BACKFIN_NOTIFICATIONS__WEBHOOK_SECRET": self.secret}

    @property
    def ids(self) -> list[str]:
        """The ``webhook-id`` of every accepted message."""
        return [message["id"] for message in self.told]

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler_for(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                verify(receiver.secret, dict(self.headers.items()), body, now_s=time.time())
            except SignatureInvalid as error:
                receiver.refused.append(str(error))
                self.send_response(401)
            else:
                receiver.told.append({"id": self.headers["webhook-id"], "body": json.loads(body)})
                time.sleep(receiver.delay_s)
                self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: tests read their own output."""

    return Handler
