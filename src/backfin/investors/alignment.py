"""Which words of two personal names go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backfin.investors.likeness import FINAL_A, is_initial_of, sound_of, word_likeness
from backfin.investors.words import PARTICLES

#: Endings that are written apart, together, or not at all.
ENDINGS = ("bhai", "bhen", "ben", "kumar", "lal", "singh", "prasad", "sinh", "das", "devi")

#: What is left before such an ending has at least so many letters.
LEAST_STEM = 3

#: So many words in a row are tried as one.
_MOST_PARTS = 3


@dataclass
class Alignment:
    """The words that go together, with their places in the two names, and those left over."""

    one: Sequence[str]
    other: Sequence[str]
    places: list[tuple[int, int]] = field(default_factory=list)
    exact: list[tuple[str, str]] = field(default_factory=list)
    alike: list[tuple[str, str, float]] = field(default_factory=list)
    initials: list[tuple[str, str]] = field(default_factory=list)
    initial_places: list[int] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)

    @property
    def whole_words(self) -> int:
        """Pairs that rest on more than one letter."""
        return sum(len(word) > 1 for word, _ in self.exact) + len(self.alike)

    @property
    def likeness(self) -> float:
        """Of the two words that are least alike; 1 where all are the same."""
        return min((likeness for *_, likeness in self.alike), default=1.0)

    @property
    def is_in_order(self) -> bool:
        """Whether both names have the words in one order, or with the surname moved to the other end."""
        order = [there for _, there in sorted(self.places)]
        falls = sum(here > there for here, there in zip(order, order[1:] + order[:1], strict=True))
        return len(order) < 3 or falls <= 1

    @property
    def is_first_left_out(self) -> bool:
        """Whether one name begins with a word that the other has not, and goes on like the other."""
        matched = {here for here, _ in self.places}, {there for _, there in self.places}
        order = [there for _, there in sorted(self.places)]
        return (0 not in matched[0] or 0 not in matched[1]) and order == sorted(order)


def align(one: Sequence[str], other: Sequence[str]) -> Alignment:
    """Pairs the words of two names: the same, then alike, then initials."""
    parted = _parted(one, other), _parted(other, one)
    left, right, joined = _joined(*parted)
    left, right = _without_particles(left, right)
    found = Alignment(left, right, joined=joined)
    free = set(range(len(left))), set(range(len(right)))
    _pair(found, free, _exact_pairs(left, right))
    _pair(found, free, _alike_pairs(found, free))
    _pair_initials(found, free)
    found.left = [left[place] for place in sorted(free[0])]
    found.right = [right[place] for place in sorted(free[1])]
    return found


_Free = tuple[set[int], set[int]]
_Pairs = list[tuple[float, int, int]]


def _exact_pairs(left: Sequence[str], right: Sequence[str]) -> _Pairs:
    return [(1.0, a, b) for a, word in enumerate(left) for b, twin in enumerate(right) if word == twin]


def _alike_pairs(found: Alignment, free: _Free) -> _Pairs:
    pairs = [(word_likeness(found.one[a], found.other[b]), a, b) for a in free[0] for b in free[1]]
    return sorted(
        (pair for pair in pairs if pair[0]), key=lambda pair: (-pair[0], abs(pair[1] - pair[2]), *pair[1:])
    )


def _pair(found: Alignment, free: _Free, pairs: _Pairs) -> None:
    for likeness, a, b in pairs:
        if a in free[0] and b in free[1]:
            _take(found, free, a, b)
            if likeness == 1.0:
                found.exact.append((found.one[a], found.other[b]))
            else:
                found.alike.append((found.one[a], found.other[b], likeness))


def _take(found: Alignment, free: _Free, a: int, b: int) -> None:
    free[0].discard(a)
    free[1].discard(b)
    found.places.append((a, b))


def _pair_initials(found: Alignment, free: _Free) -> None:
    for a in sorted(free[0]):
        for b in sorted(free[1]):
            word, twin = found.one[a], found.other[b]
            if a in free[0] and b in free[1] and (is_initial_of(word, twin) or is_initial_of(twin, word)):
                _take(found, free, a, b)
                found.initials.append((word, twin) if len(word) == 1 else (twin, word))
                found.initial_places.append(b if len(word) == 1 else a)


def _joined(one: list[str], other: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Words that one name writes apart and the other as one."""
    left, made = _join(one, other)
    right, more = _join(other, left)
    return left, right, [*made, *more]


def _join(words: list[str], others: Sequence[str]) -> tuple[list[str], list[str]]:
    sounds = {sound_of(word) for word in words}
    known = {sound: word for word in others if (sound := sound_of(word)) not in sounds}
    if not known:
        return words, []
    kept = {sound_of(word) for word in others}
    found, made, place = [], [], 0
    while place < len(words):
        runs = (words[place : place + n] for n in range(_MOST_PARTS, 1, -1))
        count = next((len(run) for run in runs if _is_one(run, known, kept)), 1)
        whole = "".join(words[place : place + count])
        found.append(whole)
        if count > 1:
            made.append(whole)
        place += count
    return found, made


def _is_one(parts: Sequence[str], known: dict[str, str], kept: set[str]) -> bool:
    if len(parts) < 2 or any(
        sound_of(part) in kept or (len(part) == 1 and part not in "dol") for part in parts
    ):
        return False
    whole = "".join(parts)
    if sound_of(whole) in known:
        return True
    near = (
        word for word in known.values() if word[0] == whole[0] and abs(len(word) - len(whole)) < LEAST_STEM
    )
    return any(word_likeness(whole, word) >= FINAL_A for word in near)


def _without_particles(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Drops "bin", "van", "de" and their like where only one of the two has them."""
    shorter = [word for word in left if word not in PARTICLES or word in right]
    return shorter or left, [word for word in right if word not in PARTICLES or word in left] or right


def _parted(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Words with initials written together and endings parted, where the other name does so."""
    parted: list[str] = []
    for word in words:
        if word in others:
            parted.append(word)
        elif 1 < len(word) < 5 and _starts_with_each(word, others):
            parted.extend(word)
        else:
            parted.extend(_without_ending(word, others))
    return parted


def _starts_with_each(letters: str, others: Sequence[str]) -> bool:
    """Whether the other name has, in a row, words or initials that begin with these letters."""
    firsts = "".join(word[0] for word in others)
    return (
        len(others) > len(letters)
        and letters in firsts
        and not any(word.startswith(letters) for word in others)
    )


def _without_ending(word: str, others: Sequence[str]) -> list[str]:
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if (
            stem != word
            and len(stem) >= LEAST_STEM
            and any(word_likeness(stem, other) >= FINAL_A for other in others)
        ):
            return [stem, ending]
    return [word]
