"""Text objects that may not be seen: what the objects themselves say, before anything is drawn.

Cheap on purpose, for it is asked of every page: black text on white paper, with nothing drawn over it, is passed by
a few comparisons. Reader processes only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backfin.documents import pdfium_calls as calls
from backfin.documents.covers import Cover, covers_on, gray_of
from backfin.documents.layer import UNDRAWN
from backfin.documents.page_objects import PICTURE, TEXT, Drawn
from backfin.documents.pdfium_calls import Bounds, Sides

#: Letters lower than this, in points, cannot be read; bounds lower than that call for a look at the font.
_TINY, _LOW = 2.0, 2.5
#: Least light of a colour that may vanish on paper, and least opacity of one that is seen, from 0 to 255.
_PALE, _SHEER = 200, 40
#: Least difference of two grays that stands out.
_CONTRAST = 60
#: Render modes in which the inside of letters is not filled.
_OUTLINED = frozenset((1, 5))


class Suspects(NamedTuple):
    """Places of text objects in the page's list, by how they are to be judged.

    Args:
        unseen: Surely not seen.
        doubtful: Seen if the page looks different without them.
        undrawn: Not drawn, over a picture: what they say is seen if the picture shows something there.
    """

    unseen: set[int]
    doubtful: set[int]
    undrawn: set[int]

    def __bool__(self) -> bool:
        return bool(self.unseen or self.doubtful or self.undrawn)


def suspects_on(drawn: Drawn, box: Bounds, *, behind_picture: bool) -> Suspects:
    """The suspects of a page whose own box is given; text behind a scan's picture is what it is there for."""
    found = Suspects(set(), set(), set())
    ranks = drawn.ranks_of(TEXT)
    if not ranks:
        return found
    texts = drawn.at(ranks)
    sides = drawn.sides_at(ranks)
    bounds = list(zip(*sides, strict=True))
    if _reaches_out(sides, box):
        found.unseen.update(ranks[at] for at in _outside(bounds, box))
    found.unseen.update(_tiny(sides, drawn, ranks))
    if not behind_picture:
        _look_closer(found, drawn, ranks, texts, bounds)
    return found


def _look_closer(
    found: Suspects, drawn: Drawn, ranks: Sequence[int], texts: Sequence[int], bounds: Sequence[Bounds]
) -> None:
    modes = calls.render_modes_of(texts)
    if not UNDRAWN.isdisjoint(modes):
        undrawn = [(r, b) for r, b, mode in zip(ranks, bounds, modes, strict=True) if mode in UNDRAWN]
        pictures = drawn.bounds_at(drawn.ranks_of(PICTURE))
        for rank, box in undrawn:
            over = any(is_over(picture, box) for picture in pictures)
            (found.undrawn if over else found.unseen).add(rank)
    found.doubtful.update(rank for rank, cuts in zip(ranks, calls.clips_of(texts), strict=True) if cuts)
    found.doubtful.update(_veiled(drawn, ranks, texts, modes))
    covers = covers_on(drawn)
    late = [cover for cover in covers if cover.rank > ranks[0]]
    grounds = [cover for cover in covers if cover.rank < ranks[-1]]
    if not calls.are_all_black(texts) or any(_is_dark(cover) for cover in grounds):
        found.doubtful.update(_without_contrast(ranks, calls.fills_of(texts), bounds, grounds))
    if late:
        found.doubtful.update(_covered(ranks, bounds, late))
    if found.doubtful:
        found.doubtful.difference_update(found.unseen | found.undrawn)
        # White space has no extent and cannot be seen anyway.
        found.doubtful.difference_update(r for r, box in zip(ranks, bounds, strict=True) if _is_empty(box))


