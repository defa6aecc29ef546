"""A find of the rules tied to its place: the page, the words on it, and the fact made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backfin.enrichment.rules.dates import parse_date
from backfin.models import Evidence, Fact, Method, Page, Party, Status

_LONGEST_QUOTE = 300
#: A word as one writes it; not small letters without a vowel, which spell none.
_PLAIN_WORD = re.compile(
    r"(?!\W*[a-z]?[bcdfghjklmnpqrstvwxz]{3,}\W*$)[\W\d]*(?:[A-Za-z]?[a-z]*|[A-Z]{2,12}|[A-Z]+[a-z]+|[A-Z][a-z]+[A-Z])"
    r"(?:[’'/-][A-Za-z]+)*[\W\d]*$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A match on a page."""

    page: Page
    match: re.Match[str]

    def __getitem__(self, group: str | int) -> str:
        return tidy(self.match[group] or "")

    def evidence(self) -> Evidence:
        """The matched words, as they stand on the page."""
        return evidence(self.page, *self.match.span())

    def fact(self, value: Any, confidence: float = 0.8) -> Fact:
        """A stated fact whose quote is the whole match."""
        return Fact(value=value, evidence=(self.evidence(),), confidence=confidence)

    def text_fact(self, group: str | int = 1, confidence: float = 0.8) -> Fact:
        """A fact whose value is the group's own words."""
        return self.fact(self[group], confidence)

    def date_fact(self, group: str | int = 1, confidence: float = 0.85) -> Fact | None:
        """A fact whose value is the date in a group."""
        day = parse_date(self.match[group] or "")
        return self.fact(day.isoformat(), confidence) if day else None


@dataclass(slots=True)
class Extract:
    """What one family of rules found."""

    facts: dict[str, Fact] = field(default_factory=dict)
    parties: list[Party] = field(default_factory=list)

    def put(self, name: str, fact: Fact | None) -> None:
        """Keeps a fact, unless there is none or the field is taken."""
        if fact is not None and name not in self.facts:
            self.facts[name] = fact


def evidence(page: Page, start: int, end: int) -> Evidence:
    """A quote of a page, white space tidied, never longer than it needs to be."""
    return evidence_of(page, tidy(page.text[max(start, end - _LONGEST_QUOTE) : end]))


def evidence_of(page: Page, quote: str) -> Evidence:
    """A quote that is known to stand on a page."""
    method = page.method if page.method is not Method.NONE else Method.TEXT
    return Evidence(page=page.number, quote=quote, method=method)


def normal(text: str) -> str:
    """A text as quotes are compared: white space collapsed, case folded."""
    return " ".join(text.split()).casefold()


def derived(value: Any, *facts: Fact | None) -> Fact:
    """A value that follows from other facts by arithmetic; it carries their evidence."""
    places = tuple(place for fact in facts if fact for place in fact.evidence)
    return Fact(value=value, status=Status.DERIVED, evidence=places, confidence=0.7)


def is_readable(text: str) -> bool:
    """Whether most of a text is made of plain words, as a bad scan's is not.

    >>> is_readable("Outcome of the Board Meeting"), is_readable("Ortco-c ll)ef: Vith;1 (hm1.lif 2O[2)")
    (True, False)
    """
    words = text.split()
    plain = sum(1 for word in words if _PLAIN_WORD.match(word))
    return bool(words) and 5 * plain > 4 * len(words)


def tidy(text: str) -> str:
    """White space collapsed."""
    return " ".join(text.split())


def whole_number(text: str) -> int | None:
    """A count such as "12,34,567"; ``None`` if it is none.

    >>> whole_number("12,34,567")
    1234567
    """
    digits = text.replace(",", "").strip()
    return int(digits) if digits.isdigit() and len(digits) <= 15 else None


def percent(text: str) -> float | None:
    """A percentage such as "12.50 %"; ``None`` if it is none.

    >>> percent("12.50 %")
    12.5
    """
    match = re.search(r"\d{1,3}(?:\.\d{1,6})?", text)
    return float(Decimal(match[0])) if match else None
