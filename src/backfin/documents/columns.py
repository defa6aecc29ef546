"""The columns of a table: what stands between the streets of white that run down it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from backfin.documents.cells import Segment, is_number
from backfin.documents.regions import Row
from backfin.documents.words import Word

#: Narrowest street, as a share of the usual height of a word.
_MIN_STREET = 0.3
#: Share of the rows that may cross a street: titles and heads that stand over several columns.
_MAX_CROSSING = 0.1
#: Least space between words, as a share of their height, that parts a text at a street.
_PARTING_SPACE = 0.45
#: Share of the rows that must fill a column.
_MIN_FILLED = 0.12


def streets_of(rows: Sequence[Row], height: float) -> list[float]:
    """Middles of the streets between columns, from left to right."""
    parted = [row for row in rows if row.is_parted]
    edges: list[tuple[float, int]] = []
    for row in parted:
        for segment in row.segments:
            edges += ((segment.left, 1), (segment.right, -1))
    edges.sort()
    allowed = int(_MAX_CROSSING * len(parted))
    found, depth = [], 0
    for (x, step), (following, _) in pairwise(edges):
        depth += step
        if depth <= allowed and following - x >= _MIN_STREET * height:
            found.append(((x + following) / 2, depth))
    return _without_sparse(_without_doubles(found, rows), parted)


def _without_sparse(streets: list[float], rows: Sequence[Row]) -> list[float]:
    """The streets without those around columns that only a few rows fill: heads that stand askew, specks."""
    least = _MIN_FILLED * len(rows)
    middles = sorted((segment.left + segment.right) / 2 for row in rows for segment in row.segments)
    kept = list(streets)
    while len(kept) > 1:
        bounds = [float("-inf"), *kept, float("inf")]
        counts = [_count_between(middles, low, high) for low, high in pairwise(bounds)]
        column = counts.index(min(counts))
        if counts[column] >= least:
            break
        kept.pop(_nearer_street(column, bounds, middles))
    return kept


def _nearer_street(column: int, bounds: Sequence[float], middles: Sequence[float]) -> int:
    """Which street beside a column parts it from the neighbour that stands nearer."""
    if column in (0, len(bounds) - 2):
        return min(column, len(bounds) - 3)
    inside = [x for x in middles if bounds[column] < x <= bounds[column + 1]]
    middle = sum(inside) / len(inside) if inside else (bounds[column] + bounds[column + 1]) / 2
    left = [x for x in middles if x <= bounds[column]]
    right = [x for x in middles if x > bounds[column + 1]]
    return column - 1 if not right or (left and middle - left[-1] < right[0] - middle) else column


def _without_doubles(found: Sequence[tuple[float, int]], rows: Sequence[Row]) -> list[float]:
    """Streets with something between them; of several side by side, the one that fewest rows cross."""
    middles = sorted(
        (word.left + word.right) / 2 for row in rows for segment in row.segments for word in segment.words
    )
    kept: list[tuple[float, int]] = []
    for street in found:
        if kept and _count_between(middles, kept[-1][0], street[0]) == 0:
            kept[-1] = min(kept[-1], street, key=lambda one: one[1])
        else:
            kept.append(street)
    return [x for x, _ in kept if middles and middles[0] < x < middles[-1]]


def _count_between(values: Sequence[float], low: float, high: float) -> int:
    return bisect_right(values, high) - bisect_right(values, low)


def cells_of(row: Row, streets: Sequence[float], height: float) -> list[list[Word]]:
    """The words of a row by column; a text over several columns stands in the one of its middle."""
    cells: list[list[Word]] = [[] for _ in range(len(streets) + 1)]
    for segment in row.segments:
        for words in _parts(segment, streets, height):
            middle = (words[0].left + words[-1].right) / 2
            cells[bisect_right(streets, middle)] += words
    return cells


def _parts(segment: Segment, streets: Sequence[float], height: float) -> Iterable[Sequence[Word]]:
    """A segment cut at the streets it crosses, unless it is one text written across them."""
    crossed = [x for x in streets if segment.left < x < segment.right]
    if not crossed:
        return [segment.words]
    cuts = [0]
    for at, (one, other) in enumerate(pairwise(segment.words), 1):
        if any((one.left + one.right) / 2 < x < (other.left + other.right) / 2 for x in crossed):
            space = other.left - one.right
            if space < _PARTING_SPACE * height and not (is_number(one.text) or is_number(other.text)):
                continue
            cuts.append(at)
    return [segment.words[start:end] for start, end in pairwise([*cuts, len(segment.words)])]
