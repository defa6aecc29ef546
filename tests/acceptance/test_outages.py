"""Servers and disks fail under real workers in the middle of a day; each filing is told once when they are back."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backfin.models import DeliveryState, State
from backfin.storage.store import Store
from postgres_server import PostgresServer
from processes import Cli, Exchange, made_day, today, wait_until
from receiver import Receiver
from valkey_server import valkey_server

COUNT = 40

#: Redis as somebody runs it who keeps nothing.
FORGETFUL = ("--appendonly", "no", "--save", "", "--maxmemory-policy", "noeviction")

pytestmark = [pytest.mark.recovery, pytest.mark.timeout(600)]


def settings_of(exchange: Exchange, receiver: Receiver) -> dict[str, str]:
    quick = {"BACKFIN_STEPS__DEADLINE": "6", "BACKFIN_EXCHANGES__BSE__POLL_INTERVAL": "5"}
    return exchange.environment | receiver.environment | quick


def start(host: Cli, receiver: Receiver) -> None:
    host.run("watch", "add", "everything", "*", "--to", receiver.address, "--phase", "both")
    host.start("dramatiq", "backfin.actors", "--processes", "1", "--threads", "4")
    host.start("periodiq", "backfin.actors")


def told_of(receiver: Receiver) -> Counter[tuple[str, str]]:
    """How many ids told of each filing and phase."""
    by_id = {told["id"]: told["body"] for told in receiver.told}
    return Counter((body["announcement"]["announcement_id"], body["phase"]) for body in by_id.values())


def is_done(store: Store) -> bool:
    states = Counter(one.state for one in store.announcements.select())
    return states == {State.MATCHED: COUNT} and store.deliveries.counts() == {DeliveryState.SENT: 2 * COUNT}


def wait_for_the_end(store: Store, receiver: Receiver) -> None:
    wait_until("everything is told", lambda: _quietly(lambda: is_done(store)), seconds=400)
    assert {1} == set(told_of(receiver).values())
    assert 2 * COUNT == len(told_of(receiver))
    assert [] == receiver.refused


def _quietly(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except Exception:
        return False


def test_postgresql_is_cut_off_twice_in_the_middle_of_transactions(
    start_exchange: Callable[..., Exchange],
    new_host: Callable[..., Cli],
    postgres: PostgresServer,
    receiver: Receiver,
    store: Store,
) -> None:
    receiver.delay_s = 0.05
    host = new_host("one", settings_of(start_exchange(*made_day(COUNT, today()), "slow:3"), receiver))
    start(host, receiver)

    for told in (5, 30):
        wait_until("some are told", lambda told=told: len(receiver.told) >= told, seconds=200)
        postgres.stop()
        time.sleep(2.0)
        postgres.start()

    wait_for_the_end(store, receiver)


def test_a_redis_that_keeps_nothing_comes_back_empty(
    tmp_path: Path,
    start_exchange: Callable[..., Exchange],
    new_host: Callable[..., Cli],
    receiver: Receiver,
    store: Store,
) -> None:
    receiver.delay_s = 0.05
    with valkey_server(tmp_path / "forgetful", FORGETFUL) as forgetful:
        settings = settings_of(start_exchange(*made_day(COUNT, today()), "slow:3"), receiver)
        host = new_host("one", settings | {"BACKFIN_REDIS_URL": forgetful.url})
        start(host, receiver)
        wait_until("some are told", lambda: len(receiver.told) >= 5, seconds=200)

        forgetful.kill()
        time.sleep(1.0)
        forgetful.start()

        wait_for_the_end(store, receiver)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of some megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_nothing_is_lost(
    small_disk: Path,
    start_exchange: Callable[..., Exchange],
    new_host: Callable[..., Cli],
    receiver: Receiver,
) -> None:
    receiver.delay_s = 0.05
    own = {
        "BACKFIN_DATABASE_URL": f"sqlite:///{small_disk / 'backfin.db'}",
        "BACKFIN_ARCHIVE_URL": str(small_disk / "archive"),
    }
    settings = settings_of(start_exchange(*made_day(COUNT, today()), "slow:3"), receiver) | own
    host = new_host("one", settings)
    start(host, receiver)
    wait_until("some are told", lambda: len(receiver.told) >= 5, seconds=200)

    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 32 * 2**20)
    wait_until("it is said", lambda: "is full; free some space" in host.log("dramatiq"), seconds=120)
    filler.unlink()

    store = Store(own["BACKFIN_DATABASE_URL"])
    wait_for_the_end(store, receiver)
    store.close()
    assert json.loads(host.run("day", today(), "--json").stdout)[0]["complete"]
