"""The conditions a rule is made of, and how each is held against an announcement.

A condition answers yes, no, or ``None``: not known yet, because it needs an enrichment that is not there.
``not`` of what is not known is not known either, so a flash never goes out on a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from backfin.notifications.fields import FIELDS
from backfin.notifications.literals import ORDERINGS, Literal, fact_matches
from backfin.notifications.subject import ENRICHED, Key, MatchInput


@dataclass(frozen=True, slots=True)
class Anchor:
    """Keys of which every announcement that matches a condition has at least one.

    ``rank`` says how few announcements carry one of them; lower is fewer.
    """

    keys: frozenset[Key]
    rank: int


class Node(Protocol):
    """A condition."""

    @property
    def needs_enrichment(self) -> bool:
        """Whether it can never hold without an enrichment."""
        ...

    def holds(self, subject: MatchInput) -> bool | None:
        """Whether it holds, ``None`` when that cannot be known yet."""
        ...

    def anchor(self) -> Anchor | None:
        """What the index files it under, ``None`` when it must always be looked at."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """``*``."""

    needs_enrichment: bool = False

    def holds(self, subject: MatchInput) -> bool | None:
        return True

    def anchor(self) -> Anchor | None:
        return None


@dataclass(frozen=True, slots=True)
class Equals:
    """A field has one of some values, each in its folded form."""

    name: str
    forms: frozenset[str]

    @property
    def needs_enrichment(self) -> bool:
        return FIELDS[self.name].needs_enrichment

    def holds(self, subject: MatchInput) -> bool | None:
        if not subject.is_enriched and self.needs_enrichment:
            return None
        return not self.forms.isdisjoint(subject.values.get(self.name, ()))

    def anchor(self) -> Anchor | None:
        return Anchor(frozenset((self.name, form) for form in self.forms), FIELDS[self.name].rank)


@dataclass(frozen=True, slots=True)
class Contains:
    """A field's text has a folded phrase in it, on whole words."""

    name: str
    phrase: str

    @property
    def needs_enrichment(self) -> bool:
        return FIELDS[self.name].needs_enrichment

    def holds(self, subject: MatchInput) -> bool | None:
        if not subject.is_enriched and self.needs_enrichment:
            return None
        if " " not in self.phrase:
            return self.phrase in subject.words.get(self.name, ())
        return f" {self.phrase} " in subject.texts.get(self.name, "")

    def anchor(self) -> Anchor | None:
        longest = max(self.phrase.split(), key=len)
        return Anchor(frozenset([(f"{self.name}:", longest)]), FIELDS[self.name].rank)


@dataclass(frozen=True, slots=True)
class MaterialityIs:
    """The materiality score stands in a relation to any of some numbers."""

    op: str
    numbers: tuple[Decimal, ...]
    needs_enrichment: bool = True

    def holds(self, subject: MatchInput) -> bool | None:
        score = subject.materiality
        if score is None:
            return None
        if self.op in ORDERINGS:
            return any(ORDERINGS[self.op](score, number) for number in self.numbers)
        return score in self.numbers

    def anchor(self) -> Anchor | None:
        return Anchor(frozenset([ENRICHED]), FIELDS["materiality"].rank)


@dataclass(frozen=True, slots=True)
class FactIs:
    """A fact, or one part of it, stands in a relation to any of some values."""

    name: str
    path: tuple[str, ...]
    op: str
    literals: tuple[Literal, ...]
    needs_enrichment: bool = True

    def holds(self, subject: MatchInput) -> bool | None:
        if not subject.is_enriched:
            return None
        fact = subject.facts.get(self.name)
        return fact is not None and fact_matches(fact, self.path, self.op, self.literals)

    def anchor(self) -> Anchor | None:
        return Anchor(frozenset([("fact", self.name)]), 7)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    part: Node

    @property
    def needs_enrichment(self) -> bool:
        return self.part.needs_enrichment

    def holds(self, subject: MatchInput) -> bool | None:
        answer = self.part.holds(subject)
        return None if answer is None else not answer

    def anchor(self) -> Anchor | None:
        return None


@dataclass(frozen=True, slots=True)
class All:
    """Every one of some conditions."""

    parts: tuple[Node, ...]

    @property
    def needs_enrichment(self) -> bool:
        return any(part.needs_enrichment for part in self.parts)

    def holds(self, subject: MatchInput) -> bool | None:
        return _joined(self.parts, subject, decided_by=False)

    def anchor(self) -> Anchor | None:
        anchors = [anchor for part in self.parts if (anchor := part.anchor())]
        return min(anchors, key=lambda anchor: (anchor.rank, len(anchor.keys)), default=None)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of some conditions."""

    parts: tuple[Node, ...]

    @property
    def needs_enrichment(self) -> bool:
        return all(part.needs_enrichment for part in self.parts)

    def holds(self, subject: MatchInput) -> bool | None:
        return _joined(self.parts, subject, decided_by=True)

    def anchor(self) -> Anchor | None:
        anchors = [part.anchor() for part in self.parts]
        known = [anchor for anchor in anchors if anchor]
        if len(known) < len(anchors):
            return None
        return Anchor(frozenset().union(*(a.keys for a in known)), max(a.rank for a in known))


def _joined(parts: tuple[Node, ...], subject: MatchInput, *, decided_by: bool) -> bool | None:
    """The deciding answer if any part gives it, else ``None`` if any part cannot tell yet, else the opposite."""
    answer: bool | None = not decided_by
    for part in parts:
        found = part.holds(subject)
        if found is decided_by:
            return decided_by
        if found is None:
            answer = None
    return answer
