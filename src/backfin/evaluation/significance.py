"""Whether one reader is better than another, or merely luckier with these filings.

Both read the same filings, so every test is paired. Where a filing is simply right or wrong (label, event type),
McNemar's exact test looks at the filings on which the two differ: they are few, so the binomial itself is used
and no approximation of it. Where a figure is no mean over filings (macro-F1) or facts come in clumps (several in
one filing), whole filings are drawn again with replacement, and the spread of the difference is looked at.
The draws start from a fixed seed: the same runs give the same sentence.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

#: Draws of a bootstrap, and where the pseudo-random numbers start.
DRAWS, SEED = 2000, 20260715

#: No smaller probability is told: so many draws cannot tell them apart, and none is zero.
_LEAST_P = 0.001

#: Below this, a difference is called significant.
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of two runs: the values, how sure the difference is, and the sentence that says so.

    ``low`` and ``high`` bound the difference (second minus first) with 95 % confidence; ``None`` where the test
    gives no bounds.
    """

    figure: str
    first: float
    second: float
    p_value: float
    test: str
    low: float | None = None
    high: float | None = None

    @property
    def is_significant(self) -> bool:
        """Whether chance alone would rarely do this."""
        return self.p_value < ALPHA

    def sentence(self, first: str, second: str) -> str:
        """What to tell a person."""
        change = f"{self.figure}: {self.first:.3f} with {first}, {self.second:.3f} with {second}"
        if self.first == self.second and self.p_value == 1:
            return f"{change}; no difference."
        bounds = f", 95 % interval {self.low:+.3f} to {self.high:+.3f}" if self.low is not None else ""
        verdict = "a significant difference" if self.is_significant else "no significant difference"
        chance = f"p = {self.p_value:.3f}" if self.p_value >= _LEAST_P else f"p < {_LEAST_P}"
        return f"{change}; {verdict} ({self.test}, {chance}{bounds})."


def compare_right(figure: str, first: Sequence[bool], second: Sequence[bool]) -> Comparison:
    """McNemar's exact test over filings that are right or wrong, in the same order in both runs."""
    gained = sum(after and not before for before, after in zip(first, second, strict=True))
    lost = sum(before and not after for before, after in zip(first, second, strict=True))
    share = [sum(right) / len(right) if right else 0.0 for right in (first, second)]
    return Comparison(figure, share[0], share[1], sign_test(gained, lost), "McNemar's exact test")


def sign_test(gained: int, lost: int) -> float:
    """Two-sided probability that chance splits the differing filings at least so unevenly.

    >>> sign_test(0, 0), sign_test(8, 0)
    (1.0, 0.0078125)
    """
    differing = gained + lost
    tail: float = sum(math.comb(differing, k) for k in range(min(gained, lost) + 1)) * 0.5**differing
    return min(1.0, 2 * tail)


def compare_figures(
    figure: str,
    first: Sequence[Item],
    second: Sequence[Item],
    value_of: Callable[[Sequence[Item]], float],
) -> Comparison:
    """Paired bootstrap of any figure over filings, which stand in the same order in both runs."""
    values = value_of(first), value_of(second)
    if not first:
        return Comparison(figure, *values, 1.0, "paired bootstrap")
    draw = random.Random(SEED)
    differences = sorted(_difference(draw, first, second, value_of) for _ in range(DRAWS))
    edge = round(DRAWS * ALPHA / 2)
    return Comparison(
        figure,
        *values,
        _two_sided(differences),
        "paired bootstrap",
        differences[edge],
        differences[-edge - 1],
    )


def _difference(
    draw: random.Random,
    first: Sequence[Item],
    second: Sequence[Item],
    value_of: Callable[[Sequence[Item]], float],
) -> float:
    chosen = draw.choices(range(len(first)), k=len(first))
    return value_of([second[place] for place in chosen]) - value_of([first[place] for place in chosen])


def _two_sided(differences: Sequence[float]) -> float:
    """How often the draws fall on either side of no difference; a draw without one counts for both."""
    below = sum(value <= 0 for value in differences) / len(differences)
    above = sum(value >= 0 for value in differences) / len(differences)
    return min(1.0, 2 * min(below, above))
