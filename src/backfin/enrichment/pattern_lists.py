"""Patterns kept in text files, each behind words that are cheap to look for before it is tried."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
