"""Makes text from outside fit to be shown: no control characters, no hidden direction marks, a set length."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

#: Invisible characters that stay: the joiners that Indian scripts need.
_KEPT_FORMATS = frozenset("\u200c\u200d")

#: Unicode categories that are never shown: control, format, surrogate, private use, unassigned.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

_NUMBER = r"(?<!\S)\S*\d\S*"
_CURRENCY = r"(?<!\S)[^\s\w]*(?:₹|\$|€|£|Rs\.?|INR|USD|EUR)"

#: A number at a text's end with its currency: cut off before its last digit or its scale it says another amount.
_OPEN_NUMBER = re.compile(rf"(?:{_CURRENCY}(?:\s+{_NUMBER})?|{_NUMBER})\s*\Z", re.IGNORECASE)


def one_line(text: str) -> str:
    """Text on one line, without anything that could steer a terminal, a mail header or a reader's eye.

    >>> one_line("Order\\r\\nBcc: x@y\\x1b[31m")
    'Order Bcc: x@y [31m'
    """
    shown = (" " if _is_hidden(char) else char for char in text)
    return " ".join("".join(shown).split())


def paragraphs(text: str) -> str:
    """Text whose line breaks are kept, each line cleaned by :func:`one_line`, at most one blank between."""
    lines = [one_line(line) for line in text.splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept).strip()


def fit(text: str, limit_chars: int) -> str:
    """Text cut to a length on a word's end, with an ellipsis when something was left out.

    A number that stands where the text is cut goes as a whole, with its currency: ``12.5…`` for ``12.5 crore``
    would be another amount.

    >>> fit("Receipt of an order worth five crore", 20)
    'Receipt of an order…'
    >>> fit("Receipt of an order worth Rs. 12.5 crore", 36)
    'Receipt of an order worth…'
    """
    if len(text) <= limit_chars:
        return text
    if limit_chars < 1:
        return ""
    cut = text[: limit_chars - 1]
    head, space, _ = cut.rpartition(" ")
    is_word_end = text[limit_chars - 1].isspace()
    kept = cut if is_word_end or not space or len(head) < limit_chars // 2 else head
    return _OPEN_NUMBER.sub("", kept).rstrip() + "…"


def web_link(url: str | None) -> str | None:
    """The link if it is an ordinary web address, else ``None``: nothing else is ever made clickable."""
    if not url or one_line(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in _HIDDEN and char not in _KEPT_FORMATS
