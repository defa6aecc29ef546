"""Where on a page tables may be: runs of lines of which many fall apart into cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from backfin.documents.cells import Segment, segments_of
from backfin.documents.rulings import Rulings
from backfin.documents.words import Line

#: Lines without cells that may stand inside a table one after the other.
_MAX_WHOLE_LINES = 3
#: Widest gap between two lines of a table, in heights of a word.
_MAX_GAP = 2.6
#: A line without cells that is wider than this share of the table, with as many words, is prose.
_PROSE_SHARE, _PROSE_WORDS = 0.8, 9
#: Upright rules beside a row of a ruled table: its two sides and one between two columns.
_FRAME_RULES = 3


class Row(NamedTuple):
    """A line of a page, cut into segments."""

    segments: Sequence[Segment]
    top: float
    bottom: float

    @property
    def is_parted(self) -> bool:
        """Whether it holds more than one cell."""
        return len(self.segments) > 1


def regions_of(lines: Sequence[Line], height: float, rulings: Rulings) -> Iterable[list[Row]]:
    """Runs of lines that start and end with parted ones."""
    region: list[Row] = []
    for line in lines:
        row = Row(segments_of(line, height, rulings.upright), line.top, line.bottom)
        if region and not _goes_on(region, row, height, rulings):
            yield _trimmed(region)
            region = []
        if row.is_parted or region:
            region.append(row)
    if region:
        yield _trimmed(region)


def _goes_on(region: Sequence[Row], row: Row, height: float, rulings: Rulings) -> bool:
    last = region[-1]
    if _is_within(last, rulings) != _is_within(row, rulings):
        return False
    is_framed = _is_framed(last, row, rulings)
    if row.top - last.bottom > _MAX_GAP * height and not is_framed:
        return False
    if row.is_parted:
        return True
    whole = 1
    for earlier in reversed(region):
        if earlier.is_parted:
            break
        whole += 1
    return is_framed or (whole <= _MAX_WHOLE_LINES and not _is_prose(region, row))


def _is_within(row: Row, rulings: Rulings) -> bool:
    """Whether a row stands in a ruled table: between rules, or with one inside it."""
    middle = (row.top + row.bottom) / 2
    return sum(top <= middle <= bottom for _, top, bottom in rulings.upright) >= _FRAME_RULES


def _is_framed(last: Row, row: Row, rulings: Rulings) -> bool:
    """Whether an upright rule runs beside both rows."""
    return any(top <= last.bottom and bottom >= row.top for _, top, bottom in rulings.upright)


def _is_prose(region: Sequence[Row], row: Row) -> bool:
    left = min(earlier.segments[0].left for earlier in region)
    right = max(earlier.segments[-1].right for earlier in region)
    (segment,) = row.segments
    is_wide = segment.right - segment.left > _PROSE_SHARE * (right - left)
    return is_wide and len(segment.words) >= _PROSE_WORDS


def _trimmed(region: list[Row]) -> list[Row]:
    while region and not region[-1].is_parted:
        region = region[:-1]
    return region
