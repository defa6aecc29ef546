"""Texts in rows and columns that are no table: lists, and the addresses of stock exchanges side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from backfin.documents.cells import is_marker, is_number

Rows = Sequence[Sequence[str]]

_EXCHANGE = re.compile(r"\b(?:BSE|NSE|MSEI|(?:National|Bombay|Calcutta|Metropolitan) Stock Exchange)\b")


def is_list(rows: Rows) -> bool:
    """Whether bullets or numbers of paragraphs stand beside their texts, from a line before the first on."""
    if len(rows[0]) != 2:
        return False
    firsts = [row[0] for row in rows if row[0]]
    return 2 * sum(all(map(is_marker, text.split())) for text in firsts) > len(firsts)


def is_letterhead(rows: Rows) -> bool:
    """Whether a letter is addressed to several exchanges at once, each in a column of its own."""
    if any(is_number(cell) and any(map(str.isdigit, cell)) for row in rows for cell in row):
        return False
    return any(_count(_EXCHANGE.search(cell) for cell in row) > 1 for row in rows)


def filled_share(rows: Rows) -> float:
    """Share of the cells that hold something."""
    return _count(cell for row in rows for cell in row) / sum(map(len, rows))


def _count(values: Iterable[object]) -> int:
    return sum(map(bool, values))
