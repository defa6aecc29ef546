"""Addresses: URLs whose scheme says which channel serves them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from backfin.errors import ConfigError
from backfin.interfaces import Notifier

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")

#: What is written without the scheme that it needs.
_LIKE = ((re.compile(r"[^\s:/@]+@[^\s:/@]+$"), "mailto:"), (re.compile(r"/[^:]*$"), "file:"))

#: A good address of each built-in scheme, as shown to someone who wrote a bad one.
GOOD_FORMS = (
    "https://host/path (webhook)",
    "mailto:name@host",
    "console:",
    "file:/path/alerts.jsonl",
    "apprise:URL",
)


def scheme_of(address: str) -> str:
    """The scheme of an address, in lower case.

    >>> scheme_of("mailto:a@b.in")
    'mailto'

    Raises:
        ConfigError: It has none.
    """
    found = _SCHEME.match(address)
    if found is None:
        raise bad_address(address)
    scheme = found[1].lower()
    # The folders of a file may have spaces in their names; no other address may.
    if not address.isprintable() or (" " in address and scheme != "file"):
        raise bad_address(address, "has a space or a control character in it")
    return scheme


def notifier_for(address: str, notifiers: Iterable[Notifier]) -> Notifier:
    """The channel that serves an address.

    Raises:
        ConfigError: None does.
    """
    scheme = scheme_of(address)
    offered = list(notifiers)
    for notifier in offered:
        if scheme in notifier.schemes:
            return notifier
    raise no_channel(scheme, (one for notifier in offered for one in notifier.schemes))


def no_channel(scheme: str, known: Iterable[str]) -> ConfigError:
    """The error of an address whose scheme nobody serves, listing those that are."""
    listed = ", ".join(dict.fromkeys(f"{one}:" for one in known))
    return ConfigError(
        f"No channel serves {scheme}: addresses; give one that starts with one of these: {listed or 'none'}."
    )


def check_address(address: str, notifiers: Iterable[Notifier]) -> None:
    """Accepts an address some channel can serve.

    Raises:
        ConfigError: With one sentence that says what a good address looks like.
    """
    notifier_for(address, notifiers).check(address)


def bad_address(address: str, why: str = "has no scheme") -> ConfigError:
    """The error of an address nobody can use, listing good ones."""
    shown = mask(address)
    hint = next((f"; write {scheme} in front of it" for mark, scheme in _LIKE if mark.match(address)), "")
    return ConfigError(f"The address {shown!r} {why}{hint}; good addresses are {', '.join(GOOD_FORMS)}.")


def mask(address: str) -> str:
    """An address fit for a log: who it is can be guessed by its owner, not used by a reader.

    >>> mask("mailto:asha.mehra@example.in"), mask("https://u:p@hooks.example/x?token=1")
    ('mailto:a…@example.in', 'https://hooks.example/…')
    >>> mask("file:/home/asha/alerts.jsonl"), mask("console:"), mask("apprise:tgram://123/456")
    ('file:…/alerts.jsonl', 'console:', 'apprise:tgram:…')
    """
    scheme, colon, rest = address.partition(":")
    scheme = scheme.lower()
    if not colon:
        return "…"
    if scheme == "mailto":
        local, at, host = rest.rpartition("@")
        return f"mailto:{local[:1]}…{at}{host}"
    if scheme in ("http", "https"):
        return f"{scheme}://{_host(address)}/…"
    if scheme == "file":
        return f"file:…/{rest.rpartition('/')[2]}"
    if scheme == "apprise":
        return f"apprise:{rest.partition(':')[0]}:…"
    return f"{scheme}:…" if rest else f"{scheme}:"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "…"
    except ValueError:
        return "…"
