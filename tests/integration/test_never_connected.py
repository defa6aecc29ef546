"""Whether a request that failed may have been carried out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from backfin.egress import guarded_session
from backfin.http_faults import never_connected


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does one thing with its one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


def error_of(url: str) -> Exception:
    """What posting there raises."""
    with guarded_session(("127.0.0.1", "no-such-host.invalid")) as session:
        with pytest.raises(requests.RequestException) as caught:
            session.post(url, data=b"x", timeout=(2, 0.3))
    return caught.value


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/"])
def test_where_no_connection_came_about_nothing_was_sent(url: str) -> None:
    assert never_connected(error_of(url))


def test_a_server_whose_certificate_is_not_believed_was_sent_nothing() -> None:
    error = requests.exceptions.SSLError(
        requests.packages.urllib3.exceptions.MaxRetryError(  # type: ignore[attr-defined]
            None, "/", Exception("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
        )
    )

    assert never_connected(error)


@pytest.mark.parametrize(
    "serve",
    [
        lambda connection: None,
        lambda connection: connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
        lambda connection: threading.Event().wait(0.6),
    ],
    ids=["hangs up", "stops halfway", "says nothing"],
)
def test_after_that_nobody_knows(serve: Callable[[socket.socket], None]) -> None:
    with server(serve) as url:
        assert not never_connected(error_of(url))
