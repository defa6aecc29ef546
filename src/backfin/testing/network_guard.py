"""A guard for tests: this process reaches its own machine, and nothing beyond."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

_HERE = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkUsed(AssertionError):
    """Code under test reached for the network."""


@contextmanager
def no_network() -> Iterator[None]:
    """Lets sockets reach loopback alone, for all threads, as long as the block lasts.

    >>> with no_network():
    ...     socket.create_connection(("exchange.example", 443))
    Traceback (most recent call last):
    backfin.testing.network_guard.NetworkUsed: a test reached for exchange.example; serve it from this machine
    """
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> None:
        _refuse(self.family, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _refuse(self.family, address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse(socket.AF_INET, (host,))
        return resolve(host, *args, **kwargs)

    with (
        patch("socket.socket.connect", guarded),
        patch("socket.socket.connect_ex", guarded_ex),
        patch("socket.getaddrinfo", guarded_resolve),
    ):
        yield


def _refuse(family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6) or not address[0]:
        return
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
    if not host.startswith(_HERE):
        raise NetworkUsed(f"a test reached for {host}; serve it from this machine")
