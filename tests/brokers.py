"""Brokers of tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dramatiq.brokers.redis import RedisBroker


@contextmanager
def emptied(broker: RedisBroker) -> Iterator[None]:
    """Empties the database of a broker, and closes the broker at the end."""
    broker.client.flushdb()
    try:
        yield
    finally:
        broker.close()
        broker.client.close()
        broker.client.connection_pool.disconnect()
