"""Everything that can be killed is killed, again and again, while a day goes through; then the books are balanced.

``SOAK_EVENTS`` says how many announcements go through, ``SOAK_SEED`` repeats the order of the kills.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backfin.models import DeliveryState, State
from backfin.storage.store import Store
from processes import Cli, Exchange, kill_group, made_day, processes_of, today
from receiver import Receiver
from valkey_server import ValkeyServer

EVENTS = int(os.environ.get("SOAK_EVENTS", "60"))
SEED = int(os.environ.get("SOAK_SEED", time.time_ns() % 100_000))

pytestmark = [pytest.mark.recovery(with_each_change=True), pytest.mark.timeout(300 + EVENTS)]

#: Seconds between two kills, and how long what was killed stays away.
PAUSES_S, AWAY_S = (0.3, 2.5 if EVENTS < 1000 else 5.0), (0.2, 1.0)


class Machine:
    """Workers, a scheduler and the servers around them, each of which may be killed and comes back."""

    def __init__(self, host: Cli, valkey: ValkeyServer, receiver: Receiver) -> None:
        self._host = host
        self._valkey = valkey
        self.receiver = receiver
        self._chance = random.Random(SEED)
        self.kills: Counter[str] = Counter()
        self.start_workers()
        self.start_scheduler()

    def start_workers(self) -> None:
        self._workers = self._host.start("dramatiq", "backfin.actors", "--processes", "2", "--threads", "4")

    def start_scheduler(self) -> None:
        self._scheduler = self._host.start("periodiq", "backfin.actors")

    def kill_something(self) -> None:
        """Kills one thing, and brings it back after a while."""
        names = ("one_worker", "all_workers", "scheduler", "redis", "redis_with_its_data", "receiver")
        (name,) = self._chance.choices(names, weights=(5, 2, 1, 2, 1, 4))
        self.kills[name] += 1
        getattr(self, f"_kill_{name}")()

    def pause_s(self) -> float:
        """How long nothing is killed now."""
        return self._chance.uniform(*PAUSES_S)

    def _away(self) -> None:
        time.sleep(self._chance.uniform(*AWAY_S))

    def _kill_one_worker(self) -> None:
        found = processes_of(self._host.home, "spawn_main")
        if found:
            with contextlib.suppress(Exception):
                self._chance.choice(found).kill()
        self._away()
        if self._workers.poll() is not None:  # dramatiq ends with any of its processes
            self.start_workers()

    def _kill_all_workers(self) -> None:
        kill_group(self._workers)
        self._away()
        self.start_workers()

    def _kill_scheduler(self) -> None:
        kill_group(self._scheduler)
        self.start_scheduler()

    def _kill_redis(self, *, and_forget: bool = False) -> None:
        self._valkey.kill(and_forget=and_forget)
        self._away()
        self._valkey.start()

    def _kill_redis_with_its_data(self) -> None:
        self._kill_redis(and_forget=True)

    def _kill_receiver(self) -> None:
        self.receiver.stop()
        self._away()
        self.receiver = Receiver(after=self.receiver)
        self.receiver.delay_s = 0.01
        self.receiver.start()

    def look_after(self) -> None:
        """Starts again what ended by itself, as whatever supervises it would."""
        if self._workers.poll() is not None:
            self.start_workers()
        if self._scheduler.poll() is not None:
            self.start_scheduler()


@pytest.fixture
def machine(
    start_exchange: Callable[..., Exchange],
    new_host: Callable[..., Cli],
    valkey: ValkeyServer,
    tmp_path: Path,
) -> Iterator[Machine]:
    rows, files = made_day(EVENTS, today())
    receiver = Receiver().start()
    settings = start_exchange(rows, files).environment | receiver.environment
    settings |= {"BACKFIN_STEPS__DEADLINE": "8", "BACKFIN_EXCHANGES__BSE__POLL_INTERVAL": "5"}
    # Every worker that is killed has begun some items: nobody says of them that they stop their workers.
    settings |= {"BACKFIN_STEPS__MAX_TRIES": "1000"}
    host = new_host("one", settings)
    addresses = ("--to", receiver.address, "--to", f"file:{tmp_path / 'told.jsonl'}")
    host.run("watch", "add", "everything", "*", *addresses, "--phase", "both")
    made = Machine(host, valkey, receiver)
    yield made
    made.receiver.stop()


def books(store: Store) -> str:
    """What is not as it should be in the end."""
    states = Counter((one.state.value, one.failed_step, one.error) for one in store.announcements.select())
    open_ones = store.deliveries.stalled(datetime.now(UTC) + timedelta(days=1), 5)
    return f"{store.deliveries.counts()} {states} {open_ones}"


def test_nothing_is_lost_or_told_twice_whatever_is_killed(
    machine: Machine, store: Store, tmp_path: Path
) -> None:
    began_s = time.monotonic()
    wanted = {DeliveryState.SENT: 4 * EVENTS}

    while store.deliveries.counts().get(DeliveryState.SENT, 0) < 3 * EVENTS:
        assert time.monotonic() - began_s < 120 + EVENTS, f"it does not get on (seed {SEED})"
        machine.kill_something()
        machine.look_after()
        time.sleep(machine.pause_s())
    machine.look_after()
    counts, moved_s = store.deliveries.counts(), time.monotonic()
    while counts != wanted and time.monotonic() - moved_s < 150:
        machine.look_after()
        time.sleep(0.5)
        before, counts = counts, store.deliveries.counts()
        moved_s = moved_s if counts == before else time.monotonic()
    assert store.deliveries.counts() == wanted, f"seed {SEED}: {books(store)}"

    received = machine.receiver.told
    by_id = {told["id"]: told["body"] for told in received}
    told = Counter((body["announcement"]["announcement_id"], body["phase"]) for body in by_id.values())
    lines = [json.loads(line) for line in (tmp_path / "told.jsonl").read_text().splitlines()]
    print(
        json.dumps(
            {
                "seed": SEED,
                "events": EVENTS,
                "seconds": round(time.monotonic() - began_s, 1),
                "kills": dict(machine.kills),
                "webhooks_repeated_under_their_own_id": len(received) - len(by_id),
            }
        )
    )
    states = Counter(one.state for one in store.announcements.select())
    assert states == {State.MATCHED: EVENTS}
    assert set(told.values()) == {1}
    assert len(told) == 2 * EVENTS
    assert len({line["delivery_id"] for line in lines}) == len(lines) == 2 * EVENTS
    assert machine.receiver.refused == []
    assert sum(machine.kills.values()) >= 3, "hardly anything was killed, so nothing was tested"
