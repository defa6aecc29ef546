"""Real workers end at a chosen touch, as in a power cut; what was begun is finished, and told once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from backfin.models import DeliveryState, State
from backfin.storage.store import Store
from processes import Cli, Exchange, made_day, today, wait_until
from receiver import Receiver

COUNT = 12

#: The folder from which Python takes what ends a worker.
HOOK = Path(__file__).resolve().parents[1] / "fault_walk" / "in_process"

pytestmark = [pytest.mark.recovery, pytest.mark.timeout(400)]

POINTS = [
    "write:before:8",
    "write:within:25",
    "write:after:40",
    "archive:after:3",
    "enqueue:before:2",
]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_ends_at_a_touch_loses_and_doubles_nothing(
    point: str,
    tmp_path: Path,
    start_exchange: Callable[..., Exchange],
    new_host: Callable[..., Cli],
    receiver: Receiver,
    store: Store,
) -> None:
    done = tmp_path / "done"
    settings = start_exchange(*made_day(COUNT, today())).environment | receiver.environment
    settings |= {"BACKFIN_STEPS__DEADLINE": "6", "BACKFIN_EXCHANGES__BSE__POLL_INTERVAL": "5"}
    host = new_host("one", settings)
    told = host.home / "told.jsonl"
    host.run("watch", "add", "everything", "*", "--to", receiver.address, "--to", f"file:{told}")
    host.environment |= {"PYTHONPATH": str(HOOK), "FAULT_AT": point, "FAULT_DONE": str(done)}
    worker = ("dramatiq", "backfin.actors", "--processes", "1", "--threads", "2")
    workers = host.start(*worker)
    host.start("periodiq", "backfin.actors")

    wait_until("the worker has ended", lambda: workers.poll() is not None, seconds=150)
    assert done.exists()
    host.start(*worker)
    wait_until("everything is told", lambda: is_done(store), seconds=200)

    by_id = {one["id"]: one["body"]["announcement"]["announcement_id"] for one in receiver.told}
    assert {1} == set(Counter(by_id.values()).values())
    lines = [json.loads(line)["delivery_id"] for line in told.read_text().splitlines()]
    assert COUNT == len(lines) == len(set(lines)) == len(by_id)


def is_done(store: Store) -> bool:
    states = Counter(one.state for one in store.announcements.select())
    return states == {State.MATCHED: COUNT} and store.deliveries.counts() == {DeliveryState.SENT: 2 * COUNT}
