"""The console channel: one block of lines on standard output."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from backfin.errors import NotifierUnavailable
from backfin.models import Alert, Digest, Receipt
from backfin.notifications.addresses import bad_address
from backfin.notifications.render import render_digest, render_text


class ConsoleNotifier:
    """Prints alerts. Blocks of several threads never mix.

    Args:
        stream: Where to print; standard output as it is at the time of each send by default.
    """

    name = "console"
    schemes: tuple[str, ...] = ("console",)
    accepts_token = False

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Refuses anything but ``console:``."""
        if address.lower() != "console:":
            raise bad_address(address, "is not console:")

    def send(self, alert: Alert, address: str) -> Receipt:
        """Prints the alert with a rule above it.

        Raises:
            NotifierUnavailable: Nothing can be printed there.
        """
        return self._print(render_text(alert))

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Prints the digest likewise."""
        return self._print(render_digest(digest).text)

    def _print(self, text: str) -> Receipt:
        block = f"{'─' * 72}\n{text}"
        with self._lock:
            stream = self._stream or sys.stdout
            try:
                stream.write(_encodable(block, stream))
                stream.flush()
            except (OSError, ValueError) as error:
                raise NotifierUnavailable("The console cannot be written to; is it closed?") from error
        return Receipt()


def _encodable(text: str, stream: TextIO) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, errors="replace").decode(encoding)
