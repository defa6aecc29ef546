"""One page of a PDF: its text, its tables, and what is wrong with it. Reader processes only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from backfin.documents import pdfium_calls as calls
from backfin.documents.page_objects import Drawn, drawn_on, rulings_on
from backfin.documents.pdf_words import text_in_step, view_of, words_of
from backfin.documents.plausibility import judge
from backfin.documents.table_text import may_hold_table, text_by_rows
from backfin.documents.tables import FoundTable, find_tables
from backfin.documents.words import levelled, slope_of

#: A page with fewer visible characters than this, and something else drawn on it, is taken for a picture.
MIN_PAGE_CHARS = 25
#: Render mode of text that is not drawn.
_UNDRAWN = 3
#: Share of a page that a picture covers when the page is a scan.
_SCAN_SHARE = 0.6


class FoundPage(NamedTuple):
    """What was found on a page.

    Args:
        text: Its text, one line of the page a line; rows of tables on lines of their own.
        tables: Its tables.
        hidden: Text of the file that nobody sees on the page.
        is_cut: Whether a limit cut the text.
        is_unread: Whether its text, if any, is not in the file as text.
        is_blank: Whether nothing at all is drawn.
        is_garbled: Whether the text is no language.
    """

    text: str
    tables: Sequence[FoundTable] = ()
    hidden: str = ""
    is_cut: bool = False
    is_unread: bool = False
    is_blank: bool = False
    is_garbled: bool = False


class PageReader:
    """Reads one open page.

    Args:
        page: The page.
        max_chars: Characters that are kept.
        with_tables: Whether tables are rebuilt.
    """

    def __init__(self, page: pypdfium2.PdfPage, max_chars: int, *, with_tables: bool = True) -> None:
        self._page = page
        self._max_chars = max_chars
        self._with_tables = with_tables

    def read(self) -> FoundPage:
        """Reads the page.

        Raises:
            pypdfium2.PdfiumError: PDFium cannot.
        """
        text_page = self._page.get_textpage()
        try:
            return self._read(text_page)
        finally:
            text_page.close()

    def _read(self, text_page: pypdfium2.PdfTextPage) -> FoundPage:
        count = text_page.count_chars()
        text = text_page.get_text_range(0, min(count, self._max_chars))
        drawn = drawn_on(self._page)
        is_cut = count > self._max_chars
        if _is_thin(text):
            return self._thin(text, drawn)._replace(is_cut=is_cut)
        behind_picture = _is_behind_picture(self._page, drawn)
        verdict = judge(text)
        if verdict.is_garbled(behind_picture=behind_picture):
            return FoundPage(_clean(text), is_garbled=True, is_cut=is_cut)
        tables: Sequence[FoundTable] = ()
        if self._with_tables and (behind_picture or may_hold_table(text, len(drawn.shapes))):
            text, tables = self._tables(text_page, text, drawn, is_askew=behind_picture)
        return FoundPage(_clean(text), tables, is_cut=is_cut)

    def _thin(self, text: str, drawn: Drawn) -> FoundPage:
        has_picture = any(kind != pdfium.FPDF_PAGEOBJ_TEXT for kind in drawn.kinds)
        is_unread = has_picture or not text.strip()
        return FoundPage(_clean(text), is_unread=is_unread, is_blank=is_unread and not drawn.total)

    def _tables(
        self, text_page: pypdfium2.PdfTextPage, text: str, drawn: Drawn, *, is_askew: bool
    ) -> tuple[str, Sequence[FoundTable]]:
        text = text_in_step(text_page, text)
        words, view = words_of(text_page, text, view_of(self._page))
        if is_askew:
            words = levelled(words, slope_of(words))
        tables = find_tables(words, rulings_on(drawn, view))
        return text_by_rows(text, tables), tables


def _is_behind_picture(page: pypdfium2.PdfPage, drawn: Drawn) -> bool:
    """Whether the text is not drawn but lies behind a picture of the page, as programs for OCR leave it."""
    pictures, texts = drawn.of_kind(pdfium.FPDF_PAGEOBJ_IMAGE), drawn.of_kind(pdfium.FPDF_PAGEOBJ_TEXT)
    if not pictures or not texts or calls.render_modes_of(texts[:1]) != [_UNDRAWN]:
        return False
    left, bottom, right, top = page.get_bbox()
    area = max((box[2] - box[0]) * (box[3] - box[1]) for box in calls.bounds_of(pictures))
    return bool(area >= _SCAN_SHARE * (right - left) * (top - bottom))


def _clean(text: str) -> str:
    # PDFium ends lines with CR LF and writes U+FFFE for a hyphen at the end of a line whose word goes on;
    # stores refuse NUL. Four replacements are ten times faster than one translation table.
    return text.replace("\r", "").replace("\ufffe", "-").replace("\x00", "").replace("\uffff", "")


def _is_thin(text: str) -> bool:
    return len("".join(text[: 40 * MIN_PAGE_CHARS].split())) < MIN_PAGE_CHARS
