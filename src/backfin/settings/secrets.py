"""Keeps secrets out of what people see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretStr

#: What stands in the place of a secret.
MASK = "**********"

#: Shorter strings are not searched for in texts: they would hit ordinary words.
_MIN_CHARS = 6

#: The end of a scheme is enough: a search for all of it would take the square of a long word's length.
_URL_PASSWORD = re.compile(r"(?P<start>[a-z0-9+.-]://[^\s/:@]*:)(?P<password>\S+)(?=@)", re.IGNORECASE)
_SECRET = r"secret|token|passw|api_?key|credential|cookie"
_SECRET_KEY = re.compile(_SECRET, re.IGNORECASE)
_URL_PARAMETER = re.compile(
    rf"(?P<start>[?&](?:key|[^\s=&#?]*(?:{_SECRET})[^\s=&#?]*)=)(?P<password>[^\s&#'\"]+)", re.IGNORECASE
)
#: A bot's token and a Slack webhook are secrets by their form alone; people paste them where no password belongs.
_BOT_TOKEN = re.compile(r"(?P<start>)(?P<password>(?<!\d)\d{6,12}:[\w-]{30,}(?![\w-]))", re.ASCII)
_SLACK_HOOK = re.compile(r"(?P<start>hooks\.slack\.com/\w+/)(?P<password>[\w/-]+)", re.ASCII | re.IGNORECASE)
_URL_SECRETS = (_URL_PASSWORD, _URL_PARAMETER, _BOT_TOKEN, _SLACK_HOOK)


def is_secret_key(key: str) -> bool:
    """Whether a key's name says that its value is secret.

    >>> is_secret_key("bot_token"), is_secret_key("model")
    (True, False)
    """
    return bool(_SECRET_KEY.search(key))


def mask_url(text: str) -> str:
    """Hides the passwords of URLs in a text, also those that are parameters.

    >>> mask_url("redis://user:hunter2@host/0"), mask_url("redis://host/0?password=hunter2&db=1")
    ('redis://user:**********@host/0', 'redis://host/0?password=**********&db=1')
    """
    for pattern in _URL_SECRETS:
        text = pattern.sub(rf"\g<start>{MASK}", text)
    return text


#: Secrets of this process beside those of its settings: a plugin's model alone says which values are secret.
_remembered: set[str] = set()


def remember(secrets: Iterable[str]) -> None:
    """Lets :func:`scrub` hide these too, from now on and everywhere in this process."""
    _remembered.update(secrets)


def scrub(text: str, secrets: tuple[str, ...] = ()) -> str:
    """Hides known secrets and the passwords of URLs in a text.

    >>> scrub("key sk-12345 refused", ("sk-12345",))
    'key ********** refused'
    """
    for secret in sorted({*secrets, *_remembered}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return mask_url(text)


def secrets_of(settings: BaseModel) -> tuple[str, ...]:
    """Every secret in settings, the longest first, so that none hides a part of another."""
    found = {secret for secret in _secrets_in(settings) if len(secret) >= _MIN_CHARS}
    return tuple(sorted(found, key=len, reverse=True))


def _secrets_in(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
        # Several secrets in one setting, comma-separated while rotating, are also used one by one.
        yield from (part.strip() for part in value.get_secret_value().split(","))
    elif isinstance(value, BaseModel):
        for name, inner in value:
            yield from _secrets_in(inner, name)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _secrets_in(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets_in(inner, key)
    elif isinstance(value, str):
        if is_secret_key(key):
            yield value
        for pattern in _URL_SECRETS:
            yield from (match["password"] for match in pattern.finditer(value))
