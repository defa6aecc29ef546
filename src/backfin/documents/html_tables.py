"""Tables of an HTML page as rows of cells: what rules read of a PDF's tables, they read here too. Readers only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backfin.documents.extract import PageTable
from backfin.documents.markup import local_name, squeeze
from backfin.documents.tables import MAX_COLUMNS, MAX_ROWS

CELLS = frozenset(("td", "th"))
#: Rows with more than one filled cell from which a table is more than an arrangement of the page.
_MIN_FULL = 2


def tables_in(elements: Iterable[Any], text_of: Callable[[Any], str]) -> Iterator[PageTable]:
    """The tables among visible elements ``table``, those that only arrange the page left out.

    Args:
        elements: The elements, in the order of the page.
        text_of: Visible text of a cell; ``""`` for a hidden one.
    """
    for element in elements:
        rows = _rows_of(element, text_of) if not _holds_table(element) else []
        filled = [column for column in range(len(rows[0]) if rows else 0) if any(row[column] for row in rows)]
        rows = [[row[column] for column in filled] for row in rows if any(row)]
        if sum(sum(map(bool, row)) > 1 for row in rows) >= _MIN_FULL:
            yield PageTable(0, rows, [[None] * len(filled) for _ in rows])


def _holds_table(element: Any) -> bool:
    inside = element.iter("{*}table")
    next(inside)
    return next(inside, None) is not None


def _rows_of(table: Any, text_of: Callable[[Any], str]) -> list[list[str]]:
    """Rows of the same width; none for a table wider or longer than people read."""
    rows: list[list[str]] = []
    # By column, how many rows further down a cell from above reaches.
    taken: dict[int, int] = {}
    for row in table.iter("{*}tr"):
        cells = _placed((cell for cell in row if local_name(cell).lower() in CELLS), taken, text_of)
        if cells is None or len(rows) >= MAX_ROWS:
            return []
        rows.append(cells)
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _placed(cells: Iterable[Any], taken: dict[int, int], text_of: Callable[[Any], str]) -> list[str] | None:
    """The texts of a row by column: a cell over several columns or rows stands in the first of them."""
    texts: list[str] = []
    below = {column: rows - 1 for column, rows in taken.items() if rows > 1}
    for cell in cells:
        while len(texts) in taken:
            texts.append("")
        wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
        if high > 1:
            below.update((len(texts) + column, high - 1) for column in range(wide))
        texts += [squeeze(text_of(cell)), *[""] * (wide - 1)]
        if len(texts) > MAX_COLUMNS:
            return None
    taken.clear()
    taken.update(below)
    return texts


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "").strip()
    return min(max(int(value), 1), MAX_ROWS) if value.isascii() and value.isdigit() and len(value) < 9 else 1
