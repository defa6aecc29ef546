"""A part of a page in gray, to be compared with the same part drawn otherwise. Reader processes only."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pypdfium2

from backfin.documents.pdfium_calls import Bounds

#: Least change of a pixel, from 0 to 255, by which a text is seen, and how many of them it takes.
_SEEN, _MIN_SEEN = 16, 2
#: Least difference of the lightest and the darkest pixel where a picture shows letters.
_INK = 40
#: Pixels of the longer side of a whole page.
_PAGE_PX = 800


def window_around(boxes: Sequence[Bounds], size: tuple[float, float]) -> Bounds:
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


class Drawing:
    """A part of a page (left, top, right, bottom in points) in gray."""

    def __init__(self, page: pypdfium2.PdfPage, window: Bounds) -> None:
        width, height = page.get_size()
        scale = _PAGE_PX / max(width, height, 1.0)
        self._left, self._top, right, bottom = window
        margins = (self._left, max(height - bottom, 0), max(width - right, 0), self._top)
        bitmap = page.render(scale=scale, grayscale=True, crop=margins)
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._pixels = bytes(bitmap.buffer)
        self._scale = scale
        bitmap.close()

    def differs(self, other: Drawing, box: Sequence[float]) -> bool:
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
