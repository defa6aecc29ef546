"""What the tests share: a bot on a local server, with time that does not have to be waited for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from backfin_telegram import TelegramNotifier
from backfin_telegram.api import BotApi
from backfin_telegram.desk import Desk
from backfin_telegram.links import Links
from bot_server import TOKEN, BotServer
from pydantic import SecretStr

from backfin.pacing import LocalPacer
from backfin.testing import FrozenClock

for _name in [name for name in os.environ if name.startswith("BACKFIN_")]:
    del os.environ[_name]


class Time:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        """The seconds."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Lets time pass."""
        self.slept.append(seconds)
        self.now_s += seconds


@pytest.fixture
def server() -> Iterator[BotServer]:
    """The Bot API."""
    with BotServer() as server:
        yield server


@pytest.fixture
def time() -> Time:
    """The pacer's time."""
    return Time()


@pytest.fixture
def clock() -> FrozenClock:
    """The time of links."""
    return FrozenClock()


@pytest.fixture
def api(server: BotServer, time: Time) -> BotApi:
    """A bot that talks to the server."""
    return api_at(server.url, time)


@pytest.fixture
def links(clock: FrozenClock) -> Links:
    """Tokens with a key of their own."""
    return Links(lambda: "a key", clock)


@pytest.fixture
def notifier(api: BotApi, links: Links) -> TelegramNotifier:
    """The channel."""
    return TelegramNotifier(api, Desk(api, links))


def api_at(url: str, time: Time | None = None) -> BotApi:
    """A bot at some server."""
    time = time or Time()
    return BotApi(SecretStr(TOKEN), url, LocalPacer(now=time.now, sleep=time.sleep))
