"""Roll-ups: what limits of watches held back is told when it may be, all of one address in one message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from backfin.context import Context
from backfin.identity import delivery_id
from backfin.models import Delivery, DeliveryState, Phase, Watch
from backfin.steps.limits import UNWANTED, muted_sentence

#: What the outbox has as the watch of such a message.
ROLL_UP = "roll-up"


def roll_ups(ctx: Context) -> list[str]:
    """Puts what was held back until now into the outbox, and returns the ids of what is to be sent.

    The news of one filing alone is sent as it would have been. What was held is the truth, as with digests.
    """
    by_address: dict[str, list[Delivery]] = defaultdict(list)
    watches: dict[str, Watch | None] = {}
    for held in ctx.store.digests.held_due(ctx.clock.now()):
        if held.watch_id not in watches:
            watches[held.watch_id] = ctx.store.watches.get(held.watch_id)
        if _is_wanted(ctx, held, watches[held.watch_id]):
            by_address[held.address].append(held)
    return [one for address, held in by_address.items() for one in _told(ctx, address, held)]


def _is_wanted(ctx: Context, held: Delivery, watch: Watch | None) -> bool:
    """Whether somebody still wants it; what nobody does is put aside."""
    if watch is None or held.address not in watch.addresses:
        ctx.store.deliveries.put_aside(held.delivery_id, DeliveryState.EXPIRED, UNWANTED)
        return False
    if watch.is_muted(ctx.clock.now()):
        ctx.store.deliveries.put_aside(held.delivery_id, DeliveryState.MUTED, muted_sentence(watch))
        return False
    return True


def _told(ctx: Context, address: str, held: Sequence[Delivery]) -> list[str]:
    ids = [one.delivery_id for one in held]
    if len({(one.filing_id, one.phase) for one in held}) == 1:
        return ctx.store.digests.release(ids, due_at=ctx.due_at)
    oldest, until = held[0], max(one.held_until or one.created_at for one in held)
    period = f"{ROLL_UP} {oldest.delivery_id}"
    made = Delivery(
        delivery_id=delivery_id(ROLL_UP, period, ROLL_UP, address),
        watch_id=ROLL_UP,
        announcement_id=oldest.announcement_id,
        filing_id=period,
        phase=Phase.ENRICHED,
        address=address,
        created_at=ctx.clock.now(),
        since_at=oldest.created_at - timedelta(seconds=1),
        until_at=until,
    )
    return [made.delivery_id] if ctx.store.digests.roll_up(made, ids, due_at=ctx.due_at) else []
