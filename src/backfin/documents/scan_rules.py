"""The lines around the cells of a scanned table, found in its picture: long runs of dark pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backfin.documents.bitmap import Bitmap
from backfin.documents.rulings import Place

#: Gray below this is ink; the rules of forms are often pale.
_INK = 215
#: Shortest run that is no letter, in inches.
_MIN_RUN_INCHES = 0.3
#: Runs of a page with tables; more is a picture.
MAX_RUNS = 20_000
_POINTS_PER_INCH = 72
_BLACK_AND_WHITE = bytes(0 if tone < _INK else 255 for tone in range(256))
_WHITE = b"\xff"


def scanned_rules(picture: Bitmap) -> list[Place]:
    """The level and upright rules of a picture, in pieces, in points of the page; none when all is ink."""
    pixels = picture.pixels.translate(_BLACK_AND_WHITE)
    width, height = picture.width, picture.height
    least = max(int(_MIN_RUN_INCHES * picture.dpi), 8)
    scale = _POINTS_PER_INCH / picture.dpi
    places = [
        (start * scale, y * scale, end * scale, y * scale)
        for y in range(height)
        for start, end in _runs(pixels[y * width : (y + 1) * width], least)
    ]
    places += (
        (x * scale, start * scale, x * scale, end * scale)
        for x in range(width)
        for start, end in _runs(pixels[x::width], least)
    )
    return places if len(places) <= MAX_RUNS else []


def straightened(places: Iterable[Place], slope: float) -> Iterator[Place]:
    """Pieces of rules as they would lie on a page scanned straight."""
    for left, top, right, bottom in places:
        down, across = slope * (left + right) / 2, slope * (top + bottom) / 2
        yield left + across, top - down, right + across, bottom - down


def _runs(line: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Start and end of each run of ink that is at least so long."""
    ink = bytes(least)
    start = line.find(ink)
    while start >= 0:
        end = line.find(_WHITE, start)
        end = len(line) if end < 0 else end
        yield start, end
        start = line.find(ink, end)
