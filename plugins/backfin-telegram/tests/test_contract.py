"""The channel through the contract that every channel keeps."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence

import pytest
from backfin_telegram import TelegramNotifier
from backfin_telegram.desk import Desk
from backfin_telegram.links import Links
from bot_server import BotServer

from backfin.interfaces import Notifier
from backfin.testing import FrozenClock, NotifierContract
from conftest import api_at


class TestTelegram(NotifierContract):
    good_addresses = ("telegram://42", "telegram:42", "TELEGRAM://-1001234567890", "telegram://@my_channel/")
    bad_addresses = (
        "telegram:",
        "telegram://0",
        "telegram://42/43",
        "telegram://+42",
        "telegram://४२",
        "telegram://@a b",
        "telegram://" + "9" * 30,
        "mailto:42",
    )

    @pytest.fixture(autouse=True)
    def _served(self) -> Iterator[None]:
        with BotServer(blocked={13}) as self.server:
            yield

    def make(self) -> Notifier:
        return self._at(self.server.url)

    def received(self) -> Sequence[str]:
        return self.server.texts

    def make_unreachable(self) -> tuple[Notifier, str]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return self._at(f"http://127.0.0.1:{free.getsockname()[1]}"), "telegram://42"

    def gone_address(self) -> str:
        return "telegram://13"

    def _at(self, url: str) -> Notifier:
        api = api_at(url)
        return TelegramNotifier(api, Desk(api, Links(lambda: "a key", FrozenClock())))
