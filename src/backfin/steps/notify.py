"""Notify: one delivery, of a filing or a digest, is claimed, rendered, sent, and its receipt written down.

Others of the same filing and phase to the same address are told in the same message.

Key: ``delivery_id``, also handed to the channel as its token.
Reads/Writes: deliveries, attempts.
Next: itself, later, when the channel could not take the message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from backfin.context import Context
from backfin.errors import (
    BackfinError,
    ConfigError,
    NotConfigured,
    PermanentError,
    RateLimited,
    TransientError,
)
from backfin.models import Alert, Announcement, Delivery, DeliveryState, Digest, Phase
from backfin.models.events import DeliverySent
from backfin.notifications.digests import hand_over
from backfin.specs import Next, RetryPolicy
from backfin.steps.alert import alert_of, named, names_of
from backfin.steps.claim import claim
from backfin.steps.digest_content import digest_of
from backfin.steps.item import filing_of
from backfin.steps.twins import postings_of
from backfin.tracing import span

log = logging.getLogger("backfin")

#: How long is waited between two tries, and how often a channel that breaks is tried. One that is down is tried
#: until the news is old.
RETRY = RetryPolicy(max_tries=10, min_backoff_s=5.0, max_backoff_s=3600.0)

#: Seconds after which the facts look again whether the flash that they edit has arrived.
FLASH_WAIT_S = 2.0

#: What is said of a flash that is not sent because its facts were.
OVERTAKEN = "The facts were told before it."


def notify(ctx: Context, key: str, *, by_hand: bool = False) -> list[Next]:
    """Sends a delivery that nobody else has claimed.

    Args:
        ctx: The context.
        key: The delivery.
        by_hand: Whether a person wants it now, whatever the limits of its watch.
    """
    waiting = ctx.store.deliveries.find(key)
    if waiting is None or waiting.state is not DeliveryState.PENDING or waiting.told_by is not None:
        return []
    # Read before the claim: a store that fails from then on leaves a doubt whether the alert was sent.
    if waiting.is_digest:
        return _send(ctx, waiting, digest_of(ctx, waiting), by_hand=by_hand)
    announcement = ctx.store.announcements.get(waiting.announcement_id)
    other = _other_phase(ctx, waiting, announcement)
    if _is_on_its_way(ctx, other):
        return [Next("backfin.notify", key, _options(by_hand), delay_s=FLASH_WAIT_S)]
    return _send(ctx, waiting, _alert(ctx, waiting, other), other, by_hand=by_hand)


def _send(
    ctx: Context,
    waiting: Delivery,
    message: Alert | Digest,
    other: Delivery | None = None,
    *,
    by_hand: bool = False,
) -> list[Next]:
    taken = claim(ctx, waiting, by_hand=by_hand)
    if taken is None:
        return []
    key, delivery = waiting.delivery_id, taken.deliveries[0]
    if isinstance(message, Alert):
        message = message.model_copy(update=named((*taken.names, *message.watch_names)))
    limits = ctx.settings.notifications
    max_age_s = limits.digest_max_age if delivery.is_digest else limits.max_age
    newest = max(one.created_at for one in taken.deliveries)
    if ctx.clock.now() - newest > timedelta(seconds=max_age_s):
        ctx.store.deliveries.expire(key, attempt=delivery.attempts)
        return []
    if delivery.phase is Phase.FLASH and _is_told(other) and not by_hand:
        ctx.store.deliveries.expire(key, OVERTAKEN, attempt=delivery.attempts)
        return []
    try:
        channel = ctx.notifier(delivery.address)
        with span(f"send {channel.name}", **{"backfin.channel": channel.name}):
            receipt = hand_over(channel, message, delivery.address)
    except Exception as error:
        return _failed(ctx, delivery, error, by_hand=by_hand)
    ctx.store.deliveries.sent(key, receipt.model_dump(mode="json"), attempt=delivery.attempts)
    for one in taken.deliveries:
        ctx.emit(DeliverySent(at=ctx.clock.now(), delivery_id=one.delivery_id))
    return []


def _alert(ctx: Context, delivery: Delivery, flash: Delivery | None) -> Alert:
    """Everything the channel needs, read from the store; the watches are named once it is claimed.

    Where the flash is edited, the message stands for the watch of the flash as well.
    """
    told = flash if delivery.phase is not Phase.FLASH and _is_told(flash) else None
    is_edited = told is not None and _edits_flash(ctx, delivery.address)
    return alert_of(
        ctx,
        delivery.announcement_id,
        names_of(ctx, [told.watch_id] if told is not None and is_edited else []),
        phase=delivery.phase,
        delivery_id=delivery.token,
        filing_id=delivery.filing_id,
        previous_receipt=told.receipt if told is not None else None,
    )


def _other_phase(ctx: Context, delivery: Delivery, announcement: Announcement) -> Delivery | None:
    """The same news to the same address in the other phase; of the facts only where a channel edits its flash.

    A filing on several exchanges was flashed under one of its postings.
    """
    news: Iterable[str]
    if delivery.phase is not Phase.FLASH:
        phase, news = Phase.FLASH, postings_of(ctx, announcement)
    elif _edits_flash(ctx, delivery.address):
        phase, news = Phase.ENRICHED, [filing_of(ctx, announcement.announcement_id)]
    else:
        return None
    sent = (ctx.store.deliveries.of_phase(key, phase, delivery.address) for key in news)
    return next((other for other in sent if other is not None), None)


def _is_on_its_way(ctx: Context, other: Delivery | None) -> bool:
    """Whether a channel that edits is just sending the other phase. One that hangs is not waited for."""
    if other is None or other.state is not DeliveryState.SENDING or not _edits_flash(ctx, other.address):
        return False
    return ctx.clock.now() - other.created_at < timedelta(seconds=ctx.settings.steps.deadline)


def _is_told(delivery: Delivery | None) -> bool:
    return delivery is not None and delivery.state is DeliveryState.SENT


def _edits_flash(ctx: Context, address: str) -> bool:
    notifier = ctx.registry.notifiers.get(address.partition(":")[0].lower())
    return bool(getattr(notifier, "edits_flash", False))


def _options(by_hand: bool) -> dict[str, bool]:
    return {"by_hand": True} if by_hand else {}


def _failed(ctx: Context, delivery: Delivery, error: Exception, *, by_hand: bool) -> list[Next]:
    key, attempt = delivery.delivery_id, delivery.attempts
    log.warning("delivery %s was not accepted: %s", key, error)
    if isinstance(error, BackfinError) and error.facts.get("maybe_sent"):
        ctx.store.deliveries.unsure(key, str(error), attempt=attempt)
        return []
    is_used_up = attempt >= RETRY.max_tries and not isinstance(error, TransientError)
    if isinstance(error, PermanentError | ConfigError | NotConfigured) or is_used_up:
        ctx.store.deliveries.fail(key, str(error), attempt=attempt)
        return []
    delay_s = RETRY.delay_s(attempt)
    if isinstance(error, RateLimited):
        delay_s = max(delay_s, float(error.delay))
    if not isinstance(error, BackfinError):
        log.error("channel of delivery %s raised %s", key, type(error).__name__, exc_info=error)
    due_at = ctx.due_at + timedelta(seconds=delay_s)
    if not ctx.store.deliveries.retry(key, str(error), due_at=due_at, attempt=attempt):
        return []
    return [Next("backfin.notify", key, _options(by_hand), delay_s=delay_s)]
