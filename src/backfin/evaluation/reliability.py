"""Whether a fact that is said to be 90 % sure is right nine times in ten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backfin.evaluation.classes import share
from backfin.evaluation.facts import Verdict

#: Equal bins of confidence from 0 to 1.
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Facts whose confidence lies from ``low`` up to ``high``: how sure they were, how right they were."""

    low: float
    high: float
    facts: int
    confidence: float
    right: float


def reliability(verdicts: Iterable[Verdict]) -> list[Bin]:
    """Judged facts by confidence; bins without any are left out."""
    judged = [verdict for verdict in verdicts if verdict.outcome.is_right is not None]
    bins = []
    for number in range(BINS):
        inside = [verdict for verdict in judged if _bin(verdict.confidence) == number]
        if inside:
            sure = share(sum(verdict.confidence for verdict in inside), len(inside))
            right = share(sum(bool(verdict.outcome.is_right) for verdict in inside), len(inside))
            bins.append(Bin(number / BINS, (number + 1) / BINS, len(inside), sure, right))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: how far sureness and rightness lie apart, weighed by facts."""
    facts = sum(one.facts for one in bins)
    return share(sum(one.facts * abs(one.confidence - one.right) for one in bins), facts)


def _bin(confidence: float) -> int:
    return min(int(confidence * BINS), BINS - 1)
