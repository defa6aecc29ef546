"""Words of a page with their places, and the lines they form. Places are points from the upper left corner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple


class Word(NamedTuple):
    """One word. ``start`` is its place in the page's text, or its rank where there is no such text."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    start: int = 0

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return (self.top + self.bottom) / 2


class Line(NamedTuple):
    """Words that stand beside each other, from left to right."""

    words: Sequence[Word]
    top: float
    bottom: float


def height_of(words: Sequence[Word]) -> float:
    """The usual height of a word in points; 1 for none."""
    return max(median(word.bottom - word.top for word in words), 0.5) if words else 1.0


def lines_of(words: Iterable[Word]) -> list[Line]:
    """The lines of a page from top to bottom: a word joins the line whose middle lies within its own height."""
    lines: list[list[Word]] = []
    middle, reach = 0.0, -1.0
    for word in sorted(words, key=attrgetter("middle")):
        half = (word.bottom - word.top) / 2
        if lines and word.middle - middle <= min(half, reach) * 0.9:
            lines[-1].append(word)
            continue
        lines.append([word])
        middle, reach = word.middle, half
    return [_line(line) for line in lines]


def _line(words: list[Word]) -> Line:
    words.sort()
    words.sort(key=attrgetter("left"))
    return Line(words, min(word.top for word in words), max(word.bottom for word in words))


#: Steepest slope of a page laid askew on a scanner; beyond it words are not on one line.
_MAX_SLOPE = 0.06
_LEAST_SLOPE = 0.0015
#: Neighbours on a line that must agree before a page counts as askew.
_MIN_PAIRS = 8


def slope_of(words: Sequence[Word]) -> float:
    """How far lines fall for each point to the right; 0 for a page that lies straight."""
    slopes = sorted(_slopes(words))
    slope = slopes[len(slopes) // 2] if len(slopes) >= _MIN_PAIRS else 0.0
    return slope if _LEAST_SLOPE < abs(slope) < _MAX_SLOPE else 0.0


def levelled(words: Sequence[Word], slope: float) -> list[Word]:
    """The words of a page that was scanned askew, moved so that lines are level and columns upright."""
    if not slope:
        return list(words)
    return [
        Word(
            word.text,
            word.left + slope * word.middle,
            word.top - slope * word.left,
            word.right + slope * word.middle,
            word.bottom - slope * word.left,
            word.start,
        )
        for word in words
    ]


def _slopes(words: Sequence[Word]) -> Iterable[float]:
    for one, other in pairwise(words):
        across = other.left - one.left
        if across > 0 and abs(other.middle - one.middle) < _MAX_SLOPE * across:
            # By their feet: letters of one line differ more in height than in where they stand.
            yield (other.bottom - one.bottom) / across
