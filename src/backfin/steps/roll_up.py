"""Roll-ups: what limits of watches held back is told when it may be, all of one address in one message.

What other watches of the address hold back of the same news for a later time is told with it, and not again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from backfin.context import Context
from backfin.identity import delivery_id
from backfin.models import Delivery, DeliveryState, Phase, Watch
from backfin.steps.limits import UNWANTED, muted_sentence, quiet_until

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
    """Whether somebody wants it now; what nobody does any more is put aside.

    After a long outage its time may have come in other quiet hours: then it waits for their end.
    """
    if watch is None or held.address not in watch.addresses:
        ctx.store.deliveries.put_aside(held.delivery_id, DeliveryState.EXPIRED, UNWANTED)
        return False
    if watch.is_muted(ctx.clock.now()):
        ctx.store.deliveries.put_aside(held.delivery_id, DeliveryState.MUTED, muted_sentence(watch))
        return False
    return quiet_until(ctx, watch) is None


def _told(ctx: Context, address: str, due: Sequence[Delivery]) -> list[str]:
    """The news of one filing is sent as it is, and the claim finds the others of it; several are one digest."""
    if len({(one.filing_id, one.phase) for one in due}) == 1:
        return ctx.store.digests.release([one.delivery_id for one in due], due_at=ctx.due_at)
    oldest, until = due[0], max(one.held_until or one.created_at for one in due)
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
    muted = {watch.watch_id for watch in ctx.store.watches.list() if watch.is_muted(ctx.clock.now())}
    with ctx.store.together():
        news = [one for held in due for one in ctx.store.deliveries.lock_news(held)]
        ids = {one.delivery_id for one in news if one.watch_id not in muted}
        is_new = ctx.store.digests.roll_up(made, ids, due_at=ctx.due_at)
    return [made.delivery_id] if is_new else []
