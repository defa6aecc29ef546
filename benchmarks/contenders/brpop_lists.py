"""The design backfin replaces: a Redis list per step, workers that BRPOP, and jobs that carry everything.

``BRPOP`` takes a job out of Redis before it is done, so whoever dies with it in hand takes it along.
"""

from __future__ import annotations

import json
import sys
import threading
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from redis import Redis

from contenders.job import ENDED, STEPS, note, redis_url, work

#: The exchange's whole row travels with each job.
ROW = {f"FIELD_{number}": "x" * 60 for number in range(25)}

#: The client gives up on an answer after five seconds by itself, which is how long ``BRPOP`` waits.
client = Redis.from_url(redis_url(), socket_timeout=30)


def _key(step: int) -> str:
    return f"bench:queue:{step}"


def _push(step: int, number: int) -> None:
    job: dict[str, Any] = {
        "job_id": str(uuid.uuid4()),
        "created_at": datetime.now(UTC).isoformat(),
        "number": number,
        "announcement_data": ROW,
    }
    client.lpush(_key(step), json.dumps(job))


def send(numbers: Iterable[int]) -> None:
    """One push per item."""
    for number in numbers:
        _push(0, number)


def _run() -> None:
    names = [_key(step) for step in reversed(range(STEPS))]
    while True:
        popped: Any = client.brpop(names, timeout=5)
        if popped is None:
            continue
        step, number = int(popped[0].rpartition(b":")[2]), json.loads(popped[1])["number"]
        work(number, step)
        if step + 1 < STEPS:
            _push(step + 1, number)
        else:
            note(ENDED, number)


if __name__ == "__main__":
    for _ in range(int(sys.argv[1])):
        threading.Thread(target=_run).start()
