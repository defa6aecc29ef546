"""Plots as inline SVG: no script, no font and no picture from anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

#: Edge of a cell, and room for the labels, in pixels.
_CELL, _LABELS = 18, 225

#: Edge of the reliability diagram and its margin, in pixels.
_SIDE, _MARGIN = 320, 46


def confusion_matrix(confusion: Sequence[Mapping[str, Any]], title: str) -> str:
    """A grid of true classes (rows) and given ones (columns), as many filings as the number in the cell.

    Args:
        confusion: ``true``, ``given`` and ``filings`` of each pair.
        title: What a reader who cannot see the plot is told.
    """
    cells = {(str(pair["true"]), str(pair["given"])): int(pair["filings"]) for pair in confusion}
    names = _ordered(cells)
    true = {name: sum(count for (row, _), count in cells.items() if row == name) for name in names}
    size = _LABELS + _CELL * len(names) + 4
    drawn = "".join((*_axes(names), *_cells(cells, names, true)))
    return _svg(size, size, drawn, title)


def reliability_diagram(bins: Sequence[Mapping[str, Any]], title: str) -> str:
    """How often facts are right (upwards) against how sure they were (to the right); dots as big as they are many."""
    size = _SIDE + 2 * _MARGIN
    most = max((one["facts"] for one in bins), default=1)
    parts = [*_frame(), *(_dot(one, most) for one in bins)]
    return _svg(size, size, "".join(parts), title)


def bar(value: float) -> str:
    """A share as a small bar, for a cell of a table."""
    width = round(100 * max(0.0, min(1.0, value)))
    return f'<span class="bar" aria-hidden="true"><span style="width:{width}%"></span></span>'


def _ordered(cells: Mapping[tuple[str, str], int]) -> list[str]:
    """Classes by number of true filings, then those that were only given."""
    counts: dict[str, int] = {}
    for (true, given), filings in cells.items():
        counts[true] = counts.get(true, 0) + filings
        counts.setdefault(given, 0)
    return sorted(counts, key=lambda name: (-counts[name], name))


def _axes(names: Sequence[str]) -> Iterator[str]:
    for place, name in enumerate(names):
        middle = _LABELS + _CELL * place + _CELL / 2
        label = escape(name)
        yield f'<text class="label" x="{_LABELS - 6}" y="{middle + 4}" text-anchor="end">{label}</text>'
        turned = f'transform="rotate(-90 {middle + 4} {_LABELS - 6})"'
        yield f'<text class="label" x="{middle + 4}" y="{_LABELS - 6}" {turned}>{label}</text>'
    length = _CELL * len(names)
    yield f'<rect class="grid" x="{_LABELS}" y="{_LABELS}" width="{length}" height="{length}"/>'


def _cells(
    cells: Mapping[tuple[str, str], int], names: Sequence[str], true: Mapping[str, int]
) -> Iterator[str]:
    place = {name: _LABELS + _CELL * number for number, name in enumerate(names)}
    for (row, column), filings in cells.items():
        kind = "hit" if row == column else "miss"
        strength = 0.25 + 0.75 * filings / max(1, true[row])
        ink = "count strong" if strength > 0.6 else "count"
        x, y = place[column], place[row]
        shown = f"{row} → {column}: {filings}"
        yield (
            f'<g><title>{escape(shown)}</title><rect class="{kind}" x="{x}" y="{y}" width="{_CELL - 1}" '
            f'height="{_CELL - 1}" fill-opacity="{strength:.2f}"/>'
            f'<text class="{ink}" x="{x + (_CELL - 1) / 2}" y="{y + 12}" text-anchor="middle">{filings}</text></g>'
        )


def _frame() -> Iterator[str]:
    yield f'<rect class="grid" x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}"/>'
    for tenth in range(0, 11, 2):
        x, y = _at(tenth / 10, tenth / 10)
        bottom, left = _MARGIN + _SIDE, _MARGIN
        yield f'<line class="rule" x1="{x}" y1="{_MARGIN}" x2="{x}" y2="{bottom}"/>'
        yield f'<line class="rule" x1="{left}" y1="{y}" x2="{left + _SIDE}" y2="{y}"/>'
        text = f"{tenth * 10}%"
        yield f'<text class="label" x="{x}" y="{bottom + 16}" text-anchor="middle">{text}</text>'
        yield f'<text class="label" x="{left - 6}" y="{y + 4}" text-anchor="end">{text}</text>'
    (x1, y1), (x2, y2) = _at(0, 0), _at(1, 1)
    yield f'<line class="ideal" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
    middle = _MARGIN + _SIDE / 2
    yield f'<text class="label" x="{middle}" y="{_MARGIN + _SIDE + 34}" text-anchor="middle">confidence</text>'
    turned = f'transform="rotate(-90 12 {middle})"'
    yield f'<text class="label" x="12" y="{middle}" {turned} text-anchor="middle">share right</text>'


def _dot(one: Mapping[str, Any], most: int) -> str:
    x, y = _at(one["confidence"], one["right"])
    ideal = _at(one["confidence"], one["confidence"])[1]
    radius = 4 + 10 * (one["facts"] / most) ** 0.5
    shown = f"{one['facts']} facts, {one['confidence']:.0%} sure, {one['right']:.0%} right"
    return (
        f'<line class="gap" x1="{x}" y1="{ideal}" x2="{x}" y2="{y}"/>'
        f'<circle class="dot" cx="{x}" cy="{y}" r="{radius:.1f}"><title>{shown}</title></circle>'
        f'<text class="count" x="{x}" y="{y + 4}" text-anchor="middle">{one["facts"]}</text>'
    )


def _at(across: float, up: float) -> tuple[float, float]:
    return round(_MARGIN + _SIDE * across, 1), round(_MARGIN + _SIDE * (1 - up), 1)


def _svg(width: float, height: float, inside: str, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">{inside}</svg>'
    )
