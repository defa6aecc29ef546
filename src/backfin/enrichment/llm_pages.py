"""Which pages of a long filing a model is shown, within a stated number of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from backfin.models import EventType, Page, Table

#: Tokens are estimated without the model's own tokenizer: a word has one for every four letters, a number one
#: for every three digits, and every other sign is one. That is meant to be more than services count.
_WORD = re.compile(r"[A-Za-z]+")
_DIGITS = re.compile(r"[0-9]+")
_OTHER = re.compile(r"[^A-Za-z0-9\s]")

_MONEY = re.compile(r"(?i)₹|\brs\b|\binr\b|\bcrores?\b|\blakhs?\b|\blacs?\b|\bmillion\b|\bper ?cent\b|%")

#: What the first pages are worth besides their words: the letter says what the filing is.
_BY_PLACE = {0: 1000, 1: 500, 2: 15, 3: 6}
_FOR_WORD, _FOR_MONEY, _FOR_TABLE = 10, 1, 8
_MOST_MONEY = 12

#: A page that is cut keeps at least so many tokens; less is not worth showing.
_LEAST_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """The pages shown, in order; which of them were cut; which were left out."""

    pages: tuple[Page, ...]
    cut: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    tokens: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return not self.cut and not self.left_out

    def detail(self) -> dict[str, object]:
        """What is recorded with the reading."""
        return {
            "sent": [page.number for page in self.pages],
            "cut": list(self.cut),
            "left_out": list(self.left_out),
            "tokens": self.tokens,
        }


def estimate_tokens(text: str) -> int:
    """Tokens of a text, estimated from above.

    >>> estimate_tokens("Order worth Rs. 1,234.50 lakh")
    12
    """
    words = sum(-(-len(word) // 4) for word in _WORD.findall(text))
    numbers = sum(-(-len(digits) // 3) for digits in _DIGITS.findall(text))
    return words + numbers + len(_OTHER.findall(text))


def select_pages(
    pages: Iterable[Page], tables: Sequence[Table], event_type: EventType | None, budget: int
) -> Selection:
    """The pages that are most likely to answer a question, as many as the budget holds.

    The exchange's text and the letter come first; then pages with words of the event type, amounts of money
    and tables. The same pages give the same choice.

    Args:
        pages: Every page of the filing.
        tables: Its tables.
        event_type: Whose facts are looked for; ``None`` when the question is what the filing is.
        budget: Most tokens, estimated.
    """
    written = [page for page in pages if page.text.strip()]
    worth = {page.number: _worth(page, tables, event_type) for page in written}
    chosen: dict[int, Page] = {}
    cut: list[int] = []
    left = budget
    for page in sorted(written, key=lambda page: (-worth[page.number], page.number)):
        tokens = estimate_tokens(page.text)
        if tokens > left and left >= _LEAST_TOKENS:
            page = page.model_copy(update={"text": shortened(page.text, left)})
            cut.append(page.number)
            tokens = left
        if tokens <= left:
            chosen[page.number] = page
            left -= tokens
    shown = tuple(chosen[number] for number in sorted(chosen))
    out = tuple(sorted(page.number for page in written if page.number not in chosen))
    return Selection(shown, tuple(sorted(cut)), out, budget - left)


def shortened(text: str, tokens: int) -> str:
    """The beginning of a text that has at most so many tokens, cut between lines or words."""
    if estimate_tokens(text) <= tokens:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if estimate_tokens(text[:middle]) <= tokens:
            low = middle
        else:
            high = middle - 1
    at = max(text.rfind("\n", 0, low), text.rfind(" ", 0, low))
    return text[: at if at > low // 2 else low]


def _worth(page: Page, tables: Sequence[Table], event_type: EventType | None) -> int:
    lowered = page.text.lower()
    words = page_words().get(event_type, ()) if event_type is not None else ()
    found = sum(1 for word in words if word in lowered)
    amounts = min(len(_MONEY.findall(page.text)), _MOST_MONEY)
    has_table = any(table.page == page.number for table in tables)
    return (
        _BY_PLACE.get(page.number, 0)
        + _FOR_WORD * found
        + (_FOR_MONEY * amounts + _FOR_TABLE * has_table if event_type is not None else 0)
    )


@lru_cache(maxsize=1)
def page_words() -> dict[EventType, tuple[str, ...]]:
    """Words that speak for a page, by event type."""
    text = resources.files("backfin.enrichment").joinpath("page_words.txt").read_text(encoding="utf-8")
    lines = (line.split("|") for line in text.splitlines() if line and not line.startswith("#"))
    return {EventType(name.strip()): tuple(words.strip().split(",")) for name, words in lines}
