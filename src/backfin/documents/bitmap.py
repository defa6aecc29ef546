"""A page as a gray picture: what passes from a reader process to OCR."""

from __future__ import annotations

from typing import Any, NamedTuple

#: Pixels of the largest picture: an A2 page at 200 dots an inch.
MAX_PIXELS = 16_000_000


class Bitmap(NamedTuple):
    """Gray pixels row by row, from the upper left; ``dpi`` dots are an inch of the page."""

    width: int
    height: int
    dpi: float
    pixels: bytes

    def as_pgm(self) -> bytes:
        """The picture as a file that any program reads."""
        return b"P5 %d %d 255\n" % (self.width, self.height) + self.pixels


def parse_bitmap(size: Any, pixels: bytes) -> Bitmap:
    """The picture in a reply.

    Raises:
        ValueError: Size and pixels do not agree, or it is too large.
    """
    if not (isinstance(size, list) and len(size) == 3 and all(type(value) in (int, float) for value in size)):
        raise ValueError("a picture of no size")
    width, height, dpi = size
    if type(width) is not int or type(height) is not int or not 0 < width * height <= MAX_PIXELS:
        raise ValueError("a picture of another size")
    if width < 0 or len(pixels) != width * height or not 1 <= dpi <= 1200:
        raise ValueError("a picture of another size")
    return Bitmap(width, height, float(dpi), pixels)
