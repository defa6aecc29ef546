"""Text that a file holds and nobody sees on its page. Reader processes only.

What the objects say raises a suspicion; whether a suspect is seen is told by drawing the page with it and without
it. So white on white, text behind a picture, in a corner that is cut away or off the page all come to the same: the
page looks the same without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pypdfium2

from backfin.documents import pdfium_calls as calls
from backfin.documents.covers import covers_on, gray_of
from backfin.documents.drawing import Drawing, window_around
from backfin.documents.page_objects import TEXT, Drawn
from backfin.documents.pdf_words import View, view_of
from backfin.documents.pdfium_calls import Bounds
from backfin.documents.suspects import Suspects, suspects_on

#: Pages of one file that are drawn for this.
_MAX_DRAWINGS = 500
#: Gray from which a text may vanish on a picture.
_DARK = 60
#: Narrowest word of a layer behind a scan that is looked for in its picture, in points.
_MIN_WORD = 8.0
#: Farthest, in points, that such a word stands from what it was read from.
_ASKEW = 3.0
#: Letters and digits of a hidden text that is worth a word.
_MIN_CHARS = 3
#: Stands for a hidden character in a page's text; it is no part of any word and is cleaned away.
GONE = "\x00"


class HiddenTexts:
    """Finds the hidden texts of a file, page after page, and remembers which pictures hide nothing.

    A watermark over the text is the same picture on every page: once it was seen to leave dark text readable it is
    not asked again.
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
        if mark is not None and mark in self._harmless:
            return unseen
        self._drawings_left -= 1
        found = _vanished(page, drawn, sorted(doubtful - in_forms), sorted(undrawn), view)
        if not found and mark is not None:
            self._harmless.add(mark)
        return unseen | found

    def beside(self, page: pypdfium2.PdfPage, drawn: Drawn) -> set[int]:
        """Addresses of the words of a layer behind a scan where the scan shows nothing: nobody wrote them there."""
        if self._drawings_left <= 0:
            return set()
        view, ranks = view_of(page), drawn.ranks_of(TEXT)
        boxes = [(rank, view.place(box)) for rank, box in zip(ranks, drawn.bounds_at(ranks), strict=True)]
        # Marks and single letters are often set beside the speck that they were read from.
        wide = [(rank, box) for rank, box in boxes if box[2] - box[0] >= max(_MIN_WORD, box[3] - box[1])]
        if not wide:
            return set()
        self._drawings_left -= 1
        drawing = _drawn_around(page, [box for _, box in wide])
        if drawing is None:
            return set()
        return set(drawn.at([rank for rank, box in wide if not drawing.shows_something(_widened(box))]))


def _widened(box: Bounds) -> Bounds:
    """A box and what lies close around it: programs for OCR do not set words quite where they stand."""
    left, top, right, bottom = box
    return left - _ASKEW, top - _ASKEW, right + _ASKEW, bottom + _ASKEW


def _drawn_around(page: pypdfium2.PdfPage, boxes: Sequence[Bounds]) -> Drawing | None:
    """The part of a page with these boxes; ``None`` where a page of absurd size cannot be drawn."""
    try:
        return Drawing(page, window_around(boxes, page.get_size()))
    except (pypdfium2.PdfiumError, ValueError, OverflowError, ArithmeticError):
        return None


def _mark(drawn: Drawn, suspects: Suspects) -> tuple[object, ...] | None:
    """The one picture that makes dark texts suspect; ``None`` where anything else is in play."""
    covers = covers_on(drawn)
    if suspects.undrawn or len(covers) != 1 or covers[0].gray is not None:
        return None
    if any(gray_of(fill) >= _DARK for fill in calls.fills_of(drawn.at(sorted(suspects.doubtful)))):
        return None
    (size,) = calls.picture_sizes_of([drawn.objects[covers[0].rank]])
    return (size, *map(round, covers[0].bounds))


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
    whole = _drawn_around(page, [*boxes, *undrawn_boxes])
    if whole is None:
        return set()
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
        bare = _drawn_around(page, [*boxes, *undrawn_boxes])
    finally:
        calls.set_active(texts, True)
    if bare is None:
        return found
    return found | {text for text, box in zip(texts, boxes, strict=True) if not whole.differs(bare, box)}


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


def with_letters(text_page: pypdfium2.PdfTextPage, text: str, objects: set[int]) -> set[int]:
    """Those of the objects that hold more than one letter or digit; arguments as of :func:`without_hidden`."""
    owners = calls.char_objects(calls.address_of(text_page), range(len(text))) if objects else ()
    letters = Counter(owner for owner, char in zip(owners, text, strict=False) if char.isalnum())
    return {item for item in objects if letters[item] > 1}


def _spread(owners: Iterable[int | None], hidden: set[int]) -> list[bool]:
    """Of each character whether it is hidden; what PDFium made up goes with the character before it."""
    found, last = [], False
    for owner in owners:
        if owner is not None:
            last = owner in hidden
        found.append(last)
    return found
