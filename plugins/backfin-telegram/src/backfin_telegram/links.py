"""Links by which a person lets a watch tell their own chat: signed, for a short time, and for one use.

A link's token names a watch and a moment, and is signed together with the addresses the watch has: once a chat was
added they are others, and the token fits no more. It holds nothing secret and fits into a Telegram deep link.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from backfin.clock import Clock
from backfin.models import Watch

#: How long a link can be used when nothing else is said.
LIFETIME = timedelta(minutes=15)

_NAMED = struct.Struct(">16sI")
_MAC_BYTES = 16
_PURPOSE = b"backfin-telegram link 1"


class Named(NamedTuple):
    """What a token names; nothing of it is believed before :meth:`Links.fits`."""

    watch_id: str
    until_s: int


class Links:
    """Makes and checks tokens.

    Args:
        secret: Gives the signing key, which all processes share.
        clock: Tells the time.
    """

    def __init__(self, secret: Callable[[], str], clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def token(self, watch: Watch, lifetime: timedelta = LIFETIME) -> str:
        """A token of 48 characters out of ``A-Z a-z 0-9 _ -`` that links one chat to a watch."""
        until_s = int((self._clock.now() + lifetime).timestamp())
        named = _NAMED.pack(bytes.fromhex(watch.watch_id.partition("_")[2]), until_s)
        return base64.urlsafe_b64encode(named + self._mac(watch, until_s)).decode()

    def read(self, token: str) -> Named | None:
        """What a token names; ``None`` when it is none."""
        try:
            data = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(data) != _NAMED.size + _MAC_BYTES:
            return None
        key, until_s = _NAMED.unpack(data[: _NAMED.size])
        return Named(f"w_{key.hex()}", until_s)

    def fits(self, token: str, watch: Watch) -> bool:
        """Whether the token was made for this watch as it stands, and its time is not over."""
        named = self.read(token)
        if named is None or named.watch_id != watch.watch_id:
            return False
        if self._clock.now() >= datetime.fromtimestamp(named.until_s, UTC):
            return False
        given = base64.b64decode(token, altchars=b"-_")[_NAMED.size :]
        return hmac.compare_digest(given, self._mac(watch, named.until_s))

    def _mac(self, watch: Watch, until_s: int) -> bytes:
        parts = [watch.watch_id, str(until_s), *watch.addresses]
        # Each part with its length, so that no two lists of addresses read the same.
        signed = b"".join(struct.pack(">I", len(part.encode())) + part.encode() for part in parts)
        return hmac.digest(self._secret().encode(), _PURPOSE + signed, hashlib.sha256)[:_MAC_BYTES]
