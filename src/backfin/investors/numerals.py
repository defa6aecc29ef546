"""Numbers in names, in digits: words, ordinals and roman numerals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_UNITS_TEXT = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS_TEXT = "first second third fourth fifth sixth seventh eighth ninth"
_ROMAN_TEXT = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"

_WORDS = {word: number for number, word in enumerate(_UNITS_TEXT.split())}
_TENS = {word: 10 * number for number, word in enumerate(_TENS_TEXT.split(), 2)}
_ORDINALS = {word: number for number, word in enumerate(_ORDINALS_TEXT.split(), 1)}
_ROMAN = {word: number for number, word in enumerate(_ROMAN_TEXT.split(), 1)}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")


def in_digits(words: Sequence[str]) -> list[str]:
    """Words with every number in digits; single roman letters count only behind another word.

    >>> in_digits(["twenty", "first", "century"]), in_digits(["pine", "fund", "ii"]), in_digits(["7th", "sky"])
    (['21', 'century'], ['pine', 'fund', '2'], ['7', 'sky'])
    """
    return list(_digits(words))


def _digits(words: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(words):
        number, used = _number(words, place)
        yield words[place] if number is None else str(number)
        place += used


def _number(words: Sequence[str], place: int) -> tuple[int | None, int]:
    word = words[place]
    following = words[place + 1] if place + 1 < len(words) else ""
    if word in _TENS:
        unit = _WORDS.get(following, _ORDINALS.get(following, 0))
        return (_TENS[word] + unit, 2) if 0 < unit < 10 else (_TENS[word], 1)
    for tens, value in _TENS.items():
        unit = _ORDINALS.get(word.removeprefix(tens), _WORDS.get(word.removeprefix(tens), 0))
        if word.startswith(tens) and 0 < unit < 10:
            return value + unit, 1
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return int(ordinal[1]), 1
    if place and word in _ROMAN and (len(word) > 1 or word in "iv"):
        return _ROMAN[word], 1
    return _WORDS.get(word, _ORDINALS.get(word) if place == 0 else None), 1
