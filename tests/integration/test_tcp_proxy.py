"""The network that tests cut: what it passes on, and that it ends what it began."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tcp_proxy import TcpProxy
from valkey_server import ValkeyServer, valkey_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    with valkey_server(tmp_path_factory.mktemp("valkey")) as server:
        yield server


def connected(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=20)


def answer(client: socket.socket) -> bytes:
    """What the server says to a ping; nothing where it was hung up."""
    try:
        client.sendall(b"PING\r\n")
        return client.recv(100)
    except ConnectionError:
        return b""


def test_bytes_pass_until_it_is_cut_and_again_when_it_is_mended(server: ValkeyServer) -> None:
    with TcpProxy(urlsplit(server.url).netloc) as proxy, connected(proxy) as before:
        assert answer(before) == b"+PONG\r\n"

        proxy.cut()
        with connected(proxy) as meanwhile:
            assert (answer(before), answer(meanwhile)) == (b"", b"")

        proxy.mend()
        with connected(proxy) as after:
            assert answer(after) == b"+PONG\r\n"


def test_it_leaves_no_task_behind(server: ValkeyServer, caplog: pytest.LogCaptureFixture) -> None:
    with TcpProxy(urlsplit(server.url).netloc) as proxy:
        clients = [connected(proxy) for _ in range(3)]
        assert [answer(client) for client in clients] == [b"+PONG\r\n"] * 3
    del proxy
    for client in clients:
        client.close()

    gc.collect()

    assert [record.getMessage() for record in caplog.records] == []
