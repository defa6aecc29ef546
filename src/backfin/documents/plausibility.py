"""Whether a page's text is language: broken character maps and bad old OCR are told by how letters follow.

No dictionary: names and terms of trade are in none. Letters of English, and of names as India writes them, follow
each other in some 460 of 676 ways; what is garbled falls out of them in every third word. Scripts of India count as
good as they stand, numbers and codes count neither way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

#: For each first letter those that follow it inside words.
_FOLLOWING = {
    "a": "abcdefghijklmnopqrstuvwxyz", "b": "abcdehijlmorstuvy", "c": "acehiklmoqrstuy", "d": "acdeghijlmnoprsuvwy",
    "e": "abcdefghijklmnopqrstuvwxyz", "f": "aefilorstuy", "g": "aeghilmnorstuwy", "h": "abcdefhilmnoqrstuvwy",
    "i": "abcdefghijklmnopqrstuvxyz", "j": "aehiosu", "k": "acdefhiklmnorstuvwy", "l": "abcdefghiklmnoprstuvwy",
    "m": "abcefilmnopstuy", "n": "abcdefghijklmnopqrstuvwxyz", "o": "abcdefghijklmnopqrstuvwxyz",
    "p": "adefghilmoprstuwy", "q": "u", "r": "abcdefghijklmnopqrstuvwy", "s": "abcdefghiklmnopqrstuvwy",
    "t": "acdefhilmnoprstuwyz", "u": "abcdefghijklmnopqrstuvxyz", "v": "aeiorsuy", "w": "abcdehiklnorsty",
    "x": "acefhioptuy", "y": "abcdefghiklmnoprstuwz", "z": "aehiouyz",
}  # fmt: skip
_PAIRS = frozenset(first + second for first, seconds in _FOLLOWING.items() for second in seconds)

_EDGES = ".,;:()[]{}'\"“”‘’`?!*-–—/|&•…<>_#+=~^%@®™©°§¶\\$₹"
_WORD = re.compile(r"[A-Za-z]+(?:['’&./@_:;,()–—+-]+[A-Za-z0-9]*)*")
_LETTERS = re.compile(r"[A-Za-z]+")
_CODE = re.compile(r"[\dA-Za-z.,:/()%₹$&'’°+–—-]+")
_INDIC = re.compile("[\u0900-\u0d7f]")
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x01-\x08\x0e-\x1f\x80-\x9f]")
_SHAPE = re.compile(
    r"[A-Z]?[a-z]+|[A-Z]+|[A-Z]?[a-z]+(?:[A-Z][a-z]*)+|[A-Z]{2,}(?:s|[a-z]{2,})|[a-z][A-Z]{2,}|[A-Z][a-z][A-Z]+"
)
_VOWEL = re.compile("[aeiouy]")
#: Longest word in capitals that may be made of first letters, and longest run of letters that is a word.
_MAX_INITIALS, _MAX_LETTERS = 5, 26

#: Share of odd words from which a text counts as garbled.
_MAX_ODD = 0.2
#: The same for a text that lies unseen behind a picture, which can be read again; of other filings it is 0.005.
_MAX_ODD_BEHIND_PICTURE = 0.015
_MIN_ODD = 4
#: Pieces of a text that a glance takes in.
_LOOKED_AT = 100


class Verdict(NamedTuple):
    """Words of a text, how many of them are odd, and how many pieces are neither word nor number."""

    words: int
    odd: int
    scraps: int
    pieces: int

    def is_garbled(self, *, behind_picture: bool = False) -> bool:
        """Whether the text is to be read again from what is seen on the page."""
        most = _MAX_ODD_BEHIND_PICTURE if behind_picture else _MAX_ODD
        if self.odd >= _MIN_ODD and self.odd > most * self.words:
            return True
        return self.scraps >= 20 and self.scraps > 0.6 * self.pieces and self.words < 0.25 * self.pieces


def judge(text: str, *, at_a_glance: bool = False) -> Verdict:
    """Counts what is odd in a text, or in some pieces spread over it: garble is seldom in a few words only."""
    pieces = text.split()
    kinds = list(map(_kind, pieces[:: 1 + len(pieces) // _LOOKED_AT] if at_a_glance else pieces))
    odd = kinds.count(_ODD)
    return Verdict(kinds.count(_GOOD) + odd, odd, kinds.count(_SCRAP), len(kinds))


_GOOD, _ODD, _NEITHER, _SCRAP = range(4)


@lru_cache(maxsize=50_000)
def _kind(piece: str) -> int:
    core = piece.replace("\ufffe", "-").strip(_EDGES)
    if core.isascii() and core.isalpha():
        # Most words end here; what follows is for the others.
        return _SCRAP if len(core) < 3 else _GOOD if _is_plain(core) else _ODD
    if _INDIC.search(core):
        return _GOOD
    if not core:
        return _NEITHER
    if _STRANGE.search(core):
        return _ODD if len(core) > 1 else _NEITHER
    letters = _LETTERS.findall(core)
    if sum(map(len, letters)) < 3:
        return _NEITHER if any(map(str.isdigit, core)) and _CODE.fullmatch(core) else _SCRAP
    if _is_code(core):
        return _NEITHER
    return _GOOD if _WORD.fullmatch(core) and all(map(_is_plain, letters)) else _ODD


def _is_code(core: str) -> bool:
    """Whether it is a number of a law, a date, an address: capitals, digits and their marks."""
    if "@" in core or "www" in core or "//" in core:
        return True
    return core.upper() == core and any(map(str.isdigit, core)) and _CODE.fullmatch(core) is not None


def _is_plain(word: str) -> bool:
    if len(word) < 3 or (len(word) <= _MAX_INITIALS and word.isupper()):
        return True
    lower = word.lower()
    if len(word) > _MAX_LETTERS or not _SHAPE.fullmatch(word) or not _VOWEL.search(lower):
        return len(word) == 3 and word[0].isupper() and _VOWEL.search(lower) is None  # Ltd, Pvt
    return all(lower[at : at + 2] in _PAIRS for at in range(len(lower) - 1))
