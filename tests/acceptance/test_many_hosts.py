"""Three hosts over one PostgreSQL, one Valkey and one archive, one of them cut off; and a scheduler that stands by."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis

from backfin.clock import IST
from backfin.models import DeliveryState, State
from backfin.storage import Archive, Store
from postgres_server import PostgresServer
from processes import Cli, Exchange, kill_group, made_day, today, wait_until
from receiver import Receiver
from tcp_proxy import TcpProxy
from valkey_server import ValkeyServer

pytestmark = pytest.mark.recovery

COUNT = 60

#: Seconds, longer than a worker's beat (20) and dramatiq's own (60) may be missed before its work goes to others.
STOPPED_S = 70.0

#: What waits for minutes is run by ``nox -s fleet``.
takes_minutes = pytest.mark.skipif(not os.environ.get("FLEET"), reason="takes minutes; nox -s fleet runs it")


@dataclass
class Cable:
    """What lies between one host and the services of all."""

    redis: TcpProxy
    postgres: TcpProxy

    def cut(self) -> None:
        """Takes both away at once."""
        self.redis.cut()
        self.postgres.cut()

    def mend(self) -> None:
        """Brings both back."""
        self.redis.mend()
        self.postgres.mend()


@pytest.fixture
def cable(
    valkey: ValkeyServer, postgres: PostgresServer, shared_services: dict[str, str]
) -> Iterator[tuple[Cable, dict[str, str]]]:
    """A cable, and the settings of the host behind it."""
    with ExitStack() as stack:
        redis = stack.enter_context(TcpProxy(urlsplit(valkey.url).netloc))
        database = stack.enter_context(TcpProxy(f"{postgres.folder}/.s.PGSQL.5432"))
        name = urlsplit(shared_services["BACKFIN_DATABASE_URL"]).path
        settings = {
            "BACKFIN_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
            "BACKFIN_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{database.port}{name}?sslmode=disable",
        }
        yield Cable(redis, database), settings


@pytest.fixture
def archive_url(tmp_path: Path, shared_services: dict[str, str]) -> str:
    """The archive as a URL that fsspec opens: a folder of what is mounted everywhere."""
    shared_services["BACKFIN_ARCHIVE_URL"] = f"local://{tmp_path / 'archive'}"
    return shared_services["BACKFIN_ARCHIVE_URL"]


@pytest.fixture
def new_fleet(
    archive_url: str, new_host: Callable[..., Cli], receiver: Receiver, store: Store
) -> Callable[..., list[Cli]]:
    """Starts three hosts with workers, the last behind settings of its own; two of them have a scheduler."""

    def make(exchange: Exchange, last: dict[str, str] | None = None) -> list[Cli]:
        settings = {**exchange.environment, **receiver.environment, "BACKFIN_STEPS__DEADLINE": "5"}
        hosts = [new_host(name, settings | (last or {} if name == "three" else {})) for name in NAMES]
        hosts[0].run("watch", "add", "everything", "*", "--to", receiver.address, "--phase", "both")
        for host in hosts:
            host.start("dramatiq", "backfin.actors", "--processes", "1", "--threads", "4")
        # Work comes when all are there: whoever comes late may find none.
        wait_until("every host has a worker", lambda: len(store.workers.list()) == len(hosts))
        for host in hosts[:2]:
            host.start("periodiq", "backfin.actors")
        return hosts

    return make


NAMES = ("one", "two", "three")


def states(store: Store) -> Counter[State]:
    """How many announcements of today have come how far."""
    day = datetime.now(IST).date()
    return Counter(one.state for one in store.announcements.select(exchange="bse", first=day, last=day))


def is_all_told(store: Store) -> bool:
    """Whether every announcement went its way and each of its two alerts was sent."""
    return states(store) == {State.MATCHED: COUNT} and store.deliveries.counts() == {
        DeliveryState.SENT: 2 * COUNT
    }


def assert_nothing_lost_or_doubled(store: Store, receiver: Receiver, archive_url: str) -> None:
    """Every announcement has its facts, its file and its alerts; what came twice was in doubt, and says who it is."""
    archive = Archive(archive_url)
    items = store.announcements.select()
    kept = [
        archive.get(one.document_id) for item in items for one in store.documents.of(item.announcement_id)
    ]
    readings = [len(store.enrichments.history(item.announcement_id)) for item in items]
    twice = [one for one, times in Counter(receiver.ids).items() if times > 1]

    assert (COUNT, COUNT, [1] * COUNT) == (len(items), len(kept), readings)
    assert 2 * COUNT == len(set(receiver.ids))
    assert [] == [one for one in twice if store.deliveries.get(one).attempts < 2]


def workers_with_work(valkey: ValkeyServer) -> int:
    """How many workers have announcements in hand, as Redis counts them."""
    with Redis.from_url(valkey.url) as client:
        return sum(1 for _ in client.scan_iter("backfin:__acks__.*.backfin.read"))


@takes_minutes
@pytest.mark.timeout(600)
def test_a_host_that_stands_still_in_its_work_and_comes_back_loses_and_doubles_nothing(
    start_exchange: Callable[..., Exchange],
    new_fleet: Callable[..., list[Cli]],
    receiver: Receiver,
    store: Store,
    valkey: ValkeyServer,
    archive_url: str,
) -> None:
    hosts = new_fleet(start_exchange(*made_day(COUNT, today()), "slow:3"))
    wait_until("some work is done", lambda: 6 <= states(store)[State.MATCHED])
    wait_until("every host works", lambda: workers_with_work(valkey) == len(hosts))

    kill_group(hosts[2].started[0], signal.SIGSTOP)
    stopped_s = time.monotonic()
    left = COUNT - states(store)[State.MATCHED]
    # Without the third host the others end all there is, that which it had in hand as well.
    wait_until("everything is told", lambda: is_all_told(store), seconds=250)
    time.sleep(max(0.0, STOPPED_S - (time.monotonic() - stopped_s)))
    kill_group(hosts[2].started[0], signal.SIGCONT)
    wait_until("the third host beats again", lambda: alive(hosts[0]) == 3)
    settled = store.deliveries.counts()

    assert left > 0, "nothing was left to do, so nothing was tested"
    assert settled == {DeliveryState.SENT: 2 * COUNT}
    assert_nothing_lost_or_doubled(store, receiver, archive_url)


def alive(host: Cli) -> int:
    """How many worker processes are alive, as a host's command tells."""
    return sum(row["alive"] for row in host.json("worker", "status", code=None))


