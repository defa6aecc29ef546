"""What was read from a file: text by page, and how it was read."""

from __future__ import annotations

from enum import StrEnum

from backfin.models.base import Frozen


class Method(StrEnum):
    """How text was won: from a text layer, by OCR, page by page by either, or not at all."""

    TEXT = "text"
    OCR = "ocr"
    MIXED = "mixed"
    NONE = "none"


class Page(Frozen):
    """One page. ``number`` starts at 1; page 0 is the exchange's own text.

    ``hidden`` is text that the file holds there and nobody sees: no part of what the page says.
    """

    number: int
    text: str
    method: Method = Method.TEXT
    hidden: str = ""


#: Left, top, right, bottom in points (1/72 inch) from the upper left corner of the page.
Box = tuple[float, float, float, float]


class Table(Frozen):
    """A table: of a PDF or scan rebuilt from where the words stand, of an HTML page as its source has it.

    Every row has as many cells as the others, with empty text where there is nothing; ``boxes`` has the shape
    of ``rows``, with ``None`` for an empty cell and for every cell of HTML, which has no places. ``page`` counts
    like :attr:`Page.number`.
    """

    page: int
    rows: tuple[tuple[str, ...], ...]
    boxes: tuple[tuple[Box | None, ...], ...] = ()


class Document(Frozen):
    """A file as read. An unreadable file is a document too: method ``none`` and a flag that says why.

    Flags: ``encrypted``, ``broken``, ``empty``, ``scanned``, ``needs_ocr``, ``too_large``, ``too_many_pages``,
    ``timed_out``, ``crashed_reader``, ``wrong_type``, ``attachment_gone``, ``garbled`` (text that is no
    language), ``hidden_text``, ``poor_ocr``, ``unread_member`` and ``unsafe_archive`` (of a zip file).
    """

    document_id: str
    media_type: str
    size_bytes: int
    method: Method
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    tables: tuple[Table, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def has_lost_text(self) -> bool:
        """Whether it was read once, and what was read is no longer kept."""
        return self.method is not Method.NONE and not self.pages

    @property
    def chars(self) -> int:
        """Number of characters read over all pages."""
        return sum(len(page.text) for page in self.pages)
