"""Compares the names of two bodies: legal forms, series, and the words that tell them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backfin.investors.comparison import Comparison, verdict
from backfin.investors.likeness import is_acronym_of, word_likeness
from backfin.investors.words import COMMON_WORDS, LEGAL_FORMS

#: Numbers, roman numbers and single letters that tell schemes and series of one family apart.
_SERIES = re.compile(r"\d+|i{1,3}|iv|vi{0,3}|ix|xi{0,3}|xiv|xv|odi|one|two|three|four|five")
_SERIES_WORDS = frozenset(["direct", "regular", "series", "tranche"])

#: What a word common in names of bodies counts for beside a telling one.
_COMMON_WEIGHT = 0.3


def compare_bodies(one: Sequence[str], other: Sequence[str]) -> Comparison:
    """Compares two names of bodies given as the words of their normal forms."""
    series = _series(one), _series(other)
    if series[0] != series[1]:
        return verdict(0.4, f"The numbers or series differ: {_shown(series[0])} and {_shown(series[1])}.")
    compared = _compare_cores(_core(one), _core(other))
    return _with_forms(compared, _forms(one), _forms(other))


def _with_forms(compared: Comparison, one: frozenset[str], other: frozenset[str]) -> Comparison:
    if one == other:
        return compared
    if one and other and {*one, *other} != {"pvt", "ltd"}:
        return compared.at_most(0.45, f"The legal forms differ: {_shown(one)} and {_shown(other)}.")
    if one and other:
        return compared.at_most(0.8, "One is a private company, the other is not.")
    return compared.at_most(0.94, f"Only one of the two states its legal form, {_shown(one or other)}.")


def _compare_cores(one: list[str], other: list[str]) -> Comparison:
    if one == other:
        return verdict(1.0, "The same words but for the legal form.")
    if "".join(one) == "".join(other):
        return verdict(0.95, "The same letters, parted differently.")
    for acronym, words in ((one, other), (other, one)):
        if len(acronym) == 1 and len(words) > 2 and is_acronym_of(acronym[0], words):
            return verdict(0.78, f"“{acronym[0]}” is made of the first letters of “{' '.join(words)}”.")
    return _compare_words(one, other)


def _compare_words(one: list[str], other: list[str]) -> Comparison:
    pairs, left, right = _align(one, other)
    shared = sum(_weight(a) * likeness for a, _, likeness in pairs)
    apart = sum(map(_weight, (*left, *right)))
    telling_left = [word for word in left if word not in COMMON_WORDS]
    telling_right = [word for word in right if word not in COMMON_WORDS]
    if not any(word not in COMMON_WORDS for word, *_ in pairs):
        return verdict(min(0.4, shared / (shared + apart + 0.01)), "No telling word in common.")
    if telling_left and telling_right:
        reason = f"“{' '.join(telling_left)}” and “{' '.join(telling_right)}” are different words."
        return verdict(0.45, reason)
    score = 2 * shared / (2 * shared + apart) * min(1.0, 0.5 + min(like for *_, like in pairs) / 2)
    extra = telling_left or telling_right
    if extra:
        return verdict(min(score, 0.7), f"“{' '.join(extra)}” stands in one name alone.")
    if left and right:
        return verdict(min(score, 0.7), f"“{' '.join(left)}” and “{' '.join(right)}” are different words.")
    return verdict(min(score, 0.92), _difference(pairs, left, right))


def _difference(pairs: list[tuple[str, str, float]], left: list[str], right: list[str]) -> str:
    reasons = [f"“{a}” is spelt “{b}”" for a, b, likeness in pairs if likeness < 1]
    if left or right:
        reasons.append(f"the common words “{' '.join((*left, *right))}” stand in one name alone")
    return f"{'; '.join(reasons) or 'The same words in another order'}."


def _align(one: list[str], other: list[str]) -> tuple[list[tuple[str, str, float]], list[str], list[str]]:
    left, right = list(one), list(other)
    pairs: list[tuple[str, str, float]] = []
    found = [(word_likeness(a, b), a, b) for a in one for b in other]
    for likeness, a, b in sorted(found, reverse=True):
        if likeness and a in left and b in right:
            left.remove(a)
            right.remove(b)
            pairs.append((a, b, likeness))
    return pairs, left, right


def _weight(word: str) -> float:
    return _COMMON_WEIGHT if word in COMMON_WORDS else 1.0


def _series(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word for word in words[1:] if _SERIES.fullmatch(word) or word in _SERIES_WORDS)


def _forms(words: Sequence[str]) -> frozenset[str]:
    return LEGAL_FORMS.intersection(words[1:])


def _core(words: Sequence[str]) -> list[str]:
    return [words[0], *(word for word in words[1:] if word not in LEGAL_FORMS)]


def _shown(words: frozenset[str]) -> str:
    return " ".join(sorted(words, reverse=True)) or "none"
