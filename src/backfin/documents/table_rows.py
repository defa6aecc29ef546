"""Which lines of a table are one row: between two rules, or by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from backfin.documents.cells import is_marker, is_number
from backfin.documents.rulings import Rulings
from backfin.documents.words import Word

#: Share of a table's width that a rule must cover to part its rows.
_MIN_RULE_SHARE = 0.4
#: Widest gap between two lines of one cell, in heights of a word.
_MAX_INNER_GAP = 0.65
#: Farthest that words of one line of the page stand apart in height, in heights of a word.
_SAME_LINE = 0.6
_OPEN_END = re.compile(
    r"(?:[-–,(/&]|\b(?:and|or|of|the|to|in|for|from|on|by|with|at|as|a|an|per))$", re.IGNORECASE
)


class TableRow(NamedTuple):
    """The words of one row by column, and its place."""

    cells: Sequence[Sequence[Word]]
    top: float
    bottom: float

    def text(self, column: int) -> str:
        return " ".join(word.text for word in self.cells[column])

    @property
    def filled(self) -> set[int]:
        return {column for column, words in enumerate(self.cells) if words}


def merged_rows(lines: Sequence[TableRow], height: float, rulings: Rulings) -> list[TableRow]:
    """The rows of a table whose lines are given from top to bottom."""
    rows: list[TableRow] = []
    bounds = _row_bounds(lines, rulings)
    numbers = _number_columns(lines)
    for line in lines:
        if rows and _is_same_row(rows[-1], line, height, bounds, numbers):
            rows[-1] = _joined(rows[-1], line, height)
        else:
            rows.append(line)
    return rows


def _joined(row: TableRow, line: TableRow, height: float) -> TableRow:
    cells = [_in_order(above, below, height) for above, below in zip(row.cells, line.cells, strict=True)]
    return TableRow(cells, min(row.top, line.top), max(row.bottom, line.bottom))


def _in_order(above: Sequence[Word], below: Sequence[Word], height: float) -> list[Word]:
    """The words of a cell as they are read: those of its last line may stand a little higher or lower."""
    if not above or not below:
        return [*above, *below]
    line = median(word.middle for word in below) - _SAME_LINE * height
    earlier = [word for word in above if word.middle < line]
    return [*earlier, *sorted([*above[len(earlier) :], *below], key=attrgetter("left"))]


def _row_bounds(lines: Sequence[TableRow], rulings: Rulings) -> list[float]:
    """Heights of the rules that part rows; none when they do not cut the table up."""
    words = [word for line in lines for cell in line.cells for word in cell]
    left, right = min(word.left for word in words), max(word.right for word in words)
    covered: dict[float, float] = {}
    for y, start, end in rulings.level:
        covered[y] = covered.get(y, 0.0) + max(0.0, min(end, right) - max(start, left))
    bounds = sorted(y for y, width in covered.items() if width >= _MIN_RULE_SHARE * (right - left))
    inner = [y for y in bounds if lines[0].bottom - 2 < y < lines[-1].top + 2]
    return bounds if inner else []


def _number_columns(lines: Sequence[TableRow]) -> set[int]:
    """Columns of which at least half the cells hold numbers."""
    found = set()
    for column in range(len(lines[0].cells)):
        texts = [line.text(column) for line in lines if line.cells[column]]
        if texts and 2 * sum(map(is_number, texts)) >= len(texts):
            found.add(column)
    return found


def _is_same_row(
    row: TableRow, line: TableRow, height: float, bounds: Sequence[float], numbers: set[int]
) -> bool:
    upper, lower = (row.top + row.bottom) / 2, (line.top + line.bottom) / 2
    if any(upper < y < lower and row.bottom - 0.5 * height < y < line.top + 0.5 * height for y in bounds):
        return False
    if line.top - row.bottom > _MAX_INNER_GAP * height * (2 if bounds else 1):
        return False
    if lower - (row.bottom - height / 2) < _SAME_LINE * height and not row.filled & line.filled:
        return True
    shared = row.filled & line.filled - {0}
    if any(is_number(row.text(column)) and is_number(line.text(column)) for column in shared):
        return False
    if row.cells[0] and line.cells[0] and is_marker(line.text(0)):
        return False
    return _is_between_rules(row, line, bounds) or _is_continued(row, line, numbers)


def _is_between_rules(row: TableRow, line: TableRow, bounds: Sequence[float]) -> bool:
    """Whether rules stand above and below, so that a missing one between means something.

    A table cut by the end of the page lacks the outer one.
    """
    above, below = sum(y <= row.top + 3 for y in bounds), sum(y >= line.bottom - 3 for y in bounds)
    return (above > 0 and below > 0) or above >= 3 or below >= 3


def _is_continued(row: TableRow, line: TableRow, numbers: set[int]) -> bool:
    """Whether a line without rules around it reads on where the row above it stopped."""
    if line.filled & numbers - {0} and row.filled & numbers - {0}:
        return False
    if 0 not in line.filled:
        return bool(line.filled) and line.filled <= row.filled and not line.filled & numbers
    if len(line.filled - numbers) > 1 and not line.filled <= row.filled:
        return False
    label, further = row.text(0), line.text(0)
    if not label:
        return False
    return further[:1].islower() or bool(_OPEN_END.search(label)) or label.count("(") > label.count(")")
