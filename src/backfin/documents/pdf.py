"""Text of a PDF, page by page, by pypdfium2. Runs in a reader process only: PDFium aborts on some files."""

from __future__ import annotations

import pypdfium2
import pypdfium2.raw as pdfium

from backfin.documents.extract import Extract, Limits

#: A page with fewer visible characters than this, and something else drawn on it, is taken for a picture.
MIN_PAGE_CHARS = 25
#: Objects of a page that are looked at before it counts as drawn.
_MAX_OBJECTS = 1000

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
        self._flags: set[str] = set()
        self._chars_left = limits.max_chars

    def collect(self) -> Extract:
        page_count = len(self._document)
        if page_count > self._limits.max_pages:
            self._flags.add("too_many_pages")
        for index in range(min(page_count, self._limits.max_pages)):
            if "too_large" in self._flags:
                break
            self._add(index)
        return Extract(self._pages, page_count, self._unread, self._blank, sorted(self._flags))

    def _add(self, index: int) -> None:
        try:
            page = self._document[index]
        except pypdfium2.PdfiumError:
            self._lose(index)
            return
        try:
            self._add_text(index, page)
        finally:
            page.close()

    def _add_text(self, index: int, page: pypdfium2.PdfPage) -> None:
        try:
            text = self._text(page)
        except (pypdfium2.PdfiumError, RecursionError, AssertionError):
            self._lose(index)
            return
        self._pages.append(text)
        self._chars_left -= len(text)
        if _is_thin(text):
            self._judge(index, page, text)

    def _lose(self, index: int) -> None:
        """Keeps the place of a page that cannot be loaded."""
        self._pages.append("")
        self._unread.append(index)
        self._blank.append(index)
        self._flags.add("broken")

    def _text(self, page: pypdfium2.PdfPage) -> str:
        text_page = page.get_textpage()
        try:
            count = text_page.count_chars()
            if count > self._chars_left:
                self._flags.add("too_large")
            return _clean(text_page.get_text_range(0, min(count, self._chars_left)))
        finally:
            text_page.close()

    def _judge(self, index: int, page: pypdfium2.PdfPage, text: str) -> None:
        drawn, has_picture = _look(page)
        if has_picture or not text.strip():
            self._unread.append(index)
            if not drawn:
                self._blank.append(index)


def _clean(text: str) -> str:
    # PDFium ends lines with CR LF and writes U+FFFE for a hyphen at the end of a line whose word goes on;
    # stores refuse NUL. Four replacements are ten times faster than one translation table.
    return text.replace("\r", "").replace("\ufffe", "-").replace("\x00", "").replace("\uffff", "")


def _is_thin(text: str) -> bool:
    return len("".join(text.split())) < MIN_PAGE_CHARS


def _look(page: pypdfium2.PdfPage) -> tuple[bool, bool]:
    """Whether anything is drawn on a page, and whether some of it is a picture, outlines or a form."""
    count = pdfium.FPDFPage_CountObjects(page)
    for number in range(min(count, _MAX_OBJECTS)):
        kind = pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, number))
        if kind != pdfium.FPDF_PAGEOBJ_TEXT:
            return True, True
    return count > 0, False
