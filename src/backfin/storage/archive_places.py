"""Where an archive lies: a local folder, or what ``fsspec`` reaches. A file appears whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from backfin.errors import ConfigError, StoreUnavailable

#: What a disk says that has no room, or no room for this user, or for a file of this size.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

#: Ending of compressed files.
GZIP = ".gz"


class Place(Protocol):
    """Files by relative path. Every method raises ``StoreUnavailable`` when the place does not answer."""

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        ...

    def read(self, path: str) -> bytes:
        """Its bytes."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Stores bytes."""
        ...

    def copy_in(self, path: str, source: Path) -> None:
        """Stores a copy of a local file."""
        ...

    def remove(self, path: str) -> None:
        """Removes a file; one that is not there is passed over."""
        ...

    def paths(self) -> Iterator[str]:
        """Every file, also those that are just being written."""
        ...

    def local_path(self, path: str) -> Path | None:
        """The file itself where it is local, else ``None``."""
        ...


def open_place(url: str) -> Place:
    """The place behind a folder or URL."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return Folder(Path(url).expanduser())
    return Folder(Path(rest)) if scheme == "file" else Remote(url)


class Folder:
    """A local folder. Needs no other package."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def exists(self, path: str) -> bool:
        """Whether there is such a file with anything in it: a power cut can leave an empty one."""
        with _translated(str(self._root)):
            try:
                return (self._root / path).stat().st_size > 0
            except FileNotFoundError:
                return False

    def read(self, path: str) -> bytes:
        """Its bytes."""
        with _translated(str(self._root)):
            return (self._root / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Stores bytes: a file beside it first, then a rename."""
        self._put(path, lambda file: file.write(data))

    def copy_in(self, path: str, source: Path) -> None:
        """Stores a copy of a local file."""
        with _translated(str(self._root)), source.open("rb") as original:
            self._put(path, lambda file: shutil.copyfileobj(original, file, 1 << 20))

    def remove(self, path: str) -> None:
        """Removes a file; one that is not there is passed over."""
        with _translated(str(self._root)):
            (self._root / path).unlink(missing_ok=True)

    def paths(self) -> Iterator[str]:
        """Every file, also those that are just being written."""
        with _translated(str(self._root)):
            for folder, _, names in os.walk(self._root):
                yield from (Path(folder, name).relative_to(self._root).as_posix() for name in names)

    def local_path(self, path: str) -> Path | None:
        """The file itself."""
        return self._root / path

    def _put(self, path: str, fill: Callable[[BinaryIO], Any]) -> None:
        target = self._root / path
        with _translated(str(self._root)):
            handle, name = _part_beside(target)
            try:
                with os.fdopen(handle, "wb") as file:
                    fill(file)
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise


def _part_beside(target: Path) -> tuple[int, str]:
    """A new file beside another one; the folder is made when it is missing, which is seldom."""
    try:
        return tempfile.mkstemp(dir=target.parent, prefix=".part-")
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=target.parent, prefix=".part-")


class Remote:
    """Anything ``fsspec`` can reach."""

    def __init__(self, url: str) -> None:
        try:
            from fsspec.core import url_to_fs

            with _translated(url):
                # Without remembered listings: another host may have put or removed a file since.
                self._files, self._root = url_to_fs(url, use_listings_cache=False)
        except StoreUnavailable as error:
            if isinstance(error.__cause__, ImportError | ValueError):
                raise ConfigError(f"BACKFIN_ARCHIVE_URL cannot be used: {error.__cause__}") from error
            raise
        self._url = url

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        with _translated(self._url):
            return bool(self._files.exists(self._at(path)))

    def read(self, path: str) -> bytes:
        """Its bytes."""
        with _translated(self._url):
            return bytes(self._files.cat_file(self._at(path)))

    def write(self, path: str, data: bytes) -> None:
        """Stores bytes: under another name first, because not every place writes a file whole."""
        target = self._at(path)
        part = f"{target}.part-{uuid.uuid4().hex}"
        with _translated(self._url):
            # Another host may make the folder at the same moment; where there is none, the next line says so.
            with suppress(Exception):
                self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(part, data)
            self._give_name(part, target)

    def _give_name(self, part: str, target: str) -> None:
        """Some places refuse to rename onto a file that another host has put there meanwhile: it is the same one."""
        try:
            self._files.mv(part, target)
        except Exception:
            if not self._files.exists(target):
                raise
            self._files.rm_file(part)

    def copy_in(self, path: str, source: Path) -> None:
        """Stores a copy of a local file."""
        self.write(path, source.read_bytes())

    def remove(self, path: str) -> None:
        """Removes a file; one that is not there is passed over."""
        # Not every place says in one way that a file is not there.
        if self.exists(path):
            with _translated(self._url), suppress(FileNotFoundError):
                self._files.rm_file(self._at(path))

    def paths(self) -> Iterator[str]:
        """Every file, also those that are just being written."""
        root = self._root.rstrip("/")
        with _translated(self._url), suppress(FileNotFoundError):
            for name in self._files.find(root):
                yield str(name).removeprefix(root).lstrip("/")

    def local_path(self, path: str) -> Path | None:
        """There is none."""
        return None

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except ConfigError:
        raise
    except OSError as error:
        if error.errno not in _FULL:
            raise _away(url, error) from error
        raise StoreUnavailable(
            f"The disk of the archive at {url} is full; free some space, and work goes on by itself.",
            url=url,
            fault="full",
        ) from error
    except Exception as error:  # each backend of fsspec has errors of its own
        raise _away(url, error) from error


def _away(url: str, error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"The archive at {url} does not answer ({error}); see `backfin doctor`.", url=url)
