"""A digest in every channel."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as default_policy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts import NOW, make_alert
from backfin.bounds import BoundedNotifier, Bounds
from backfin.models import Digest
from backfin.notifications.channels import (
    AppriseNotifier,
    ConsoleNotifier,
    EmailNotifier,
    FileNotifier,
    WebhookNotifier,
)
from backfin.notifications.digests import takes_digests
from backfin.notifications.signing import make_secret, verify
from backfin.settings import SmtpSettings
from backfin.testing import FrozenClock, LocalServer, RecordingNotifier, Reply

SECRET = make_secret()


def digest(count: int = 2) -> Digest:
    return Digest(
        delivery_id="d_digest",
        watches=("orders", "ratings"),
        since=NOW - timedelta(days=1),
        until=NOW,
        zone="Asia/Kolkata",
        filings=tuple(make_alert(number) for number in range(count)),
        count=count,
        see_all="backfin digest d_digest",
    )


@pytest.fixture
def receiver() -> Iterator[LocalServer]:
    with LocalServer(lambda request: Reply()) as server:
        yield server


def test_a_webhook_gets_it_signed_under_its_id(receiver: LocalServer) -> None:
    channel = WebhookNotifier(lambda: SECRET, allow=("127.0.0.1",), clock=FrozenClock(NOW))

    channel.send_digest(digest(), f"{receiver.url}/hook")

    [told] = receiver.requests
    verify(SECRET, told.headers, told.body, now_s=NOW.timestamp())
    assert told.headers["webhook-id"] == "d_digest"
    assert (told.json()["kind"], len(told.json()["filings"])) == ("digest", 2)


def test_a_file_holds_it_once(tmp_path: Path) -> None:
    path = tmp_path / "told.jsonl"

    for _ in range(2):
        FileNotifier(FrozenClock(NOW)).send_digest(digest(), f"file:{path}")
    FileNotifier(FrozenClock(NOW)).send(make_alert(), f"file:{path}")

    first, second = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert (first["delivery_id"], first["count"]) == ("d_digest", 2)
    assert second["delivery_id"] == "d_1"


def test_the_console_prints_it() -> None:
    stream = io.StringIO()

    ConsoleNotifier(stream).send_digest(digest(), "console:")

    assert "2 filings for orders, ratings" in stream.getvalue()


def test_a_mail_has_both_forms_and_no_header_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    settings = SmtpSettings(host="mail.example", sender="Pine Alerts <alerts@pine.example>")
    monkeypatch.setattr("smtplib.SMTP", lambda *args, **options: FakeServer(sent))
    channel = EmailNotifier(settings.model_copy(update={"starttls": False}), FrozenClock(NOW))

    channel.send_digest(
        digest().model_copy(update={"watches": ("a\r\nBcc: x@y.in",)}), "mailto:a@oak.example"
    )

    message: Any = message_from_bytes(sent[0], policy=default_policy)
    assert message["Subject"].startswith("2 filings for a Bcc: x@y.in, 30 Jun 2026, 15:54 to")
    assert message["Bcc"] is None
    assert message["Message-ID"] == "<d_digest@pine.example>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


class FakeServer:
    """A mail server that takes everything."""

    def __init__(self, sent: list[bytes]) -> None:
        self._sent = sent

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *ended: object) -> None:
        pass

    def ehlo_or_helo_if_needed(self) -> None:
        pass

    def mail(self, sender: str, options: list[str]) -> tuple[int, bytes]:
        return 250, b"OK"

    def rcpt(self, recipient: str) -> tuple[int, bytes]:
        return 250, b"OK"

    def docmd(self, command: str) -> tuple[int, bytes]:
        return 354, b"go on"

    def send(self, content: bytes) -> None:
        self._sent.append(content)

    def getreply(self) -> tuple[int, bytes]:
        return 250, b"OK"


@pytest.mark.parametrize(("room", "shown"), [(100_000, 40), (4096, 5), (400, 0)])
def test_apprise_gets_as_many_filings_as_the_service_takes(
    monkeypatch: pytest.MonkeyPatch, room: int, shown: int
) -> None:
    sent: list[dict[str, str]] = []

    class Apprise:
        def add(self, url: str) -> bool:
            return True

        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> SimpleNamespace:
            return SimpleNamespace(body_maxlen=room)

        def notify(self, **message: str) -> bool:
            sent.append(message)
            return True

    monkeypatch.setitem(sys.modules, "apprise", SimpleNamespace(Apprise=Apprise))

    AppriseNotifier().send_digest(digest(40), "apprise:tgram://token/chat")

    assert len(sent[0]["body"]) <= room
    assert sent[0]["body"].count("Order worth") >= shown
    assert ("more. All of them: backfin digest d_digest" in sent[0]["body"]) is (shown < 40)


def test_a_bounded_channel_takes_digests_where_the_channel_does() -> None:
    channel = RecordingNotifier()
    bounded: Any = BoundedNotifier(channel, Bounds())

    receipt = bounded.send_digest(digest(), "test:")

    assert receipt.provider_id == "test-d_digest"
    assert [made for made, _ in channel.digests] == [digest()]

    channel.send_digest = None  # type: ignore[assignment, method-assign]
    assert not takes_digests(BoundedNotifier(channel, Bounds()))
