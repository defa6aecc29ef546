"""What passes between a reader process and the pool: limits one way, text by page the other way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

#: Tables and cells one file may bring; a page may bring 40 columns by 400 rows.
MAX_TABLES, MAX_CELLS = 2000, 200_000


class Limits(NamedTuple):
    """How much of one file is read.

    Args:
        max_pages: Pages of the file.
        max_chars: Characters of its text.
        with_tables: Whether tables are rebuilt.
        part: Which part of the pages, from 0, and of how many: a long file is read by several readers.
        with_scans: Whether text behind a scan is compared with what the scan shows.
        seconds: Time after which a file ends with the pages read so far.
    """

    max_pages: int
    max_chars: int
    with_tables: bool = True
    part: Sequence[int] = (0, 1)
    with_scans: bool = True
    seconds: float = 3600.0

    def pages_of(self, page_count: int) -> range:
        """Indexes of the pages that are read of a file with so many."""
        number, parts = self.part
        count = min(page_count, self.max_pages)
        return range(count * number // parts, count * (number + 1) // parts)


class PageTable(NamedTuple):
    """A table: the index of its page, texts by row, and by cell a box (left, top, right, bottom) or ``None``."""

    page: int
    rows: Sequence[Sequence[str]]
    boxes: Sequence[Sequence[Sequence[float] | None]] = ()


class Extract(NamedTuple):
    """Text of one file.

    Args:
        pages: Text of each page that was read, in order; lines end with ``\\n``.
        page_count: Pages the file has; more than ``len(pages)`` when a limit cut it.
        unread: Indexes into ``pages`` of pages whose text, if any, is not in the file as text.
        blank: Those of ``unread`` on which nothing at all is drawn, or that cannot be loaded.
        flags: Flags of a :class:`backfin.models.Document`.
        garbled: Indexes of pages whose text is no language and can be read again by OCR.
        tables: Tables of the pages, in their order.
        hidden: Text that stands in the file and is not seen, by index of its page.
        by_ocr: Indexes of pages whose text was read by OCR.
    """

    pages: Sequence[str] = ()
    page_count: int = 0
    unread: Sequence[int] = ()
    blank: Sequence[int] = ()
    flags: Sequence[str] = ()
    garbled: Sequence[int] = ()
    tables: Sequence[PageTable] = ()
    hidden: Sequence[tuple[int, str]] = ()
    by_ocr: Sequence[int] = ()

    def wanting_ocr(self) -> list[int]:
        """Indexes of the pages that OCR could still read, in order."""
        drawn = set(self.unread) - set(self.blank)
        return sorted((drawn | set(self.garbled)) - set(self.by_ocr))

    def followed_by(self, other: Extract) -> Extract:
        """Both as one, the other's pages after these."""
        start = len(self.pages)

        def moved(indexes: Iterable[int]) -> list[int]:
            return [start + index for index in indexes]

        return Extract(
            pages=[*self.pages, *other.pages],
            page_count=self.page_count + other.page_count,
            unread=[*self.unread, *moved(other.unread)],
            blank=[*self.blank, *moved(other.blank)],
            flags=sorted({*self.flags, *other.flags}),
            garbled=[*self.garbled, *moved(other.garbled)],
            tables=[*self.tables, *(table._replace(page=start + table.page) for table in other.tables)],
            hidden=[*self.hidden, *((start + index, text) for index, text in other.hidden)],
            by_ocr=[*self.by_ocr, *moved(other.by_ocr)],
        )


def single_page(text: str, limits: Limits, flags: Sequence[str] = ()) -> Extract:
    """A file without pages of its own as one page, cut at ``max_chars``; one without text is ``empty``."""
    if not text.strip():
        return Extract(page_count=1, flags=[*flags, "empty"])
    if len(text) > limits.max_chars:
        return Extract([text[: limits.max_chars]], 1, flags=[*flags, "too_large"])
    return Extract([text], 1, flags=list(flags))


def kept_tables(tables: Iterable[PageTable]) -> list[PageTable]:
    """The tables that one file may bring, from the first on."""
    kept: list[PageTable] = []
    cells_left = MAX_CELLS
    for table in tables:
        cells = len(table.rows) * len(table.rows[0])
        if len(kept) >= MAX_TABLES:
            break
        if cells <= cells_left:
            kept.append(table)
            cells_left -= cells
    return kept


def parse_extract(value: Any) -> Extract:
    """The extract in a reply.

    Raises:
        ValueError: The reply has another shape. A reader that was taken over by its file can send anything.
    """
    if not isinstance(value, list) or len(value) != len(Extract._fields):
        raise ValueError("a reply of another shape")
    pages, page_count, unread, blank, flags, garbled, tables, hidden, by_ocr = value
    if not (_all(pages, str) and _all(flags, str) and type(page_count) is int):
        raise ValueError("a reply with other types")
    for indexes in (unread, blank, garbled, by_ocr):
        if not _all(indexes, int) or any(not 0 <= index < len(pages) for index in indexes):
            raise ValueError("a reply about pages that are not there")
    found = Extract(
        pages,
        page_count,
        unread,
        blank,
        flags,
        garbled,
        _parse_tables(tables, len(pages)),
        _parse_hidden(hidden),
        by_ocr,
    )
    # A lone surrogate, which no store takes, is a ValueError too.
    "".join([*pages, *flags, *(text for _, text in found.hidden)]).encode()
    return found


def _all(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(type(value) is kind for value in values)


def _parse_hidden(values: Any) -> list[tuple[int, str]]:
    if not isinstance(values, list):
        raise ValueError("a reply with other types")
    for value in values:
        if not (
            isinstance(value, list) and len(value) == 2 and type(value[0]) is int and type(value[1]) is str
        ):
            raise ValueError("a reply with other types")
    return [(index, text) for index, text in values]


def _parse_tables(values: Any, page_count: int) -> list[PageTable]:
    if not isinstance(values, list) or len(values) > MAX_TABLES:
        raise ValueError("a reply with too many tables")
    tables = [_parse_table(value, page_count) for value in values]
    if sum(len(row) for table in tables for row in table.rows) > MAX_CELLS:
        raise ValueError("a reply with too many cells")
    return tables


def _parse_table(value: Any, page_count: int) -> PageTable:
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("a table of another shape")
    page, rows, boxes = value
    if type(page) is not int or not 0 <= page < page_count or not isinstance(rows, list) or not rows:
        raise ValueError("a table of no page, or of no rows")
    width = len(rows[0]) if isinstance(rows[0], list) else 0
    if not width or not all(_all(row, str) and len(row) == width for row in rows):
        raise ValueError("a table with other cells")
    if not isinstance(boxes, list) or len(boxes) != len(rows):
        raise ValueError("a table with other boxes")
    if not all(isinstance(row, list) and len(row) == width and all(map(_is_box, row)) for row in boxes):
        raise ValueError("a table with other boxes")
    "".join(text for row in rows for text in row).encode()
    return PageTable(page, rows, boxes)


def _is_box(value: Any) -> bool:
    if value is None:
        return True
    is_four = (
        isinstance(value, list) and len(value) == 4 and all(type(side) in (int, float) for side in value)
    )
    return is_four and all(abs(side) < 1e6 for side in value)
