"""The result of comparing two names."""

from __future__ import annotations

from dataclasses import dataclass, replace

#: From here two names are linked without asking anyone.
AUTO_LINE = 0.93

#: From here two names are taken as one by default.
SAME_LINE = 0.75

#: From here two names are worth a look.
REVIEW_LINE = 0.6


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two names.

    Args:
        score: From 0 (different) to 1 (the same).
        same: The decision taken by default: the score is at least :data:`SAME_LINE`.
        tier: ``auto`` (safe to link), ``review`` (a person should look) or ``no``.
        explanation: Why, in one sentence.
    """

    score: float
    same: bool
    tier: str
    explanation: str

    def at_most(self, score: float, why: str) -> Comparison:
        """The same result with its score held down for one more reason."""
        if self.score <= score:
            return self
        held = verdict(score, self.explanation)
        return replace(held, explanation=f"{self.explanation} {why}")


def verdict(score: float, explanation: str) -> Comparison:
    """The comparison a score means."""
    score = round(min(max(score, 0.0), 1.0), 4)
    tier = "auto" if score >= AUTO_LINE else "review" if score >= REVIEW_LINE else "no"
    return Comparison(score, score >= SAME_LINE, tier, explanation)
