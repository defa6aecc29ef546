"""What ``tesseract`` found on a page: its words with their places, its text, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from backfin.documents.bitmap import Bitmap
from backfin.documents.words import Word

#: Columns of the table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
_COLUMNS, _WORD_LEVEL = 12, "5"
#: Words of a page that are kept, and their longest.
_MAX_WORDS, _MAX_WORD_CHARS = 20_000, 300
_POINTS_PER_INCH = 72
#: What the rules of tables are taken for.
_RULES = "|_[]{}~¦—"


class OcrPage(NamedTuple):
    """A page read by OCR.

    Args:
        words: Its words in the order they are read; ``start`` is the place in ``text``.
        text: One line of the page a line.
        confidence: How sure the reading is, from 0 to 100, by letters.
        is_upright: Whether the picture was read as it lies.
    """

    words: Sequence[Word]
    text: str
    confidence: float
    is_upright: bool = True


class _Row(NamedTuple):
    line: tuple[str, ...]
    word: Word
    confidence: float


def parse_words(table: str, picture: Bitmap) -> OcrPage:
    """The page in the program's answer about a picture; rows that are none are passed over."""
    scale = _POINTS_PER_INCH / picture.dpi
    rows = [row for line in table.splitlines() if (row := _row(line, scale)) is not None]
    rows = rows[:_MAX_WORDS]
    turns = _turns(rows)
    lines = [list(group) for _, group in groupby(rows, key=lambda row: row.line)]
    words: list[Word] = []
    at = 0
    for line in lines:
        for row in line:
            words.append(
                _turned(row.word, turns, picture.width * scale, picture.height * scale)._replace(start=at)
            )
            at += len(row.word.text) + 1
    text = "\n".join(" ".join(row.word.text for row in line) for line in lines)
    letters = sum(len(row.word.text) for row in rows)
    sure = sum(row.confidence * len(row.word.text) for row in rows)
    return OcrPage(words, text, sure / letters if letters else 0.0, turns == 0)


def _row(line: str, scale: float) -> _Row | None:
    fields = line.split("\t")
    if len(fields) != _COLUMNS or fields[0] != _WORD_LEVEL:
        return None
    text = "".join(char for char in fields[11] if char.isprintable())[:_MAX_WORD_CHARS].strip()
    try:
        left, top, width, height = (int(value) * scale for value in fields[6:10])
        confidence = float(fields[10])
    except ValueError:
        return None
    if not text or " " in text or not text.strip(_RULES):
        return None
    return _Row(tuple(fields[1:5]), Word(text, left, top, left + width, top + height), confidence)


def _turns(rows: Sequence[_Row]) -> int:
    """Quarter turns clockwise that set most lines upright."""
    votes = [0, 0, 0, 0]
    for one, other in pairwise(rows):
        if one.line != other.line:
            continue
        across, down = other.word.left - one.word.left, other.word.top - one.word.top
        if abs(across) >= abs(down):
            votes[0 if across >= 0 else 2] += 1
        else:
            votes[3 if down >= 0 else 1] += 1
    return votes.index(max(votes))


def _turned(word: Word, turns: int, width: float, height: float) -> Word:
    _, left, top, right, bottom, _ = word
    if turns == 1:
        left, top, right, bottom = height - bottom, left, height - top, right
    elif turns == 2:
        left, top, right, bottom = width - right, height - bottom, width - left, height - top
    elif turns == 3:
        left, top, right, bottom = top, width - right, bottom, width - left
    return Word(word.text, left, top, right, bottom)
