"""Compares the names of two persons word by word: any order, initials, spellings, parts left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backfin.investors.comparison import Comparison, verdict
from backfin.investors.likeness import is_initial_of, word_likeness
from backfin.investors.words import SOFT_GIVEN_WORDS

#: Endings that are written apart, together, or not at all.
_ENDINGS = ("bhai", "ben", "kumar", "lal")


@dataclass
class _Alignment:
    """Which words of two names go together."""

    exact: list[str] = field(default_factory=list)
    alike: list[tuple[str, str, float]] = field(default_factory=list)
    initials: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)

    @property
    def whole_words(self) -> int:
        """Pairs that rest on more than one letter."""
        return sum(len(word) > 1 for word in self.exact) + len(self.alike)


def compare_persons(one: Sequence[str], other: Sequence[str]) -> Comparison:
    """Compares two personal names given as the words of their normal forms."""
    if "".join(one) == "".join(other):
        return verdict(0.95, "The same letters, parted differently.")
    if sorted(one) == sorted(other):
        return verdict(0.95 if len(one) > 2 else 0.94, "The same words in another order.")
    found = _align(_parted(one, other), _parted(other, one))
    return _judge(found)


def _judge(found: _Alignment) -> Comparison:
    left, right = _hard(found.left), _hard(found.right)
    if left and right:
        return verdict(0.35, f"“{' '.join(left)}” and “{' '.join(right)}” are different names.")
    if not found.whole_words:
        return verdict(0.4, "Nothing but initials in common.")
    extra = left or right
    pairs = found.whole_words + len(found.initials)
    if extra and pairs < 2:
        return verdict(0.45, f"Only one word in common; “{' '.join(extra)}” stands in one name alone.")
    score, reasons = 1.0, []
    if found.alike:
        score = min(score, 0.97 * min(likeness for *_, likeness in found.alike))
        reasons.append(", ".join(f"“{a}” is spelt “{b}”" for a, b, _ in found.alike))
    if found.initials:
        score = min(score, 0.84) - 0.04 * (len(found.initials) - 1)
        reasons.append(", ".join(f"“{short}” may stand for “{long}”" for short, long in found.initials))
    if extra:
        score = min(score, 0.82) - 0.05 * (len(extra) - 1)
        reasons.append(f"“{' '.join(extra)}” stands in one name alone")
    soft = [word for word in (*found.left, *found.right) if word in SOFT_GIVEN_WORDS]
    if soft:
        score = min(score, 0.88)
        reasons.append(f"“{' '.join(soft)}” is often left off")
    return verdict(score, f"{'; '.join(reasons) or 'Every word agrees'}.")


def _hard(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in SOFT_GIVEN_WORDS]


def _align(one: list[str], other: list[str]) -> _Alignment:
    found = _Alignment(left=list(one), right=list(other))
    _pair_exact(found)
    _pair_alike(found)
    _pair_initials(found)
    return found


def _pair_exact(found: _Alignment) -> None:
    for word in list(found.left):
        if word in found.right:
            found.left.remove(word)
            found.right.remove(word)
            found.exact.append(word)


def _pair_alike(found: _Alignment) -> None:
    pairs = [(word_likeness(a, b), a, b) for a in found.left for b in found.right]
    for likeness, a, b in sorted(pairs, reverse=True):
        if likeness and a in found.left and b in found.right:
            found.left.remove(a)
            found.right.remove(b)
            found.alike.append((a, b, likeness))


def _pair_initials(found: _Alignment) -> None:
    for a in list(found.left):
        for b in list(found.right):
            if a in found.left and b in found.right and (is_initial_of(a, b) or is_initial_of(b, a)):
                found.left.remove(a)
                found.right.remove(b)
                found.initials.append((a, b) if len(a) == 1 else (b, a))


def _parted(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Words with initials written together and Gujarati endings parted, where the other name does so."""
    parted: list[str] = []
    for word in words:
        if word in others:
            parted.append(word)
        elif len(word) == 2 and _starts_with_each(word, others):
            parted.extend(word)
        else:
            parted.extend(_without_ending(word, others))
    return parted


def _starts_with_each(letters: str, others: Sequence[str]) -> bool:
    return len(others) > 2 and all(any(word[0] == letter for word in others) for letter in letters)


def _without_ending(word: str, others: Sequence[str]) -> list[str]:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and stem in others:
            return [stem, ending]
    return [word]
