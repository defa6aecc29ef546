"""The webhook channel against a real web server in this process."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from backfin.errors import (
    EgressRefused,
    NotifierUnavailable,
    RateLimited,
    RecipientGone,
)
from backfin.models import Alert, Announcement, Phase
from backfin.notifications.channels import (
    WebhookNotifier,
)
from backfin.notifications.signing import make_secret, verify

NOW = datetime(2026, 7, 1, 10, 24, 7, tzinfo=UTC)
SECRET = make_secret()


def make_alert(number: int = 1, **changes: Any) -> Alert:
    item = Announcement(
        announcement_id="bse:1",
        exchange="bse",
        native_id="1",
        issuer_name="Pine Steel Limited",
        headline="Order worth ₹5 crore\r\nBcc: everyone@pine.example",
        disseminated_at=NOW,
    )
    values: dict[str, Any] = {"watch_name": "orders", "phase": Phase.FLASH, "announcement": item}
    return Alert(delivery_id=f"d_{number}", **{**values, **changes})


class StillClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


class Receiver:
    """A web server that answers as told and remembers what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.delay_s = 0.0
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                time.sleep(receiver.delay_s)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def notifier(self, *, allow: tuple[str, ...] = ("127.0.0.1",), timeout_s: float = 5.0) -> WebhookNotifier:
        return WebhookNotifier(lambda: SECRET, allow=allow, timeout_s=timeout_s, clock=StillClock())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_webhook_is_posted_signed_with_the_delivery_id(receiver: Receiver) -> None:
    receipt = receiver.notifier().send(make_alert(), receiver.url)

    [(path, headers, body)] = receiver.requests
    verify(SECRET, headers, body, now_s=NOW.timestamp())
    assert (path, headers["webhook-id"], receipt.detail) == ("/hook", "d_1", {"status": 200})
    payload = json.loads(body)
    assert (payload["delivery_id"], payload["watch"], payload["phase"]) == ("d_1", "orders", "flash")
    assert payload["enrichment"] is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, None),
        (500, NotifierUnavailable),
        (503, NotifierUnavailable),
        (410, RecipientGone),
        (404, RecipientGone),
        (403, RecipientGone),
        (302, RecipientGone),
        (429, RateLimited),
        (408, RateLimited),
    ],
)
def test_the_answer_says_whether_to_try_again(
    receiver: Receiver, status: int, kind: type[Exception] | None
) -> None:
    receiver.status = status

    if kind is None:
        assert receiver.notifier().send(make_alert(), receiver.url).detail == {"status": status}
    else:
        with pytest.raises(kind):
            receiver.notifier().send(make_alert(), receiver.url)


@pytest.mark.parametrize(
    ("value", "delay_s"),
    [("7", 7.0), ("Wed, 01 Jul 2026 10:25:07 GMT", 60.0), ("999999999", 21600.0), ("?", 60.0)],
)
def test_a_receiver_says_how_long_to_stay_away(receiver: Receiver, value: str, delay_s: float) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": value}

    with pytest.raises(RateLimited) as caught:
        receiver.notifier().send(make_alert(), receiver.url)

    assert caught.value.delay == delay_s


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": "/elsewhere"}

    with pytest.raises(RecipientGone, match="redirects"):
        receiver.notifier().send(make_alert(), receiver.url)

    assert [path for path, *_ in receiver.requests] == ["/hook"]


def test_a_private_address_is_refused_unless_it_is_allowed(receiver: Receiver) -> None:
    with pytest.raises(EgressRefused):
        receiver.notifier(allow=()).send(make_alert(), receiver.url)

    assert receiver.requests == []


def test_a_slow_receiver_is_given_up_on(receiver: Receiver) -> None:
    receiver.delay_s = 0.6

    with pytest.raises(NotifierUnavailable, match="did not answer"):
        receiver.notifier(timeout_s=0.1).send(make_alert(), receiver.url)


def test_a_receiver_that_is_down_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    notifier = WebhookNotifier(lambda: SECRET, allow=["127.0.0.1"])

    with pytest.raises(NotifierUnavailable, match="cannot be reached"):
        notifier.send(make_alert(), f"http://127.0.0.1:{port}/")
