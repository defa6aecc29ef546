"""Waiting for the disk: SQLite's journal is on it before a message goes out that nobody can call back."""

from __future__ import annotations

import os
import threading
from pathlib import Path

#: Not every system has the one that leaves out the file's times.
_sync = getattr(os, "fdatasync", os.fsync)


class JournalSync:
    """Waits until what was committed to an SQLite file in WAL mode is on the disk.

    SQLite would wait while it keeps all other writers out. Here they go on, and threads that come meanwhile share the
    next wait.

    Args:
        database: The SQLite file; its journal is a file beside it.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + "-wal")
        self._asking = threading.Lock()
        self._syncing = threading.Lock()
        self._asked = 0
        self._done = 0

    def __call__(self) -> None:
        """Returns when everything that was committed before the call is on the disk.

        Raises:
            OSError: The disk does not take it.
        """
        with self._asking:
            self._asked += 1
            mine = self._asked
        with self._syncing:
            if self._done >= mine:
                return
            with self._asking:
                asked = self._asked
            self._sync_file()
            self._done = asked

    def _sync_file(self) -> None:
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # the file is in another mode, in which SQLite waits by itself
        try:
            _sync(file)
        finally:
            os.close(file)
