"""A channel that keeps what it was told to send."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TypeVar

from backfin.errors import ConfigError
from backfin.models import Alert, Digest, Receipt

Message = TypeVar("Message", Alert, Digest)


class RecordingNotifier:
    """Serves ``test:`` addresses.

    Args:
        faults: Raised by the first sends, one each; after them every send succeeds.
        accepts_token: Whether it takes a second message with the same delivery id for the first.

    Attributes:
        sent: Every alert that was accepted with its address, in order.
        digests: The same of digests.
        faults: The faults still to come.
    """

    name = "test"
    schemes: tuple[str, ...] = ("test",)

    def __init__(self, faults: Iterable[Exception] = (), *, accepts_token: bool = False) -> None:
        self.accepts_token = accepts_token
        self.faults = list(faults)
        self.sent: list[tuple[Alert, str]] = []
        self.digests: list[tuple[Digest, str]] = []
        self._lock = threading.Lock()

    @property
    def alerts(self) -> list[Alert]:
        """The alerts that were accepted, in order."""
        return [alert for alert, _ in self.sent]

    def check(self, address: str) -> None:
        """Refuses anything but ``test:…``.

        Raises:
            ConfigError: It is another kind of address.
        """
        if not address.startswith("test:"):
            raise ConfigError(f"{address!r} is no address of the recording channel; write test:NAME.")

    def send(self, alert: Alert, address: str) -> Receipt:
        """Keeps the alert, or raises the next fault."""
        return self._keep(self.sent, alert, address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Keeps the digest, or raises the next fault."""
        return self._keep(self.digests, digest, address)

    def _keep(self, kept: list[tuple[Message, str]], message: Message, address: str) -> Receipt:
        with self._lock:
            if self.faults:
                raise self.faults.pop(0)
            known = {one.delivery_id for one, _ in kept}
            if not (self.accepts_token and message.delivery_id in known):
                kept.append((message, address))
            return Receipt(provider_id=f"test-{message.delivery_id}")
