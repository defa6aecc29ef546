"""The figures as bars, one panel each, in an SVG that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

#: Measures in pixels: a bar, the space to the next, names on the left, the longest bar, a panel's title.
_BAR, _STEP, _NAMES, _LENGTH, _TITLE = 18, 26, 240, 330, 34

_STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #0969da } .back { fill: #ffffff }
</style>"""

#: Title of each panel, and the figure it shows; ``None`` where it was not measured.
PANELS: Sequence[tuple[str, Callable[[Mapping[str, Any]], float | None]]] = (
    ("Items a second, five steps each (more is better)", lambda one: one["per_s"]),
    ("Idle: from the send until the first step starts, p50, ms", lambda one: one["start_ms"]["p50"]),
    ("Idle: from the send until the fifth step has ended, p50, ms", lambda one: one["end_ms"]["p50"]),
    ("Idle: per cent of a core, Redis included", lambda one: one["idle_pct"]),
    ("Memory of all workers, MiB", lambda one: one["memory_mib"]),
    (
        "Items unfinished, all workers killed three times",
        lambda one: one.get("killed", {}).get("unfinished"),
    ),
    ("Items done twice then", lambda one: one.get("killed", {}).get("twice")),
)


def draw(found: Mapping[str, Any]) -> str:
    """The plot of what ``side_by_side.py`` found."""
    contenders = found["contenders"]
    panels = [(title, [(one["name"], of(one)) for one in contenders]) for title, of in PANELS]
    shown = [panel for panel in panels if all(value is not None for _, value in panel[1])]
    height = len(shown) * (_TITLE + _STEP * len(contenders) + 10) + 10
    width = _NAMES + _LENGTH + 100
    bars = "".join(
        "".join(_panel(title, values, place * (_TITLE + _STEP * len(contenders) + 10)))
        for place, (title, values) in enumerate(shown)
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="Figures of each contender" xmlns="http://www.w3.org/2000/svg">{_STYLE}'
        f'<rect class="back" width="{width}" height="{height}"/>{bars}</svg>\n'
    )


def _panel(title: str, values: Sequence[tuple[str, float]], top: int) -> Iterator[str]:
    yield f'<text class="title" x="10" y="{top + 24}">{escape(title)}</text>'
    most = max(value for _, value in values) or 1
    for place, (name, value) in enumerate(values):
        y = top + _TITLE + place * _STEP
        length = max(1.0, round(_LENGTH * value / most, 1))
        kind = "ours" if place == 0 else "bar"
        yield f'<text x="{_NAMES - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
        yield f'<rect class="{kind}" x="{_NAMES}" y="{y}" width="{length}" height="{_BAR}"/>'
        yield f'<text x="{_NAMES + length + 6}" y="{y + 14}">{round(value, 1):,g}</text>'
