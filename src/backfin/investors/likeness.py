"""How alike two words of a name are: spelling, sound in transliteration, initials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

#: Letters and groups that transliteration from Indian scripts writes in several ways.
_SOUNDS = (
    (r"ksh|x", "ks"),
    (r"ph", "f"),
    (r"sh|sch", "s"),
    (r"chh?", "c"),
    (r"([bdgjkt])h", r"\1"),
    (r"ee|ey|ie|y", "i"),
    (r"oo|ou", "u"),
    (r"aa", "a"),
    (r"au|av(?=[^aeiou]|$)", "o"),
    (r"w", "v"),
    (r"z", "j"),
    (r"q", "k"),
    (r"(.)\1", r"\1"),
    (r"(?<=..)a$", ""),
)
_COMPILED = tuple((re.compile(pattern), new) for pattern, new in _SOUNDS)

#: A word and its spelling in another transliteration.
SOUND_ALIKE = 0.92


@lru_cache(maxsize=65536)
def sound_of(word: str) -> str:
    """A word as it sounds, whichever way it was transliterated.

    >>> sound_of("lakshmee") == sound_of("laxmi"), sound_of("vivek") == sound_of("wiwek")
    (True, True)
    """
    for pattern, new in _COMPILED:
        word = pattern.sub(new, word)
    return word


def word_likeness(one: str, other: str) -> float:
    """How alike two whole words are, from 0 to 1."""
    if one == other:
        return 1.0
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < 3:
        return 0.0
    if sound_of(one) == sound_of(other):
        return SOUND_ALIKE
    ratio = SequenceMatcher(None, one, other).ratio()
    return ratio * 0.95 if ratio >= 0.85 and one[0] == other[0] else 0.0


def is_initial_of(initial: str, word: str) -> bool:
    """Whether one is a single letter the other begins with."""
    return len(initial) == 1 and len(word) > 1 and word[0] == initial


def is_acronym_of(acronym: str, words: Sequence[str]) -> bool:
    """Whether a word is made of the first letters of some words, those of "of" and "and" left out.

    >>> is_acronym_of("sbi", ["state", "bank", "of", "india"])
    True
    """
    letters = "".join(word[0] for word in words if word not in ("of", "and", "the"))
    return len(acronym) >= 3 and acronym == letters
