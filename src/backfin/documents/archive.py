"""The files inside a zip file, read one after the other as pages of one document. Reader processes only.

Nothing is written anywhere: members are unpacked in memory, by what they turn out to hold and not by what the
archive says of them. Names are looked at only to tell an archive that means harm.
"""

from __future__ import annotations

import io
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from backfin.documents import sniff
from backfin.documents.extract import Extract, Limits, kept_tables
from backfin.documents.extractors import extract_safely

#: Members and unpacked bytes of one archive, those of archives inside it among them.
MAX_MEMBERS, MAX_BYTES = 200, 256 * 1024 * 1024
#: A member of some size that unpacks to more than this many times its own is a bomb.
MAX_RATIO, _RATIO_FROM_BYTES = 200, 4 * 1024 * 1024
#: Archives in archives that are opened.
MAX_DEPTH = 2
_MAX_NAME_CHARS = 1000
_CHUNK_BYTES = 1 << 20
_READABLE = (sniff.PDF, sniff.HTML, sniff.XML)
#: A member by which files of office programs are told from archives of files.
_OFFICE_MARK = "[Content_Types].xml"
#: Ways of packing that are unpacked piece by piece; others take as much memory as the archive likes.
_UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


class Member(NamedTuple):
    """A readable file of an archive."""

    media_type: str
    data: bytes


def extract(data: bytes, limits: Limits) -> Extract:
    """The pages of all readable members in the archive's order."""
    archive = Archive(data)
    whole = Extract()
    ends_at = time.monotonic() + limits.seconds
    for member in archive.members():
        left = limits._replace(
            max_pages=limits.max_pages - len(whole.pages),
            max_chars=limits.max_chars - sum(map(len, whole.pages)),
            seconds=ends_at - time.monotonic(),
        )
        if left.max_pages <= 0 or left.max_chars <= 0:
            archive.flags.add("too_many_pages" if left.max_pages <= 0 else "too_large")
            break
        if left.seconds <= 0 or "timed_out" in whole.flags:
            archive.flags.add("timed_out")
            break
        whole = whole.followed_by(extract_safely(member.data, member.media_type, left))
    if not whole.pages and not archive.flags and not whole.flags:
        archive.flags.add("empty")
    return whole._replace(flags=sorted({*whole.flags, *archive.flags}), tables=kept_tables(whole.tables))


def member_at(data: bytes, index: int, limits: Limits) -> tuple[Member, int] | None:
    """The member that a page (from 0) of the whole belongs to, and its number in there."""
    for member in Archive(data).members():
        count = len(extract_safely(member.data, member.media_type, limits).pages)
        if index < count:
            return member, index
        index -= count
    return None


class Archive:
    """An archive while it is opened; ``flags`` tells what was wrong with it."""

    def __init__(self, data: bytes) -> None:
        self.flags: set[str] = set()
        self._data = data
        self._members_left = MAX_MEMBERS
        self._bytes_left = MAX_BYTES

    def members(self) -> Iterator[Member]:
        """The readable files, those of archives inside it in their place."""
        return self._open(self._data, MAX_DEPTH)

    def _open(self, data: bytes, depth: int) -> Iterator[Member]:
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED:
            self.flags.add("broken")
            return
        with archive:
            entries = archive.infolist()
            if any(entry.filename == _OFFICE_MARK for entry in entries):
                self.flags.add("wrong_type")
                return
            for entry in entries:
                if entry.is_dir():
                    continue
                if self._members_left <= 0:
                    self.flags.add("unsafe_archive")
                    return
                self._members_left -= 1
                yield from self._read(archive, entry, depth)

    def _read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int) -> Iterator[Member]:
        if _is_harmful(entry):
            self.flags.add("unsafe_archive")
            return
        content = self._unpacked(archive, entry)
        if content is None:
            return
        media_type = sniff.sniff(content[: sniff.HEAD_BYTES])
        if media_type == sniff.ZIP and depth:
            yield from self._open(content, depth - 1)
        elif media_type in _READABLE:
            yield Member(media_type, content)
        elif media_type == sniff.ZIP:
            self.flags.add("unsafe_archive")
        elif media_type != sniff.EMPTY:
            self.flags.add("unread_member")

    def _unpacked(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
        if entry.flag_bits & 1:
            self.flags.update(("encrypted", "unread_member"))
            return None
        if entry.compress_type not in _UNPACKED:
            self.flags.add("unread_member")
            return None
        most = min(self._bytes_left, max(MAX_RATIO * entry.compress_size, _RATIO_FROM_BYTES))
        try:
            with archive.open(entry) as packed:
                content = _read_up_to(packed, most)
        except _DAMAGED:
            self.flags.update(("broken", "unread_member"))
            return None
        if len(content) > most:
            self.flags.update(("unsafe_archive", "unread_member"))
            return None
        self._bytes_left -= len(content)
        return content


def _read_up_to(packed: IO[bytes], most: int) -> bytes:
    """The unpacked bytes; one more than ``most`` when there are more."""
    content = bytearray()
    while len(content) <= most and (chunk := packed.read(min(_CHUNK_BYTES, most + 1 - len(content)))):
        content += chunk
    return bytes(content)


def _is_harmful(entry: zipfile.ZipInfo) -> bool:
    """Whether a member would land outside a folder it is unpacked into, or is no file."""
    name = entry.filename.replace("\\", "/")
    parts = name.split("/")
    is_outside = name.startswith("/") or ".." in parts or ":" in parts[0] or "\x00" in name
    mode = entry.external_attr >> 16
    return is_outside or len(name) > _MAX_NAME_CHARS or (mode != 0 and stat.S_ISLNK(mode))
