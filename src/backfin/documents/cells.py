"""What stands in a line of a table: its segments, and whether a text is a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from backfin.documents.words import Line, Word

#: Widest space between two words of one cell, as a share of the usual height of a word.
_WORD_SPACE = 0.75

_NUMBER = re.compile(
    r"[(\[{|]?\s*[-–+]?\s*(?:Rs\.?|₹|INR|US\$|\$)?\s*[-–(]?\s*[\d,]*\.?\d[\d,.]*\s*[%x]?\s*[)\]}|]?\s*[%*#^]?"
    r"|[-–—]+|nil\.?|n\.?a\.?",
    re.IGNORECASE,
)
_DATE = re.compile(r"\(?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\)?")
_MARKER = re.compile(
    r"[(\[]?(?:\d{1,2}(?:\.\d{1,2})*|[ivxl]{1,5}|[A-Za-z])[.)\]:]+|[-–—•●○▪■*·➢✓]|o", re.IGNORECASE
)


class Segment(NamedTuple):
    """Words of a line with only word spaces between them."""

    words: Sequence[Word]

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def segments_of(
    line: Line, height: float, verticals: Sequence[tuple[float, float, float]] = ()
) -> list[Segment]:
    """The segments of a line, parted by wide spaces and by vertical rules (x, top, bottom)."""
    widest = _WORD_SPACE * height
    middle = (line.top + line.bottom) / 2
    rules = [x for x, top, bottom in verticals if top <= middle <= bottom]
    cuts = [0]
    for at, (one, other) in enumerate(pairwise(line.words), 1):
        if other.left - one.right > widest or any(_is_between(x, one, other) for x in rules):
            cuts.append(at)
    return [Segment(line.words[start:end]) for start, end in pairwise([*cuts, len(line.words)])]


def _is_between(x: float, one: Word, other: Word) -> bool:
    return (one.left + one.right) / 2 < x < (
        other.left + other.right
    ) / 2 and one.right - 2 < x < other.left + 2


def is_number(text: str) -> bool:
    """Whether a cell holds an amount, a share, a count, or the sign for none.

    >>> [is_number(text) for text in ("1,23,456.70", "(12.5)", "₹ 40", "-", "Nil", "31.03.2024", "Note 4")]
    [True, True, True, True, True, False, False]
    """
    return _NUMBER.fullmatch(text) is not None and _DATE.fullmatch(text) is None


def is_marker(word: str) -> bool:
    """Whether a word numbers a paragraph or stands before one.

    >>> [is_marker(word) for word in ("1.", "1.2.", "(iv)", "a)", "•", "12", "PAN")]
    [True, True, True, True, True, False, False]
    """
    return _MARKER.fullmatch(word) is not None
