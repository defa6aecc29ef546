"""What becomes of a name met for the first time: whom it is taken for, whom it may mean, or neither."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from backfin.investors.candidates import Candidate, KnownNames, Step, find_candidates, next_step
from backfin.investors.contradictions import contradiction, with_clauses
from backfin.investors.kinds import class_of
from backfin.investors.telling import says_enough, says_something
from backfin.models import Investor, Mention, PartyKind

#: So many of the investors that a name may mean are put before a person, the likeliest.
MOST_REVIEWED = 3

_PERSONAL = ("person", "huf")


@dataclass(frozen=True, slots=True)
class KnownInvestor:
    """A known normal form and whose it is.

    Args:
        investor_id: The investor of that form.
        survivor_id: The investor it is shown under.
        name: As a filing wrote it.
        form: The normal form.
        kind: What it is.
    """

    investor_id: str
    survivor_id: str
    name: str
    form: str
    kind: PartyKind


class Book(KnownNames, Protocol):
    """What a store offers: the names under keys, and whose they are."""

    def investors(self, names: Sequence[int]) -> Sequence[Sequence[KnownInvestor]]:
        """The investors of each of the names that :meth:`bearers` gave, in the order asked for."""
        ...

    def add(self, known: KnownInvestor) -> None:
        """Takes in one that was met since, so that the next name finds it."""
        ...


@dataclass(frozen=True, slots=True)
class Near:
    """An investor that a name may mean, by the likeliest of its names."""

    investor: KnownInvestor
    candidate: Candidate

    @property
    def score(self) -> float:
        """How alike the two names are."""
        return self.candidate.comparison.score


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a name, and with whom: one for a link, some for a review, nobody for a new investor."""

    step: Step
    near: tuple[Near, ...] = ()


def decide(met: Investor, book: Book, apart: Collection[str] = ()) -> Decision:
    """Decides on an investor met for the first time, given all that are known.

    Args:
        met: The investor; its first name is compared as it was written.
        book: Everybody known.
        apart: Survivors that it is told apart from by where it was met; it may be theirs, but a person decides.
    """
    if not says_something(met.normal_form):
        return Decision(Step.NEW)
    near = _near(met, book)
    step = next_step([each.candidate for each in near])
    if step is Step.LINK and _is_safe(met, near[0].investor, apart):
        return Decision(step, near[:1])
    return Decision(Step.REVIEW, near[:MOST_REVIEWED]) if near else Decision(Step.NEW)


def _near(met: Investor, book: Book) -> tuple[Near, ...]:
    """The investors that a name may mean, the likeliest first: each by the likeliest of its names.

    Where one of its names contradicts, by that one.
    """
    best: dict[str, Near] = {}
    against: dict[str, Near] = {}
    candidates = find_candidates(met.name, book)
    bearers = book.investors([candidate.name for candidate in candidates])
    for candidate, known_ones in zip(candidates, bearers, strict=True):
        for known in known_ones:
            if known.investor_id != met.investor_id and says_something(known.form):
                # Both as they were written: normal forms have no relatives and numbers.
                held = with_clauses(candidate.comparison, met.name, known.name)
                one = Near(known, replace(candidate, comparison=held))
                is_held = held.score < candidate.comparison.score
                kept = against if is_held and contradiction(met.name, known.name) else best
                if known.survivor_id not in kept or one.score > kept[known.survivor_id].score:
                    kept[known.survivor_id] = one
    near = [one for one in (best | against).values() if one.candidate.comparison.tier != "no"]
    return tuple(sorted(near, key=lambda each: -each.score))


def _is_safe(met: Investor, known: KnownInvestor, apart: Collection[str]) -> bool:
    """Whether nothing but the names' likeness is needed to link the two."""
    classes = class_of(met.kind), class_of(known.kind)
    is_stated = PartyKind.UNKNOWN not in (met.kind, known.kind)
    is_clash = is_stated and (classes[0] in _PERSONAL) != (classes[1] in _PERSONAL)
    is_telling = says_enough(met.normal_form) and says_enough(known.form)
    return is_telling and not is_clash and known.survivor_id not in apart


def decide_all(
    met: Sequence[Investor], mentions: Iterable[Mention], survivors: Mapping[str, str], book: Book
) -> list[Decision]:
    """Decides on all investors that a filing brings, in its order; a later one may be an earlier one.

    Two names in one list, each in the same role with a quantity of its own, are not linked by themselves: a list
    seldom holds one holder under two spellings, and often two of much the same name.

    Args:
        met: The investors met for the first time.
        mentions: All mentions of the filing.
        survivors: The filing's other investors, with whom each is shown under.
        book: Everybody known; it takes in those that were met.
    """
    roles: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.quantity is not None:
            roles[mention.investor_id].add(mention.role)
    listed: dict[str, set[str]] = defaultdict(set)
    for key, survivor in survivors.items():
        for role in roles[key]:
            listed[role].add(survivor)
    decisions = []
    for one in met:
        decision = decide(one, book, set().union(*(listed[role] for role in roles[one.investor_id])))
        survivor = decision.near[0].investor.survivor_id if decision.step is Step.LINK else one.investor_id
        for role in roles[one.investor_id]:
            listed[role].add(survivor)
        book.add(_known(one, survivor))
        decisions.append(decision)
    return decisions


def _known(met: Investor, survivor: str) -> KnownInvestor:
    key = met.investor_id
    return KnownInvestor(key, survivor, met.name, met.normal_form, met.kind)


def why_linked(met: Investor, near: Near) -> str:
    """Why a name is taken for another, in words for a person."""
    found = near.candidate.comparison
    return f"“{met.name}” is taken for “{near.investor.name}” (score {found.score:.2f}): {found.explanation}"


def why_doubted(known_name: str, score: float, explanation: str) -> str:
    """Why a name stands alone although it may be another's."""
    return f"May be “{known_name}” (score {score:.2f}): {explanation} An investor of its own until a person decides."
