"""A document from what a reader process found in a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from backfin.documents.extract import Extract
from backfin.errors import UnreadableDocument
from backfin.models import Document, Method, Page


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
    """The document: a page with text has method ``text``, one without ``none``, and so has the whole."""
    unread = set(found.unread)
    pages = tuple(
        Page(number=index + 1, text=text, method=Method.NONE if index in unread else Method.TEXT)
        for index, text in enumerate(found.pages)
    )
    has_text = len(unread) < len(pages)
    return Document(
        document_id=document_id,
        media_type=media_type,
        size_bytes=size_bytes,
        method=Method.TEXT if has_text else Method.NONE,
        pages=pages,
        page_count=found.page_count,
        flags=(*found.flags, *_ocr_flags(found, has_text)),
    )


def _ocr_flags(found: Extract, has_text: bool) -> tuple[str, ...]:
    """What OCR could still win: nothing on blank or broken pages, unless a sound file is all blank."""
    drawn = set(found.unread) - set(found.blank)
    if found.unread and not has_text and (drawn or "broken" not in found.flags):
        return ("scanned", "needs_ocr")
    return ("needs_ocr",) if drawn else ()
