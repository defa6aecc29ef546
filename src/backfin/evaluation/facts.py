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
from backfin.models import EventType, Fact
from backfin.models.sheets import SHEETS, Kind


class Outcome(StrEnum):
    """What became of a fact.

    A fact that was asked for is right, wrong or missed; one that was not is right (``extra``), wrong
    (``stray``), or the truth is silent about it.
    """

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    EXTRA = "extra"
    STRAY = "stray"
    UNJUDGED = "unjudged"

    @property
    def is_right(self) -> bool | None:
        """Whether a published fact is right; ``None`` where none was published or nobody can say."""
        if self in (Outcome.MISSED, Outcome.UNJUDGED):
            return None
        return self in (Outcome.RIGHT, Outcome.EXTRA)


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
    """Sums over verdicts. Precision is over published facts that the truth speaks about, recall over those asked."""

    right: int
    wrong: int
    missed: int
    extra: int
    stray: int
    unjudged: int
    unit_errors: int

    @property
    def judged(self) -> int:
        """Published facts that the truth speaks about."""
        return self.right + self.wrong + self.extra + self.stray

    @property
    def precision(self) -> float:
        """Share of judged facts that are right."""
        return share(self.right + self.extra, self.judged)

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
            "extra": self.extra,
            "stray": self.stray,
            "judged": self.judged,
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
    """Verdicts on the facts asked for, in their order, then on the others that were published."""
    truth = answer.case.truth
    facts = answer.enrichment.facts if answer.enrichment else {}
    published = {field: fact for field, fact in facts.items() if fact.value is not None}
    kinds = _kinds(truth)
    for field in (*truth.facts, *(field for field in published if field not in truth.facts)):
        kind = kinds.get(field, Kind.TEXT)
        found = published.get(field)
        yield Verdict(
            key=truth.key,
            event_type=truth.event_type,
            field=field,
            kind=kind,
            outcome=_outcome(truth, field, kind, found),
            confidence=found.confidence if found else 0.0,
            slip=slip_of(kind, truth.facts[field], found.value) if found and field in truth.facts else None,
            true=truth.facts.get(field, truth.optional.get(field)),
            found=found.value if found else None,
            is_readable=truth.is_readable,
        )


def _outcome(truth: Truth, field: str, kind: Kind, found: Fact | None) -> Outcome:
    if found is None:
        return Outcome.MISSED
    if field in truth.facts:
        return Outcome.RIGHT if is_right(kind, truth.facts[field], found.value) else Outcome.WRONG
    if field not in truth.optional:
        return Outcome.UNJUDGED
    wanted = truth.optional[field]
    return Outcome.EXTRA if wanted is not None and is_right(kind, wanted, found.value) else Outcome.STRAY


def score(verdicts: Sequence[Verdict]) -> FactScore:
    """Sums of some verdicts."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    return FactScore(
        right=counts[Outcome.RIGHT],
        wrong=counts[Outcome.WRONG],
        missed=counts[Outcome.MISSED],
        extra=counts[Outcome.EXTRA],
        stray=counts[Outcome.STRAY],
        unjudged=counts[Outcome.UNJUDGED],
        unit_errors=sum(verdict.slip is not None for verdict in verdicts),
    )


def score_by(verdicts: Iterable[Verdict], name_of: Callable[[Verdict], str]) -> dict[str, FactScore]:
    """Sums by some name, those with most true facts first; names without any are left out."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(name_of(verdict), []).append(verdict)
    scores = {name: score(group) for name, group in groups.items()}
    told = {name: one for name, one in scores.items() if one.judged + one.missed}
    return dict(sorted(told.items(), key=lambda pair: (-pair[1].as_dict()["true"], pair[0])))


def money_of(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts on amounts of money."""
    return [verdict for verdict in verdicts if verdict.kind is Kind.MONEY]


def _kinds(truth: Truth) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for event_type in reversed(truth.event_types):
        kinds |= SHEETS[event_type].kinds()
    return kinds
