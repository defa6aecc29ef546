"""Addresses: ``telegram://`` and the chat, a number or the name of a public channel."""

from __future__ import annotations

import re

from backfin.errors import ConfigError
from backfin.notifications.addresses import mask

_ADDRESS = re.compile(r"telegram:(?://)?(?:(-?[1-9]\d{0,18})|(@[a-z][a-z0-9_]{3,31}))/?", re.IGNORECASE)


def chat_of(address: str) -> int | str:
    """The chat behind an address: its id, negative for groups, or the ``@name`` of a channel.

    >>> chat_of("telegram://123456789"), chat_of("telegram:-1001234567890"), chat_of("telegram://@my_channel")
    (123456789, -1001234567890, '@my_channel')

    Raises:
        ConfigError: It is no address of a chat.
    """
    found = _ADDRESS.fullmatch(address) if address.isascii() else None
    if found is None:
        raise ConfigError(
            f"The address {mask(address)!r} is no Telegram chat; good ones are telegram://123456789 (a person), "
            "telegram://-1001234567890 (a group) and telegram://@name (a public channel)."
        )
    return int(found[1]) if found[1] else found[2]


def address_of(chat: int) -> str:
    """The address of a chat."""
    return f"telegram://{chat}"


def is_of(chat: int, address: str) -> bool:
    """Whether an address, of whatever scheme, leads to a chat."""
    return address.lower().startswith("telegram:") and chat_of(address) == chat
