"""A Celery chain of five tasks; Redis is broker and result backend, and work is acknowledged when it is done."""

from __future__ import annotations

from collections.abc import Iterable

from celery import Celery, chain

from contenders import ABANDONED_S
from contenders.job import ENDED, STEPS, note, redis_url, work

_URL = redis_url().replace("unix://", "redis+socket://")

app = Celery("bench", broker=_URL, backend=_URL)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    broker_transport_options={"visibility_timeout": ABANDONED_S},
    broker_connection_retry_on_startup=True,
)


@app.task
def step(number: int, place: int) -> int:
    """One step of an item; hands its number on."""
    work(number, place)
    if place + 1 == STEPS:
        note(ENDED, number)
    return number


def send(numbers: Iterable[int]) -> None:
    """One chain per item."""
    for number in numbers:
        chain(step.s(number, 0), *(step.s(place) for place in range(1, STEPS))).apply_async()
