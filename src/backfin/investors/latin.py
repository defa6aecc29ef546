"""Names of any script in plain Latin letters, near to how Indian and world papers would spell them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from anyascii import anyascii

#: A longer text is no name: what is beyond is not read.
MOST_LETTERS = 400

#: The nine Indian scripts of Unicode share one order of letters, so one table serves them all.
_FIRST, _LAST, _BLOCK = 0x0900, 0x0D80, 0x80

_CONSONANTS = "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l zh v sh sh s h"
_VOWELS = {5: "a", 6: "a", 7: "i", 8: "i", 9: "u", 10: "u", 11: "ri", 13: "e", 14: "e", 15: "e", 16: "ai"}
_VOWELS |= {17: "o", 18: "o", 19: "o", 20: "au"}
_SIGNS = {62: "a", 63: "i", 64: "i", 65: "u", 66: "u", 67: "ri", 70: "e", 71: "e", 72: "ai", 73: "o"}
_SIGNS |= {74: "o", 75: "o", 76: "au"}
_NASALS = {1: "n", 2: "n", 3: "h"}
_HALANT = 0x4D
_DIGITS = range(0x66, 0x70)

#: Letters of one script alone: Bengali and Assamese, Gurmukhi, Oriya. The first heard with an "a" like all others.
_OWN_LETTERS: Mapping[str, str] = {"ৰ": "r", "ৱ": "v", "ੜ": "r", "ୟ": "y", "ୱ": "v"}
#: A nasal, and consonants that no vowel follows, such as the last of a Malayalam word.
_OWN_ENDS: Mapping[str, str] = {
    "ੰ": "n",
    "ৎ": "t",
    **{"ൺ": "n", "ൻ": "n", "ർ": "r", "ൽ": "l", "ൾ": "l", "ൿ": "k"},
}

_LETTERS: Mapping[int, str] = {0x15 + place: sound for place, sound in enumerate(_CONSONANTS.split())}

#: Where nothing is written after a consonant, an "a" is heard; here it stands as a capital until it is decided.
_HEARD = "A"
_UNHEARD_LAST = re.compile(rf"(?<=..){_HEARD}\b")
_UNHEARD_WITHIN = re.compile(rf"(?<=[aeiou])([^\WaeiouA\d]h?h?){_HEARD}(?=[^\WaeiouA\d]h?h?[aeiou])")

#: Tamil writes one letter for "k" and "g"; between vowels it is a "g".
_TAMIL = frozenset(map(chr, range(0x0B80, 0x0C00)))
_TAMIL_G = re.compile(r"(?<=[aeiou])k(?=[aeiou])")

#: Chinese syllables come out as one word with capitals.
_SYLLABLES = re.compile(r"(?<=[a-z])(?=[A-Z])")


def to_latin(text: str) -> str:
    """A name in Latin letters without marks, at most :data:`MOST_LETTERS` of them.

    >>> to_latin("आशा मेहता"), to_latin("José Müller"), to_latin("Сергей Петров")
    ('asha mehta', 'Jose Muller', 'Sergey Petrov')
    """
    text = unicodedata.normalize("NFKC", text[:MOST_LETTERS])
    latin = text if text.isascii() else " ".join(map(_word_to_latin, text.split()))
    return latin[:MOST_LETTERS]


def _word_to_latin(word: str) -> str:
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFC", word)
    if any(_FIRST <= ord(char) < _LAST for char in letters):
        spelt = _heard(_from_indian(letters))
        return _TAMIL_G.sub("g", spelt) if any(char in _TAMIL for char in letters) else spelt
    spelt = "".join(_plain(char) for char in letters)
    return _SYLLABLES.sub(" ", spelt) if not letters[0].isascii() and _is_unparted(letters) else spelt


def _plain(char: str) -> str:
    if char.isascii() or unicodedata.category(char)[0] not in "LNM":
        return char
    return anyascii(char).replace("`", "a")


def _is_unparted(word: str) -> bool:
    return any(unicodedata.category(char) == "Lo" for char in word)


def _from_indian(word: str) -> str:
    found: list[str] = []
    for char in word:
        place = (ord(char) - _FIRST) % _BLOCK if _FIRST <= ord(char) < _LAST else None
        if place is None:
            found.append(_plain(char))
        elif char in _OWN_ENDS:
            found.append(_OWN_ENDS[char])
        elif char in _OWN_LETTERS:
            found += (_OWN_LETTERS[char], _HEARD)
        elif place in _LETTERS:
            found += (_LETTERS[place], _HEARD)
        elif place in _SIGNS or place == _HALANT:
            _drop_heard(found)
            found.append(_SIGNS.get(place, ""))
        elif place in _DIGITS:
            found.append(str(place - _DIGITS.start))
        else:
            found.append(_VOWELS.get(place) or _NASALS.get(place, ""))
    return "".join(found)


def _drop_heard(found: list[str]) -> None:
    if found and found[-1] == _HEARD:
        found.pop()


def _heard(word: str) -> str:
    word = _UNHEARD_LAST.sub("", word)
    return _UNHEARD_WITHIN.sub(r"\1", word).replace(_HEARD, "a")
