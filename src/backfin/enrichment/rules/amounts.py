"""Amounts on a page: the scale its tables state, and the first amount behind a place."""

from __future__ import annotations

import re
from functools import lru_cache

from backfin.enrichment.rules.quotes import evidence
from backfin.models import Fact, Money, Page
from backfin.models.money import money_of
from backfin.models.money_scale import SPOILT_LAKHS
from backfin.models.money_text import find_amounts

_TABLE_SCALE = re.compile(
    r"(?i)(?:(?:₹|\brs\.?|\binr|\brupees|\bamounts?|\bfigures)\s{0,3}(?:are )?\s?(?:in|\()\s{0,3}"
    r"|\(\s?in\s|\(\s?|\bin\s)(?:₹|rs\.?|inr)?\s?(?P<scale>lakhs?|lacs?|crores?|cr\b|millions?|mn\b"
    r"|thousands?|billions?)(?=[^\w]{0,3}(?:\)|\n|except|unless|$))"
)
_SPOILT_LAKHS = re.compile(SPOILT_LAKHS)
_SPELLINGS = {"lac": "lakh", "cr": "crore", "mn": "million"}
FACE_VALUE = re.compile(
    r"(?i)(?:\b(?:face|nominal|par) value|\bf\.?v\.?\b)(?:\s(?:of|is|being))?[\s:]{0,3}(?:(?:₹|rs\.?"
    r"|inr|re\.?)\s{0,2})?$"
)
_ONE = re.compile(r"(?i)\s{0,3}(?:/-)?\s{0,3}(?:each|per)\b")


#: How far an amount may go on behind where it has to begin: written out, it takes many words.
_BEHIND = 160


@lru_cache(maxsize=64)
def table_scale(text: str) -> str | None:
    """The scale that a text states for its tables, as written; ``None`` when it states none, or several.

    >>> table_scale("(₹ in Lakhs, except EPS)"), table_scale("(Rs. in crore) ... (Rs. in lakhs)")
    ('lakh', None)
    """
    stated = {
        _SPELLINGS.get(word := match["scale"].lower().rstrip("s"), word)
        for match in _TABLE_SCALE.finditer(text)
    }
    if not stated and _SPOILT_LAKHS.search(text):
        return "lakh"
    return stated.pop() if len(stated) == 1 else None


def money_in(page: Page, quote_from: int, start: int, end: int, scale: str | None = None) -> Fact | None:
    """The first amount that begins in ``text[start:end]``; the quote runs from ``quote_from`` to its end."""
    window = page.text[start : end + _BEHIND]
    for amount in find_amounts(window, scale):
        if amount.start <= end - start and not FACE_VALUE.search(window[: amount.start][-30:]):
            value: Money = money_of(window, amount)
            place = evidence(page, quote_from, start + amount.end)
            return Fact(value=value, evidence=(place,), confidence=0.85)
    return None


def is_each(text: str, start: int, fact: Fact) -> bool:
    """Whether the amount is followed by "each" or "per"."""
    written = fact.value.as_written if isinstance(fact.value, Money) else ""
    at = text.find(written, start)
    return at >= 0 and _ONE.match(text, at + len(written)) is not None
