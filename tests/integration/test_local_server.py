"""The web server that tests are given, over real sockets."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import requests

from backfin.testing import LocalServer, Reply, Request


def echo(request: Request) -> Reply:
    return Reply.of({"path": request.path, "params": request.params}, status=201)


def test_a_function_answers_and_what_was_asked_is_kept() -> None:
    with LocalServer(echo) as server:
        answer = requests.post(f"{server.url}/a%20b?x=1&y=", json={"text": "Hello"}, timeout=5)

        [asked] = server.requests
        assert (answer.status_code, answer.json()) == (201, {"path": "/a%20b", "params": {"x": "1", "y": ""}})
        assert (asked.method, asked.json(), asked.status) == ("POST", {"text": "Hello"}, 201)
        assert server.asked("a%20b") == [{"x": "1", "y": ""}]


def test_a_form_is_read() -> None:
    with LocalServer(lambda request: Reply.of(request.form)) as server:
        answer = requests.post(server.url, data={"day": "1 July", "kind": ""}, timeout=5)

    assert answer.json() == {"day": "1 July", "kind": ""}


@pytest.mark.parametrize("body", [b'{"rows": []}', [b'{"rows"', b": []}"]])
def test_a_body_comes_whole_or_in_pieces(body: bytes | list[bytes]) -> None:
    with LocalServer(lambda request: Reply(body=body)) as server:
        assert requests.get(server.url, timeout=5).json() == {"rows": []}


@pytest.mark.parametrize(
    "broken",
    [
        Reply(body=b"12345678", ending="cut"),
        Reply(ending="silent"),
        Reply(ending="reset"),
        Reply(body=[b"1234"], headers={"Content-Length": "8"}),
    ],
)
def test_a_connection_breaks_as_told_and_the_next_one_does_not(broken: Reply) -> None:
    with LocalServer(lambda request: broken) as server, requests.Session() as session:
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            session.get(server.url, timeout=5)

        server.answer = echo
        assert session.get(server.url, timeout=5).status_code == 201


def test_an_error_of_the_function_is_told_to_the_client() -> None:
    def broken(request: Request) -> Reply:
        raise KeyError("no such table")

    with LocalServer(broken) as server:
        answer = requests.get(server.url, timeout=5)

    assert (answer.status_code, "no such table" in answer.text) == (500, True)


def test_stopping_ends_what_is_held_back() -> None:
    came = threading.Event()

    def held_back(request: Request) -> Reply:
        came.set()
        server.wait(60)
        return Reply()

    with LocalServer(held_back) as server:
        asking = threading.Thread(target=ignoring_errors(lambda: requests.get(server.url, timeout=30)))
        asking.start()
        assert came.wait(5)

    asking.join(timeout=5)
    assert not asking.is_alive()


def ignoring_errors(ask: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            ask()
        except requests.RequestException:
            return

    return run


def test_a_server_that_never_started_is_closed_all_the_same() -> None:
    server = LocalServer(echo)

    server.stop()

    with pytest.raises(requests.ConnectionError):
        requests.get(server.url, timeout=5)
