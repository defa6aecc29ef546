"""Somebody who is told: a web server that takes signed webhooks and believes none without a good signature."""

from __future__ import annotations

import time
from typing import Any

from backfin.notifications.signing import SignatureInvalid, make_secret, verify
from backfin.testing import LocalServer, Reply, Request


class Receiver(LocalServer):
    """Listens on a loopback port while the block lasts.

    Args:
        after: One that has ended, in whose place it goes on: same port, same secret, same memory.
    """

    def __init__(self, after: Receiver | None = None) -> None:
        super().__init__(self._take, port=after.port if after else 0)
        self.secret = after.secret if after else make_secret()
        #: Messages that were accepted, oldest first.
        self.told: list[dict[str, Any]] = after.told if after else []
        self.refused: list[str] = []  #: Why others were not.
        self.delay_s = 0.0  #: How long it thinks before it answers.

    @property
    def address(self) -> str:
        """The address to watch with."""
        return f"{self.url}/told"

    @property
    def environment(self) -> dict[str, str]:
        """Settings that let backfin reach it, and sign."""
        return {"BACKFIN_EGRESS__ALLOW": "127.0.0.1", "BACKFIN_NOTIFICATIONS__WEBHOOK_SECRET": self.secret}

    @property
    def ids(self) -> list[str]:
        """The ``webhook-id`` of every accepted message."""
        return [message["id"] for message in self.told]

    def _take(self, request: Request) -> Reply:
        try:
            verify(self.secret, request.headers, request.body, now_s=time.time())
        except SignatureInvalid as error:
            self.refused.append(str(error))
            return Reply(401)
        self.told.append({"id": request.headers["webhook-id"], "body": request.json()})
        self.wait(self.delay_s)
        return Reply(204)
