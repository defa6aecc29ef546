"""Messages over a pipe: four bytes of length, then JSON or bare bytes, for a reply may come from a hostile hand."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any

_LENGTH = struct.Struct(">I")
_CHUNK_BYTES = 1 << 20
#: Longest uninterrupted wait in seconds: an interrupt of this thread (a time limit, a shutdown) is only
#: delivered between two waits.
_WAIT_S = 0.25


def send(fd: int, value: Any) -> None:
    """Writes one message.

    Raises:
        OSError: Nobody reads any more.
    """
    send_bytes(fd, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def send_bytes(fd: int, body: bytes) -> None:
    """Writes one message that is no JSON.

    Raises:
        OSError: Nobody reads any more.
    """
    view = memoryview(_LENGTH.pack(len(body)) + body)
    while view:
        view = view[os.write(fd, view) :]


def receive(fd: int, *, max_bytes: int, deadline: float | None = None) -> Any:
    """Reads one message.

    Args:
        fd: The pipe.
        max_bytes: Longest message that is accepted.
        deadline: ``time.monotonic()`` at which to give up; ``None`` waits for ever.

    Raises:
        EOFError: The other side is gone.
        TimeoutError: The deadline passed.
        ValueError: The message is too long or no JSON.
    """
    try:
        return json.loads(receive_bytes(fd, max_bytes=max_bytes, deadline=deadline))
    except RecursionError as error:
        raise ValueError("a message nested too deep") from error


def receive_bytes(fd: int, *, max_bytes: int, deadline: float | None = None) -> bytes:
    """Reads one message as it stands; arguments and errors as in :func:`receive`."""
    (length,) = _LENGTH.unpack(_read_exactly(fd, _LENGTH.size, deadline))
    if length > max_bytes:
        raise ValueError(f"a message of {length} bytes, more than {max_bytes}")
    return _read_exactly(fd, length, deadline)


def _read_exactly(fd: int, size: int, deadline: float | None) -> bytes:
    chunks = []
    while size:
        if deadline is not None:
            _wait(fd, deadline)
        chunk = os.read(fd, min(size, _CHUNK_BYTES))
        if not chunk:
            raise EOFError
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _wait(fd: int, deadline: float) -> None:
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    while not poller.poll(max(0.0, min(deadline - time.monotonic(), _WAIT_S)) * 1000):
        if time.monotonic() >= deadline:
            raise TimeoutError
