"""Reads any file: tells what it is, asks the right reader, holds every reader to the limits."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from backfin.documents import sniff
from backfin.documents.assemble import build_document, cannot_open, measure
from backfin.documents.extract import Extract
from backfin.documents.pool import ReaderPool
from backfin.documents.readers import HtmlReader, PdfReader, PooledReader, XmlReader, ZipReader
from backfin.documents.shared_reading import SharedReadings
from backfin.errors import BackfinError
from backfin.interfaces import DocumentReader
from backfin.models import Document, Page
from backfin.settings import DocumentSettings

log = logging.getLogger("backfin")


def built_in_readers(settings: DocumentSettings) -> tuple[DocumentReader, ...]:
    """The readers of this package over one pool of processes, which starts with the first file."""
    pool = ReaderPool(settings)
    return (PdfReader(pool, settings), HtmlReader(pool), XmlReader(pool), ZipReader(pool, settings))


class Reader:
    """Reads files of any kind. May be used by many threads at once.

    Args:
        readers: Asked in this order; the first that takes a media type and does not break reads the file.
        settings: ``max_pages`` and ``max_chars`` hold for readers of plugins too.
    """

    def __init__(self, readers: Sequence[DocumentReader], settings: DocumentSettings) -> None:
        self._readers = tuple(sorted(readers, key=lambda reader: reader.priority))
        self._settings = settings
        self._shared = SharedReadings()

    def read_shared(self, document_id: str, path: Path) -> Document:
        """As :meth:`read`, once for all threads that want this document at the same time.

        Args:
            document_id: Key of the file's bytes.
            path: The file.

        Raises:
            UnreadableDocument: There is no such file.
            TransientError: The reader itself failed, or the thread that read; trying again can help.
        """
        return self._shared.read(document_id, lambda: self._read(path, document_id))

    def read(self, path: Path) -> Document:
        """Reads a file, whose kind is told from its bytes and never from its name.

        A file that cannot be read (flag ``unreadable`` where every reader broke on it), or that no reader takes
        (flag ``wrong_type``), is a document with method ``none`` and a flag that says why.

        Raises:
            UnreadableDocument: There is no such file.
            TransientError: The reader itself failed; trying again can help.
        """
        return self._read(path, None)

    def _read(self, path: Path, document_id: str | None) -> Document:
        try:
            media_type, size_bytes = sniff.sniff_file(path), path.stat().st_size
        except OSError as error:
            raise cannot_open(path, error) from error
        flags = []
        for reader in self._readers:
            if media_type not in reader.media_types:
                continue
            document = _asked(reader, path, media_type, document_id, size_bytes)
            if document is not None:
                return _within_limits(document, self._settings)
            flags = ["unreadable"]
        flag = "empty" if media_type == sniff.EMPTY else "wrong_type"
        return build_document(*measure(path), media_type, Extract(flags=flags or [flag]))

    def close(self) -> None:
        """Ends what readers keep running; a later :meth:`read` starts it again."""
        for reader in self._readers:
            close = getattr(reader, "close", None)
            if close is not None:
                close()


def _asked(
    reader: DocumentReader, path: Path, media_type: str, document_id: str | None, size_bytes: int
) -> Document | None:
    """What one reader makes of a file; ``None`` where it breaks a promise, so that the next one is asked."""
    try:
        document: object
        if document_id is not None and isinstance(reader, PooledReader):
            document = reader.read_known(document_id, size_bytes, path, media_type)
        else:
            document = reader.read(path, media_type)
    except BackfinError:
        raise
    except Exception as error:
        log.error("reader %s raised %s", reader.name, type(error).__name__, exc_info=error)
        return None
    if isinstance(document, Document):
        return document
    log.error("reader %s gives a %s for a Document", reader.name, type(document).__name__)
    return None


def _within_limits(document: Document, settings: DocumentSettings) -> Document:
    """The document cut to the limits, with flags that say so; ``page_count`` stays the file's own."""
    flags, pages = list(document.flags), document.pages
    if len(pages) > settings.max_pages:
        flags.append("too_many_pages")
        pages = pages[: settings.max_pages]
    if document.chars > settings.max_chars:
        flags.append("too_large")
        pages = _cut(pages, settings.max_chars)
    if pages is document.pages:
        return document
    return document.model_copy(update={"pages": pages, "flags": tuple(dict.fromkeys(flags))})


def _cut(pages: Sequence[Page], max_chars: int) -> tuple[Page, ...]:
    kept: list[Page] = []
    for page in pages:
        if max_chars <= 0:
            break
        kept.append(page.model_copy(update={"text": page.text[:max_chars]}))
        max_chars -= len(page.text)
    return tuple(kept)
