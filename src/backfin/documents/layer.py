"""Whether the text of a page is a layer behind a picture of it, as programs for OCR leave it. Readers only."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2

from backfin.documents import pdfium_calls as calls
from backfin.documents.page_objects import PICTURE, TEXT, Drawn
from backfin.documents.pdfium_calls import Bounds

#: Render modes of text that is not drawn: unseen, and only cutting what follows.
UNDRAWN = frozenset((3, 7))
#: Share of a page that pictures cover when the page is a scan, and share of its text objects that are not drawn.
_SCAN_SHARE, _UNDRAWN_SHARE = 0.6, 0.5
#: Points across and down a page at which a picture is looked for, and pictures that are looked at: strips of scans.
_GRID, _MAX_PICTURES = 20, 200


def is_behind_picture(page: pypdfium2.PdfPage, drawn: Drawn) -> bool:
    """Whether most text is not drawn and pictures cover the page; a stamp or number may be drawn over them."""
    texts = drawn.ranks_of(TEXT)
    if not texts or PICTURE not in drawn.kinds:
        return False
    modes = calls.render_modes_of(drawn.at(texts))
    undrawn = sum(map(modes.count, UNDRAWN))
    return undrawn >= _UNDRAWN_SHARE * len(texts) and is_covered(page, drawn)


def is_covered(page: pypdfium2.PdfPage, drawn: Drawn) -> bool:
    """Whether pictures, whole or in strips, cover the page."""
    pictures = drawn.bounds_at(drawn.ranks_of(PICTURE)[:_MAX_PICTURES])
    if not pictures:
        return False
    left, bottom, right, top = page.get_bbox()
    largest = max(
        (min(x1, right) - max(x0, left)) * (min(y1, top) - max(y0, bottom)) for x0, y0, x1, y1 in pictures
    )
    if largest >= _SCAN_SHARE * (right - left) * (top - bottom):
        return True
    columns = [left + (right - left) * (at + 0.5) / _GRID for at in range(_GRID)]
    rows = [bottom + (top - bottom) * (at + 0.5) / _GRID for at in range(_GRID)]
    covered = sum(_is_in_any(x, y, pictures) for x in columns for y in rows)
    return covered >= _SCAN_SHARE * _GRID * _GRID


def _is_in_any(x: float, y: float, boxes: Sequence[Bounds]) -> bool:
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in boxes)
