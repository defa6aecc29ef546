"""Digest: what watches collected since their last digest is put into the outbox as one, when its time has come.

Key: the step's own key. What was collected and not told is the truth, so a missed minute, hour or week is caught up
with by the next run, and two schedulers at once do no harm: a digest has one key, (time of day, period, address).
Reads/Writes: watches, deliveries.
Next: ``backfin.notify`` of every new digest.
"""

from __future__ import annotations

from collections import defaultdict

from backfin.context import Context
from backfin.identity import delivery_id
from backfin.models import Delivery, DeliveryState, Phase, Watch
from backfin.notifications.periods import Daily
from backfin.specs import Next
from backfin.steps.limits import UNWANTED, muted_sentence
from backfin.steps.roll_up import roll_ups
from backfin.storage.digests import Waiting


def digest(ctx: Context, key: str = "") -> list[Next]:
    """Sends every digest that is due: those of the day, and those of what limits held back."""
    return [Next("backfin.notify", one) for one in (*_of_the_day(ctx), *roll_ups(ctx))]


def _of_the_day(ctx: Context) -> list[str]:
    """Those of one address at one time of day are one message."""
    watches: dict[str, Watch | None] = {}
    together: dict[tuple[str, Daily], list[Waiting]] = defaultdict(list)
    for waiting in ctx.store.digests.waiting():
        if waiting.watch_id not in watches:
            watches[waiting.watch_id] = ctx.store.watches.get(waiting.watch_id)
        watch = watches[waiting.watch_id]
        if watch is None or waiting.address not in watch.addresses:
            ctx.store.digests.drop(waiting.watch_id, waiting.address, UNWANTED)
        elif watch.is_muted(ctx.clock.now()):
            ctx.store.digests.drop(
                waiting.watch_id, waiting.address, muted_sentence(watch), state=DeliveryState.MUTED
            )
        else:
            together[waiting.address, _daily_of(ctx, watch)].append(waiting)
    formed = [_form(ctx, address, daily, waiting) for (address, daily), waiting in together.items()]
    return [one for one in formed if one is not None]


def _daily_of(ctx: Context, watch: Watch) -> Daily:
    """The time of day at which the digest of a watch is due."""
    defaults = ctx.settings.notifications
    return Daily.of(watch.digest_at or defaults.digest_at, watch.digest_zone or defaults.digest_zone)


def _form(ctx: Context, address: str, daily: Daily, waiting: list[Waiting]) -> str | None:
    """The id of the digest that was put into the outbox, if one is due."""
    now = ctx.clock.now()
    until = daily.last(now)
    oldest = min(one.oldest for one in waiting)
    if oldest > until:
        return None
    watch, period = f"digest {daily.name}", f"digest {until.isoformat()}"
    made = Delivery(
        delivery_id=delivery_id(watch, period, "digest", address),
        watch_id=watch,
        announcement_id="",
        filing_id=period,
        phase=Phase.ENRICHED,
        address=address,
        created_at=now,
        since_at=daily.before(oldest),
        until_at=until,
    )
    is_new = ctx.store.digests.form(made, [one.watch_id for one in waiting], due_at=ctx.due_at)
    return made.delivery_id if is_new else None
