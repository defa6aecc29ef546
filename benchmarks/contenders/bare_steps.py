"""Dramatiq as most people use it for a chain: each step is a message, sent by the step before."""

from __future__ import annotations

from collections.abc import Iterable

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from contenders import ABANDONED_S
from contenders.job import ENDED, STEPS, note, redis_url, work

dramatiq.set_broker(RedisBroker(url=redis_url(), heartbeat_timeout=ABANDONED_S * 1000))


@dramatiq.actor
def step(number: int, place: int) -> None:
    """One step of an item."""
    work(number, place)
    if place + 1 < STEPS:
        step.send(number, place + 1)
    else:
        note(ENDED, number)


def send(numbers: Iterable[int]) -> None:
    """One message per item."""
    for number in numbers:
        step.send(number, 0)
