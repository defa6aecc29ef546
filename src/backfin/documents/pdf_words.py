"""Words of a PDF's page, placed as a reader sees the page: turned pages upright. Reader processes only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from backfin.documents.pdfium_calls import Bounds, address_of, char_boxes, char_codes
from backfin.documents.words import Word

#: A word, or the part of one before the hyphen at the end of a line, for which PDFium writes U+FFFE.
_WORD = re.compile("[^\\s\x00\ufffe\uffff]+\ufffe?")
#: Share of a word's height in which its first and last letter must both stand.
_SHARED_HEIGHT = 0.3
#: Words, spread over the page, that tell which way its lines run.
_VOTERS = 80


class View(NamedTuple):
    """How a page is turned for its reader: its box in its own space, and quarter turns clockwise."""

    box: Bounds
    turns: int = 0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as seen."""
        left, bottom, right, top = self.box
        return (right - left, top - bottom) if self.turns % 2 == 0 else (top - bottom, right - left)

    def turned(self, turns: int) -> View:
        """The same page, turned on."""
        return View(self.box, (self.turns + turns) % 4)

    def place_all(self, boxes: Sequence[Bounds]) -> list[Bounds]:
        """Left, top, right, bottom of each as seen."""
        if self.turns:
            return [self.place(box) for box in boxes]
        x0, _, _, y1 = self.box
        return [(left - x0, y1 - top, right - x0, y1 - bottom) for left, bottom, right, top in boxes]

    def place(self, bounds: Bounds) -> tuple[float, float, float, float]:
        """Left, top, right, bottom as seen."""
        left, bottom, right, top = bounds
        x0, y0, x1, y1 = self.box
        if self.turns == 0:
            return left - x0, y1 - top, right - x0, y1 - bottom
        if self.turns == 1:
            return bottom - y0, left - x0, top - y0, right - x0
        if self.turns == 2:
            return x1 - right, bottom - y0, x1 - left, top - y0
        return y1 - top, x1 - right, y1 - bottom, x1 - left


def view_of(page: Any) -> View:
    """The view that the page asks for."""
    return View(page.get_bbox(), pdfium.FPDFPage_GetRotation(page) % 4)


def text_in_step(text_page: Any, text: str) -> str:
    """The page's text with one character for each that PDFium counts, so that places and text agree."""
    count = pdfium.FPDFText_CountChars(text_page)
    if len(text) == count:
        return text
    # Letters beyond the basic plane, or none, or a text cut at a limit.
    return "".join(map(_letter, char_codes(address_of(text_page), min(count, len(text)))))


def words_of(text_page: Any, text: str, view: View) -> tuple[list[Word], View]:
    """The words of a page, and the view in which most of them stand upright.

    Args:
        text_page: PDFium's reading of the page.
        text: Its text, in step with it.
        view: How the page is shown.
    """
    handle = address_of(text_page)
    spans = [match.span() for match in _WORD.finditer(text)]
    firsts = char_boxes(handle, [start for start, _ in spans])
    lasts = char_boxes(handle, [end - 1 for _, end in spans])
    view = view.turned(_turns(spans, firsts, lasts, view))
    words: list[Word] = []
    for (start, end), first, last in zip(spans, view.place_all(firsts), view.place_all(lasts), strict=True):
        left, top, _, bottom = first
        _, last_top, right, last_bottom = last
        if last_top > top:
            last_top, top = top, last_top
        if last_bottom > bottom:
            last_bottom, bottom = bottom, last_bottom
        # From here on ``last_top`` and ``bottom`` are the outer edges, ``top`` and ``last_bottom`` the inner.
        if right < left or last_bottom - top < _SHARED_HEIGHT * (bottom - last_top):
            words += _in_pieces(handle, text, range(start, end), view)
        else:
            words.append(Word(_shown(text[start:end]), left, last_top, right, bottom, start))
    return words, view


def _letter(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\x00"


def _turns(
    spans: Sequence[tuple[int, int]], firsts: Sequence[Bounds], lasts: Sequence[Bounds], view: View
) -> int:
    """Quarter turns until most long words run from left to right."""
    long = [
        (first, last)
        for (start, end), first, last in zip(spans, firsts, lasts, strict=True)
        if end - start >= 3
    ]
    votes = [0, 0, 0, 0]
    for first, last in long[:: 1 + len(long) // _VOTERS]:
        (left, top, *_), (last_left, last_top, *_) = view.place(first), view.place(last)
        across, down = last_left - left, last_top - top
        if abs(across) >= abs(down):
            votes[0 if across >= 0 else 2] += 1
        else:
            votes[3 if down >= 0 else 1] += 1
    return votes.index(max(votes))


def _in_pieces(handle: int, text: str, numbers: range, view: View) -> list[Word]:
    """A run of letters that PDFium took for one word though it jumps across the page."""
    boxes = [view.place(box) for box in char_boxes(handle, numbers)]
    cuts = [0, *(at for at, pair in enumerate(pairwise(boxes), 1) if _is_jump(*pair)), len(boxes)]
    return [
        Word(
            _shown(text[numbers[start] : numbers[start] + end - start]),
            min(box[0] for box in boxes[start:end]),
            min(box[1] for box in boxes[start:end]),
            max(box[2] for box in boxes[start:end]),
            max(box[3] for box in boxes[start:end]),
            numbers[start],
        )
        for start, end in pairwise(cuts)
    ]


def _is_jump(one: Bounds, other: Bounds) -> bool:
    height = max(one[3] - one[1], 0.5)
    return abs(other[1] - one[1]) > 0.7 * height or not -height < other[0] - one[2] < height


def _shown(text: str) -> str:
    return text.replace("\ufffe", "-")
