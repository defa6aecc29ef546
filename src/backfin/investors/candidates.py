"""Finds, among all investors known, the few that a name may mean, without comparing it with each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol

from rapidfuzz import fuzz

from backfin.investors.blocking import keys_of
from backfin.investors.compare import compare_forms, forms_of
from backfin.investors.comparison import Comparison

#: A key that more investors share tells too little; as many of its investors are looked at.
MOST_PER_KEY = 60

#: So many candidates, the likeliest by their letters, are compared in full.
MOST_COMPARED = 10


class KnownNames(Protocol):
    """What a store offers: the investors under a key, and their normal forms."""

    def bearers(self, key: int, most: int) -> Sequence[int]:
        """At most so many of the names under a key, always the same ones."""
        ...

    def forms(self, names: Sequence[int]) -> Sequence[str]:
        """The normal forms of names, in the order asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known name that a name may mean.

    Args:
        name: Its number in the store.
        form: Its normal form.
        comparison: What came of comparing the two.
    """

    name: int
    form: str
    comparison: Comparison


def key_number(key: str) -> int:
    """A key in 40 bits, as stores keep it; two keys in one number cost a comparison, never a link."""
    return int.from_bytes(blake2b(key.encode(), digest_size=5).digest())


def keys_to_ask(name: str) -> frozenset[int]:
    """Every key that :func:`find_candidates` will ask a store for."""
    return frozenset(key_number(key) for form in forms_of(name) for key in keys_of(form))


def find_candidates(name: str, known: KnownNames, kind: str | None = None) -> list[Candidate]:
    """The known names that may mean the same investor, the likeliest first; those told apart are left out.

    Args:
        name: A name as a filing writes it.
        known: All names known, behind their keys.
        kind: As :func:`backfin.investors.compare` takes it.
    """
    best: dict[int, Candidate] = {}
    present, *_ = forms = forms_of(name)
    for form in forms:
        for number, near in _likeliest(form, known):
            found = compare_forms(form, near, kind)
            if form != present:
                found = found.at_most(0.95, "One of the two states it as a former name.")
            met = Candidate(number, near, found)
            best[number] = max(met, best.get(number, met), key=lambda each: each.comparison.score)
    likely = [candidate for candidate in best.values() if candidate.comparison.tier != "no"]
    return sorted(likely, key=lambda candidate: (-candidate.comparison.score, candidate.name))


def _likeliest(form: str, known: KnownNames) -> list[tuple[int, str]]:
    """The names that share letters with one, and keys that few share; the likeliest first."""
    told: Counter[int] = Counter()
    for key in sorted(keys_of(form)):
        bearers = known.bearers(key_number(key), MOST_PER_KEY)
        for number in bearers:
            told[number] += MOST_PER_KEY // len(bearers)
    numbers = list(told)
    forms = known.forms(numbers)
    rows = [
        (fuzz.token_sort_ratio(form, near), number, near) for number, near in zip(numbers, forms, strict=True)
    ]
    ranked = sorted(rows, key=lambda row: (-row[0] - told[row[1]], row[1]))
    return [(number, near) for _, number, near in ranked[:MOST_COMPARED]]


class Step(StrEnum):
    """What to do with a name, given who it may mean."""

    LINK = "link"
    REVIEW = "review"
    NEW = "new"


def next_step(candidates: Sequence[Candidate]) -> Step:
    """Links at high precision alone: where one candidate is sure, and no other as sure.

    A name as it is known already goes before others that are merely written like it. Whatever is near is for a
    person to judge; a name that is near nobody is a new investor's.

    Args:
        candidates: From :func:`find_candidates`, each of another investor.
    """
    sure = [each for each in candidates if each.comparison.tier == "auto"]
    known = [each for each in sure if each.comparison.score == 1.0]
    if len(sure) == 1 or len(known) == 1:
        return Step.LINK
    return Step.REVIEW if candidates else Step.NEW


class NamesInMemory:
    """Known names in this process: 8 bytes per key, beside the names themselves.

    Args:
        forms: The normal forms; a name's number is its place, below 2 to the power of 24.
    """

    _NUMBER_BITS = 24

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = list(forms)
        bits = self._NUMBER_BITS
        rows = (
            key_number(key) << bits | number
            for number, form in enumerate(self._forms)
            for key in keys_of(form)
        )
        self._rows = array("Q", sorted(array("Q", rows)))

    def __len__(self) -> int:
        return len(self._forms)

    @property
    def key_count(self) -> int:
        """Rows of a table of keys with these names."""
        return len(self._rows)

    def rows(self) -> Iterator[tuple[int, int]]:
        """Every key with a name it is of, in order, as a table of keys holds them."""
        mask = (1 << self._NUMBER_BITS) - 1
        return ((row >> self._NUMBER_BITS, row & mask) for row in self._rows)

    def bearers(self, key: int, most: int) -> Sequence[int]:
        """At most so many of the names under a key."""
        start = bisect_left(self._rows, key << self._NUMBER_BITS)
        mask = (1 << self._NUMBER_BITS) - 1
        found = []
        for row in self._rows[start : start + most]:
            if row >> self._NUMBER_BITS != key:
                break
            found.append(row & mask)
        return found

    def forms(self, names: Sequence[int]) -> Sequence[str]:
        """The normal forms of names."""
        return [self._forms[name] for name in names]
