"""Tick: each minute, what is due is claimed in the store and sent.

Key: (schedule, slot). Two schedulers, a restart or a late minute do no harm: a slot is claimed once, and again
only when the tick that claimed it died before it had sent its message.
Reads/Writes: slots; deletes what is too old to be kept: slots, tries, calls of models, and workers long silent.
Next: every actor that is due.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim

from backfin.context import Context
from backfin.errors import BackfinError
from backfin.heartbeat import FORGOTTEN_AFTER
from backfin.schedules import Schedule, schedules
from backfin.specs import Next

log = logging.getLogger("backfin")

#: Longest outage over which a missed cron slot is made up for, once.
CATCH_UP = timedelta(days=7)

#: After this time a claimed slot whose message was never sent is taken again: its tick has died.
UNSENT = timedelta(seconds=90)

#: What went wrong at announcements is kept so long.
TRIES_KEPT = timedelta(days=90)

#: A time that was taken so much later than now was taken by a clock that was ahead.
AHEAD = timedelta(minutes=5)

#: Polls are at least so many seconds apart.
SHORTEST_POLL_S = 1.0


def tick(ctx: Context, key: str = "") -> list[Next]:
    """Sends what is due in this minute, and once what was missed before it."""
    now = ctx.clock.now()
    following: list[Next] = []
    if ctx.store.slots.untake(now + AHEAD):
        log.warning("the clock was set back; times that were taken when it was ahead are taken again")
    paused = {f"exchange:{name}" for name in ctx.registry.exchanges} & {
        pause.target for pause in ctx.store.pauses.list()
    }
    for schedule in schedules(ctx.registry, ctx.settings, now):
        if f"exchange:{schedule.exchange}" in paused:
            continue  # its slots stay open: what was missed is caught up with once it goes on
        try:
            following += _due(ctx, key, schedule, now)
        except BackfinError:
            raise
        except Exception as error:
            log.error("the schedule %s is left out: %s", schedule.name, error, exc_info=error)
    ctx.store.slots.purge(now - 2 * CATCH_UP)
    ctx.store.workers.forget(now - FORGOTTEN_AFTER)
    ctx.store.item_tries.purge(now - TRIES_KEPT)
    ctx.store.model_calls.purge(now - timedelta(days=ctx.settings.llm.keep_days))
    return following


def _due(ctx: Context, key: str, schedule: Schedule, now: datetime) -> list[Next]:
    if schedule.every_s is not None:
        return _polls(ctx, schedule, schedule.every_s, now)
    return _cron(ctx, key, schedule, now)


def latest_slot(cron: str, zone: str, now: datetime) -> datetime:
    """The last moment not after ``now`` at which a cron fires in a zone.

    >>> latest_slot("0 9-15 * * 1-5", "Asia/Kolkata", datetime(2026, 7, 18, 5, 0, tzinfo=UTC)).isoformat()
    '2026-07-17T09:30:00+00:00'
    """
    local = now.astimezone(ZoneInfo(zone)).replace(microsecond=0) + timedelta(seconds=1)
    return next(CronSim(cron, local, reverse=True)).astimezone(UTC)


def mark_sent(ctx: Context, key: str) -> None:
    """Notes that the messages of the slots this tick claimed are on their way."""
    for name, slot in ctx.kept.get((key, "claimed"), ()):
        ctx.store.slots.mark_sent(name, slot)


def _cron(ctx: Context, key: str, schedule: Schedule, now: datetime) -> list[Next]:
    slot = latest_slot(schedule.cron or "", schedule.zone, now)
    if now - slot > CATCH_UP or not ctx.store.slots.claim(schedule.name, slot, again_after=UNSENT):
        return []
    ctx.kept.setdefault((key, "claimed"), []).append((schedule.name, slot))
    return [Next(schedule.actor, schedule.key)]


def _polls(ctx: Context, schedule: Schedule, every_s: float, now: datetime) -> list[Next]:
    """The latest poll that is due and those before the next minute, which are sent with a delay."""
    times = poll_times(every_s, now)
    return [
        Next(schedule.actor, schedule.key, delay_s=max(0.0, (slot - now).total_seconds()))
        for slot in ctx.store.slots.claim_all(schedule.name, times)
    ]


def poll_times(every_s: float, now: datetime) -> list[datetime]:
    """The last multiple of an interval that is not after ``now``, and all others of this minute.

    >>> [f"{time:%H:%M:%S}" for time in poll_times(45, datetime(2026, 7, 1, 12, 1, 3, tzinfo=UTC))]
    ['12:00:45', '12:01:30']
    """
    interval_s = max(every_s, SHORTEST_POLL_S)
    end_s = now.replace(second=0, microsecond=0).timestamp() + 60
    first = int(now.timestamp() // interval_s)
    numbers = takewhile(lambda number: number * interval_s < end_s, count(first))
    return [datetime.fromtimestamp(round(number * interval_s, 3), UTC) for number in numbers]
