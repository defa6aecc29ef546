"""A rebuilt table as a statement of results: its columns by their heads, its lines by their labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from backfin.enrichment.rules.columns import Head, head_of, roles_of, span_of, undated_first
from backfin.enrichment.rules.scans import figures_in, is_scan, split_label
from backfin.enrichment.rules.statement import (
    SEPARATE,
    UNDER_HEADING,
    Line,
    Statement,
    plain_label,
    plain_units,
)
from backfin.enrichment.rules.tables import Grid, is_figure
from backfin.models.money_scale import Scale

#: Marks that a scan puts into the head of a column.
_NO_HEAD = re.compile(r"[\]\[|{}]")


def of_grid(grid: Grid, period_end: date | None) -> Statement | None:
    """A rebuilt table as a statement; ``None`` when no head of it names a day."""
    heads = [_grid_head(grid, at) for at in range(len(grid.heads))]
    if is_scan(grid.page):
        heads = undated_first(heads, grid.heads, period_end)
        if period_end is not None and all(head.day != period_end for head in heads):
            return None
    roles = roles_of(heads, period_end)
    if not any(role is not None for role in roles):
        return None
    lines = tuple(_grid_lines(grid, roles))
    above = " ".join((grid.title, *grid.heads))
    head = above if SEPARATE.search(above) else grid.page.text[:1500]
    return Statement(grid.page, _grid_scale(grid), head, lines)


def _grid_head(grid: Grid, at: int) -> Head:
    """A column's head; what spans several columns counts for all of them, standalone ones beside consolidated not."""
    over = " ".join(row[at] for row in grid.spans if at < len(row))
    own = head_of(_NO_HEAD.sub(" ", grid.heads[at]) if is_scan(grid.page) else grid.heads[at])
    every = " ".join(grid.heads).lower()
    if "consolidated" in every and "standalone" in over.lower():
        return Head(None)
    return Head(own.day or head_of(over).day, own.span or span_of(over))


def _grid_scale(grid: Grid) -> Scale | None:
    if grid.scale is not None:
        return grid.scale
    return plain_units(" ".join((grid.title, *grid.heads)), grid.page.text[:1500])


def _grid_lines(grid: Grid, roles: tuple[str | None, ...]) -> Iterator[Line]:
    first = next((at for at, role in enumerate(roles) if role is not None), len(roles))
    places = [(role, at) for at, role in enumerate(roles) if role is not None]
    heading = ""
    for row in grid.rows:
        label = " ".join(cell for cell in row[:first] if cell and not is_figure(cell))
        if is_scan(grid.page):
            yield from _scanned_lines(grid, row, label, places)
            continue
        cells = [(role, row[at]) for role, at in places if at < len(row) and is_figure(row[at])]
        if label and cells:
            whole = f"{heading} {label}" if UNDER_HEADING.search(label) else label
            yield Line(
                plain_label(whole), tuple(cells), grid.quotes(row, label, *(cell for _, cell in cells))
            )
        elif label:
            heading = label


def _scanned_lines(
    grid: Grid, row: tuple[str, ...], label: str, places: list[tuple[str, int]]
) -> Iterator[Line]:
    """The line of a scan, which may be several that ran together: the first has the first figure of a cell."""
    figures = [(role, figures_in(row[at]), row[at]) for role, at in places if at < len(row)]
    held = [(role, found, cell) for role, found, cell in figures if found]
    if not label or not held:
        return
    quotes = grid.quotes(row, label, *(cell for _, _, cell in held))
    labels = split_label(label)
    yield Line(plain_label(labels[0]), tuple((role, found[0]) for role, found, _ in held), quotes)
    if len(labels) > 1:
        last = tuple((role, found[-1]) for role, found, _ in held if len(found) > 1)
        yield Line(plain_label(labels[-1]), last, quotes)