def test_a_host_whose_network_is_cut_loses_and_doubles_nothing(
    start_exchange: Callable[..., Exchange],
    new_fleet: Callable[..., list[Cli]],
    receiver: Receiver,
    store: Store,
    cable: tuple[Cable, dict[str, str]],
    valkey: ValkeyServer,
    archive_url: str,
) -> None:
    line, settings = cable
    hosts = new_fleet(start_exchange(*made_day(COUNT, today()), "slow:3"), settings)
    wait_until("some work is done", lambda: 6 <= states(store)[State.MATCHED])
    wait_until("every host works", lambda: workers_with_work(valkey) == len(hosts))

    line.cut()
    left = COUNT - states(store)[State.MATCHED]
    wait_until("everything is told", lambda: is_all_told(store), seconds=110)
    line.mend()
    wait_until("the third host beats again", lambda: alive(hosts[0]) == 3)

    assert left > 0, "nothing was left to do, so nothing was tested"
    assert hosts[2].started[0].poll() is None, "it ended instead of waiting for its network"
    assert is_all_told(store)
    assert_nothing_lost_or_doubled(store, receiver, archive_url)


@takes_minutes
@pytest.mark.timeout(400)
def test_a_scheduler_that_stands_by_takes_over_within_a_minute_and_nothing_runs_twice(
    start_exchange: Callable[..., Exchange], new_host: Callable[..., Cli], store: Store
) -> None:
    exchange = start_exchange(*made_day(3, today()))
    interval = {"BACKFIN_EXCHANGES__BSE__POLL_INTERVAL": "15"}
    hosts = [new_host(name, exchange.environment | interval) for name in ("one", "two")]
    hosts[0].run("db", "upgrade")
    hosts[0].start("dramatiq", "backfin.actors", "--processes", "1", "--threads", "4")
    for host in hosts:
        host.start("periodiq", "backfin.actors")
    wait_until("a poll was made", lambda: polls(store), seconds=90)

    kill_group(hosts[0].started[1])
    killed_at = datetime.now(UTC)
    wait_until(
        "the other one ticks", lambda: len([at for at in polls(store) if at > killed_at]) >= 5, seconds=150
    )

    times = polls(store)
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) < timedelta(seconds=75), "a minute was missed"
    slots = slots_of(store)
    assert len(times) <= len(slots), "a slot was taken twice"
    assert {after - before for before, after in pairwise(slots)} == {timedelta(seconds=15)}


def polls(store: Store) -> list[datetime]:
    """When today's polls began, in order."""
    return sorted(
        run.started_at for run in store.runs.list(kind="scrape", limit=200) if str(run.day) == today()
    )


def slots_of(store: Store) -> list[Any]:
    """The times of the poll that were taken, in order."""
    from sqlalchemy import select

    from backfin.storage.tables import slots

    with store._database.read() as connection:
        query = select(slots.c.slot).where(slots.c.schedule == "scrape.bse").order_by(slots.c.slot)
        return list(connection.execute(query).scalars())
