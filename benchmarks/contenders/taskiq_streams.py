"""Taskiq on Redis streams: five async tasks, each sends the next; results go to its Redis backend."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from taskiq_redis import RedisAsyncResultBackend, RedisStreamBroker

from contenders import ABANDONED_S
from contenders.job import ENDED, STARTED, STEP_S, STEPS, note, redis_url

broker = RedisStreamBroker(
    redis_url(),
    consumer_id="0",
    idle_timeout=ABANDONED_S * 1000,
    unacknowledged_lock_timeout=ABANDONED_S,
).with_result_backend(RedisAsyncResultBackend(redis_url()))


@broker.task
async def step(number: int, place: int) -> int:
    """One step of an item."""
    if place == 0:
        note(STARTED, number)
    await asyncio.sleep(STEP_S)
    if place + 1 < STEPS:
        await step.kiq(number, place + 1)
    else:
        note(ENDED, number)
    return number


_loop = asyncio.new_event_loop()


def prepare() -> None:
    """Makes the stream and its group, before which nothing may be sent."""
    _loop.run_until_complete(broker.startup())


async def _send(numbers: Iterable[int]) -> None:
    for number in numbers:
        await step.kiq(number, 0)


def send(numbers: Iterable[int]) -> None:
    """One message per item."""
    _loop.run_until_complete(_send(numbers))
