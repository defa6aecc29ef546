"""Limits: whether a watch may tell its address now, and if not, until when what it matched is kept.

What is kept is told when its time has come: as it would have been, where it is one filing, else in one message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backfin.clock import day_bounds, day_of, in_ist, zone_of_text
from backfin.context import Context
from backfin.models import Delivery, Limits, Watch
from backfin.notifications.periods import Quiet

#: What is said of matches that nobody wants any more.
UNWANTED = "The watch was removed, or no longer tells this address, before the digest was due."


@dataclass(frozen=True, slots=True)
class Held:
    """Until when a delivery is kept, and why."""

    until: datetime
    why: str


def muted_sentence(watch: Watch) -> str:
    """What is said of what a muted watch matched."""
    return f"The watch was muted until {in_ist(watch.muted_until)}."


def zone_of(ctx: Context, watch: Watch | None) -> ZoneInfo:
    """The zone of a watch's hours, days and digests."""
    own = watch and ((watch.limits and watch.limits.zone) or watch.digest_zone)
    return zone_of_text(own or ctx.settings.notifications.digest_zone)


def quiet_until(ctx: Context, watch: Watch | None) -> datetime | None:
    """When the quiet hours of a watch end that it is in; ``None`` outside of them."""
    if watch is None or watch.limits is None or watch.limits.quiet is None:
        return None
    return Quiet.of(watch.limits.quiet, zone_of(ctx, watch).key).until(ctx.clock.now())


def held_back(ctx: Context, watch: Watch | None, delivery: Delivery) -> Held | None:
    """What holds a delivery back that was not tried yet; to be asked while nobody else may tell for the watch.

    What is kept because there was too much waits till the end of the quiet hours where its time would lie in them.
    """
    if watch is None or watch.limits is None or not watch.limits.holds_back:
        return None
    quiet = quiet_until(ctx, watch)
    if quiet is not None:
        return Held(quiet, "It came in the quiet hours of the watch.")
    held = _too_many_today(ctx, watch, watch.limits, delivery) or _burst(ctx, watch.limits, delivery)
    if held is None or watch.limits.quiet is None:
        return held
    after = Quiet.of(watch.limits.quiet, zone_of(ctx, watch).key).until(held.until)
    return held if after is None else Held(after, held.why)


def _too_many_today(ctx: Context, watch: Watch, limits: Limits, delivery: Delivery) -> Held | None:
    if limits.max_a_day is None:
        return None
    zone = zone_of(ctx, watch)
    begin, end = day_bounds(day_of(ctx.clock.now(), zone), zone)
    if ctx.store.deliveries.told(delivery.watch_id, delivery.address, begin) < limits.max_a_day:
        return None
    return Held(end, f"The watch had told {limits.max_a_day} on that day, the most it may.")


def _burst(ctx: Context, limits: Limits, delivery: Delivery) -> Held | None:
    """Once there are too many, all that follow are kept with them until the time is over."""
    if limits.burst is None:
        return None
    now, why = ctx.clock.now(), f"The watch had told {limits.burst} in {limits.burst_minutes} minutes."
    span = timedelta(minutes=limits.burst_minutes)
    waiting = ctx.store.digests.held_until(delivery.watch_id, delivery.address, now)
    if waiting is not None and waiting <= now + span:
        return Held(waiting, why)
    first = now - span + timedelta.resolution
    if ctx.store.deliveries.told(delivery.watch_id, delivery.address, first) < limits.burst:
        return None
    return Held(now + span, why)
