"""The parts run one by one on two hosts, over a Valkey, a PostgreSQL and an archive that both share."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from backfin.clock import IST
from backfin.models import DeliveryState, State
from backfin.storage.store import Store
from postgres_server import PostgresServer
from processes import Cli, Exchange, kill_group, made_day, recorded_day, today, wait_until
from receiver import Receiver

pytestmark = pytest.mark.recovery

#: Recorded rows that are published, and how many of them land later.
COUNT, LATER = 100, 30


@pytest.fixture
def new_pair(new_host: Callable[..., Cli], receiver: Receiver) -> Callable[[Exchange], list[Cli]]:
    """Starts two hosts, each with workers and a scheduler, and a watch that tells the receiver everything."""

    def make(exchange: Exchange, **settings: str) -> list[Cli]:
        settings = {**exchange.environment, **receiver.environment, **settings}
        hosts = [new_host(name, settings) for name in ("one", "two")]
        hosts[0].run("watch", "add", "everything", "*", "--to", receiver.address, "--phase", "both")
        for host in hosts:
            host.start("dramatiq", "backfin.actors", "--processes", "1", "--threads", "4")
            host.start("periodiq", "backfin.actors")
        return hosts

    return make


def states(store: Store) -> Counter[State]:
    """How many announcements of today have come how far."""
    day = datetime.now(IST).date()
    return Counter(one.state for one in store.announcements.select(exchange="bse", first=day, last=day))


def is_all_told(store: Store, count: int) -> bool:
    """Whether every announcement went its way and each of its two alerts was sent."""
    return states(store) == {State.MATCHED: count} and store.deliveries.counts() == {
        DeliveryState.SENT: 2 * count
    }


def todays_recorded_rows(shared: Path) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Recorded rows moved to today, oldest first, each with a recorded document of its own."""
    rows, files = recorded_day(shared, day=today())
    distinct = {row["NEWSID"]: row for row in rows if row["ATTACHMENTNAME"]}
    chosen = sorted(list(distinct.values())[:COUNT], key=lambda row: str(row["NEWS_DT"]))
    wanted = {row["ATTACHMENTNAME"] for row in chosen}
    own = {name: data + f"\n% {name}\n".encode() for name, data in files.items() if name in wanted}
    return chosen, own


def test_rows_that_land_while_two_hosts_page_and_work_are_each_told_once(
    shared: Path,
    start_exchange: Callable[..., Exchange],
    new_pair: Callable[..., list[Cli]],
    receiver: Receiver,
    store: Store,
) -> None:
    rows, files = todays_recorded_rows(shared)
    exchange = start_exchange(rows[:-LATER], files, page_size=10)
    # Ten rows a page, a pause between pages, and a poll every three seconds.
    one, _ = new_pair(
        exchange,
        BACKFIN_EXCHANGES__BSE__MIN_INTERVAL="0.05",
        BACKFIN_EXCHANGES__BSE__POLL_INTERVAL="3",
        BACKFIN_DOCUMENTS__OCR="false",
    )

    wait_until("the first page is stored", lambda: sum(states(store).values()))
    exchange.land(rows[-LATER:-10])
    wait_until("most rows are stored", lambda: sum(states(store).values()) >= COUNT - LATER)
    exchange.land(rows[-10:])
    wait_until("everything is told", lambda: is_all_told(store, COUNT), seconds=90)
    (report,) = one.json("day", today())

    wanted = {f"bse:{row['NEWSID']}" for row in rows}
    alerts = Counter(
        (told["body"]["announcement"]["announcement_id"], told["body"]["phase"]) for told in receiver.told
    )
    assert {(key, phase): 1 for key in wanted for phase in ("flash", "enriched")} == alerts
    assert (2 * COUNT, []) == (len(set(receiver.ids)), receiver.refused)
    assert (COUNT, COUNT, True) == (report["expected"], report["stored"], report["complete"])


def test_a_killed_host_and_a_second_scheduler_lose_and_double_nothing(
    start_exchange: Callable[..., Exchange],
    new_pair: Callable[..., list[Cli]],
    receiver: Receiver,
    store: Store,
) -> None:
    began_s = time.time()
    settings = {"BACKFIN_STEPS__DEADLINE": "5", "BACKFIN_EXCHANGES__BSE__POLL_INTERVAL": "60"}
    hosts = new_pair(start_exchange(*made_day(COUNT, today()), "slow:5"), **settings)
    wait_until("some work is done", lambda: 10 <= states(store)[State.MATCHED])

    kill_group(hosts[0].started[0])
    left = COUNT - states(store)[State.MATCHED]
    wait_until("everything is told", lambda: is_all_told(store, COUNT), seconds=100)

    assert left > 0, "nothing was left to do, so nothing was tested"
    assert 2 * COUNT == len(set(receiver.ids))
    assert_sent_again_only_in_doubt(store, receiver)
    minutes = int(time.time() // 60 - began_s // 60) + 1
    polls = [run for run in store.runs.list(kind="scrape") if str(run.day) == today()]
    assert 1 <= len(polls) <= minutes, "two schedulers polled twice in one interval"


def assert_sent_again_only_in_doubt(store: Store, receiver: Receiver) -> None:
    """A webhook that came twice was cut off the first time, and said who it is both times."""
    twice = [one for one, times in Counter(receiver.ids).items() if times > 1]
    assert [] == [one for one in twice if store.deliveries.get(one).attempts < 2]


def test_a_flushed_redis_and_a_store_that_was_away_lose_nothing(
    start_exchange: Callable[..., Exchange],
    new_pair: Callable[..., list[Cli]],
    receiver: Receiver,
    store: Store,
    postgres: PostgresServer,
    shared_services: dict[str, str],
) -> None:
    new_pair(start_exchange(*made_day(COUNT, today()), "slow:5"), BACKFIN_STEPS__DEADLINE="5")
    wait_until("some work is done", lambda: 10 <= states(store)[State.MATCHED])

    flushed = flush(shared_services["BACKFIN_REDIS_URL"])
    wait_until("more work is done", lambda: 30 <= states(store)[State.MATCHED], seconds=80)
    postgres.stop()
    postgres.start()
    store.close()  # the onlooker was cut off as well
    left = COUNT - states(store)[State.MATCHED]
    wait_until("everything is told", lambda: is_all_told(store, COUNT), seconds=100)

    assert flushed > 0
    assert left > 0, "nothing was left to do, so nothing was tested"
    assert 2 * COUNT == len(set(receiver.ids))
    assert_sent_again_only_in_doubt(store, receiver)


def flush(url: str) -> int:
    """Empties a Redis; returns how many keys it held."""
    import redis

    with redis.Redis.from_url(url) as client:
        size = int(client.dbsize())
        client.flushall()
        return size
