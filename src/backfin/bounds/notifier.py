"""A channel whose calls end, and whose receipts can be kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pydantic_core import PydanticSerializationError

from backfin.bounds.calls import Bounds
from backfin.errors import NotifierUnavailable
from backfin.interfaces import Notifier
from backfin.models import Alert, Digest, Receipt

log = logging.getLogger("backfin")

#: Longest receipt that is kept, in characters of JSON.
MOST_RECEIPT = 20_000


class BoundedNotifier:
    """A channel whose calls end, and whose receipts can be kept."""

    def __init__(self, notifier: Notifier, bounds: Bounds) -> None:
        self._notifier = notifier
        self._bounds = bounds
        self.name = notifier.name
        self.schemes = notifier.schemes
        self.accepts_token = notifier.accepts_token
        if callable(getattr(notifier, "send_digest", None)):
            self.send_digest = self._send_digest
        self.edits_flash = bool(getattr(notifier, "edits_flash", False))

    def check(self, address: str) -> None:
        """Refuses an address that can never work."""
        self._notifier.check(address)

    def send(self, alert: Alert, address: str) -> Receipt:
        """Sends within its time. A message that may be on its way is not sent again without a token."""
        return self._sent(lambda: self._notifier.send(alert, address))

    def _send_digest(self, digest: Digest, address: str) -> Receipt:
        sends: Any = self._notifier
        return self._sent(lambda: sends.send_digest(digest, address))

    def _sent(self, send: Callable[[], object]) -> Receipt:
        def overdue(sentence: str, *, is_started: bool = False, **_: Any) -> NotifierUnavailable:
            return NotifierUnavailable(sentence, maybe_sent=is_started and not self.accepts_token)

        answer = self._bounds.call(
            f"channel {self.name}",
            self._bounds.limits.send_s,
            overdue,
            send,
        )
        return self._receipt(answer)

    def _receipt(self, answer: object) -> Receipt:
        """The receipt, an empty one in place of what cannot be kept: the message was accepted all the same."""
        try:
            if isinstance(answer, Receipt) and len(answer.model_dump_json()) <= MOST_RECEIPT:
                return answer
        except PydanticSerializationError:
            log.debug("a receipt of channel %s has no JSON form", self.name)
        log.warning("channel %s gave no usable receipt (%s)", self.name, type(answer).__name__)
        return Receipt()
