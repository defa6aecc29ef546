"""A document from what a reader process found in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from backfin.documents.extract import Extract, PageTable
from backfin.errors import UnreadableDocument
from backfin.models import Document, Method, Page, Table


def measure(path: Path) -> tuple[str, int]:
    """Key (SHA-256) and size in bytes of a file.

    Raises:
        UnreadableDocument: There is no such file.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    except OSError as error:
        raise cannot_open(path, error) from error


def cannot_open(path: Path, error: OSError) -> UnreadableDocument:
    """The error for a file that is not there or may not be read; what *is* in a file is never an error."""
    return UnreadableDocument(f"{path} cannot be opened ({error.strerror}); check the path.", path=path)


def build_document(document_id: str, size_bytes: int, media_type: str, found: Extract) -> Document:
    """The document: its method is that of the pages with text, ``mixed`` when they differ."""
    unread, by_ocr, hidden = set(found.unread), set(found.by_ocr), dict(found.hidden)
    pages = tuple(
        Page(
            number=index + 1,
            text=text,
            method=Method.NONE if index in unread else Method.OCR if index in by_ocr else Method.TEXT,
            hidden=hidden.get(index, ""),
        )
        for index, text in enumerate(found.pages)
    )
    return Document(
        document_id=document_id,
        media_type=media_type,
        size_bytes=size_bytes,
        method=_method_of(pages),
        pages=pages,
        page_count=found.page_count,
        tables=tuple(_table(table) for table in found.tables),
        flags=tuple(dict.fromkeys((*found.flags, *_page_flags(found)))),
    )


def _method_of(pages: Sequence[Page]) -> Method:
    methods = {page.method for page in pages} - {Method.NONE}
    if not methods:
        return Method.NONE
    return methods.pop() if len(methods) == 1 else Method.MIXED


def _table(table: PageTable) -> Table:
    rows = tuple(tuple(row) for row in table.rows)
    boxes: Any = tuple(tuple(box and tuple(box) for box in row) for row in table.boxes)
    # The reply was checked when it came; a second look at each of many cells costs more than reading them.
    return Table.model_construct(page=table.page + 1, rows=rows, boxes=boxes)


def _page_flags(found: Extract) -> Iterator[str]:
    """What OCR could still win: nothing on blank or broken pages, unless a sound file is all blank."""
    drawn = set(found.unread) - set(found.blank)
    if found.garbled:
        yield "garbled"
    if found.unread and len(found.unread) == len(found.pages) and (drawn or "broken" not in found.flags):
        yield "scanned"
        if not found.by_ocr:
            yield "needs_ocr"
    if found.wanting_ocr():
        yield "needs_ocr"
