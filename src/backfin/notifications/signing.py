"""Signatures of webhook deliveries, as the Standard Webhooks specification describes them.

The signed text is ``id.timestamp.body``; the signature is ``v1,`` and the base64 of its HMAC-SHA256. Several
secrets sign at once while one is being replaced: a receiver accepts a message when any signature fits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from backfin.errors import ConfigError, PermanentError
from backfin.settings.webhook_keys import PREFIX, webhook_keys

#: Seconds a receiver lets its clock differ from the sender's.
TOLERANCE_S = 300


class SignatureInvalid(PermanentError):
    """A delivery that was not signed with a known secret, or too long ago."""


def make_secret() -> str:
    """A new signing secret of 256 random bits.

    >>> make_secret().startswith("whsec_")
    True
    """
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """The value of the ``webhook-signature`` header: one signature for each secret, a space apart.

    Args:
        secret: One secret, or several with commas between.
        message_id: The ``webhook-id``.
        timestamp_s: Seconds since 1970, the ``webhook-timestamp``.
        body: The bytes of the request's body.

    Raises:
        ConfigError: A secret is not of the form ``whsec_…``.

    >>> sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...     b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    return " ".join(_signature(key, message_id, timestamp_s, body) for key in _keys(secret))


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now_s: float) -> None:
    """Accepts a delivery that carries a signature by any of the secrets, for receivers written in Python.

    Args:
        secret: One secret, or several with commas between.
        headers: The request's headers, their names in any case.
        body: The body's bytes as received.
        now_s: The receiver's clock, in seconds since 1970.

    Raises:
        SignatureInvalid: A header is missing, no signature fits, or the time is too far from ``now_s``.
        ConfigError: A secret is not of the form ``whsec_…``.
    """
    folded = {name.lower(): value for name, value in headers.items()}
    message_id = folded.get("webhook-id", "")
    signatures = folded.get("webhook-signature", "").split()
    stamp = folded.get("webhook-timestamp", "")
    if not (message_id and signatures and stamp.isascii() and stamp.isdigit()):
        raise SignatureInvalid("The request lacks webhook-id, webhook-timestamp or webhook-signature.")
    if abs(now_s - int(stamp)) > TOLERANCE_S:
        raise SignatureInvalid("The request was signed too long ago, or a clock is wrong.")
    expected = [_signature(key, message_id, int(stamp), body) for key in _keys(secret)]
    fits = [hmac.compare_digest(one.encode(), given.encode()) for one in expected for given in signatures]
    if not any(fits):
        raise SignatureInvalid("No signature fits; both sides need the same webhook secret.")


def _signature(key: bytes, message_id: str, timestamp_s: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _keys(secret: str) -> list[bytes]:
    try:
        return webhook_keys(secret)
    except ValueError as error:
        raise ConfigError(f"BACKFIN_NOTIFICATIONS__WEBHOOK_SECRET {error}.") from None
