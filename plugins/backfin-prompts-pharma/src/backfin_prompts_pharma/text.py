"""A filing as the rules look at it: its title, and its sentences without the boilerplate at its foot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from backfin.enrichment.rules.quotes import Found
from backfin.models import Page, Reading

#: Pages of the document that are looked at: the letter, its annexure, the press release.
_MOST_PAGES = 4
#: Where the company begins to speak of itself and of what may happen.
_FOOT = re.compile(
    r"(?m)^[ \t]*(?:About[ \t]+(?:the[ \t]+)?[A-Z][^.\n]{1,60}:?[ \t]*$|About[ \t]+[A-Z][^.:\n]{1,50}:"
    r"|(?i:safe harbou?r|disclaimer|forward[- ]looking|cautionary statement|note to editors)\b)"
)
#: A full stop that ends a sentence: not behind an initial or a short form, and a capital follows.
_END = re.compile(
    r"(?<!\b[A-Z])(?<!\bInc)(?<!\bLtd)(?<!\bCorp)(?<!\bCo)(?<!\bNo)(?<!\bPvt)(?<!\bapprox)(?<!\bDr)(?<!\bviz)"
    r"\.\s+(?=[A-Z“\"(])|(?<=\bU\.S)\.\s+(?=(?:The|This|These|Our|We|According|It|Its|As|In)\s)"
    r"|\n[ \t]*\n|[;•]"
)
_SUBJECT = re.compile(
    r"(?im)^[ \t]*(?:sub(?:ject)?|re)[ \t]*[:.–-][ \t]*(?P<text>[^\n]{5,200}(?:\n[^\n]{3,160})?)"
)


def words(pattern: str) -> re.Pattern[str]:
    """A pattern in which a blank is any white space, because lines break anywhere; letters may be of either size."""
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE)


def names(pattern: str) -> re.Pattern[str]:
    """The same, in which capitals are capitals."""
    return re.compile(pattern.replace(" ", r"\s+"))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of a page."""

    page: Page
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words."""
        return self.page.text[self.start : self.end]

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern occurs in it."""
        return pattern.search(self.page.text, self.start, self.end) is not None

    def find(self, pattern: re.Pattern[str]) -> Found | None:
        """The first match in it."""
        match = pattern.search(self.page.text, self.start, self.end)
        return Found(self.page, match) if match else None

    def each(self, pattern: re.Pattern[str]) -> Iterator[Found]:
        """Every match in it."""
        for match in pattern.finditer(self.page.text, self.start, self.end):
            yield Found(self.page, match)


@dataclass(frozen=True)
class Filing:
    """The readable part of one filing."""

    reading: Reading

    @cached_property
    def title(self) -> str:
        """What says in a line what it is: the exchange's subject and headline, and the letter's own subject."""
        announcement = self.reading.announcement
        said = [announcement.subject[:400], announcement.headline[:600]]
        said += [
            m["text"] for page in self._pages[:1] if page.number > 0 for m in _SUBJECT.finditer(page.text)
        ][:1]
        return " . ".join(" ".join(part.split()) for part in said if part.strip())

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The document's sentences, then those of the exchange's own text."""
        return tuple(sentence for page in self._pages for sentence in _sentences(page))

    @property
    def issuer(self) -> str:
        """The company, for a headline."""
        return self.reading.announcement.issuer_name.strip(" .$-*#") or "The company"

    @cached_property
    def _pages(self) -> tuple[Page, ...]:
        pages = sorted(self.reading.pages, key=lambda page: page.number)
        document = [page for page in pages if page.number > 0][:_MOST_PAGES]
        return tuple(_without_foot(page) for page in (*document, *(p for p in pages if p.number == 0)))


def _without_foot(page: Page) -> Page:
    foot = _FOOT.search(page.text)
    return page.model_copy(update={"text": page.text[: foot.start()]}) if foot else page


def _sentences(page: Page) -> Iterator[Sentence]:
    start = 0
    for stop in _END.finditer(page.text):
        if page.text[start : stop.start()].strip():
            yield Sentence(page, start, stop.start() + 1 if stop[0][0] == "." else stop.start())
        start = stop.end()
    if page.text[start:].strip():
        yield Sentence(page, start, len(page.text))
