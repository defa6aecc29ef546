"""Fixtures for dramatiq's own tests of its Redis broker, with ours in its place; see ``nox -s dramatiq_tests``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import dramatiq
import dramatiq.brokers.redis
import pytest
from redis.connection import Connection

from backfin.broker import BackfinRedisBroker
from valkey_server import valkey_server

# The tests take the class from here when they are imported.
dramatiq.brokers.redis.RedisBroker = BackfinRedisBroker


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the tests' own."""
    with valkey_server(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(autouse=True)
def _usual_port(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for Redis where it usually is gets that server, never one that somebody uses."""
    connect, port = Connection.__init__, urlsplit(redis_url).port

    def connect_to_ours(self: Connection, *arguments: Any, **options: Any) -> None:
        connect(self, *arguments, **{**options, "port": port})

    monkeypatch.setattr(Connection, "__init__", connect_to_ours)


@pytest.fixture
def redis_broker(redis_url: str) -> Iterator[Any]:
    """Our broker as the global one, on an empty server, as in a worker that has booted."""
    broker = BackfinRedisBroker(url=redis_url)
    broker.client.flushdb()
    broker.emit_after("process_boot")
    dramatiq.set_broker(broker)
    yield broker
    broker.client.flushdb()
    broker.emit_before("process_stop")
    broker.close()


@pytest.fixture
def redis_worker(redis_broker: Any) -> Iterator[dramatiq.Worker]:
    """A worker of that broker."""
    worker = dramatiq.Worker(redis_broker, worker_threads=32)
    worker.start()
    yield worker
    worker.stop()
