"""The baseline: one dramatiq actor does all five steps and keeps no books."""

from __future__ import annotations

from collections.abc import Iterable

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from contenders import ABANDONED_S
from contenders.job import ENDED, STEPS, note, redis_url, work

dramatiq.set_broker(RedisBroker(url=redis_url(), heartbeat_timeout=ABANDONED_S * 1000))


@dramatiq.actor
def job(number: int) -> None:
    """All steps of an item."""
    for step in range(STEPS):
        work(number, step)
    note(ENDED, number)


def send(numbers: Iterable[int]) -> None:
    """One message per item."""
    for number in numbers:
        job.send(number)
