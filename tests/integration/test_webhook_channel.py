"""The webhook channel against a real web server in this process."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from alerts import NOW, make_alert
from backfin import egress
from backfin.errors import (
    ConfigError,
    EgressRefused,
    NotifierUnavailable,
    RateLimited,
    RecipientGone,
)
from backfin.notifications.channels import (
    WebhookNotifier,
)
from backfin.notifications.signing import SignatureInvalid, make_secret, verify
from backfin.testing import FrozenClock, LocalServer, Reply, Request

SECRET = make_secret()


class Receiver(LocalServer):
    """A web server that answers as told."""

    def __init__(self) -> None:
        super().__init__(self._take)
        self.reply = Reply()
        self.delay_s = 0.0

    @property
    def address(self) -> str:
        """Where it is told."""
        return f"{self.url}/hook"

    def notifier(self, *, allow: tuple[str, ...] = ("127.0.0.1",), timeout_s: float = 5.0) -> WebhookNotifier:
        """The channel that tells it."""
        return WebhookNotifier(lambda: SECRET, allow=allow, timeout_s=timeout_s, clock=FrozenClock(NOW))

    def _take(self, request: Request) -> Reply:
        self.wait(self.delay_s)
        return self.reply


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def test_a_webhook_is_posted_signed_with_the_delivery_id(receiver: Receiver) -> None:
    receipt = receiver.notifier().send(make_alert(), receiver.address)

    [told] = receiver.requests
    verify(SECRET, told.headers, told.body, now_s=NOW.timestamp())
    assert (told.path, told.headers["webhook-id"], receipt.detail) == ("/hook", "d_1", {"status": 200})
    payload = told.json()
    assert (payload["delivery_id"], payload["watch"], payload["phase"]) == ("d_1", "orders", "flash")
    assert payload["enrichment"] is None


def test_while_a_secret_is_replaced_both_open_a_webhook(receiver: Receiver) -> None:
    new, stranger = make_secret(), make_secret()
    both = WebhookNotifier(lambda: f"{SECRET},{new}", allow=["127.0.0.1"], clock=FrozenClock(NOW))

    both.send(make_alert(), receiver.address)

    [told] = receiver.requests
    for secret in (SECRET, new):
        verify(secret, told.headers, told.body, now_s=NOW.timestamp())
    with pytest.raises(SignatureInvalid):
        verify(stranger, told.headers, told.body, now_s=NOW.timestamp())


def test_a_name_is_looked_up_once_and_the_checked_address_is_connected(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    monkeypatch.setattr(egress.EgressGuard.__init__, "__kwdefaults__", {"resolve": resolve})
    port = receiver.url.rpartition(":")[2]
    receiver.notifier().send(make_alert(), f"http://hooks.pine.example:{port}/hook")
    with pytest.raises(EgressRefused):
        receiver.notifier().send(make_alert(), f"http://hooks.pine.example:{port}/hook")

    assert asked == ["hooks.pine.example"] * 2
    assert [told.headers["host"] for told in receiver.requests] == [f"hooks.pine.example:{port}"]


@pytest.mark.parametrize(
    "address", ["https://10.0.0.1/hook", "http://[::1]/", "https://169.254.169.254/", "http://0x7f000001/"]
)
def test_a_private_address_is_refused_when_the_watch_is_added(address: str) -> None:
    with pytest.raises(ConfigError, match=r"BACKFIN_EGRESS__ALLOW|use its name"):
        WebhookNotifier(lambda: SECRET).check(address)
    WebhookNotifier(lambda: SECRET, allow=["10.0.0.0/8"]).check("https://10.0.0.1/hook")


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
    receiver.reply = Reply(status)

    if kind is None:
        assert receiver.notifier().send(make_alert(), receiver.address).detail == {"status": status}
    else:
        with pytest.raises(kind):
            receiver.notifier().send(make_alert(), receiver.address)


@pytest.mark.parametrize(
    ("value", "delay_s"),
    [("7", 7.0), ("Wed, 01 Jul 2026 10:25:07 GMT", 60.0), ("999999999", 21600.0), ("?", 60.0)],
)
def test_a_receiver_says_how_long_to_stay_away(receiver: Receiver, value: str, delay_s: float) -> None:
    receiver.reply = Reply(429, headers={"Retry-After": value})

    with pytest.raises(RateLimited) as caught:
        receiver.notifier().send(make_alert(), receiver.address)

    assert caught.value.delay == delay_s


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.reply = Reply(307, headers={"Location": "/elsewhere"})

    with pytest.raises(RecipientGone, match="redirects"):
        receiver.notifier().send(make_alert(), receiver.address)

    assert [told.path for told in receiver.requests] == ["/hook"]


def test_a_private_address_is_refused_unless_it_is_allowed(receiver: Receiver) -> None:
    with pytest.raises(EgressRefused):
        receiver.notifier(allow=()).send(make_alert(), receiver.address)

    assert not receiver.requests


def test_a_slow_receiver_is_given_up_on(receiver: Receiver) -> None:
    receiver.delay_s = 0.6

    with pytest.raises(NotifierUnavailable, match="did not answer"):
        receiver.notifier(timeout_s=0.1).send(make_alert(), receiver.address)


def test_a_receiver_that_is_down_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    notifier = WebhookNotifier(lambda: SECRET, allow=["127.0.0.1"])

    with pytest.raises(NotifierUnavailable, match="cannot be reached"):
        notifier.send(make_alert(), f"http://127.0.0.1:{port}/")
