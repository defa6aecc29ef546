"""Numbers in names, in digits: words, ordinals and roman numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_SCALES = {"hundred": 100, "thousand": 1000}
_ROMAN = {word: number for number, word in enumerate(_ROMAN_TEXT.split(), 1)}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")


def in_digits(words: Sequence[str]) -> list[str]:
    """Words with every number in digits; single roman letters count only behind another word.

    Numbers in words that stand side by side are read as one, and so are those that begin a name.

    >>> in_digits(["twenty", "first", "century"]), in_digits(["pine", "fund", "ii"]), in_digits(["7th", "sky"])
    (['21', 'century'], ['pine', 'fund', '2'], ['7', 'sky'])
    >>> in_digits(["three", "sixty", "one"]), in_digits(["one", "hundred", "and", "five"]), in_digits(["7", "eleven"])
    (['361'], ['105'], ['711'])
    """
    found: list[str] = []
    place, is_word, is_first = 0, False, True
    while place < len(words):
        number, used = _scaled(words, place)
        text = words[place] if number is None else str(number)
        was_word, is_word = is_word, number is not None and _is_in_words(words[place])
        is_first = is_first and text.isdigit()
        if place and (is_first or (was_word and is_word)):
            found[-1] += text
        else:
            found.append(text)
        place += used
    return found


def _scaled(words: Sequence[str], place: int) -> tuple[int | None, int]:
    """The number that begins at a place, its hundreds and thousands included, and how many words it takes."""
    number, used = (1, 0) if words[place] in _SCALES else _number(words, place)
    if number is None:
        return None, 1
    while place + used < len(words) and words[place + used] in _SCALES:
        scale = _SCALES[words[place + used]]
        number, used = number * scale, used + 1
        rest, more = _rest(words, place + used)
        if 0 < rest < scale:
            number, used = number + rest, used + more
    return number, used


def _rest(words: Sequence[str], place: int) -> tuple[int, int]:
    """What stands behind "hundred" in words, with or without "and"."""
    joined = words[place : place + 1] == ["and"]
    place += joined
    if place >= len(words) or not _is_in_words(words[place]):
        return 0, 0
    number, used = _number(words, place)
    return number or _ORDINALS.get(words[place], 0), used + joined


def _is_in_words(word: str) -> bool:
    return word.isalpha() and word not in _ROMAN


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
    return _WORDS.get(word, None if place and word == "first" else _ORDINALS.get(word)), 1
