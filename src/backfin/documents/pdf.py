"""Text of a PDF, page by page, by pypdfium2. Runs in a reader process only: PDFium aborts on some files."""

from __future__ import annotations

import time

import pypdfium2
import pypdfium2.raw as pdfium

from backfin.documents.extract import MAX_CELLS, MAX_TABLES, Extract, Limits, PageTable
from backfin.documents.hidden import HiddenTexts
from backfin.documents.pdf_page import PageReader

_ENCRYPTED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


def extract(data: bytes, limits: Limits) -> Extract:
    """Text of each page in PDFium's order, one line of the page a line; never raises because of the file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return Extract(flags=["encrypted" if error.err_code in _ENCRYPTED else "broken"])
    with document:
        return _PageCollector(document, limits).collect()


class _PageCollector:
    """Reads page after page until the file or a limit ends."""

    def __init__(self, document: pypdfium2.PdfDocument, limits: Limits) -> None:
        self._document = document
        self._limits = limits
        self._pages: list[str] = []
        self._unread: list[int] = []
        self._blank: list[int] = []
        self._garbled: list[int] = []
        self._tables: list[PageTable] = []
        self._hidden: list[tuple[int, str]] = []
        self._flags: set[str] = set()
        self._chars_left = limits.max_chars
        self._cells_left = MAX_CELLS
        self._hidden_texts = HiddenTexts()
        self._ends_at = time.monotonic() + limits.seconds

    def collect(self) -> Extract:
        page_count = len(self._document)
        if page_count > self._limits.max_pages:
            self._flags.add("too_many_pages")
        for index in self._limits.pages_of(page_count):
            if "too_large" in self._flags:
                break
            if time.monotonic() > self._ends_at:
                self._flags.add("timed_out")
                break
            self._add(index)
        return Extract(
            self._pages,
            page_count,
            self._unread,
            self._blank,
            sorted(self._flags),
            self._garbled,
            self._tables,
            self._hidden,
        )

    def _add(self, index: int) -> None:
        try:
            page = self._document[index]
        except pypdfium2.PdfiumError:
            self._lose()
            return
        try:
            self._read(page)
        except (pypdfium2.PdfiumError, RecursionError, AssertionError):
            self._lose()
        finally:
            page.close()

    def _lose(self) -> None:
        """Keeps the place of a page that cannot be loaded."""
        index = len(self._pages)
        self._pages.append("")
        self._unread.append(index)
        self._blank.append(index)
        self._flags.add("broken")

    def _read(self, page: pypdfium2.PdfPage) -> None:
        index = len(self._pages)
        reader = PageReader(page, self._hidden_texts, self._limits._replace(max_chars=self._chars_left))
        found = reader.read()
        self._pages.append(found.text)
        self._chars_left -= len(found.text)
        if found.is_cut:
            self._flags.add("too_large")
        if found.is_unread:
            self._unread.append(index)
        if found.is_blank:
            self._blank.append(index)
        if found.is_garbled:
            self._garbled.append(index)
        if found.hidden:
            self._hidden.append((index, found.hidden))
            self._flags.add("hidden_text")
        for table in found.tables:
            self._add_table(PageTable(index, table.rows, table.boxes))

    def _add_table(self, table: PageTable) -> None:
        cells = len(table.rows) * len(table.rows[0])
        if cells <= self._cells_left and len(self._tables) < MAX_TABLES:
            self._tables.append(table)
            self._cells_left -= cells
