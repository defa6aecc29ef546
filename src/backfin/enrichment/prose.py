"""Whether a sentence about a filing holds names and amounts that the filing does not."""

from __future__ import annotations

import re
import unicodedata
from calendar import month_name
from collections.abc import Callable, Iterable, Set
from decimal import Decimal
from functools import cache

from backfin.enrichment.taxonomy import categories
from backfin.enrichment.written import is_same_amount
from backfin.models import Money
from backfin.models.money_text import Amount, find_amounts
from backfin.models.money_words import NUMBER_WORDS, value_of_words

#: Units of an amount on a page, and its currency where one is written.
Held = tuple[Decimal, str | None]

#: Words that a sentence about a filing may write with a capital although the filing does not hold them.
_OURS = frozenset(word.casefold() for word in (*month_name[1:], "Award", "Filing", "Receipt", "Regulation"))

#: Words with which a sentence about a filing may begin although the filing does not hold them.
_OPENERS = frozenset(
    {
        *(
            "additionally",
            "after",
            "although",
            "announces",
            "appoints",
            "approves",
            "both",
            "company",
            "during",
        ),
        *("each", "earlier", "extraordinary", "following", "for", "from", "further", "given", "has"),
        *("however", "insider", "intimates", "its", "key", "management", "net", "new", "none"),
        *("notes", "other", "our", "over", "overall", "per", "pursuant", "receives", "reports"),
        *(
            "schedules",
            "secures",
            "separately",
            "several",
            "shareholders",
            "shares",
            "since",
            "subject",
            "such",
        ),
        *("that", "the", "their", "there", "these", "they", "this", "those", "through"),
        *("under", "until", "upon", "what", "when", "where", "which", "while", "will"),
        *("wins", "with"),
    }
)

#: A word that begins like a name: behind another word of its sentence, behind a title, or at a sentence's beginning.
_NAME = re.compile(
    r"(?:(?<=[\w,;:)”\"’'&–—-] )|(?<=\w[/–—])|(?<=\bMrs\. )|(?<=\b[MD][rs]\. ))"
    r"[(“\"]?(?P<word>[A-Z][A-Za-z]{2,})(?!\w)"
    r"|(?:^|(?<=[.!?] ))[(“\"‘']?(?P<opener>[A-Z][A-Za-z]{2,})(?!\w)"
)
#: Letters that look like others and belong to no script in which an Indian company writes.
_FOREIGN = re.compile(r"\w*[\u0370-\u052f]\w*")
_SPELLED = re.compile(rf"\b{NUMBER_WORDS}")
#: Numbers up to here are told in words without being counted ("one of the two").
_FEW = 10
_WORD = re.compile(r"\w+")


def words_of(texts: Iterable[str]) -> set[str]:
    """Every word of some texts, folded.

    >>> sorted(words_of(["Order from ABC Ltd.", "an order"]))
    ['abc', 'an', 'from', 'ltd', 'order']
    """
    return set[str]().union(*(_WORD.findall(text.casefold()) for text in texts))


@cache
def our_words() -> frozenset[str]:
    """Words of our own labels, and of dates and rules, which name nobody."""
    return _OURS | words_of(category.label for category in categories())


def as_seen(text: str) -> str:
    """A text as its reader sees it: signs that nobody sees gone, raised and circled digits as digits, blanks as one.

    >>> as_seen("₹⁹⁹\u200b⁹  crore")
    '₹999 crore'
    """
    if not text.isascii():
        seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
        text = unicodedata.normalize("NFKC", seen)
    return " ".join(text.split())


def is_plain(text: str) -> bool:
    """Whether a text has no signs that turn it round, end it, or cannot be written: joiners of letters may stand."""
    return text.isprintable() or not any(
        unicodedata.category(sign)[0] == "C" and sign not in "\n\t\u200c\u200d" for sign in text
    )


def strange_names(text: str, known: Set[str]) -> list[str]:
    """Capitalised words of a sentence that are none of the known ones, and words in letters that look like others.

    A few words may begin a sentence although they are unknown.

    >>> strange_names("The order was placed by Reliance Industries.", {"the", "order", "was", "placed", "by"})
    ['Reliance', 'Industries']
    """
    names = [
        match["word"] or match["opener"]
        for match in _NAME.finditer(text)
        if match["word"] or match["opener"].casefold() not in _OPENERS
    ]
    if not text.isascii():
        names += _FOREIGN.findall(text)
    return [name for name in names if name.casefold() not in known]


def strange_amounts(
    found: Iterable[Amount], facts: Iterable[Money], held: Callable[[], set[Held]]
) -> list[Amount]:
    """Amounts told with a word of size, or in foreign money, that neither the facts nor the pages hold.

    >>> [one.number for one in strange_amounts(find_amounts("worth Rs. 12 crore"), [], set)]
    [Decimal('12')]

    Args:
        found: The amounts of a sentence.
        facts: The filing's facts.
        held: Gives units and currency of the amounts on the filing's pages.
    """
    money = list(facts)
    told = [one for one in found if one.factor > 1 or one.currency not in (None, "INR")]
    told = [one for one in told if not any(is_same_amount(one, value) for value in money)]
    return [one for one in told if not _is_held(one, held())]


def _is_held(one: Amount, held: set[Held]) -> bool:
    units = abs(one.units)
    if one.currency is None:
        return any(units == other for other, _ in held)
    return (units, one.currency) in held or (units, None) in held


def held_amounts(pages: Iterable[str]) -> set[Held]:
    """Units and currency of every amount on some pages."""
    return {(abs(one.units), one.currency) for page in pages for one in find_amounts(page)}


def strange_counts(text: str, known: Callable[[], set[Decimal]], facts: Iterable[Money]) -> list[str]:
    """Numbers above ten, written in words, that are neither known nor a fact's amount.

    >>> strange_counts("one of two orders worth nine thousand crore", set, [])
    ['nine thousand crore']
    """
    units = {abs(money.amount) for money in facts}
    told: list[str] = []
    for match in _SPELLED.finditer(text):
        words = match[0].strip(" ,&-")
        value = value_of_words(words) if words.lower() != "and" else None
        if value is not None and value > _FEW and value not in units and value not in known():
            told.append(words)
    return told
