"""Patterns kept in text files, each behind words that are cheap to look for before it is tried."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

#: At most so many letters of a word are held against those of a text before it is looked for.
_START = 3
#: Words of texts that a table remembers, since filings are written in few, and how long they may be.
_REMEMBERED, _LONGEST = 8192, 100


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, and words that are cheap to look for before it is tried: one of each group must be there."""

    words: tuple[tuple[str, ...], ...]
    regex: re.Pattern[str]

    def is_likely(self, lowered: str) -> bool:
        """Whether the words are in a lower-case text. Plain loops: every page is asked some thirty times."""
        for group in self.words:
            for word in group:
                if word in lowered:
                    break
            else:
                return False
        return True


class _Memory(dict[str, tuple[str, ...]]):
    """What was found for words before; it starts anew when it is full."""

    def __init__(self, find: Callable[[str], tuple[str, ...]]) -> None:
        self._find = find

    def __missing__(self, said: str) -> tuple[str, ...]:
        found = self._find(said)
        if len(said) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[said] = found
        return found


P = TypeVar("P", bound=Pattern)


class PatternTable(Generic[P]):
    """Many patterns, of which those whose words are in a text are found at once."""

    def __init__(self, patterns: Iterable[P]) -> None:
        self._patterns = tuple(patterns)
        #: The places of the patterns that have a word in their first group.
        self._places: dict[str, list[int]] = defaultdict(list)
        #: The words of all groups with the longest of their parts, by how that starts.
        self._by_start: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for place, pattern in enumerate(self._patterns):
            for word in pattern.words[0]:
                self._places[word].append(place)
        for word in {word for pattern in self._patterns for group in pattern.words for word in group}:
            part = max(word.split() or [""], key=len)
            self._by_start[part[:_START]].append((part, word))
        self._remembered = _Memory(self._words_with)

    def likely(self, lowered: str) -> list[P]:
        """The patterns whose words are in a text in lower case, in order."""
        parts = map(self._remembered.__getitem__, {"", *lowered.split()})
        words = {word for word in set(chain.from_iterable(parts)) if word in lowered}
        if not words:
            return []
        near = {place for word in words & self._places.keys() for place in self._places[word]}
        return [
            one
            for one in map(self._patterns.__getitem__, sorted(near))
            if not any(words.isdisjoint(group) for group in one.words[1:])
        ]

    def _words_with(self, said: str) -> tuple[str, ...]:
        """The words that may be where a text has this one."""
        starts = {said[at : at + size] for size in range(1, _START + 1) for at in range(len(said))}
        return tuple(
            word
            for start in self._by_start.keys() & {"", *starts}
            for part, word in self._by_start[start]
            if part in said
        )


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
