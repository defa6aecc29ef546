"""Addresses, and the channels that need no server: a file many write to, the console, apprise."""

from __future__ import annotations

import io
import json
import multiprocessing
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alerts import make_alert
from backfin.errors import (
    ConfigError,
    NotConfigured,
    NotifierUnavailable,
    RecipientGone,
)
from backfin.notifications.addresses import check_address, notifier_for
from backfin.notifications.channels import (
    AppriseNotifier,
    ConsoleNotifier,
    FileNotifier,
    build_channels,
)
from backfin.notifications.signing import make_secret
from backfin.settings import EgressSettings, NotificationSettings, SmtpSettings

SECRET = make_secret()


def _append_many(address: str, first: int, count: int) -> None:
    notifier = FileNotifier()
    for number in range(first, first + count):
        notifier.send(make_alert(number), address)


def test_four_processes_write_one_file_and_every_delivery_stands_in_it_once(tmp_path: Path) -> None:
    address = f"file:{tmp_path / 'alerts.jsonl'}"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_append_many, args=(address, first, 40)) for first in (0, 20, 40, 60)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    lines = (tmp_path / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert sorted(json.loads(line)["delivery_id"] for line in lines) == sorted(f"d_{n}" for n in range(100))


def test_a_torn_line_of_a_killed_writer_is_replaced_and_foreign_text_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"delivery_id":"d_1","wat')
    FileNotifier().send(make_alert(), f"file://{path}")
    with path.open("ab") as file:
        file.write(b"a note")

    receipt = FileNotifier().send(make_alert(2), f"file:{path}")

    assert receipt.detail == {}
    first, note, second = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["delivery_id"] for line in (first, second)] == ["d_1", "d_2"]
    assert note == "a note"


def test_a_file_that_was_rotated_away_is_begun_again(tmp_path: Path) -> None:
    path, notifier = tmp_path / "alerts.jsonl", FileNotifier()
    notifier.send(make_alert(), f"file:{path}")
    path.rename(tmp_path / "alerts.1")

    notifier.send(make_alert(), f"file:{path}")

    assert notifier.send(make_alert(), f"file:{path}").detail == {"already_there": True}
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_a_file_in_a_missing_folder_is_tried_again_and_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotifierUnavailable, match="create its folder"):
        FileNotifier().send(make_alert(), f"file:{tmp_path}/missing/alerts.jsonl")
    with pytest.raises(RecipientGone):
        FileNotifier().send(make_alert(), f"file:{tmp_path}")


def test_the_console_prints_one_block_for_each_alert() -> None:
    stream = io.StringIO()

    ConsoleNotifier(stream).send(make_alert(), "console:")

    lines = stream.getvalue().splitlines()
    assert lines[1] == "Order worth ₹5 crore Bcc: everyone@pine.example"
    assert lines[-1] == "Watch: orders · d_1"


def test_a_console_without_the_rupee_sign_still_gets_its_alert() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    ConsoleNotifier(stream).send(make_alert(), "console:")

    assert b"Order worth ?5 crore" in raw.getvalue()


def test_a_closed_console_is_a_channel_that_is_down() -> None:
    stream = io.StringIO()
    stream.close()

    with pytest.raises(NotifierUnavailable):
        ConsoleNotifier(stream).send(make_alert(), "console:")


def fake_apprise(answer: bool, *, targets: int = 1) -> tuple[SimpleNamespace, list[dict[str, str]]]:
    sent: list[dict[str, str]] = []

    class Apprise:
        def add(self, url: str) -> bool:
            return url.startswith("tgram://")

        def __len__(self) -> int:
            return targets

        def notify(self, **message: str) -> bool:
            sent.append(message)
            return answer

    return SimpleNamespace(Apprise=Apprise), sent


def test_apprise_is_handed_one_address_and_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    module, sent = fake_apprise(True)
    monkeypatch.setitem(sys.modules, "apprise", module)

    AppriseNotifier().send(make_alert(), "apprise:tgram://token/chat")

    [message] = sent
    assert message["title"].startswith("Pine Steel Limited: Order worth")
    assert message["body_format"] == "text"


def test_apprise_refusing_or_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", fake_apprise(False)[0])
    with pytest.raises(NotifierUnavailable):
        AppriseNotifier().send(make_alert(), "apprise:tgram://token/chat")
    with pytest.raises(ConfigError, match="does not understand"):
        AppriseNotifier().check("apprise:nonsense")
    with pytest.raises(ConfigError, match="plain web request"):
        AppriseNotifier().check("apprise:json://127.0.0.1/")

    monkeypatch.setitem(sys.modules, "apprise", fake_apprise(True, targets=2)[0])
    with pytest.raises(ConfigError, match="one target"):
        AppriseNotifier().check("apprise:tgram://token/chat1/chat2")

    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(NotConfigured, match=r"backfin\[apprise\]"):
        AppriseNotifier().check("apprise:tgram://token/chat")


@pytest.fixture
def build() -> Callable[[], list[Any]]:
    mail = SmtpSettings(host="mail.oak.example", sender="alerts@oak.example")
    return lambda: build_channels(NotificationSettings(smtp=mail), EgressSettings(), lambda: SECRET)


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.example/x?y=1",
        "http://93.184.216.34:80/",
        "mailto:a.b+c@oak.example",
        "console:",
        "file:/a/b.jsonl",
    ],
)
def test_good_addresses_are_accepted(build: Callable[[], list[Any]], address: str) -> None:
    channels = build()

    check_address(address, channels)

    assert notifier_for(address, channels).name


@pytest.mark.parametrize(
    "address",
    [
        "asha@oak.example",
        "",
        "https://",
        "https://host:99999/",
        "https://user:secret@oak.example/",
        "https://oak.example/a\r\nb",
        "mailto:",
        "mailto:asha",
        "mailto:a@oak.example,b@oak.example",
        "mailto:a@oak.example?bcc=b@oak.example",
        "mailto:a%0d%0aBcc:b@oak.example",
        "console:x",
        "file:alerts.jsonl",
        "file://host/alerts.jsonl",
        "file:/",
        "pigeon:coop",
    ],
)
def test_bad_addresses_are_refused_with_a_sentence(build: Callable[[], list[Any]], address: str) -> None:
    with pytest.raises(ConfigError, match=r"good addresses are|No channel serves") as caught:
        check_address(address, build())

    assert "secret" not in str(caught.value)
