"""How right the facts are: one verdict per true fact and per published one, summed in many ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backfin.evaluation.answers import Answer
from backfin.evaluation.classes import share
from backfin.evaluation.gold import Truth
from backfin.evaluation.values import is_right, slip_of
from backfin.models import EventType
from backfin.models.sheets import SHEETS, Kind


class Outcome(StrEnum):
    """What became of a fact: read right, read wrong, not found, or published where the truth is silent."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fact of one filing. ``slip`` is the power of ten by which it is off, where that is what is wrong."""

    key: str
    event_type: EventType
    field: str
    kind: Kind
    outcome: Outcome
    confidence: float = 0.0
    slip: int | None = None
    true: Any = None
    found: Any = None
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class FactScore:
    """Sums over verdicts. Precision is over published facts that the truth speaks about."""

    right: int
    wrong: int
    missed: int
    unjudged: int
    unit_errors: int

    @property
    def precision(self) -> float:
        """Share of judged facts that are right."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of true facts that were read right."""
        return share(self.right, self.right + self.wrong + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return share(2 * self.precision * self.recall, self.precision + self.recall)

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {
            "true": self.right + self.wrong + self.missed,
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
            "unjudged": self.unjudged,
            "unit_errors": self.unit_errors,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
        }


def judge_all(answers: Iterable[Answer]) -> list[Verdict]:
    """A verdict on every fact of every answer."""
    return [verdict for answer in answers for verdict in judge(answer)]


def judge(answer: Answer) -> Iterator[Verdict]:
    """Verdicts on the true facts, in their order, then on those that the truth does not speak about."""
    truth = answer.case.truth
    kinds = _kinds(truth)
    published = (
        {field: fact for field, fact in answer.enrichment.facts.items() if fact.value is not None}
        if answer.enrichment
        else {}
    )
    for field, true in truth.facts.items():
        base = (truth.key, truth.event_type, field, kinds[field])
        fact = published.get(field)
        if fact is None:
            yield Verdict(*base, Outcome.MISSED, true=true, is_readable=truth.is_readable)
            continue
        outcome = Outcome.RIGHT if is_right(kinds[field], true, fact.value) else Outcome.WRONG
        slip = slip_of(kinds[field], true, fact.value)
        yield Verdict(*base, outcome, fact.confidence, slip, true, fact.value, is_readable=truth.is_readable)
    for field in published.keys() - truth.facts.keys():
        kind = kinds.get(field, Kind.TEXT)
        fact = published[field]
        yield Verdict(
            truth.key, truth.event_type, field, kind, Outcome.UNJUDGED, fact.confidence, found=fact.value
        )


def score(verdicts: Sequence[Verdict]) -> FactScore:
    """Sums of some verdicts."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    return FactScore(
        right=counts[Outcome.RIGHT],
        wrong=counts[Outcome.WRONG],
        missed=counts[Outcome.MISSED],
        unjudged=counts[Outcome.UNJUDGED],
        unit_errors=sum(verdict.slip is not None for verdict in verdicts),
    )


def score_by(verdicts: Iterable[Verdict], name_of: Callable[[Verdict], str]) -> dict[str, FactScore]:
    """Sums by some name, those with most true facts first; names without any are left out."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(name_of(verdict), []).append(verdict)
    scores = {name: score(group) for name, group in groups.items()}
    told = {name: one for name, one in scores.items() if one.right + one.wrong + one.missed}
    return dict(sorted(told.items(), key=lambda pair: (-pair[1].as_dict()["true"], pair[0])))


def money_of(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts on amounts of money."""
    return [verdict for verdict in verdicts if verdict.kind is Kind.MONEY]


def _kinds(truth: Truth) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for event_type in reversed(truth.event_types):
        kinds |= SHEETS[event_type].kinds()
    return kinds
