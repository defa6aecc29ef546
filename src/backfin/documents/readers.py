"""The built-in document readers: PDF, HTML, XML."""

from __future__ import annotations

from pathlib import Path

from backfin.documents import sniff
from backfin.documents.assemble import build_document, measure
from backfin.documents.extract import Extract
from backfin.documents.pool import ReaderPool
from backfin.models import Document


class PooledReader:
    """A reader whose files are opened by the processes of a :class:`ReaderPool` only."""

    name: str
    media_types: tuple[str, ...]
    priority = 100

    def __init__(self, pool: ReaderPool) -> None:
        self._pool = pool

    def read(self, path: Path, media_type: str) -> Document:
        """Reads a file; one that cannot be read is a document with method ``none`` and a flag that says why.

        Raises:
            UnreadableDocument: There is no such file.
            TransientError: No reader process could be started.
        """
        document_id, size_bytes = measure(path)
        found = self._pool.extract(path, media_type) if size_bytes else Extract(flags=["empty"])
        return build_document(document_id, size_bytes, media_type, found)

    def close(self) -> None:
        """Ends the processes of the pool; the next file starts new ones."""
        self._pool.close()


class PdfReader(PooledReader):
    """The text layer of a PDF, page by page."""

    name = "pdf"
    media_types: tuple[str, ...] = (sniff.PDF,)


class HtmlReader(PooledReader):
    """The visible text of an HTML page."""

    name = "html"
    media_types: tuple[str, ...] = (sniff.HTML,)


class XmlReader(PooledReader):
    """XBRL facts, or the texts of any other XML, one a line."""

    name = "xml"
    media_types: tuple[str, ...] = (sniff.XML,)
