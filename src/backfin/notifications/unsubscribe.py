"""Tokens of unsubscribe links: which watches of which address a person wants to hear no more of.

A token is signed with a secret of the application, so nobody can make one for another address. It holds no time:
a mail may be found years later, and its link must still work.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

from backfin.errors import PermanentError

#: Name under which the application keeps the secret.
SECRET_NAME = "unsubscribe"

#: Bytes of what is signed: beyond, mail servers and browsers cut a link. Longer ones name the address alone.
_MOST_BYTES = 900

_PURPOSE = b"backfin unsubscribe\0"


class TokenInvalid(PermanentError):
    """A token that this application did not make."""


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """Who wants to hear no more of what: of the watches of these names, of every one where there are none."""

    address: str
    watches: tuple[str, ...]


def make_token(secret: str, address: str, watches: Sequence[str]) -> str:
    """A token of letters, digits, ``-``, ``_`` and one dot, fit for a URL.

    >>> read_token("s", make_token("s", "mailto:a@b.in", ["orders"]))
    Unsubscription(address='mailto:a@b.in', watches=('orders',))
    """
    signed = _signed(address, watches)
    if len(signed) > _MOST_BYTES:
        signed = _signed(address, ())
    return f"{_text(signed)}.{_text(_signature(secret, signed))}"


def read_token(secret: str, token: str) -> Unsubscription:
    """What a token says.

    Raises:
        TokenInvalid: It was not made with this secret.
    """
    body, _, signature = token.partition(".")
    try:
        signed, given = _bytes(body), _bytes(signature)
    except (ValueError, binascii.Error) as error:
        raise _invalid() from error
    if not hmac.compare_digest(_signature(secret, signed), given):
        raise _invalid()
    address, *watches = json.loads(signed)
    return Unsubscription(address, tuple(watches))


def _signed(address: str, watches: Sequence[str]) -> bytes:
    return json.dumps([address, *watches], ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", errors="replace"
    )


def _signature(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE + signed, hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    padded = text.encode("ascii") + b"=" * (-len(text) % 4)
    data = base64.b64decode(padded, altchars=b"-_", validate=True)
    if _text(data) != text:
        raise ValueError("it is written in a second way")
    return data


def _invalid() -> TokenInvalid:
    return TokenInvalid(
        "This link was not made here, or a part of it is missing; open the whole link of the mail."
    )