def _veiled(drawn: Drawn, ranks: Sequence[int], texts: Sequence[int], modes: Sequence[int]) -> Iterator[int]:
    """Texts that something beside their own colour may keep from being seen."""
    veiled = calls.optional_among(texts) | calls.blended_among(texts)
    if not veiled and not drawn.veiled and _OUTLINED.isdisjoint(modes):
        return
    for rank, text, mode in zip(ranks, texts, modes, strict=True):
        if text in veiled or rank in drawn.veiled or mode in _OUTLINED:
            yield rank


def _covered(ranks: Sequence[int], bounds: Sequence[Bounds], late: Sequence[Cover]) -> set[int]:
    """Texts over which something is drawn later."""
    middles = [((left + right) / 2, (bottom + top) / 2) for left, bottom, right, top in bounds]
    found: set[int] = set()
    for cover in late:
        left, bottom, right, top = cover.bounds
        # Ranks go up, and ``zip`` ends with the shorter: only texts drawn before the cover are looked at.
        earlier = ranks[: bisect_left(ranks, cover.rank)]
        found.update(
            rank
            for rank, (x, y) in zip(earlier, middles, strict=False)
            if bottom <= y <= top and left <= x <= right
        )
    return found


def _reaches_out(sides: Sides, box: Bounds) -> bool:
    lefts, bottoms, rights, tops = sides
    return min(rights) < box[0] or max(lefts) > box[2] or min(tops) < box[1] or max(bottoms) > box[3]


def _outside(bounds: Sequence[Bounds], box: Bounds) -> Iterator[int]:
    for at, (left, bottom, right, top) in enumerate(bounds):
        if (right < box[0] or left > box[2] or top < box[1] or bottom > box[3]) and right > left:
            yield at


def _tiny(sides: Sides, drawn: Drawn, ranks: Sequence[int]) -> Iterator[int]:
    _, bottoms, _, tops = sides
    low = [rank for rank, bottom, top in zip(ranks, bottoms, tops, strict=True) if 0 < top - bottom < _LOW]
    for rank, scale in zip(low, calls.font_scales_of(drawn.at(low)), strict=True):
        _, _, c, d, _, _ = drawn.matrices.get(rank, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))
        if scale * max(abs(c), abs(d)) < _TINY:
            yield rank


def _without_contrast(
    ranks: Sequence[int],
    fills: Sequence[tuple[int, int, int, int]],
    bounds: Sequence[Bounds],
    grounds: Sequence[Cover],
) -> Iterator[int]:
    """Texts that are hardly darker or lighter than what they stand on, as far as that is known."""
    dark = [cover for cover in grounds if _is_dark(cover)]
    for rank, fill, box in zip(ranks, fills, bounds, strict=True):
        gray = gray_of(fill)
        if fill[3] < _SHEER:
            yield rank
            continue
        # Black stands out from all that is not dark: most texts are passed without a look at the other grounds.
        near = dark if gray == 0 else grounds
        if (near or gray >= _PALE) and not _stands_out(rank, gray, box, near):
            yield rank


def _is_dark(cover: Cover) -> bool:
    """Whether black text could vanish on it; a picture that dark is not looked for, a shading is."""
    return not cover.is_solid if cover.gray is None else cover.gray < _CONTRAST


def _stands_out(rank: int, gray: int, box: Bounds, grounds: Sequence[Cover]) -> bool:
    """Whether a text differs from all that may be its ground, down to the first solid thing, or to the paper.

    A picture may hold any tone where the text is pale; that it is as dark as dark text all over is not looked for.
    """
    for cover in reversed(grounds):
        if cover.rank < rank and is_over(cover.bounds, box):
            if cover.gray is None and (gray >= _PALE or not cover.is_solid):
                return False
            if cover.gray is not None and abs(cover.gray - gray) < _CONTRAST:
                return False
            if cover.is_solid:
                return True
    return gray < _PALE


def is_over(outer: Bounds, inner: Bounds) -> bool:
    """Whether the middle of one box lies in another."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _is_empty(box: Bounds) -> bool:
    return box[2] <= box[0] or box[3] <= box[1]
