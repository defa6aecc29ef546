"""Where an investor's name stands in a filing, and the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backfin.investors.pan import mask_pan
from backfin.models import Page

#: Characters of a page that are looked at, and around a name.
MOST_CHARS = 20_000
REACH, _BEFORE = 160, 60

#: Places of one name on a page.
_MOST_PLACES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A name where it stands on a page."""

    page: Page
    start: int
    end: int

    @property
    def ahead(self) -> str:
        """The words before the name."""
        return self.page.text[max(0, self.start - _BEFORE) : self.start]

    @property
    def behind(self) -> str:
        """The words after the name."""
        return self.page.text[self.end : self.end + REACH]

    def quote(self, start: int, end: int) -> str:
        """The words between two places of the page, without any whole PAN."""
        return mask_pan(" ".join(self.page.text[start:end].split()))


def places_of(page: Page, name: str) -> Iterator[Place]:
    """Where a name stands on a page, whatever white space its words have between them."""
    words = name.split()
    if not words or words[0] not in page.text:
        return
    joined = r"\s+".join(map(re.escape, words))
    pattern = re.compile(rf"(?<!\w){joined}(?!\w)")
    for count, match in enumerate(pattern.finditer(page.text, 0, MOST_CHARS)):
        if count == _MOST_PLACES:
            return
        yield Place(page, *match.span())
