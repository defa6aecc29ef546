"""Tables of a page, rebuilt from where its words stand and which rules are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from backfin.documents.arrangements import filled_share, is_letterhead, is_list
from backfin.documents.cells import is_number
from backfin.documents.columns import cells_of, streets_of
from backfin.documents.regions import Row, regions_of
from backfin.documents.rulings import NO_RULINGS, Rulings, without_frame
from backfin.documents.table_rows import TableRow, merged_rows
from backfin.documents.words import Word, height_of, lines_of

#: Most columns, rows and words of a page that are looked at; beyond it is no table that people read.
MAX_COLUMNS, MAX_ROWS, MAX_WORDS = 40, 400, 20_000
#: Numbers one column must hold where no rules are drawn.
_MIN_NUMBERS = 3
#: Share of the rows that must hold more than one cell.
_MIN_FULL = 0.34
#: Share of the cells of such rows that must hold something: the labels of a chart stand far and wide.
_MIN_FILLED, _MIN_FILLED_RULED, _MIN_FILLED_SLIDE = 0.5, 0.4, 0.55
#: Such rows that a table on a slide must have.
_MIN_ROWS_SLIDE = 3
#: Rules closer than this, in points, are the two sides of one.
_CLOSE_RULES = 6.0
#: Most words of a usual cell where neither rules nor numbers speak for a table.
_MAX_CELL_WORDS = 6

Cell = tuple[float, float, float, float]


class FoundTable(NamedTuple):
    """A table: texts and boxes by row, and the words it is made of by row."""

    rows: list[list[str]]
    boxes: list[list[Cell | None]]
    words: list[list[Word]]


def find_tables(
    words: Sequence[Word], rulings: Rulings = NO_RULINGS, *, on_slide: bool = False
) -> list[FoundTable]:
    """The tables of one page from top to bottom.

    Args:
        words: The words of the page.
        rulings: The rules that are drawn on it.
        on_slide: Whether the page is wider than high, as slides are, whose charts and boxes look like tables.
    """
    if not 4 <= len(words) <= MAX_WORDS:
        return []
    height = height_of(words)
    rulings = without_frame(rulings, words)
    regions = regions_of(lines_of(words), height, rulings)
    found = (_table(region, height, rulings, on_slide=on_slide) for region in regions)
    return [table for table in found if table is not None]


def _table(region: Sequence[Row], height: float, rulings: Rulings, *, on_slide: bool) -> FoundTable | None:
    if not 2 <= len(region) <= MAX_ROWS:
        return None
    inner = _inner_rules(region, rulings)
    streets = streets_of(region, height)
    if len(inner) >= len(streets):
        # Columns that are drawn need not be guessed.
        streets = inner
    if not 1 <= len(streets) < MAX_COLUMNS:
        return None
    lines = [TableRow(cells_of(row, streets, height), row.top, row.bottom) for row in region]
    rows = merged_rows(lines, height, rulings)
    filled = [column for column in range(len(streets) + 1) if any(row.cells[column] for row in rows)]
    found = FoundTable(
        [[row.text(column) for column in filled] for row in rows],
        [[_box(row.cells[column]) for column in filled] for row in rows],
        [[word for cell in row.cells for word in cell] for row in rows],
    )
    is_ruled = _is_ruled(region, rulings, inner)
    return found if _is_table(found, is_ruled, on_slide=on_slide) else None


def _box(words: Iterable[Word]) -> Cell | None:
    there = list(words)
    if not there:
        return None
    return (
        round(min(word.left for word in there), 1),
        round(min(word.top for word in there), 1),
        round(max(word.right for word in there), 1),
        round(max(word.bottom for word in there), 1),
    )


def _inner_rules(region: Sequence[Row], rulings: Rulings) -> list[float]:
    """Places of upright rules that run through the region."""
    top, bottom = region[0].top, region[-1].bottom
    left = min(row.segments[0].left for row in region)
    right = max(row.segments[-1].right for row in region)
    found: list[float] = []
    for x, start, end in sorted(rulings.upright):
        is_long = min(end, bottom) - max(start, top) > 0.5 * (bottom - top)
        if is_long and left < x < right and not (found and x - found[-1] < _CLOSE_RULES):
            found.append(x)
    return found


def _is_ruled(region: Sequence[Row], rulings: Rulings, inner: Sequence[float]) -> bool:
    """Whether rules part the region into cells: two upright ones within it, or one and two level ones."""
    top, bottom = region[0].top, region[-1].bottom
    level = {y for y, _, _ in rulings.level if top - 6 <= y <= bottom + 6}
    return len(inner) >= 2 or (len(inner) == 1 and len(level) >= 2)


def _is_table(found: FoundTable, is_ruled: bool, *, on_slide: bool) -> bool:
    """Whether it is more than prose or labels in columns: ruled, or with a column of numbers, or of short texts."""
    full = [row for row in found.rows if sum(map(bool, row)) > 1]
    if len(full) < max(2, _MIN_FULL * len(found.rows)) or is_list(found.rows) or is_letterhead(found.rows):
        return False
    least = _MIN_FILLED_SLIDE if on_slide else _MIN_FILLED_RULED if is_ruled else _MIN_FILLED
    if filled_share(full) < least or (on_slide and len(full) < _MIN_ROWS_SLIDE):
        return False
    return is_ruled or _has_numbers(found.rows) or _has_short_texts(full)


def _has_numbers(rows: Sequence[Sequence[str]]) -> bool:
    for column in zip(*rows, strict=True):
        texts = [text for text in column if text]
        numbers = [text for text in texts if is_number(text)]
        amounts = sum(any(map(str.isdigit, text)) for text in numbers)
        if amounts >= _MIN_NUMBERS and len(numbers) * 2 >= len(texts):
            return True
    return False


def _has_short_texts(full: Sequence[Sequence[str]]) -> bool:
    wide = [row for row in full if sum(map(bool, row)) > 2]
    cells = [text for row in full for text in row if text]
    return len(wide) >= 3 and sum(len(text.split()) for text in cells) <= _MAX_CELL_WORDS * len(cells)
