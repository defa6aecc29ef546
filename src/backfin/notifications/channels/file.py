"""The file channel: alerts as JSON lines, each once, from many processes."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from backfin.clock import Clock, SystemClock
from backfin.errors import NotifierUnavailable, RecipientGone
from backfin.models import Alert, Digest, Receipt
from backfin.notifications.addresses import bad_address, scheme_of
from backfin.notifications.channels.seen import SeenIds
from backfin.notifications.payload import payload_bytes


class FileNotifier:
    """Appends alerts to a file, one JSON object a line.

    The file is locked while it is written, so processes and threads never mix their lines, and a delivery
    that is already in it is not written again.
    """

    name = "file"
    schemes: tuple[str, ...] = ("file",)
    accepts_token = True

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._seen: dict[Path, SeenIds] = {}
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Refuses an address that is not ``file:`` and an absolute path to a file.

        Raises:
            ConfigError: With a sentence that shows good addresses.
        """
        if file_path(address).is_dir():
            raise bad_address(address, "names a folder, not a file")

    def send(self, alert: Alert, address: str) -> Receipt:
        """Appends the alert, unless its delivery id is already there.

        Raises:
            NotifierUnavailable: The file cannot be written at present.
            RecipientGone: The address is a folder.
        """
        return self._append(alert, address)

    def send_digest(self, digest: Digest, address: str) -> Receipt:
        """Appends the digest likewise, all of it on one line."""
        return self._append(digest, address)

    def _append(self, message: Alert | Digest, address: str) -> Receipt:
        path = file_path(address)
        line = payload_bytes(message, self._clock.now()) + b"\n"
        try:
            with self._lock, _locked(path) as descriptor:
                seen = self._seen.setdefault(path, SeenIds())
                seen.catch_up(descriptor)
                if message.delivery_id in seen:
                    return Receipt(detail={"already_there": True})
                _append(descriptor, line)
        except IsADirectoryError as error:
            raise RecipientGone(f"{path} is a folder; give the watch the path of a file.") from error
        except OSError as error:
            raise NotifierUnavailable(
                f"{path} cannot be written ({error.strerror}); create its folder and allow writing there."
            ) from error
        return Receipt()


def file_path(address: str) -> Path:
    """The path of a ``file:`` address.

    >>> file_path("file:///var/log/alerts.jsonl")
    PosixPath('/var/log/alerts.jsonl')

    Raises:
        ConfigError: It is not an absolute path on this machine.
    """
    if scheme_of(address) != "file":
        raise bad_address(address, "is not a file: address")
    rest = unquote(address.partition(":")[2])
    path = rest.removeprefix("//") if rest.startswith("///") else rest
    if not path.startswith("/") or path.startswith("//") or path.endswith("/") or "\0" in path:
        raise bad_address(address, "does not name an absolute path")
    return Path(path)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """An open, exclusively locked file that still bears its name when the lock is there."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_still(path, descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _append(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]
    os.fsync(descriptor)
