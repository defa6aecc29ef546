"""The forms in which the watch language compares text: folded once, compared as plain strings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Letters, digits and the vowel signs of Indian scripts, which ``\w`` alone would split words at.
_WORD = re.compile(r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u200c\u200d]+")
_LABEL_PART = re.compile(r"[^\W_]+")

_TITLES = frozenset({"the", "mr", "mrs", "ms", "miss", "shri", "sri", "smt", "dr", "ca", "messrs"})
_LEGAL_TAIL = frozenset({"ltd", "limited", "pvt", "private"})


def words(text: str) -> list[str]:
    """The words of a text, folded, in order.

    >>> words("Receipt of ORDER, worth ₹5 crore")
    ['receipt', 'of', 'order', 'worth', '5', 'crore']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def fold(text: str) -> str:
    """The folded words of a text, one space apart."""
    return " ".join(words(text))


def padded(texts: Iterable[str]) -> str:
    """Several texts as one in which ``" phrase "`` is found by ``in``, but never across two texts.

    >>> " steel ltd " in padded(["Tata Steel", "Ltd"]), " tata steel " in padded(["Tata Steel", "Ltd"])
    (False, True)
    """
    return "".join(f" {fold(text)} " for text in texts)


def label_form(text: str) -> str:
    """A label as compared: its slug, however it was written.

    >>> label_form("New Order") == label_form("new-order") == label_form("NEW_ORDER")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "-".join(_LABEL_PART.findall(folded))


def code_form(text: str) -> str:
    """A code as compared: ISIN, symbol, scrip code, exchange."""
    return text.strip().casefold()


def name_form(text: str) -> str:
    """A name as compared by ``=``: without titles in front and Ltd or Pvt Ltd behind.

    >>> name_form("Tata Steel Limited") == name_form("TATA STEEL LTD.")
    True
    """
    parts = words(re.sub(r"(?i)^\s*m/s\b", "", text).replace("&", " and "))
    while len(parts) > 1 and parts[-1] in _LEGAL_TAIL:
        parts = parts[:-1]
    while len(parts) > 2 and parts[0] in _TITLES:
        parts = parts[1:]
    return " ".join(parts)


def isin_with_check_digit(isin: str) -> str:
    """An ISIN of twelve letters and digits with the last digit that belongs to the others.

    >>> isin_with_check_digit("ine002a01019")
    'ine002a01018'
    """
    digits = "".join(str(int(char, 36)) for char in isin[:-1])
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return f"{isin[:-1]}{-sum(sum(divmod(number, 10)) for number in doubled) % 10}"
