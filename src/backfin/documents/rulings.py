"""The lines that are drawn around the cells of a table. Reader processes only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from backfin.documents.words import Word

#: Thickest line in points; what is thicker is a shape.
_MAX_THICKNESS = 2.5
#: Shortest line in points that can part cells.
_MIN_LENGTH = 6.0
#: Lines closer than this, in points, are one.
_CLOSE = 2.0
#: Farthest that the rules of a table stand from its words, in points; the frame of a page stands farther.
_PADDING = 12.0
#: Share of a page's width at either side in which rules part no cells.
_MARGIN = 0.12

Place = tuple[float, float, float, float]


class Rulings(NamedTuple):
    """Level rules as (y, left, right) and upright ones as (x, top, bottom), in points as seen."""

    level: Sequence[tuple[float, float, float]] = ()
    upright: Sequence[tuple[float, float, float]] = ()


NO_RULINGS = Rulings()


def rulings_in(places: Iterable[Place]) -> Rulings:
    """The rules among drawn shapes, given as left, top, right, bottom; a frame counts as its four sides."""
    level: list[tuple[float, float, float]] = []
    upright: list[tuple[float, float, float]] = []
    for left, top, right, bottom in places:
        width, height = right - left, bottom - top
        if height <= _MAX_THICKNESS:
            level += [((top + bottom) / 2, left, right)] if width >= _MIN_LENGTH else []
        elif width <= _MAX_THICKNESS:
            upright += [((left + right) / 2, top, bottom)] if height >= _MIN_LENGTH else []
        elif width >= _MIN_LENGTH and height >= _MIN_LENGTH:
            level += [(top, left, right), (bottom, left, right)]
            upright += [(left, top, bottom), (right, top, bottom)]
    return Rulings(_joined(level), _joined(upright))


def may_part_cells(rulings: Rulings, width: float) -> bool:
    """Whether rules stand inside a page of that width, and not only around it."""
    inside = (_MARGIN * width, (1 - _MARGIN) * width)
    return len(rulings.level) >= 2 and any(inside[0] < x < inside[1] for x, _, _ in rulings.upright)


def without_frame(rulings: Rulings, words: Sequence[Word]) -> Rulings:
    """The rules without those of a frame around the whole page, which parts nothing."""
    left, right = min(word.left for word in words) - _PADDING, max(word.right for word in words) + _PADDING
    top, bottom = min(word.top for word in words) - _PADDING, max(word.bottom for word in words) + _PADDING
    return Rulings(
        [(y, start, end) for y, start, end in rulings.level if start > left or end < right],
        [(x, start, end) for x, start, end in rulings.upright if start > top or end < bottom],
    )


def _joined(rules: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Pieces of one line as one line."""
    joined: list[tuple[float, float, float]] = []
    for at, start, end in sorted((round(at / _CLOSE), start, end) for at, start, end in rules):
        last = joined[-1] if joined else None
        if last is not None and last[0] == at and start <= last[2] + _CLOSE * 2:
            joined[-1] = (at, last[1], max(last[2], end))
        else:
            joined.append((at, start, end))
    return [(at * _CLOSE, start, end) for at, start, end in joined]
