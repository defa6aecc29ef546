"""The form of the secrets that sign webhooks."""

from __future__ import annotations

import base64
import binascii

PREFIX = "whsec_"

_FORM = (
    "must be whsec_ and the base64 of 24 to 64 random bytes (several with commas between while rotating); "
    "leave it unset to have one made"
)


def webhook_keys(secret: str) -> list[bytes]:
    """The keys in a secret, or in several with commas between.

    >>> webhook_keys("whsec_AQID, whsec_BAUG")
    [b'\\x01\\x02\\x03', b'\\x04\\x05\\x06']

    Raises:
        ValueError: One is not of the form ``whsec_…``. The secret is not in the message.
    """
    parts = [part.strip() for part in secret.split(",") if part.strip()]
    if not parts:
        raise ValueError(_FORM)
    return [_key(part) for part in parts]


def _key(part: str) -> bytes:
    try:
        key = base64.b64decode(part.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(_FORM) from None
    if not key or not part.startswith(PREFIX):
        raise ValueError(_FORM)
    return key
