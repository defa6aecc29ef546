"""The text of a page that holds tables: each row on a line of its own, where PDFium goes down the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from backfin.documents.tables import FoundTable

_EMPTY_LINES = re.compile(r"[ \t]*\r?\n(?:[ \t]*\r?\n)+")

#: Two amounts side by side, an amount alone on its line, or one of some size at the end of a line.
_AMOUNTS = re.compile(
    r"\d[)%]?[ \t]+[(-]?\.?\d"
    r"|^[(-]?\d[\d,.]*[)%]?[ \t]*\r?$"
    r"|[,.]\d+[)%]?[ \t]*\r?$",
    re.MULTILINE,
)
#: Such amounts on a page that may hold a table.
_MIN_AMOUNTS = 3


def may_hold_table(text: str) -> bool:
    """Whether a look at the words' places can pay, told from the text alone: it holds amounts as tables do."""
    return sum(1 for _ in islice(_AMOUNTS.finditer(text), _MIN_AMOUNTS)) >= _MIN_AMOUNTS


def text_by_rows(text: str, tables: Sequence[FoundTable]) -> str:
    """The text with the rows of tables on lines of their own; what reads row by row already stays as it is.

    Args:
        text: The page's text, in which ``Word.start`` counts.
        tables: Tables of the page.
    """
    normal = " ".join(text.split())
    moved = [table for table in tables if not _reads_by_rows(table, normal)]
    if not moved:
        return text
    inserted = {min(word.start for row in table.words for word in row): _as_lines(table) for table in moved}
    taken = sorted((word.start, len(word.text)) for table in moved for row in table.words for word in row)
    pieces, at = [], 0
    for start, length in taken:
        pieces.append(text[at:start])
        if start in inserted:
            pieces.append(inserted.pop(start))
        at = max(at, start + length)
    pieces.append(text[at:])
    return _EMPTY_LINES.sub("\n", "".join(pieces))


def _as_lines(table: FoundTable) -> str:
    return "".join(f"\n{_row_text(row)}" for row in table.rows) + "\n"


def _row_text(row: Sequence[str]) -> str:
    return " ".join(cell for cell in row if cell)


def _reads_by_rows(table: FoundTable, normal: str) -> bool:
    return all(_row_text(row) in normal for row in table.rows)
