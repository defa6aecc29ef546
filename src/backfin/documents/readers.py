"""The built-in document readers: PDF, HTML, XML, and zip files of these."""

from __future__ import annotations

import time
from pathlib import Path

from backfin.documents import sniff
from backfin.documents.assemble import build_document, measure
from backfin.documents.extract import Extract
from backfin.documents.ocr import Ocr
from backfin.documents.pool import ReaderPool
from backfin.models import Document
from backfin.settings import DocumentSettings


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
        return self.read_known(*measure(path), path, media_type)

    def read_known(self, document_id: str, size_bytes: int, path: Path, media_type: str) -> Document:
        """As :meth:`read`, for a file of which key and size are known: hashing costs more than reading a short one."""
        found = self._extract(path, media_type) if size_bytes else Extract(flags=["empty"])
        return build_document(document_id, size_bytes, media_type, found)

    def _extract(self, path: Path, media_type: str) -> Extract:
        return self._pool.extract(path, media_type)

    def close(self) -> None:
        """Ends the processes of the pool; the next file starts new ones."""
        self._pool.close()


class PdfReader(PooledReader):
    """A PDF page by page: its text layer, and OCR where that is missing or no language."""

    name = "pdf"
    media_types: tuple[str, ...] = (sniff.PDF,)

    def __init__(self, pool: ReaderPool, settings: DocumentSettings) -> None:
        super().__init__(pool)
        self._ocr = Ocr(pool, settings)
        self._timeout_s = settings.timeout

    def _extract(self, path: Path, media_type: str) -> Extract:
        began = time.monotonic()
        found = super()._extract(path, media_type)
        return self._ocr.completed(found, path, media_type, deadline=began + self._timeout_s)


class ZipReader(PdfReader):
    """The files inside a zip file, as pages of one document in the archive's order."""

    name = "zip"
    media_types: tuple[str, ...] = (sniff.ZIP,)


class HtmlReader(PooledReader):
    """The visible text of an HTML page."""

    name = "html"
    media_types: tuple[str, ...] = (sniff.HTML,)


class XmlReader(PooledReader):
    """XBRL facts, or the texts of any other XML, one a line."""

    name = "xml"
    media_types: tuple[str, ...] = (sniff.XML,)
