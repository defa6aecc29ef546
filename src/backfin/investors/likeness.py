"""How alike two words of a name are: spelling, sound in transliteration, short forms, slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from backfin.investors.spellings import SAME_NAME, SHORT_FORMS

#: Letters and groups that transliteration writes in several ways, in the order they are made one; before each, the
#: letters of which a word must have one for it.
_SOUNDS = (
    ("hx", r"ksh|x", "ks"),
    ("f", r"(?<=..)([oe])ff$", r"\1v"),
    ("h", r"ph", "f"),
    ("c", r"tch|cz|sch|chh?", "C"),
    ("jz", r"dzh|zh|dj", "j"),
    ("cs", r"tsh|ts|sh|c(?=[eiy])", "s"),
    ("cq", r"ck|q|c", "k"),
    ("m", r"(?<=[iy]a)m$", "n"),
    ("h", r"([bdgjkt])h", r"\1"),
    ("e", r"(ll|nn|tt)e$", r"\1"),
    ("y", r"^ye", "e"),
    ("y", r"(?<=[aeou])y(?=e)", ""),
    ("iy", r"(?:aya|ay|ey|ei|ai)(?=.)", "e"),
    ("eijy", r"(?:ie|ii|iy|ij|yi|ey|ei|ee|y|j(?=$))$", "i"),
    ("ey", r"ee|ie|y", "i"),
    ("ouvw", r"oo|ou|ow|au|a[vw](?=[^aeiou])|ue", "u"),
    ("o", r"oe", "o"),
    ("a", r"aa|ae", "a"),
    ("w", r"w", "v"),
    ("z", r"z", "j"),
    ("", r"(.)\1+", r"\1"),
    ("h", r"h(?=[^aeiou]|$)", ""),
    ("r", r"(?<=[dtbp])er$", "r"),
    ("r", r"er$", "ar"),
    ("", r"(.)\1+", r"\1"),
    ("a", r"(?<=[^aeiou][^aeiou])a$", ""),
)
_COMPILED = tuple((frozenset(needed), re.compile(pattern), new) for needed, pattern, new in _SOUNDS)
_VOWELS = re.compile(r"(?<=.)[aeiou]")
_ANY_VOWEL = re.compile(r"[aeiou]")

#: A word and its spelling in another transliteration.
SOUND_ALIKE = 0.95

#: A word and the same with an "a" behind it, or with "le" as in Danielle: often one name, at times a man's and a
#: woman's.
FINAL_A = 0.86

#: The same consonants, at least four, with other vowels between.
SKELETON_ALIKE = 0.88

#: A given name and its short form.
SHORT_FORM = 0.82

#: One letter too many, too few, or two changed about, in a long word.
SLIP = 0.86

#: Two letters within a word of middling length changed about; one letter more is another name ("Amita", "Amrita").
SHORT_SLIP = 0.78

#: One letter is another: a slip at times, and another name more often.
ONE_LETTER = 0.6

#: A man's and a woman's name that sound alike, unlike "Chander" and "Chandra".
_TWO_SEXES = frozenset([("peter", "petra"), ("alexander", "alexandra"), ("leander", "leandra")])

_LONG = 7
_MIDDLING = 5
_BREATHED = frozenset(["bh", "ch", "dh", "gh", "jh", "kh", "ph", "sh", "th"])


@lru_cache(maxsize=65536)
def sound_of(word: str) -> str:
    """A word as it sounds, whichever way it was transliterated.

    >>> sound_of("lakshmee") == sound_of("laxmi"), sound_of("vivek") == sound_of("wiwek")
    (True, True)
    """
    word = SAME_NAME.get(word, word)
    for needed, pattern, new in _COMPILED:
        if not needed or not needed.isdisjoint(word):
            word = pattern.sub(new, word)
    return word


@lru_cache(maxsize=65536)
def skeleton_of(word: str) -> str:
    """The consonants of a word as it sounds, and its first letter."""
    return _VOWELS.sub("", sound_of(word))


@lru_cache(maxsize=65536)
def word_likeness(one: str, other: str) -> float:
    """How alike two whole words are, from 0 to 1."""
    if one == other:
        return 1.0
    if one > other:
        return word_likeness(other, one)
    if min(len(one), len(other)) < 2 or not (one.isalpha() and other.isalpha()):
        return 0.0
    sounds = sound_of(one), sound_of(other)
    if sounds[0] == sounds[1] and len(sounds[0]) > 1:
        return FINAL_A if _is_two_names(one, other) else SOUND_ALIKE
    if min(map(len, sounds)) > 2 and (sounds[0] + "a" == sounds[1] or sounds[1] + "a" == sounds[0]):
        return FINAL_A
    if is_short_form(one, other):
        return SHORT_FORM
    return 0.0 if min(len(one), len(other)) < 4 else _spelt_alike(one, other)


def _is_two_names(one: str, other: str) -> bool:
    """Whether words that sound alike may be a man's and a woman's name, or two names that a final "h" tells apart."""
    short, long = sorted((SAME_NAME.get(one, one), SAME_NAME.get(other, other)), key=len)
    if (short, long) in _TWO_SEXES or (long, short) in _TWO_SEXES:
        return True
    is_doubled = short[-1] in "ln" and long == f"{short}{short[-1]}e"
    return is_doubled or (len(long) <= _MIDDLING and short[-1] == "n" and long == f"{short}h")


def _spelt_alike(one: str, other: str) -> float:
    left, right = skeleton_of(one), skeleton_of(other)
    if left == right and (len(left) > 3 or not (_ANY_VOWEL.search(one) and _ANY_VOWEL.search(other))):
        return SKELETON_ALIKE
    shorter = min(len(one), len(other))
    if shorter < _MIDDLING or OSA.distance(one, other, score_cutoff=1) > 1:
        return 0.0
    is_slip = one[0] == other[0] and (len(one) != len(other) or sorted(one) == sorted(other))
    if shorter >= _LONG:
        return SLIP if is_slip else ONE_LETTER
    return SHORT_SLIP if is_slip and len(one) == len(other) and one[-1] == other[-1] else 0.0


def is_short_form(one: str, other: str) -> bool:
    """Whether one is a short form of the other, or both of one name.

    >>> is_short_form("bob", "robert"), is_short_form("bill", "will"), is_short_form("bob", "richard")
    (True, True, False)
    """
    names, others = SHORT_FORMS.get(one, frozenset()), SHORT_FORMS.get(other, frozenset())
    full_one, full_other = SAME_NAME.get(one, one), SAME_NAME.get(other, other)
    return full_other in names or full_one in others or bool(names & others)


def is_initial_of(initial: str, word: str) -> bool:
    """Whether one is a letter the other begins with; "Ch." and "Gh." are single letters of Indian scripts."""
    if len(initial) == 1:
        return len(word) > 1 and initial in (word[0], sound_of(word)[:1])
    return initial in _BREATHED and len(word) > len(initial) and sound_of(word)[:1] == sound_of(initial)


def is_acronym_of(acronym: str, words: Sequence[str]) -> bool:
    """Whether a word is made of the first letters of some words, those of "of" and "and" left out or not.

    >>> is_acronym_of("sbi", ["state", "bank", "of", "india"])
    True
    """
    if len(acronym) < 2 or len(words) < 2:
        return False
    short = "".join(word[0] for word in words if word not in ("of", "and", "the", "for"))
    return acronym in (short, "".join(word[0] for word in words))
