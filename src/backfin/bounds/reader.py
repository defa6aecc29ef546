"""A document reader whose calls end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backfin.bounds.calls import Bounds
from backfin.interfaces import DocumentReader
from backfin.models import Document


class BoundedReader:
    """A reader whose calls end."""

    def __init__(self, reader: DocumentReader, bounds: Bounds) -> None:
        self._reader = reader
        self._bounds = bounds
        self.name = reader.name
        self.media_types = reader.media_types
        self.priority = reader.priority

    def read(self, path: Path, media_type: str) -> Document:
        """Reads a file within its time.

        Raises:
            TimeoutError: It did not; another reader may.
        """

        def overdue(sentence: str, **_: Any) -> TimeoutError:
            return TimeoutError(sentence)

        limit_s = self._bounds.limits.read_s
        return self._bounds.call(
            f"reader {self.name}",
            limit_s,
            overdue,
            lambda: self._reader.read(path, media_type),
            slow_s=limit_s,
        )

    def close(self) -> None:
        """Ends what it keeps running."""
        close = getattr(self._reader, "close", None)
        if close is not None:
            self._bounds.close(f"reader {self.name}", close)
