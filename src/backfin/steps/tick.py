"""Tick: each minute, what is due is claimed in the store and sent.

Key: (schedule, slot). Two schedulers, a restart or a late minute do no harm: a slot is claimed once.
Reads/Writes: slots.
Next: every actor that is due.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from backfin.context import Context
from backfin.schedules import Schedule, schedules
from backfin.specs import Next

#: Longest outage over which a missed cron slot is made up for, once.
CATCH_UP = timedelta(days=7)


def tick(ctx: Context, key: str = "") -> list[Next]:
    """Sends what is due in this minute, and once what was missed before it."""
    now = ctx.clock.now()
    following: list[Next] = []
    for schedule in schedules(ctx.registry, ctx.settings):
        if schedule.every_s is not None:
            following += _polls(ctx, schedule, schedule.every_s, now)
        else:
            following += _cron(ctx, schedule, now)
    ctx.store.slots.purge(now - 2 * CATCH_UP)
    return following


def latest_slot(cron: str, zone: str, now: datetime) -> datetime:
    """The last moment not after ``now`` at which a cron fires in a zone.

    >>> latest_slot("0 9-15 * * 1-5", "Asia/Kolkata", datetime(2026, 7, 18, 5, 0, tzinfo=UTC)).isoformat()
    '2026-07-17T09:30:00+00:00'
    """
    local = now.astimezone(ZoneInfo(zone)).replace(microsecond=0) + timedelta(seconds=1)
    return next(CronSim(cron, local, reverse=True)).astimezone(UTC)


def _cron(ctx: Context, schedule: Schedule, now: datetime) -> list[Next]:
    slot = latest_slot(schedule.cron or "", schedule.zone, now)
    if now - slot > CATCH_UP or not ctx.store.slots.claim(schedule.name, slot):
        return []
    return [Next(schedule.actor, schedule.key)]


def _polls(ctx: Context, schedule: Schedule, every_s: float, now: datetime) -> list[Next]:
    """Polls of this minute; those below a minute apart are sent with a delay."""
    minute = now.replace(second=0, microsecond=0)
    if every_s >= 60:
        whole = int(every_s)
        slot = datetime.fromtimestamp(int(now.timestamp()) // whole * whole, UTC)
        return [Next(schedule.actor, schedule.key)] if ctx.store.slots.claim(schedule.name, slot) else []
    if not ctx.store.slots.claim(schedule.name, minute):
        return []
    count = int(60 / every_s)
    return [Next(schedule.actor, schedule.key, delay_s=n * every_s) for n in range(count)]
