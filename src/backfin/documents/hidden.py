"""Text that a file holds and nobody sees on its page. Reader processes only.

What the objects say raises a suspicion; whether a suspect is seen is told by drawing the page with it and without
it. So white on white, text behind a picture, in a corner that is cut away or off the page all come to the same: the
page looks the same without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pypdfium2

from backfin.documents import pdfium_calls as calls
from backfin.documents.covers import covers_on, gray_of
from backfin.documents.page_objects import PICTURE, TEXT, Drawn
from backfin.documents.pdf_words import View, view_of
from backfin.documents.pdfium_calls import Bounds
from backfin.documents.suspects import Suspects, suspects_on

#: Least change of a pixel, from 0 to 255, by which a text is seen, and how many of them it takes.
_SEEN, _MIN_SEEN = 16, 2
#: Least difference of the lightest and the darkest pixel where a picture shows letters.
_INK = 40
#: Pages of one file that are drawn for this.
_MAX_DRAWINGS = 60
#: Pixels of the longer side of a drawing.
_DRAWN_PX = 800
#: What a letter, a digit or a sign adds beyond this count makes a hidden text worth a word.
_MIN_CHARS = 3
#: Stands for a hidden character in a page's text; it is no part of any word and is cleaned away.
GONE = "\x00"


class HiddenTexts:
    """Finds the hidden texts of one file after the other page, and remembers which pictures hide nothing.

    A letterhead behind the text, or a watermark over it, is the same picture on every page: once it was seen to
    leave all text readable it is not asked again.
    """

    def __init__(self) -> None:
        self._harmless: set[tuple[object, ...]] = set()
        self._drawings_left = _MAX_DRAWINGS

    def on(self, page: pypdfium2.PdfPage, drawn: Drawn, *, behind_picture: bool) -> set[int]:
        """Addresses of the text objects that are not seen."""
        view = view_of(page)
        suspects = suspects_on(drawn, view.box, behind_picture=behind_picture)
        if not suspects:
            return set()
        unseen = set(drawn.at(sorted(suspects.unseen)))
        doubtful = suspects.doubtful
        if doubtful:
            doubtful = _without_copies(drawn, doubtful)
        if not (doubtful or suspects.undrawn) or self._drawings_left <= 0:
            return unseen
        # What stands in a form cannot be taken out of the drawing alone.
        in_forms = doubtful & drawn.matrices.keys()
        undrawn = suspects.undrawn | in_forms
        mark = _mark(drawn, suspects)
        if mark in self._harmless:
            return unseen
        self._drawings_left -= 1
        found = _vanished(page, drawn, sorted(doubtful - in_forms), sorted(undrawn), view)
        if not found:
            self._harmless.add(mark)
        return unseen | found


def _mark(drawn: Drawn, suspects: Suspects) -> tuple[object, ...]:
    """What two pages share whose texts lie on or under the same pictures, and are suspect for nothing else."""
    ranks = drawn.ranks_of(PICTURE)
    pictures = zip(calls.picture_sizes_of(drawn.at(ranks)), drawn.bounds_at(ranks), strict=True)
    shown = tuple((size, *map(round, bounds)) for size, bounds in pictures)
    colours = {gray_of(fill) // 64 for fill in calls.fills_of(drawn.at(sorted(suspects.doubtful)))}
    shapes = len(covers_on(drawn)) - len(ranks)
    return (
        shown,
        shapes,
        frozenset(colours),
        bool(suspects.undrawn),
        len(suspects.undrawn) if not shown else 0,
    )


def _without_copies(drawn: Drawn, doubtful: set[int]) -> set[int]:
    """The doubtful texts of which no other copy stands in the same place: some programs draw everything twice."""
    ranks = drawn.ranks_of(TEXT)
    places = {
        rank: tuple(round(side / 2) for side in box)
        for rank, box in zip(ranks, drawn.bounds_at(ranks), strict=True)
    }
    last = {place: rank for rank, place in places.items()}
    return {rank for rank in doubtful if last[places[rank]] == rank}


def _vanished(
    page: pypdfium2.PdfPage, drawn: Drawn, doubtful: Sequence[int], undrawn: Sequence[int], view: View
) -> set[int]:
    """Those texts without which the page looks the same, and those of ``undrawn`` where it shows nothing at all."""
    boxes = [view.place(box) for box in drawn.bounds_at(doubtful)]
    undrawn_boxes = [view.place(box) for box in drawn.bounds_at(undrawn)]
    window = _window([*boxes, *undrawn_boxes], page.get_size())
    whole = _Drawing(page, window)
    found = {
        text
        for text, box in zip(drawn.at(undrawn), undrawn_boxes, strict=True)
        if not whole.shows_something(box)
    }
    if not doubtful:
        return found
    texts = drawn.at(doubtful)
    calls.set_active(texts, False)
    try:
        bare = _Drawing(page, window)
    finally:
        calls.set_active(texts, True)
    return found | {text for text, box in zip(texts, boxes, strict=True) if not whole.differs(bare, box)}


def _window(boxes: Sequence[Bounds], size: tuple[float, float]) -> Bounds:
    """The part of the page that holds all boxes, in whole points: the rest need not be drawn."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    left, top = max(math.floor(min(lefts)) - 2, 0), max(math.floor(min(tops)) - 2, 0)
    right, bottom = math.ceil(max(rights)) + 2, math.ceil(max(bottoms)) + 2
    width, height = size
    return (
        float(min(left, width - 1)),
        float(min(top, height - 1)),
        float(max(min(right, width), left + 1)),
        float(max(min(bottom, height), top + 1)),
    )


