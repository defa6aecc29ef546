"""The contract of a document reader."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backfin.identity import document_id
from backfin.interfaces import DocumentReader
from backfin.models import Document, Method
from backfin.testing.contracts.checking import THREADS, at_once, nothing_is_touched


class DocumentReaderContract:
    """Checks a document reader.

    Example::

        class TestMyReader(DocumentReaderContract):
            words = "Total income"

            def make(self):
                return MyReader()

            def good_file(self):
                return Path("results.docx").read_bytes()
    """

    words = ""  #: Words that stand in :meth:`good_file`.

    def make(self) -> DocumentReader:
        """A new reader."""
        raise NotImplementedError("make() returns the reader to check")

    def good_file(self) -> bytes:
        """A file of its first media type, with :attr:`words` in it."""
        raise NotImplementedError("good_file() returns the bytes of a readable file")

    def broken_files(self) -> tuple[bytes, ...]:
        """Files that say they are of its media type and are not, or are cut off."""
        good = self.good_file()
        return (b"", b"\x00" * 64, good[:40], b"no such thing")

    def test_making_one_touches_neither_network_nor_disk(self) -> None:
        self.make()  # whatever is imported late is imported by now
        with nothing_is_touched():
            self.make()

    def test_it_says_what_it_reads(self) -> None:
        reader = self.make()

        assert isinstance(reader, DocumentReader), "it lacks an attribute or a method of DocumentReader"
        assert reader.name
        assert reader.media_types, "it reads at least one media type"
        assert all(kind == kind.lower() and kind.count("/") == 1 for kind in reader.media_types)
        assert isinstance(reader.priority, int)

    def test_a_good_file_becomes_pages(self) -> None:
        document = self._read(self.good_file())

        assert document.document_id == document_id(self.good_file()), "the key is the SHA-256 of the bytes"
        assert document.size_bytes == len(self.good_file())
        assert document.method is not Method.NONE, f"it was not read: {document.flags}"
        assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
        assert document.page_count >= len(document.pages) >= 1
        assert self.words, "words is empty"
        assert self.words in " ".join(" ".join(page.text for page in document.pages).split())

    def test_a_file_that_cannot_be_read_is_a_document_that_says_why(self) -> None:
        for data in self.broken_files():
            document = self._read(data)
            assert document.size_bytes == len(data)
            assert document.flags or document.chars, f"{data[:20]!r} gave no text and no flag"
            assert (document.method is Method.NONE) == (document.chars == 0), f"{data[:20]!r}: {document}"

    def test_a_file_is_left_as_it_was(self) -> None:
        with self._reader() as reader, _written(self.good_file()) as path:
            reader.read(path, reader.media_types[0])

            assert path.read_bytes() == self.good_file()

    def test_many_threads_may_read_at_once(self) -> None:
        with self._reader() as reader, _written(self.good_file()) as path:
            documents = at_once(lambda: reader.read(path, reader.media_types[0]))

        assert len(documents) == THREADS
        assert all(document == documents[0] for document in documents)

    def _read(self, data: bytes) -> Document:
        with self._reader() as reader, _written(data) as path:
            return reader.read(path, reader.media_types[0])

    @contextmanager
    def _reader(self) -> Iterator[DocumentReader]:
        reader = self.make()
        try:
            yield reader
        finally:
            close = getattr(reader, "close", None)
            if close is not None:
                close()


@contextmanager
def _written(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        yield path
