"""Claim: of the deliveries of one filing and phase to one address, one is sent and tells for all of them.

Everything that decides it is read and written in one transaction, in which nobody else may take any of them: so two
watches of one person are one message, whoever is killed when, and limits hold however many workers send.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backfin.context import Context
from backfin.models import Delivery, DeliveryState, Watch
from backfin.steps.alert import names_of
from backfin.steps.limits import held_back, muted_sentence, quiet_until

#: States of one that tells, or has told, the same news to the same address.
_TELLING = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNSURE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery in our hands, behind it the others that its message tells, and the names of all their watches."""

    deliveries: tuple[Delivery, ...]
    names: tuple[str, ...]


def claim(ctx: Context, waiting: Delivery, *, by_hand: bool = False) -> Claim | None:
    """Takes a delivery and all that its message tells as well; ``None`` where it is not to be sent now.

    Args:
        ctx: The context.
        waiting: The delivery.
        by_hand: Whether a person wants it now: then no limit holds it back, and nothing told before stands for it.
    """
    with ctx.store.together(durable=True):
        news = ctx.store.deliveries.lock_news(waiting)
        own = next((one for one in news if one.delivery_id == waiting.delivery_id), None)
        if own is None or own.state is not DeliveryState.PENDING or own.told_by is not None:
            return None
        others = [one for one in news if one is not own and one.told_by is None]
        joined = _joined(ctx, own, others, by_hand=by_hand)
        if joined is None:
            return None
        bound = [one for one in news if one.told_by == own.delivery_id]
        names = () if own.is_digest else names_of(ctx, [one.watch_id for one in (own, *joined, *bound)])
        ids = [one.delivery_id for one in joined]
        taken = ctx.store.deliveries.claim(own.delivery_id, ids, due_at=ctx.due_at)
    return Claim(tuple(taken), names)


def _joined(
    ctx: Context, own: Delivery, others: Sequence[Delivery], *, by_hand: bool
) -> list[Delivery] | None:
    """The others that its message tells; ``None`` where another tells it, or limits hold it back."""
    if own.is_digest:
        return []
    if by_hand:
        return [one for one in others if one.state is DeliveryState.PENDING]
    teller = _teller(ctx, own, others)
    if teller is None:
        return _may_go(ctx, own, others)
    ctx.store.deliveries.tell_by(teller, own.delivery_id)
    return None


def _teller(ctx: Context, own: Delivery, others: Sequence[Delivery]) -> Delivery | None:
    """The one that tells this news already, or will when its next try comes."""
    for one in others:
        is_tried_again = one.state is DeliveryState.PENDING and one.attempts > 0 and own.attempts == 0
        if one.state in _TELLING or is_tried_again:
            return one
        if one.held_until is not None and one.digest_id is not None:
            digest = ctx.store.deliveries.find(one.digest_id)
            if digest is not None and digest.state in (*_TELLING, DeliveryState.PENDING):
                return digest
    return None


def _may_go(ctx: Context, own: Delivery, others: Sequence[Delivery]) -> list[Delivery] | None:
    """The others that are told with this one; ``None`` where its watch, and those of all others, hold it back."""
    open_ones = [one for one in others if _is_open(one)]
    watches = _watches_of(ctx, [own, *open_ones])
    now = ctx.clock.now()
    own_watch = watches[own.watch_id]
    if own_watch is not None and own_watch.is_muted(now):
        ctx.store.deliveries.put_aside(own.delivery_id, DeliveryState.MUTED, muted_sentence(own_watch))
        return None
    heard = [one for one in open_ones if not (watch := watches[one.watch_id]) or not watch.is_muted(now)]
    if own.attempts > 0:
        return None if _is_postponed(ctx, own, own_watch) else heard
    held = {one.delivery_id: held_back(ctx, watches[one.watch_id], one) for one in (own, *heard)}
    free = [one for one in (own, *heard) if held[one.delivery_id] is None]
    if any(one.state is DeliveryState.PENDING for one in free):
        return heard
    for one in (own, *heard):
        why = held[one.delivery_id]
        if one.state is DeliveryState.PENDING and why is not None:
            ctx.store.deliveries.put_aside(one.delivery_id, DeliveryState.COLLECTED, why.why, until=why.until)
    return None


def _is_open(one: Delivery) -> bool:
    """Whether nothing tells it yet: it waits to be sent, or for the end of what holds it back."""
    is_held = one.state is DeliveryState.COLLECTED and one.held_until is not None
    return one.digest_id is None and (one.state is DeliveryState.PENDING or is_held)


def _is_postponed(ctx: Context, own: Delivery, watch: Watch | None) -> bool:
    """One that was tried keeps its message, which may have arrived; in quiet hours it waits for their end."""
    quiet = quiet_until(ctx, watch)
    if quiet is None:
        return False
    ctx.store.deliveries.postpone(own.delivery_id, quiet)
    return True


def _watches_of(ctx: Context, deliveries: Sequence[Delivery]) -> dict[str, Watch | None]:
    """The watches of some deliveries; those with limits tell for nobody else until the transaction ends."""
    watches = {one: ctx.store.watches.get(one) for one in sorted({item.watch_id for item in deliveries})}
    limited = [key for key, watch in watches.items() if watch and watch.limits and watch.limits.holds_back]
    ctx.store.watches.lock(limited)
    return watches
