"""Resend: what a person wants to be sent once more, which nothing else does.

Reads/Writes: deliveries.
Next: ``backfin.notify`` of each, past the limits of its watch.
"""

from __future__ import annotations

from collections.abc import Iterable

from backfin.clock import in_ist
from backfin.context import Context
from backfin.errors import ConfigError
from backfin.models import Delivery, DeliveryState
from backfin.specs import Next

#: What may be sent once more without telling anybody twice, as far as is known.
RESENDABLE = (
    DeliveryState.UNSURE,
    DeliveryState.FAILED,
    DeliveryState.EXPIRED,
    DeliveryState.MUTED,
)


def resend(ctx: Context, ids: Iterable[str], *, again: bool = False) -> list[Next]:
    """Puts deliveries back into the outbox: all of those named, or none.

    Args:
        ctx: The context.
        ids: Which ones; for one that the message of another tells, that other one is sent.
        again: Whether the person is told once more of what was sent.

    Raises:
        ConfigError: One is not there, is on its way, or was sent and ``again`` was not said.
    """
    with ctx.store.together(durable=True):
        chosen = {one.delivery_id: one for one in (_teller(ctx, key) for key in ids)}
        for one in chosen.values():
            _check(ctx, one, again=again)
        for one in chosen.values():
            ctx.store.deliveries.put_back(one, due_at=ctx.due_at)
    return [Next("backfin.notify", key, {"by_hand": True}) for key in chosen]


def _teller(ctx: Context, key: str) -> Delivery:
    """The delivery whose message tells one."""
    found = ctx.store.deliveries.find(Delivery.id_of(key))
    if found is None:
        raise ConfigError(f"There is no delivery {key!r}; `backfin delivery list` shows them.")
    other = found.told_by or found.digest_id
    return found if other is None else ctx.store.deliveries.get(other)


def _check(ctx: Context, one: Delivery, *, again: bool) -> None:
    news = [] if one.is_digest else ctx.store.deliveries.lock_news(one)
    if one.state in (DeliveryState.PENDING, DeliveryState.SENDING):
        raise ConfigError(f"{one.delivery_id} is on its way; it needs no resend.")
    # What a watch had collected when it was removed is told by nobody any more.
    if one.state is DeliveryState.COLLECTED and ctx.store.watches.get(one.watch_id) is not None:
        raise ConfigError(f"{one.delivery_id} waits for its time and is told then; it needs no resend.")
    told = next((other for other in (one, *news) if other.state is DeliveryState.SENT), None)
    if told is not None and not again:
        how = "sent" if told is one else f"told by {told.delivery_id}"
        raise ConfigError(
            f"{one.delivery_id} was {how} at {in_ist(told.sent_at)}; "
            "with --again the person is told once more."
        )
