"""What the rules look at: the pages of a filing, bounded, with every find tied to its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.models import Announcement, Evidence, Fact, Method, Money, Page, Party, Status, Table
from backfin.models.money import money_of
from backfin.models.money_text import find_amounts

#: The facts of a filing stand on its first pages; the rest of a long document is not scanned.
MAX_PAGES = 12
MAX_PAGE_CHARS = 12_000
#: How far a statement of results is looked for.
LAST_STATEMENT_PAGE = 60
_LONGEST_QUOTE = 300
#: Cues behind which an amount is looked for.
_MOST_CUES = 300

#: Words with which the body of a letter begins, so that they end its subject.
_BODY_BEGINS = (
    r"dear|respected|sirs?\b|madam|pursuant|in (?:compliance|terms|accordance|continuation|furtherance"
    r"|reference"
    r"|pursuance)|with (?:ref|regard)|this (?:is|has)|we |further|as (?:required|per|you|already)"
    r"|please|kindly|ref\b"
    r"|the\s|it is|yours|thank|enclosed|attached|apropos|\s*$"
)
_SUBJECT = re.compile(
    r"(?im)(?:^[ \t(]{0,6}(?:sub(?:ject)?[ \t]{0,3}(?:[:;.'–]|-(?!\w))|subr[ \t])"
    r"|\bsub(?:ject)?[ \t]?:)[ \t:–-]{0,4}"
    rf"(?P<text>[^\n]{{5,250}}(?:\n(?!\W{{0,3}}(?:{_BODY_BEGINS}))[^\n]{{2,250}}){{0,3}})"
)
_DEAR = re.compile(r"(?i)\bdear\b[^\n]{0,40}\n|\brespected\b[^\n]{0,40}\n")
_SENTENCE = re.compile(r"(?s)(?:.{20,240}?(?:\.(?=\s)|(?=\n\s*\n)|$)|.{20,240}(?=\s))")
_RELEASE = re.compile(
    r"(?is)\b(?:press|media|news) release\b[^“”\"]{0,120}?\b(?:titled|captioned"
    r"|headed)\s{0,3}[“\"](?P<title>.{10,240}?)[”\"]"
)
#: Small letters that spell no English word.
_NO_VOWEL = re.compile(r"^[^\w]*[a-z]?[bcdfghjklmnpqrstvwxz]{3,}[^\w]*$")
_PLAIN_WORD = re.compile(
    r"^[\W\d]*(?:[A-Za-z]?[a-z]*|[A-Z]{2,12}|[A-Z]+[a-z]+|[A-Z][a-z]+[A-Z])"
    r"(?:[’'/-][A-Za-z]+)*[\W\d]*$"
)
_SIGNED = re.compile(
    r"(?m)^\s{0,4}(?i:for(?: and on behalf of)?,?)[ \t]{1,3}(?:M/s\.?[ \t])?"
    r"(?P<name>[A-Z][\w&.,'’() -]{2,70}?[ \t](?:Limited|LIMITED|Ltd|LTD))\b"
)
_TABLE_SCALE = re.compile(
    r"(?i)(?:(?:₹|\brs\.?|\binr|\brupees|\bamounts?|\bfigures)\s{0,3}(?:are )?\s?(?:in|\()\s{0,3}"
    r"|\(\s?in\s|\(\s?|\bin\s)(?:₹|rs\.?|inr)?\s?(?P<scale>lakhs?|lacs?|crores?|cr\b|millions?|mn\b"
    r"|thousands?|billions?)(?=[^\w]{0,3}(?:\)|\n|except|unless|$))"
)
_FACE_VALUE = re.compile(
    r"(?i)(?:\b(?:face|nominal|par) value|\bf\.?v\.?\b)(?:\s(?:of|is|being))?[\s:]{0,3}(?:(?:₹|rs\.?"
    r"|inr|re\.?)\s{0,2})?$"
)
_EACH = re.compile(
    r"(?i)(?:/-)?\s{0,3}(?:\([^)]{1,60}\)\s{0,3})?\b(?:per|for each"
    r"|for every)\s(?:\w+\s){0,2}(?:shares?|warrants?|security|debenture)\b"
)
_ONE = re.compile(r"(?i)\s{0,3}(?:/-)?\s{0,3}(?:each|per)\b")
_CURRENCY = re.compile(r"(?i)₹|\brs\b|\binr\b|\bre\b")
#: What says nothing by itself: a rule cited as the whole subject.
_TELLS_NOTHING = re.compile(
    r"(?i)^(?:announcement|disclosure|intimation|updates?|compliance)?s?\s?(?:under|pursuant to"
    r"|in terms of|as per)\s(?:the )?"
    r"(?:provisions of )?reg\w*\.?\s?30\b[^-–]{0,200}$"
)
_LETTERHEAD = re.compile(
    r"(?m)^[ \t“\"]{0,4}(?P<name>[A-Z][\w&.,'’() -]{2,60}?[ \t](?:Limited|LIMITED|Ltd"
    r"|LTD))\b\.?[ \t”\"]{0,4}(?=\r?$|[ \t]Q[1-4])"
)
_LETTER_DAY = re.compile(rf"(?i){DATE}")
_EXCHANGE = re.compile(r"(?i)\bbse\b|\bnse\b|stock exchange|\bbombay stock")
_COMPANY_PREFIX = re.compile(r"^.{2,80}? - \d{6} - ")


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


@dataclass(frozen=True)
class Source:
    """The readable part of one filing."""

    announcement: Announcement
    pages: tuple[Page, ...]
    tables: tuple[Table, ...] = ()
    further: tuple[Page, ...] = ()

    @cached_property
    def subject(self) -> str:
        """The exchange's subject without company and code."""
        return _COMPANY_PREFIX.sub("", self.announcement.subject)

    @cached_property
    def issuer(self) -> str:
        """The company's name: as the exchange gives it, else from the letter's signature or head; empty without any."""
        name = self.announcement.issuer_name.strip(" .$-*#")
        if name:
            return name
        places = ((pattern, page) for pattern in (_SIGNED, _LETTERHEAD) for page in self.document[:2])
        found = (match["name"] for pattern, page in places for match in pattern.finditer(page.text[:6000]))
        return next((tidy(name) for name in found if not _EXCHANGE.search(name)), "")

    @cached_property
    def letter_subject(self) -> str:
        """The subject line of the company's letter, where there is one."""
        for page in self.document[:2]:
            if match := _SUBJECT.search(page.text, 0, 4000):
                return tidy(match["text"])[:400]
        return ""

    @cached_property
    def release(self) -> str:
        """The title of the press release that the letter encloses, where it gives one."""
        page = next(iter(self.document), None)
        found = _RELEASE.search(page.text, 0, 4000) if page else None
        return tidy(found["title"]) if found else ""

    @cached_property
    def opening(self) -> str:
        """The first sentence behind the letter's salutation, if it can be read."""
        for page in self.document[:1]:
            dear = _DEAR.search(page.text, 0, 4000)
            found = _SENTENCE.match(page.text, dear.end()) if dear else None
            if found and is_readable(found[0]):
                return tidy(found[0])
        return ""

    @cached_property
    def title(self) -> str:
        """Everything that says in a line what the filing is; how the letter begins when nothing else does."""
        announcement = self.announcement
        parts = (self.subject, announcement.headline[:600], self.letter_subject, self.release)
        said = [part for part in parts if part]
        if not any(_TELLS_NOTHING.sub("", part).strip(" .,;:-–") for part in said):
            said.append(self.opening)
        return tidy(" . ".join(said))

    @cached_property
    def document(self) -> tuple[Page, ...]:
        """The document's own pages."""
        return tuple(page for page in self.pages if page.number > 0)

    @cached_property
    def ordered(self) -> tuple[Page, ...]:
        """Pages in the order in which facts are looked for: the document first, then the exchange's text."""
        return (*self.document, *(page for page in self.pages if page.number == 0))

    def search(self, pattern: re.Pattern[str], trigger: str = "") -> Found | None:
        """The first match on any page. ``trigger`` is a lower-case word that must be on the page."""
        return next(self.each(pattern, trigger), None)

    def only(self, pattern: re.Pattern[str], group: str | int) -> Found | None:
        """The first match, if all matches say the same."""
        matches = list(self.each(pattern))
        said = {match[group].lower() for match in matches}
        return matches[0] if len(said) == 1 else None

    def each(self, pattern: re.Pattern[str], trigger: str = "") -> Iterator[Found]:
        """Every match, page by page."""
        lowered = self._lowered
        for page in self.ordered:
            if trigger in lowered[page.number]:
                for match in pattern.finditer(page.text):
                    yield Found(page, match)

    @cached_property
    def _lowered(self) -> dict[int, str]:
        return {page.number: page.text.lower() for page in self.pages}

    @cached_property
    def lowered(self) -> str:
        """All text in lower case."""
        return "\n".join(self._lowered[page.number] for page in self.ordered)

    def money_after(
        self,
        cue: re.Pattern[str],
        *,
        reach: int = 140,
        trigger: str = "",
        in_table: bool = False,
        is_total: bool = False,
    ) -> Fact | None:
        """The first amount within ``reach`` characters behind a cue, face values passed over.

        ``in_table`` lets a scale that the page states ("Amount in Rs. crore") govern bare numbers;
        ``is_total`` passes over amounts that are said to be for one share.
        """
        for found in islice(self.each(cue, trigger), _MOST_CUES):
            scale = table_scale(found.page.text) if in_table else None
            end = found.match.end()
            fact = money_in(found.page, found.match.start(), end, end + reach, scale)
            if fact is not None and not (is_total and _is_each(found.page.text, end, fact)):
                return fact
        return None

    def today(self, cue: re.Pattern[str]) -> Fact | None:
        """The day of the letter, for what is said to have happened "today"."""
        said = self.search(cue)
        page = next(iter(self.document), None)
        match = _LETTER_DAY.search(page.text, 0, 900) if page else None
        if said is None or page is None or match is None:
            return None
        dated = Found(page, match).date_fact(0)
        return derived(dated.value, dated, said.fact(None)) if dated else None

    def per_share(self, *, trigger: str = "") -> Iterator[Fact]:
        """Amounts said to be for one share or one warrant, face values passed over."""
        for found in self.each(_EACH, trigger):
            start = max(0, found.match.start() - 40)
            for at in reversed(
                [m.start() for m in _CURRENCY.finditer(found.page.text, start, found.match.start())]
            ):
                fact = money_in(found.page, at, at, found.match.start())
                if fact is not None and not _FACE_VALUE.search(found.page.text[max(0, at - 30) : at]):
                    yield fact
                    break


def _is_each(text: str, start: int, fact: Fact) -> bool:
    """Whether the amount is followed by "each" or "per"."""
    written = fact.value.as_written if isinstance(fact.value, Money) else ""
    at = text.find(written, start)
    return at >= 0 and _ONE.match(text, at + len(written)) is not None


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
    return stated.pop() if len(stated) == 1 else None


_SPELLINGS = {"lac": "lakh", "cr": "crore", "mn": "million"}


def money_in(page: Page, quote_from: int, start: int, end: int, scale: str | None = None) -> Fact | None:
    """The first amount that begins in ``text[start:end]``; the quote runs from ``quote_from`` to its end."""
    window = page.text[start : end + 30]
    for amount in find_amounts(window, scale):
        if amount.start <= end - start and not _FACE_VALUE.search(window[: amount.start][-30:]):
            value: Money = money_of(window, amount)
            place = evidence(page, quote_from, start + amount.end)
            return Fact(value=value, evidence=(place,), confidence=0.85)
    return None


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
    plain = sum(1 for word in words if _PLAIN_WORD.match(word) and not _NO_VOWEL.match(word))
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
