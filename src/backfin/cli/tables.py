"""Tables: fitted to a terminal, or one line a row for a pipe."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backfin.cli.output import console, say, tell
from backfin.notifications.clean import one_line

#: Least width of a column whose cells are broken into lines, in characters; below it, a row becomes a block.
_LEAST = 20

#: Spaces between two columns.
_GAP = 2

Cells = Sequence[str]


def print_table(
    columns: Cells,
    rows: Sequence[Sequence[Any]],
    *,
    empty: str,
    wraps: Collection[str] = (),
    title: str | None = None,
) -> None:
    """Prints a table for a person.

    Args:
        columns: Their names.
        rows: Cells of any kind, of any origin.
        empty: The sentence when there are no rows.
        wraps: Columns whose cells are broken into lines where the terminal is too narrow.
        title: A line above.
    """
    if not rows:
        tell(empty)
        return
    if title:
        say(title, style="bold")
    cells = [[_cell(value) for value in row] for row in rows]
    if not console.is_terminal:
        _print_lines(columns, cells)
    elif _least_width(columns, cells, wraps) > console.width:
        _print_blocks(columns, cells)
    else:
        _print_fitted(columns, cells, wraps)


def told(item: Mapping[str, Any]) -> str:
    """What an announcement says in one line that names its issuer."""
    line = one_line(item.get("enriched_headline") or item["headline"] or item["subject"])
    issuer = one_line(item["issuer_name"])
    is_named = issuer.rstrip(".").casefold() in line.casefold()
    return line if is_named else f"{issuer}: {line}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return one_line(str(value))


def _widths(columns: Cells, rows: Sequence[Cells]) -> list[int]:
    return [max(map(len, column)) for column in zip(columns, *rows, strict=True)]


def _least_width(columns: Cells, rows: Sequence[Cells], wraps: Collection[str]) -> int:
    widths = zip(columns, _widths(columns, rows), strict=True)
    needed = [min(width, _LEAST) if name in wraps else width for name, width in widths]
    return sum(needed) + _GAP * (len(needed) - 1)


def _print_lines(columns: Cells, rows: Sequence[Cells]) -> None:
    widths = _widths(columns, rows)
    for row in (columns, *rows):
        padded = (cell.ljust(width + _GAP) for cell, width in zip(row, widths, strict=True))
        say("".join(padded).rstrip())


def _print_fitted(columns: Cells, rows: Sequence[Cells], wraps: Collection[str]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=name not in wraps, overflow="fold" if name in wraps else "ellipsis")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _print_blocks(columns: Cells, rows: Sequence[Cells]) -> None:
    from rich.table import Table

    for row in rows:
        block = Table.grid("", "", padding=(0, _GAP, 0, 0))
        for name, cell in zip(columns, row, strict=True):
            block.add_row(name, cell)
        console.print(block)
        say("")
