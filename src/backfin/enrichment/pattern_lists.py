"""Patterns kept in text files, each behind words that are cheap to look for before it is tried."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

#: So many letters of a word are held against those of a text before it is looked for.
_START = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, and words that are cheap to look for before it is tried: one of each group must be there."""

    words: tuple[tuple[str, ...], ...]
    regex: re.Pattern[str]

    def is_likely(self, lowered: str) -> bool:
        """Whether the words are in a lower-case text. Plain loops: every page is asked some seventy times."""
        for group in self.words:
            for word in group:
                if word in lowered:
                    break
            else:
                return False
        return True


P = TypeVar("P", bound=Pattern)


class PatternTable(Generic[P]):
    """Many patterns, of which those whose words are in a text are found at once."""

    def __init__(self, patterns: Iterable[P]) -> None:
        self._patterns = tuple(patterns)
        table: dict[str, list[int]] = defaultdict(list)
        for place, pattern in enumerate(self._patterns):
            for word in pattern.words[0]:
                table[word].append(place)
        #: The words of the first groups by how the longest of their parts starts, each with its patterns' places.
        self._by_start: dict[str, list[tuple[str, list[int]]]] = {"": []}
        for word, places in table.items():
            start = max(word.split() or [""], key=len)[:_START]
            self._by_start.setdefault(start if len(start) == _START else "", []).append((word, places))

    def likely(self, lowered: str) -> list[P]:
        """The patterns whose words are in a text in lower case, in order."""
        starts = {
            word[at : at + _START] for word in set(lowered.split()) for at in range(len(word) - _START + 1)
        }
        likely = (pair for start in ("", *(self._by_start.keys() & starts)) for pair in self._by_start[start])
        near = {place for word, places in likely if word in lowered for place in places}
        return [one for place in sorted(near) if (one := self._patterns[place]).is_likely(lowered)]


def read_words(listed: str) -> tuple[tuple[str, ...], ...]:
    """Groups of words as a file lists them: ``·`` stands for a space, ``¸`` for a comma.

    >>> read_words("buy,sell & on·dips,now")
    (('buy', 'sell'), ('on dips', 'now'))
    """
    return tuple(
        tuple(word.replace("·", " ").replace("¸", ",") for word in group.strip().split(","))
        for group in listed.split(" & ")
        if group.strip()
    )
