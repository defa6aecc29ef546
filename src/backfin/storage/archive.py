"""The archive: raw answers and documents, named by the SHA-256 of their bytes.

A plain folder needs nothing else; any other URL is handed to ``fsspec`` (S3, GCS, SFTP, …). What compresses
is kept as gzip, so that every file can be opened by hand.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from backfin.errors import PermanentError
from backfin.storage.archive_places import GZIP, Place, open_place

#: Endings and media types of what is compressed already.
_AS_IS = ("pdf", "zip", "gz", "gzip", "jpg", "jpeg", "png", "mp3", "mp4", "xlsx", "docx", "pptx")
_CONTENT_ID = re.compile("[0-9a-f]{64}")


class Kept(NamedTuple):
    """What became of a file: its content id, and whether the archive lacked it before."""

    content_id: str
    is_new: bool


class Archive:
    """Keeps bytes until they are removed, each content once. Opens its place when first used; safe for threads.

    Args:
        url: A folder, or any URL that ``fsspec`` understands.
        before_put: Told each content id before it is put, so that nobody removes it meanwhile.
    """

    def __init__(self, url: str, *, before_put: Callable[[str], None] | None = None) -> None:
        self.url = url
        self._before_put = before_put or _nobody_removes
        # By process, because a connection of fsspec does not survive a fork.
        self._by_pid: dict[int, Place] = {}

    def put(self, data: bytes, kind: str) -> str:
        """Stores bytes and returns their content id. Storing them again does nothing.

        Args:
            data: Any bytes.
            kind: File ending or media type; it only decides whether they are compressed.
        """
        return self._put(data, kind).content_id

    def _put(self, data: bytes, kind: str) -> Kept:
        content_id = hashlib.sha256(data).hexdigest()
        self._before_put(content_id)
        if self.has(content_id):
            return Kept(content_id, is_new=False)
        if _is_compressed(kind):
            self._place.write(_path(content_id), data)
        else:
            self._place.write(_path(content_id) + GZIP, gzip.compress(data, 6, mtime=0))
        return Kept(content_id, is_new=True)

    def put_file(self, path: Path, kind: str | None = None) -> Kept:
        """Stores a copy of a file.

        Args:
            path: The file; it stays where it is.
            kind: As in :meth:`put`; the file's ending when left out.
        """
        if not _is_compressed(kind or path.suffix):
            return self._put(path.read_bytes(), kind or path.suffix)
        with path.open("rb") as file:
            content_id = hashlib.file_digest(file, "sha256").hexdigest()
        self._before_put(content_id)
        if self.has(content_id):
            return Kept(content_id, is_new=False)
        self._place.copy_in(_path(content_id), path)
        return Kept(content_id, is_new=True)

    def has(self, content_id: str) -> bool:
        """Whether the archive holds it."""
        return self._find(content_id) is not None

    def get(self, content_id: str) -> bytes:
        """The bytes.

        Raises:
            PermanentError: The archive does not hold them, or they are damaged.
            StoreUnavailable: The archive does not answer.
        """
        path = self._find(content_id)
        if path is None:
            raise _missing(content_id, self.url)
        data = _unpacked(self._place.read(path), path, self.url)
        if hashlib.sha256(data).hexdigest() != content_id:
            raise _damaged(content_id, self.url)
        return data

    @contextmanager
    def open_path(self, content_id: str) -> Iterator[Path]:
        """The bytes as a local file to read, for as long as the block runs.

        Raises:
            PermanentError: The archive does not hold them, or they are damaged.
            StoreUnavailable: The archive does not answer.
        """
        path = self._find(content_id)
        local = None if path is None or path.endswith(GZIP) else self._place.local_path(path)
        if local is not None:
            yield local
            return
        data = self.get(content_id)
        with tempfile.TemporaryDirectory(prefix="backfin-") as folder:
            copy = Path(folder) / content_id
            copy.write_bytes(data)
            yield copy

    def remove(self, content_id: str) -> None:
        """Lets content go; one that it does not hold is passed over.

        Raises:
            StoreUnavailable: The archive does not answer or refuses.
        """
        for path in (_path(content_id), _path(content_id) + GZIP):
            self._place.remove(path)

    def stored(self) -> Iterator[str]:
        """Paths of all that it holds, in no order; what is just being written is left out.

        Raises:
            StoreUnavailable: The archive does not answer.
        """
        return (path for path in self._place.paths() if content_of(path) is not None)

    def contents(self) -> Iterator[str]:
        """The content ids of all that it holds, in no order.

        Raises:
            StoreUnavailable: The archive does not answer.
        """
        return (content for path in self._place.paths() if (content := content_of(path)) is not None)

    def copy_to(self, other: Archive, path: str, known: Collection[str] = ()) -> str | None:
        """Copies what is stored under a path, as it is, into an archive that lacks it; its content id.

        ``None`` where it has gone meanwhile, or is damaged: then nothing is copied.

        Args:
            other: Where to.
            path: One of :meth:`stored`.
            known: Contents that the other archive has.

        Raises:
            StoreUnavailable: One of them does not answer.
        """
        content_id = content_of(path) or ""
        if content_id in known:
            return content_id
        if not self._place.exists(path):
            return None
        data = self._place.read(path)
        try:
            is_sound = hashlib.sha256(_unpacked(data, path, self.url)).hexdigest() == content_id
        except PermanentError:
            is_sound = False
        if not is_sound:
            return None
        other._place.write(path, data)
        return content_id

    def check(self) -> None:
        """Writes and reads a few bytes.

        Raises:
            StoreUnavailable: The archive does not answer or refuses to be written.
        """
        probe = b"backfin"
        self._place.write(".probe", probe)
        self._place.read(".probe")

    @property
    def _place(self) -> Place:
        place = self._by_pid.get(os.getpid())
        return place or self._by_pid.setdefault(os.getpid(), open_place(self.url))

    def _find(self, content_id: str) -> str | None:
        path = _path(content_id)
        return next((name for name in (path, path + GZIP) if self._place.exists(name)), None)


def content_of(path: str) -> str | None:
    """The content id that a path of an archive stands for, ``None`` where it is none of its paths.

    >>> content_of("ab/" + "ab" * 32 + ".gz") == "ab" * 32
    True
    >>> content_of("ab/.part-xyz")
    """
    content_id = path.rpartition("/")[2].removesuffix(GZIP)
    return content_id if _CONTENT_ID.fullmatch(content_id) and path.startswith(_path(content_id)) else None


def _nobody_removes(content_id: str) -> None:
    """For an archive from which nothing is removed."""


def _unpacked(data: bytes, path: str, url: str) -> bytes:
    try:
        return gzip.decompress(data) if path.endswith(GZIP) else data
    except (OSError, EOFError) as error:
        raise _damaged(content_of(path) or path, url) from error


def _path(content_id: str) -> str:
    return f"{content_id[:2]}/{content_id}"


def _is_compressed(kind: str) -> bool:
    return kind.lower().rpartition("/")[2].lstrip(".") in _AS_IS


def _missing(content_id: str, url: str) -> PermanentError:
    return PermanentError(
        f"The archive at {url} does not hold {content_id}; fetch it from the exchange again.",
        content_id=content_id,
    )


def _damaged(content_id: str, url: str) -> PermanentError:
    return PermanentError(
        f"The archive at {url} holds a damaged copy of {content_id}; delete it and fetch it again.",
        content_id=content_id,
    )
