"""What the rules look at: the pages of a filing, bounded, and how they are searched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from backfin.enrichment.rules.amounts import FACE_VALUE, is_each, money_in, table_scale
from backfin.enrichment.rules.letter import (
    as_written,
    day_of_letter,
    opening_of,
    release_in,
    signer_of,
    subject_of,
)
from backfin.enrichment.rules.quotes import Extract, Found, derived, tidy
from backfin.models import Announcement, Fact, Page, Table

#: The facts of a filing stand on its first pages; the rest of a long document is not scanned.
MAX_PAGES = 12
MAX_PAGE_CHARS = 12_000
#: How far a statement of results is looked for.
LAST_STATEMENT_PAGE = 60
#: Cues behind which an amount is looked for.
_MOST_CUES = 300
_EACH = re.compile(
    r"(?i)(?:/-)?\s{0,3}(?:\([^)]{1,60}\)\s{0,3})?\b(?:per|for each"
    r"|for every)\s(?:\w+\s){0,2}(?:shares?|warrants?|security|debenture)\b"
)
_CURRENCY = re.compile(r"(?i)₹|\brs\b|\binr\b|\bre\b")
#: What says nothing by itself: a rule cited as the whole subject.
_TELLS_NOTHING = re.compile(
    r"(?i)^(?:announcement|disclosure|intimation|updates?|compliance)?s?\s?(?:under|pursuant to"
    r"|in terms of|as per)\s(?:the )?"
    r"(?:provisions of )?reg\w*\.?\s?30\b[^-–]{0,200}$"
)
_COMPANY_PREFIX = re.compile(r"^.{2,80}? - \d{6} - ")


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
        """The company's name: as the exchange gives it, else from the letter; empty without any."""
        given = self.announcement.issuer_name.strip(" .$-*#")
        return given or as_written(signer_of(self.document), self.document)

    @cached_property
    def letter_subject(self) -> str:
        """The subject line of the company's letter, where there is one."""
        return subject_of(self.document)

    @cached_property
    def release(self) -> str:
        """The title of the press release that the letter encloses, where it gives one."""
        return release_in(self.document)

    @cached_property
    def opening(self) -> str:
        """The first sentence behind the letter's salutation, if it can be read."""
        return opening_of(self.document)

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

    def search(self, pattern: re.Pattern[str], *triggers: str) -> Found | None:
        """The first match on any page. ``triggers`` are lower-case words of which one must be on the page."""
        return next(self.each(pattern, *triggers), None)

    def only(self, pattern: re.Pattern[str], group: str | int) -> Found | None:
        """The first match, if all matches say the same."""
        matches = list(self.each(pattern))
        said = {match[group].lower() for match in matches}
        return matches[0] if len(said) == 1 else None

    def each(self, pattern: re.Pattern[str], *triggers: str) -> Iterator[Found]:
        """Every match, page by page; ``triggers`` as for ``search``."""
        for page in self.ordered:
            lowered = self._lowered[page.number] if triggers else ""
            if not triggers or any(trigger in lowered for trigger in triggers):
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
            if fact is not None and not (is_total and is_each(found.page.text, end, fact)):
                return fact
        return None

    def today(self, cue: re.Pattern[str]) -> Fact | None:
        """The day of the letter, for what is said to have happened "today"."""
        said = self.search(cue)
        day = day_of_letter(self.document) if said is not None else None
        dated = day.date_fact(0) if day is not None else None
        if said is None or dated is None:
            return None
        return derived(dated.value, dated, said.fact(None))

    def per_share(self, *, trigger: str = "") -> Iterator[Fact]:
        """Amounts said to be for one share or one warrant, face values passed over."""
        for found in self.each(_EACH, trigger):
            start = max(0, found.match.start() - 40)
            for at in reversed(
                [m.start() for m in _CURRENCY.finditer(found.page.text, start, found.match.start())]
            ):
                fact = money_in(found.page, at, at, found.match.start())
                if fact is not None and not FACE_VALUE.search(found.page.text[max(0, at - 30) : at]):
                    yield fact
                    break


def put_first(
    source: Source, found: Extract, field: str, table: tuple[tuple[str, re.Pattern[str]], ...]
) -> None:
    """Puts the first value of a table whose pattern is on a page."""
    for value, pattern in table:
        if match := source.search(pattern):
            found.put(field, match.fact(value))
            return
