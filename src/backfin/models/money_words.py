"""Amounts written out: "Rupees Seventeen Crores Forty Eight Lakh only"."""

from __future__ import annotations

import re
from decimal import Decimal

_SMALL: tuple[str, ...] = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_UNITS: dict[str, int] = {word: value for value, word in enumerate(_SMALL)}
_UNITS.update({word: 10 * value for value, word in enumerate(_TENS, start=2)})
_UNITS["fourty"] = 40

_SCALES: dict[str, int] = {
    "thousand": 10**3,
    "lakh": 10**5,
    "lac": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
}
_SCALES.update({f"{word}s": value for word, value in tuple(_SCALES.items())})

_ANY = "|".join(sorted([*_UNITS, *_SCALES, "hundred", "hundreds", "and", "paise"], key=len, reverse=True))

#: A run of number words, at most forty of them.
NUMBER_WORDS = rf"(?i:(?:(?:{_ANY})\b[\s,&-]{{0,4}}){{1,40}})"

_WORD = re.compile(r"[a-z]+")


def value_of_words(text: str) -> Decimal | None:
    """The number a run of English number words means, Indian and western scales; ``None`` if it is none.

    >>> value_of_words("Seventeen Crores Forty Eight lakh and Seventy Six Thousand")
    Decimal('174876000')
    >>> value_of_words("one hundred twenty five")
    Decimal('125')
    >>> value_of_words("and"), value_of_words("crore")
    (None, None)
    """
    words = [word for word in _WORD.findall(text.lower()) if word != "and"]
    if not words or words[0] == "paise" or words[0] in _SCALES:
        return None
    if words[-1] == "paise":
        return _with_paise(words[:-1])
    return _whole(words)


def _whole(words: list[str]) -> Decimal | None:
    total, group, ceiling = 0, 0, 10**18
    for word in words:
        if word in _UNITS:
            group += _UNITS[word]
        elif word.startswith("hundred"):
            group = (group or 1) * 100
        elif word in _SCALES:
            factor = _SCALES[word]
            if factor >= ceiling:
                total, group = (total + group) * factor, 0
            else:
                total, group = total + (group or 1) * factor, 0
            ceiling = factor
        else:
            return None
    return Decimal(total + group)


def _with_paise(words: list[str]) -> Decimal | None:
    """Rupees and paise: the paise are the last one or two words below a hundred."""
    tail = 2 if len(words) > 1 and words[-2] in _TENS and words[-1] in _SMALL else 1
    rupees = _whole(words[:-tail]) if words[:-tail] else Decimal(0)
    paise = _whole(words[-tail:])
    return None if rupees is None or paise is None else rupees + paise / 100
