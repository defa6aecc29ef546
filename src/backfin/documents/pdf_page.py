"""One page of a PDF: its text, its tables, and what is wrong with it. Reader processes only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import pypdfium2

from backfin.documents.extract import Limits
from backfin.documents.hidden import GONE, HiddenTexts, with_letters, without_hidden
from backfin.documents.layer import is_behind_picture, is_covered
from backfin.documents.page_objects import SHAPE, TEXT, Drawn, drawn_on, rulings_on
from backfin.documents.pdf_words import View, text_in_step, view_of, words_of
from backfin.documents.plausibility import judge
from backfin.documents.rulings import may_part_cells
from backfin.documents.table_text import may_hold_table, text_by_rows
from backfin.documents.tables import FoundTable, find_tables
from backfin.documents.words import levelled, slope_of

#: A page with fewer visible characters than this, and something else drawn on it, is taken for a picture.
MIN_PAGE_CHARS = 25
#: Shapes on a page that may hold a ruled table.
_MIN_SHAPES = 6
#: White space, and what stands for hidden text; and a line that holds nothing else.
_NOTHING = f" \t\r\n{GONE}"
_GAP = re.compile(f"(?:\r?\n|^)[ \t{GONE}]*{GONE}[ \t{GONE}]*(?=\r?\n|$)")


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
        hidden_texts: Tells what is not seen on the pages of its file.
        limits: Characters that are kept, and what is looked for.
    """

    def __init__(self, page: pypdfium2.PdfPage, hidden_texts: HiddenTexts, limits: Limits) -> None:
        self._page = page
        self._hidden_texts = hidden_texts
        self._limits = limits

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
        text = text_page.get_text_range(0, min(count, self._limits.max_chars))
        drawn = drawn_on(self._page)
        is_cut = count > self._limits.max_chars
        text, hidden, behind_picture = self._visible(text_page, text, drawn)
        found = self._judged(text_page, text, drawn, behind_picture)
        return found._replace(text=_clean(found.text), hidden=_clean(hidden), is_cut=is_cut)

    def _visible(self, text_page: pypdfium2.PdfTextPage, text: str, drawn: Drawn) -> tuple[str, str, bool]:
        """The text that is seen, the one that is not, and whether it all lies behind a picture of the page."""
        behind_picture = is_behind_picture(self._page, drawn)
        unseen = self._hidden_texts.on(self._page, drawn, behind_picture=behind_picture)
        if not behind_picture and len(unseen) == drawn.kinds.count(TEXT) and is_covered(self._page, drawn):
            behind_picture, unseen = True, set()
        in_step = text_in_step(text_page, text) if unseen or behind_picture else text
        if self._limits.with_scans and behind_picture and not judge(text).is_garbled(behind_picture=True):
            unseen |= self._hidden_texts.beside(self._page, drawn)
        if behind_picture:
            unseen = with_letters(text_page, in_step, unseen)
        if not unseen:
            return text, "", behind_picture
        return *without_hidden(text_page, in_step, unseen), behind_picture

    def _judged(
        self, text_page: pypdfium2.PdfTextPage, text: str, drawn: Drawn, behind_picture: bool
    ) -> FoundPage:
        """The page with what its visible text is worth; the text is not cleaned yet."""
        if _is_thin(text):
            return _thin(text, drawn)
        verdict = judge(text.replace(GONE, " "), at_a_glance=not behind_picture)
        if verdict.is_garbled(behind_picture=behind_picture):
            return FoundPage(text, is_garbled=True)
        view = view_of(self._page)
        if not self._limits.with_tables or not (
            behind_picture or may_hold_table(text) or _may_be_ruled(drawn, view)
        ):
            return FoundPage(text)
        text = text_in_step(text_page, text)
        words, view = words_of(text_page, text, view)
        if behind_picture:
            words = levelled(words, slope_of(words))
        tables = find_tables(words, rulings_on(drawn, view), on_slide=_is_slide(view))
        return FoundPage(text_by_rows(text, tables), tables)


def _may_be_ruled(drawn: Drawn, view: View) -> bool:
    """Whether shapes on an upright page part it into cells; those of slides are only boxes."""
    if _is_slide(view) or drawn.kinds.count(SHAPE) < _MIN_SHAPES:
        return False
    return may_part_cells(rulings_on(drawn, view), view.size[0])


def _is_slide(view: View) -> bool:
    width, height = view.size
    return width > height


def _thin(text: str, drawn: Drawn) -> FoundPage:
    """A page with so little text that a picture on it is what it says."""
    has_picture = any(kind != TEXT for kind in drawn.kinds)
    is_unread = has_picture or not text.strip(_NOTHING)
    return FoundPage(text, is_unread=is_unread, is_blank=is_unread and not drawn.objects)


def _clean(text: str) -> str:
    if GONE in text:
        text = _GAP.sub("", text).strip("\r\n")
    # PDFium ends lines with CR LF and writes U+FFFE for a hyphen at the end of a line whose word goes on;
    # stores refuse NUL. Four replacements are ten times faster than one translation table.
    return text.replace("\r", "").replace("\ufffe", "-").replace("\x00", "").replace("\uffff", "")


def _is_thin(text: str) -> bool:
    return all(
        len("".join(text[: share * MIN_PAGE_CHARS].replace(GONE, "").split())) < MIN_PAGE_CHARS
        for share in (4, 40)
    )
