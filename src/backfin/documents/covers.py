"""Shapes and pictures that can hide text drawn before them, or be the ground of text drawn after. Readers only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backfin.documents import pdfium_calls as calls
from backfin.documents.page_objects import PICTURE, SHADING, SHAPE, Drawn
from backfin.documents.pdfium_calls import Bounds

#: Smallest thing that, with others like it, can hide a line of text, in points each way; rules are thinner.
_MIN_SIDE = 1.5
#: Covers of a page that are looked at.
_MAX_COVERS = 400
#: Least opacity of a fill that hides anything, from 0 to 255.
_SHEER = 40
#: Segments of a box, and of one with round corners: four lines, and four curves of three points.
_BOX, _ROUND_BOX = range(4, 7), range(16, 20)
#: Stands for a shape that is only an outline, or that is seen through.
_UNFILLED = -1


class Cover(NamedTuple):
    """A shape or picture.

    Args:
        rank: Its place in the page's list.
        bounds: Its bounds.
        gray: How light it is, from 0 to 255; ``None`` for a picture.
        is_solid: Whether nothing of what lies below can be seen within its bounds.
    """

    rank: int
    bounds: Bounds
    gray: int | None
    is_solid: bool


def covers_on(drawn: Drawn) -> list[Cover]:
    """Filled shapes and pictures large enough to matter, in the order they are drawn."""
    ranks = drawn.ranks_of(SHAPE, PICTURE, SHADING)
    large = [
        (rank, box)
        for rank, box in zip(ranks, drawn.bounds_at(ranks), strict=True)
        if box[2] - box[0] >= _MIN_SIDE and box[3] - box[1] >= _MIN_SIDE
    ][:_MAX_COVERS]
    grays = _grays([drawn.objects[rank] for rank, _ in large if drawn.kinds[rank] == SHAPE])
    found = [
        Cover(rank, box, *next(grays))
        if drawn.kinds[rank] == SHAPE
        else Cover(rank, box, None, drawn.kinds[rank] == PICTURE)
        for rank, box in large
    ]
    return [cover for cover in found if cover.gray != _UNFILLED]


def _grays(shapes: Sequence[int]) -> Iterator[tuple[int | None, bool]]:
    """Gray of each shape, and whether it is an opaque box; that of a thick outline is not asked for."""
    corners, fills, modes = calls.corners_of(shapes), calls.fills_of(shapes), calls.draw_modes_of(shapes)
    widths = calls.stroke_widths_of(shapes)
    for count, fill, (is_filled, has_outline), width in zip(corners, fills, modes, widths, strict=True):
        if is_filled and fill[3] >= _SHEER:
            yield gray_of(fill), (count in _BOX or count in _ROUND_BOX) and fill[3] == 255
        elif has_outline and width >= _MIN_SIDE:
            yield None, False
        else:
            yield _UNFILLED, False


def gray_of(fill: tuple[int, int, int, int]) -> int:
    """How light a colour is to the eye, from 0 to 255."""
    return (299 * fill[0] + 587 * fill[1] + 114 * fill[2]) // 1000
