"""Which deliveries are already in a file of JSON lines, kept up to date by reading only what is new."""

from __future__ import annotations

import os
import re

#: How every line of ours starts; see ``payload.payload_bytes``.
_LINE_START = re.compile(rb'\{"delivery_id":"([^"\\]+)"')

_CHUNK_BYTES = 1024 * 1024


class SeenIds:
    """The delivery ids of one file. Only used while the file is locked."""

    def __init__(self) -> None:
        self._file: tuple[int, int] | None = None
        self._read_bytes = 0
        self._ids: set[str] = set()

    def __contains__(self, delivery_id: str) -> bool:
        return delivery_id in self._ids

    def catch_up(self, descriptor: int) -> None:
        """Reads what was appended since the last time; a torn last line of a killed writer is removed."""
        status = os.fstat(descriptor)
        if self._file != (status.st_dev, status.st_ino) or status.st_size < self._read_bytes:
            self._file = (status.st_dev, status.st_ino)
            self._read_bytes = 0
            self._ids.clear()
        tail = self._read_lines(descriptor, status.st_size)
        if tail:
            self._end_line(descriptor, tail)

    def _read_lines(self, descriptor: int, size_bytes: int) -> bytes:
        tail = b""
        while self._read_bytes + len(tail) < size_bytes:
            chunk = os.pread(descriptor, _CHUNK_BYTES, self._read_bytes + len(tail))
            if not chunk:
                break
            *lines, rest = (tail + chunk).split(b"\n")
            self._read_bytes += len(tail) + len(chunk) - len(rest)
            tail = rest
            self._note(lines)
        return tail

    def _note(self, lines: list[bytes]) -> None:
        self._ids.update(found[1].decode() for line in lines if (found := _LINE_START.match(line)))

    def _end_line(self, descriptor: int, tail: bytes) -> None:
        if tail.startswith(b'{"delivery_id":'):
            os.ftruncate(descriptor, self._read_bytes)
        else:
            os.write(descriptor, b"\n")
            self._read_bytes += len(tail) + 1
