"""OCR of the pages that need it, one by one, until the time is up."""

from __future__ import annotations

import time
from pathlib import Path

from backfin.documents.bitmap import Bitmap
from backfin.documents.extract import Extract, PageTable
from backfin.documents.ocr_words import OcrPage, parse_words
from backfin.documents.plausibility import judge
from backfin.documents.pool import ReaderPool
from backfin.documents.rulings import rulings_in
from backfin.documents.scan_rules import scanned_rules, straightened
from backfin.documents.table_text import text_by_rows
from backfin.documents.tables import FoundTable, find_tables
from backfin.documents.tesseract import Tesseract, find_tesseract, run_tesseract
from backfin.documents.words import levelled, slope_of
from backfin.settings import DocumentSettings

#: Confidence below which another language is tried, and below which what was read is flagged.
_DOUBT, _POOR = 75.0, 60.0
#: Fewer letters and digits than this on a page are specks of dirt.
_MIN_CHARS = 3


class Ocr:
    """Reads pictures of pages with ``tesseract``. Where it is not installed, nothing changes.

    Args:
        pool: Draws the pages, and says how many files may be read by OCR at once.
        settings: Languages and limits.
    """

    def __init__(self, pool: ReaderPool, settings: DocumentSettings) -> None:
        self._pool = pool
        self._settings = settings

    def completed(self, found: Extract, path: Path, media_type: str, *, deadline: float) -> Extract:
        """What was found in a file, with the text of pages that only OCR can read.

        Args:
            found: What the file holds as text.
            path: The file.
            media_type: Whether it is a PDF, or a zip file that holds some.
            deadline: ``time.monotonic()`` at which the file must be done; waiting for a turn does not count.
        """
        wanting = found.wanting_ocr()
        tesseract = find_tesseract() if wanting and self._settings.ocr else None
        languages = tesseract.among(self._settings.ocr_languages) if tesseract else []
        if tesseract is None or not languages:
            return found
        left_s = min(deadline - time.monotonic(), self._settings.ocr_timeout)
        pages = _Pages(found, self._settings)
        with self._pool.scan_turn():
            ends_at = time.monotonic() + left_s
            for index in wanting:
                try:
                    picture = self._pool.picture(path, media_type, index, ends_at)
                    if picture is not None:
                        pages.put(index, self._read(tesseract, picture, languages, ends_at), picture)
                except TimeoutError:
                    break
                except ValueError:
                    continue
        return pages.result()

    def _read(self, tesseract: Tesseract, picture: Bitmap, languages: list[str], deadline: float) -> OcrPage:
        found = self._read_as(tesseract, picture, languages[0], deadline)
        if found.confidence >= _DOUBT or len(languages) == 1:
            return found
        try:
            other = self._read_as(tesseract, picture, "+".join(languages), deadline)
        except (TimeoutError, ValueError):
            return found
        return max(found, other, key=lambda page: page.confidence)

    def _read_as(self, tesseract: Tesseract, picture: Bitmap, languages: str, deadline: float) -> OcrPage:
        table = run_tesseract(
            tesseract,
            picture,
            languages,
            deadline=deadline,
            max_memory_bytes=self._settings.max_memory_bytes,
        )
        return parse_words(table, picture)


class _Pages:
    """The pages of a file while OCR fills them."""

    def __init__(self, found: Extract, settings: DocumentSettings) -> None:
        self._found = found
        self._settings = settings
        self._texts = list(found.pages)
        self._by_ocr = list(found.by_ocr)
        self._tables = list(found.tables)
        self._flags = list(found.flags)
        self._unread, self._garbled = set(found.unread), set(found.garbled)

    def put(self, index: int, page: OcrPage, picture: Bitmap) -> None:
        """Takes what was read of a page, unless what the file itself says is better."""
        layer = self._texts[index]
        if index in self._garbled and not _is_better(page, layer):
            if not judge(layer).is_garbled():
                # Doubted for lying behind a picture only, and no worse than what is read there now.
                self._garbled.discard(index)
            return
        self._by_ocr.append(index)
        if sum(map(str.isalnum, page.text)) < _MIN_CHARS:
            return
        tables = _tables(page, picture) if self._settings.tables else []
        self._texts[index] = text_by_rows(page.text, tables)
        self._tables += [PageTable(index, table.rows, table.boxes) for table in tables]
        self._unread.discard(index)
        self._garbled.discard(index)
        if page.confidence < _POOR:
            self._flags.append("poor_ocr")

    def result(self) -> Extract:
        """What is known now."""
        return self._found._replace(
            pages=self._texts,
            unread=sorted(self._unread),
            garbled=sorted(self._garbled),
            by_ocr=sorted(self._by_ocr),
            tables=sorted(self._tables, key=lambda table: table.page),
            flags=self._flags,
        )


def _tables(page: OcrPage, picture: Bitmap) -> list[FoundTable]:
    slope = slope_of(page.words)
    # Rules of a page that lies on its side are not turned with its words.
    places = scanned_rules(picture) if page.is_upright else []
    return find_tables(levelled(page.words, slope), rulings_in(straightened(places, slope)))


def _is_better(page: OcrPage, layer: str) -> bool:
    mine, its = judge(page.text), judge(layer)
    return (
        mine.words > 0 and mine.odd * max(its.words, 1) < its.odd * mine.words
    ) or its.words < mine.words // 2
