"""Advice to trade, which no output may contain: facts, source and score only.

Filings speak of buying, selling and targets all the time (a buy-back, a sale of shares, the target company), so
what is looked for is the advice itself: who should do what with the share, ratings, and expected prices. The
patterns are in ``advice.txt``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources

from backfin.enrichment.injection_views import folded, is_disguised
from backfin.enrichment.pattern_lists import Pattern, PatternTable, read_words

#: Shouted in a text that is not all capitals. The first letter stands before the look behind it, so that the engine
#: passes over what is none.
_SHOUTED = re.compile(r"(?:B(?<=\bB)UY|S(?<=\bS)ELL|A(?<=\bA)CCUMULATE)\b(?![- ]?(?:BACK|SIDE|OUT))")

#: An address of the web, in a text in small letters.
_LINK = re.compile(
    r"\b(?:(?:https?|hxxps?|ftp|javascript|data|mailto) ?:|www\."
    r"|[a-z0-9-]+\.(?:com|net|org|io|in|ru|xyz|ly|me|co|gl|app|link|site|info|top|club|online|biz|cc|gg)/)"
    r"|(?<!\w)@[a-z0-9_]{4,}"
)


@lru_cache(maxsize=64)
def gives_advice(text: str) -> bool:
    """Whether a text tells anybody to trade, or what a price will be. Kept for the next reader of the same sentence.

    >>> gives_advice("Strong buy, target price Rs 500"), gives_advice("Board approves buyback of shares")
    (True, False)
    >>> gives_advice("Promoter to sell 5% of the target company to the buyer")
    False
    """
    if _is_advice(" ".join(text.split())):
        return True
    if not text.isascii() and _is_other_than_it_looks(text) and _is_advice(folded(text).text):
        return True
    return _SHOUTED.search(text) is not None and not _is_in_capitals(text)


def _is_other_than_it_looks(text: str) -> bool:
    return is_disguised(text) or not unicodedata.is_normalized("NFKC", text)


def has_link(text: str) -> bool:
    """Whether a text holds an address of the web.

    >>> has_link("see https://example.com"), has_link("Example.com Limited wins an order")
    (True, False)
    """
    return _LINK.search(text.lower()) is not None


def _is_in_capitals(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return 5 * sum(char.isupper() for char in letters) > 4 * len(letters)


def _is_advice(text: str) -> bool:
    lowered = text.lower()
    return any(one.regex.search(lowered) for one in _table().likely(lowered))


@lru_cache(maxsize=1)
def _table() -> PatternTable[Pattern]:
    return PatternTable(patterns())


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """The patterns of ``advice.txt``, over a text in small letters."""
    alternatives: dict[str, str] = {}
    found: list[Pattern] = []
    table = resources.files("backfin.enrichment").joinpath("advice.txt").read_text(encoding="utf-8")
    for line in table.splitlines():
        words, _, pattern = line.partition(" | ")
        if line.startswith("{"):
            alternatives[words] = pattern
        elif line and not line.startswith("#"):
            for name, instead in alternatives.items():
                pattern = pattern.replace(name, instead)
            found.append(Pattern(read_words(words), re.compile(pattern)))
    return tuple(found)
