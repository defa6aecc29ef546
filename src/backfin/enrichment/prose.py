"""Whether a sentence about a filing holds names and amounts that the filing does not."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Set
from functools import cache

from backfin.enrichment.taxonomy import categories
from backfin.enrichment.written import is_same_amount
from backfin.models import Money
from backfin.models.money_text import find_amounts

#: Words that a sentence about a filing may write with a capital although the filing does not hold them.
_OURS = frozenset(word.casefold() for word in (*month_name[1:], "Regulation", "Receipt"))

#: A word that begins like a name, behind another word of its sentence or a title.
_NAME = re.compile(
    r"(?:(?<=[\w,;)”\"’'&] )|(?<=\bMrs\. )|(?<=\b[MD][rs]\. ))[(“\"]?(?P<word>[A-Z][A-Za-z]{2,})(?!\w)"
)
_WORD = re.compile(r"\w+")


def words_of(texts: Iterable[str]) -> set[str]:
    """Every word of some texts, folded.

    >>> sorted(words_of(["Order from ABC Ltd.", "an order"]))
    ['abc', 'an', 'from', 'ltd', 'order']
    """
    return {word for text in texts for word in _WORD.findall(text.casefold())}


@cache
def our_words() -> frozenset[str]:
    """Words of our own labels, and of dates and rules, which name nobody."""
    return _OURS | words_of(category.label for category in categories())


def strange_names(text: str, known: Set[str]) -> list[str]:
    """Capitalised words inside a sentence that are none of the known ones.

    The first word of a sentence is capital whatever it is, so it is passed over.

    >>> strange_names("The order was placed by Reliance Industries.", {"the", "order", "was", "placed", "by"})
    ['Reliance', 'Industries']
    """
    return [m["word"] for m in _NAME.finditer(text) if m["word"].casefold() not in known]


def strange_amounts(text: str, facts: Iterable[Money], pages: Iterable[str]) -> list[str]:
    """Amounts told with a word of size that neither the facts nor the pages hold.

    >>> strange_amounts("worth Rs. 12 crore", [], ["Rs. 12.5 crore within 12 months"])
    ['Rs. 12 crore']
    """
    units = {abs(money.amount) for money in facts}
    told = [one for one in find_amounts(text) if one.factor > 1]
    told = [one for one in told if not any(is_same_amount(one, value) for value in units)]
    for page in pages:
        if not told:
            break
        held = {abs(one.units) for one in find_amounts(page)}
        told = [one for one in told if abs(one.units) not in held]
    return [text[one.start : one.end].strip() for one in told]
