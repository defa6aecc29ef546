"""The 48 labels of the default taxonomy, and every other spelling they were met in.

A category never decides whether a filing is kept, searchable or alertable.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from backfin.errors import ParseError
from backfin.interfaces import Category
from backfin.models import EventType, Sentiment

#: Spellings met in old data, read on import and never written.
_ALIASES = {
    "procedural": "Procedural/Administrative",
    "error": "Procedural/Administrative",
    "merger-acquisition": "Mergers/Acquisitions",
    "fundraise-preferential": "Fundraise - Preferential Issue",
    "preferential-issue": "Fundraise - Preferential Issue",
    "qip": "Fundraise - QIP",
    "rights-issue": "Fundraise - Rights Issue",
    "ots": "One Time Settlement (OTS)",
    "one-time-settlement": "One Time Settlement (OTS)",
    "debt-and-financing": "Debt & Financing",
    "litigation-and-notices": "Litigation & Notices",
    "order-win": "New Order",
    "stock-split": "Bonus/Stock Split",
    "bonus": "Bonus/Stock Split",
    "transcript": "Concall Transcript",
    "joint-venture": "Joint Ventures",
    "agreements": "Agreements/MoUs",
}

_SENTIMENT_ALIASES = {"postive": "positive", "netural": "neutral", "nuetral": "neutral"}

#: What a filing is, when nothing says anything else.
DEFAULT_LABEL = "Procedural/Administrative"


def slug_of(label: str) -> str:
    """The stable key of a label.

    >>> slug_of("One Time Settlement (OTS)")
    'one-time-settlement-ots'
    """
    return "-".join(re.findall(r"[a-z0-9]+", label.lower()))


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The 48 categories of the default taxonomy, in the order of the event types."""
    table = resources.files("backfin.enrichment").joinpath("taxonomy.txt").read_text(encoding="utf-8")
    return tuple(_category(line) for line in table.splitlines() if line and not line.startswith("#"))


def _category(line: str) -> Category:
    label, event_type, prior, guidance = (part.strip() for part in line.split("|"))
    return Category(label, slug_of(label), EventType(event_type), float(prior), guidance)


@lru_cache(maxsize=1)
def _by_slug() -> dict[str, Category]:
    found = {category.slug: category for category in categories()}
    for alias, label in _ALIASES.items():
        found[alias] = found[slug_of(label)]
    return found


def category_for(label_or_slug: str) -> Category:
    """The category of a label, a slug, or an old spelling of either.

    >>> category_for("new-order").label
    'New Order'

    Raises:
        ParseError: The default taxonomy has no such label.
    """
    try:
        return _by_slug()[slug_of(label_or_slug)]
    except KeyError:
        raise ParseError(
            f"{label_or_slug!r} is no category; choose one of the 48 labels of the default taxonomy.",
            label=label_or_slug,
        ) from None


def sentiment_for(text: str) -> Sentiment:
    """The sentiment of a word, old misspellings included.

    >>> sentiment_for("Postive").value
    'positive'

    Raises:
        ParseError: It is none.
    """
    word = text.strip().lower()
    try:
        return Sentiment(_SENTIMENT_ALIASES.get(word, word))
    except ValueError:
        raise ParseError(f"{text!r} is no sentiment; use positive, negative, neutral or mixed.") from None