class _Drawing:
    """A part of a page (left, top, right, bottom in points) in gray."""

    def __init__(self, page: pypdfium2.PdfPage, window: Bounds) -> None:
        width, height = page.get_size()
        scale = _DRAWN_PX / max(width, height, 1.0)
        self._left, self._top, right, bottom = window
        margins = (self._left, max(height - bottom, 0), max(width - right, 0), self._top)
        bitmap = page.render(scale=scale, grayscale=True, crop=margins)
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._pixels = bytes(bitmap.buffer)
        self._scale = scale
        bitmap.close()

    def differs(self, other: _Drawing, box: Sequence[float]) -> bool:
        """Whether the two can be told apart within a box (left, top, right, bottom in points)."""
        left, right = (self._within(side - self._left, self._width) for side in (box[0] - 1, box[2] + 1))
        top, bottom = (self._within(side - self._top, self._height) for side in (box[1] - 1, box[3] + 1))
        seen = 0
        for y in range(top, bottom):
            row = slice(y * self._stride + left, y * self._stride + right)
            mine, its = self._pixels[row], other._pixels[row]
            if mine != its:
                seen += sum(abs(one - two) >= _SEEN for one, two in zip(mine, its, strict=True))
                if seen >= _MIN_SEEN:
                    return True
        return False

    def shows_something(self, box: Sequence[float]) -> bool:
        """Whether a box holds both light and dark."""
        left, right = (self._within(side - self._left, self._width) for side in (box[0], box[2]))
        top, bottom = (self._within(side - self._top, self._height) for side in (box[1], box[3]))
        inside = b"".join(
            self._pixels[y * self._stride + left : y * self._stride + right] for y in range(top, bottom)
        )
        return bool(inside) and max(inside) - min(inside) >= _INK

    def _within(self, points: float, most: int) -> int:
        return min(max(int(points * self._scale + 0.5), 0), most)


def without_hidden(text_page: pypdfium2.PdfTextPage, text: str, hidden: set[int]) -> tuple[str, str]:
    """A page's text with :data:`GONE` for each character that is not seen, and the text of those.

    Args:
        text_page: PDFium's reading of the page.
        text: Its text, in step with it.
        hidden: Addresses of the objects that are not seen.
    """
    owners = calls.char_objects(calls.address_of(text_page), range(len(text)))
    is_gone = _spread(owners, hidden)
    seen = "".join(GONE if gone else char for char, gone in zip(text, is_gone, strict=True))
    unseen = "".join(char if gone else "\n" for char, gone in zip(text, is_gone, strict=True))
    unseen = "\n".join(line for line in (" ".join(part.split()) for part in unseen.split("\n")) if line)
    if sum(map(str.isalnum, unseen)) < _MIN_CHARS:
        return text, ""
    shown = " ".join(seen.replace(GONE, " ").split())
    # What is also seen is a copy that some program left behind, not a message.
    return seen, "\n".join(line for line in unseen.split("\n") if line not in shown)


def _spread(owners: Iterable[int | None], hidden: set[int]) -> list[bool]:
    """Of each character whether it is hidden; what PDFium made up goes with the character before it."""
    found, last = [], False
    for owner in owners:
        if owner is not None:
            last = owner in hidden
        found.append(last)
    return found
