"""How well filings are sorted: confusion, precision, recall and F1 of labels or event types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backfin.evaluation.answers import Answer

#: Stands for a filing that nobody could read.
NO_ANSWER = "(no answer)"


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision: the best class, every right one, and the one that was given."""

    best: str
    right: tuple[str, ...]
    given: str

    @property
    def is_right(self) -> bool:
        """Whether the given class is one of the right ones."""
        return self.given in self.right

    @property
    def counted(self) -> str:
        """The class the decision counts for: the best one when a right one was given."""
        return self.best if self.is_right else self.given


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Decisions about one class. Shares are 0 where there is nothing to divide by."""

    filings: int
    precision: float
    recall: float
    f1: float


@dataclass(slots=True)
class Sorting:
    """All decisions of one kind."""

    choices: list[Choice] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        """Share of filings that got a right class."""
        return share(sum(choice.is_right for choice in self.choices), len(self.choices))

    @property
    def first_accuracy(self) -> float:
        """Share of filings that got the best class itself."""
        return share(sum(choice.given == choice.best for choice in self.choices), len(self.choices))

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that the truth holds, each with the same weight."""
        scores = self.by_class()
        return share(sum(score.f1 for score in scores.values()), len(scores))

    def by_class(self) -> dict[str, ClassScore]:
        """Scores of every class that the truth holds, most frequent first."""
        pairs = self.confusion()
        true = Counter(choice.best for choice in self.choices)
        given = Counter(choice.counted for choice in self.choices)
        return {name: _score(count, given[name], pairs[name, name]) for name, count in true.most_common()}

    def confusion(self) -> Counter[tuple[str, str]]:
        """(true, given) → filings; a class that is right besides the best one counts as the best one."""
        return Counter((choice.best, choice.counted) for choice in self.choices)


def sort_by_category(answers: Iterable[Answer]) -> Sorting:
    """Decisions about the label."""
    return Sorting(
        [
            Choice(
                answer.case.truth.category,
                answer.case.truth.categories,
                answer.enrichment.category if answer.enrichment else NO_ANSWER,
            )
            for answer in answers
        ]
    )


def sort_by_event_type(answers: Iterable[Answer]) -> Sorting:
    """Decisions about the event type."""
    return Sorting(
        [
            Choice(
                answer.case.truth.event_type.value,
                tuple(kind.value for kind in answer.case.truth.event_types),
                answer.enrichment.event_type.value if answer.enrichment else NO_ANSWER,
            )
            for answer in answers
        ]
    )


def macro_f1(choices: Sequence[Choice]) -> float:
    """Macro-F1 of some decisions."""
    return Sorting(list(choices)).macro_f1


def share(part: float, whole: float) -> float:
    """A share, 0 of nothing."""
    return part / whole if whole else 0.0


def _score(true: int, given: int, hits: int) -> ClassScore:
    precision, recall = share(hits, given), share(hits, true)
    return ClassScore(true, precision, recall, share(2 * precision * recall, precision + recall))
