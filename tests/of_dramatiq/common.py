"""What dramatiq's own tests import from beside them; its source distribution brings the tests alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dramatiq


@contextmanager
def worker(broker: dramatiq.Broker, **options: Any) -> Iterator[dramatiq.Worker]:
    """A worker that runs while the block lasts."""
    found = dramatiq.Worker(broker, **options)
    found.start()
    try:
        yield found
    finally:
        found.stop()
