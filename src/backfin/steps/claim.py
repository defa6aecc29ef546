"""Claim: of the deliveries of one filing and phase to one address, one is sent and tells for all of them.

Everything that decides it is read and written in one transaction, in which nobody else may take any of them: so two
watches of one person are one message, whoever is killed when, and limits hold however many workers send.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True, slots=True)
class _News:
    """The deliveries of one filing and phase to one address, locked, and the watches that are not muted.

    ``bound`` are those that the message of ``own`` tells already, ``others`` those on their own.
    """

    own: Delivery
    bound: tuple[Delivery, ...]
    others: tuple[Delivery, ...]
    muted: dict[str, Watch]
    watches: dict[str, Watch | None]

    def heard(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Those whose watch is not muted."""
        return [one for one in deliveries if one.watch_id not in self.muted]


def claim(ctx: Context, waiting: Delivery, *, by_hand: bool = False) -> Claim | None:
    """Takes a delivery and all that its message tells as well; ``None`` where it is not to be sent now.

    Args:
        ctx: The context.
        waiting: The delivery.
        by_hand: Whether a person wants it now: then no limit holds it back, and nothing told before stands for it.
    """

    def take() -> Claim | None:
        if waiting.is_digest:
            return _taken(ctx, waiting, (), ())
        news = _locked(ctx, waiting)
        if news is None:
            return None
        joined = _pending(news.others) if by_hand else _joined(ctx, news)
        if joined is None:
            return None
        named = [news.own, *news.bound, *joined]
        names = names_of(ctx, [one.watch_id for one in (named if by_hand else news.heard(named))])
        return _taken(ctx, news.own, joined, names)

    return ctx.store.change(take, durable=True)


def _taken(ctx: Context, own: Delivery, joined: Sequence[Delivery], names: tuple[str, ...]) -> Claim | None:
    ids = [one.delivery_id for one in joined]
    taken = ctx.store.deliveries.claim(own.delivery_id, ids, due_at=ctx.due_at)
    return Claim(tuple(taken), names) if taken else None


def _locked(ctx: Context, waiting: Delivery) -> _News | None:
    """The news of a delivery; ``None`` when it does not wait any more. Limits count for nobody else meanwhile."""
    found = ctx.store.deliveries.lock_news(waiting)
    own = next((one for one in found if one.delivery_id == waiting.delivery_id), None)
    if own is None or own.state is not DeliveryState.PENDING or own.told_by is not None:
        return None
    watches = {key: ctx.store.watches.get(key) for key in sorted({one.watch_id for one in found})}
    limited = [key for key, watch in watches.items() if watch and watch.limits and watch.limits.holds_back]
    ctx.store.watches.lock(limited)
    now = ctx.clock.now()
    return _News(
        own,
        bound=tuple(one for one in found if one.told_by == own.delivery_id),
        others=tuple(one for one in found if one is not own and one.told_by is None),
        muted={key: watch for key, watch in watches.items() if watch is not None and watch.is_muted(now)},
        watches=watches,
    )


def _joined(ctx: Context, news: _News) -> list[Delivery] | None:
    """The others that its message tells; ``None`` where it is muted, another tells it, or limits hold it back."""
    own = news.own
    if not news.heard((own, *news.bound)):
        sentence = muted_sentence(news.muted[own.watch_id])
        ctx.store.deliveries.put_aside(own.delivery_id, DeliveryState.MUTED, sentence)
        return None
    teller = _teller(ctx, own, news.others)
    if teller is not None:
        ctx.store.deliveries.tell_by(teller, own.delivery_id)
        return None
    joined = news.heard(one for one in news.others if _is_open(one))
    may_go = _may_be_tried_again if own.attempts else _may_go
    return joined if may_go(ctx, news, joined) else None


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


def _may_go(ctx: Context, news: _News, joined: Sequence[Delivery]) -> bool:
    """Whether the limits of some watch let its message go; those of all are put aside otherwise."""
    waiting = [news.own, *_pending(joined)]
    held = [(one, held_back(ctx, news.watches[one.watch_id], one)) for one in waiting]
    if any(why is None for _, why in held):
        return True
    for one, why in held:
        if why is not None:
            ctx.store.deliveries.put_aside(one.delivery_id, DeliveryState.COLLECTED, why.why, until=why.until)
    return False


def _may_be_tried_again(ctx: Context, news: _News, joined: Sequence[Delivery]) -> bool:
    """Whether some watch is out of its quiet hours. What was tried keeps its message, which may have arrived."""
    waiting = news.heard([news.own, *news.bound, *_pending(joined)])
    ends = [quiet_until(ctx, news.watches[one.watch_id]) for one in waiting]
    quiet = [end for end in ends if end is not None]
    if len(quiet) < len(ends):
        return True
    ctx.store.deliveries.postpone(news.own.delivery_id, min(quiet))
    return False


def _pending(deliveries: Iterable[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if one.state is DeliveryState.PENDING]


def _is_open(one: Delivery) -> bool:
    """Whether nothing tells it yet: it waits to be sent, or for the end of what holds it back."""
    is_held = one.state is DeliveryState.COLLECTED and one.held_until is not None
    return one.digest_id is None and (one.state is DeliveryState.PENDING or is_held)
