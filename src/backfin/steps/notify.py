"""Notify: one delivery is claimed, rendered, sent, and its receipt written down.

Key: ``delivery_id``, also handed to the channel as its token.
Reads/Writes: deliveries, attempts.
Next: itself, later, when the channel could not take the message.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from backfin.context import Context
from backfin.errors import (
    BackfinError,
    ConfigError,
    NotConfigured,
    PermanentError,
    RateLimited,
    TransientError,
)
from backfin.models import Alert, Announcement, Delivery, DeliveryState, Phase
from backfin.models.events import DeliverySent
from backfin.specs import Next, RetryPolicy
from backfin.steps.twins import postings_of

log = logging.getLogger("backfin")

#: How long is waited between two tries, and how often a channel that breaks is tried. One that is down is tried
#: until the news is old.
RETRY = RetryPolicy(max_tries=10, min_backoff_s=5.0, max_backoff_s=3600.0)


def notify(ctx: Context, key: str) -> list[Next]:
    """Sends a delivery that nobody else has claimed."""
    waiting = ctx.store.deliveries.find(key)
    if waiting is None or waiting.state is not DeliveryState.PENDING:
        return []
    # Read before the claim: a store that fails from then on leaves a doubt whether the alert was sent.
    alert = alert_of(ctx, waiting)
    delivery = ctx.store.deliveries.claim(key, due_at=ctx.due_at)
    if delivery is None:
        return []
    if ctx.clock.now() - delivery.created_at > timedelta(seconds=ctx.settings.notifications.max_age):
        ctx.store.deliveries.expire(key, attempt=delivery.attempts)
        return []
    try:
        receipt = ctx.notifier(delivery.address).send(alert, delivery.address)
    except Exception as error:
        return _failed(ctx, delivery, error)
    ctx.store.deliveries.sent(key, receipt.model_dump(mode="json"), attempt=delivery.attempts)
    ctx.emit(DeliverySent(at=ctx.clock.now(), delivery_id=key))
    return []


def alert_of(ctx: Context, delivery: Delivery) -> Alert:
    """Everything the channel needs, read from the store."""
    enriched = delivery.phase is not Phase.FLASH
    key = delivery.announcement_id
    announcement = ctx.store.announcements.get(key)
    return Alert(
        delivery_id=delivery.delivery_id,
        watch_name=_watch_name(ctx, delivery.watch_id),
        phase=delivery.phase,
        announcement=announcement,
        enrichment=ctx.store.enrichments.latest(key) if enriched else None,
        mentions=tuple(ctx.store.investors.mentions(key)) if enriched else (),
        filing_id=delivery.filing_id,
        previous_receipt=_flash_receipt(ctx, delivery, announcement) if enriched else None,
    )


def _flash_receipt(ctx: Context, delivery: Delivery, announcement: Announcement) -> dict[str, Any] | None:
    """What the channel answered to the flash of the same filing, whichever exchange showed it."""
    receipts = (
        ctx.store.deliveries.receipt_of(delivery.watch_id, posting, Phase.FLASH, delivery.address)
        for posting in postings_of(ctx, announcement)
    )
    return next((receipt for receipt in receipts if receipt is not None), None)


def _watch_name(ctx: Context, watch_id: str) -> str:
    watch = ctx.store.watches.get(watch_id)
    return watch.name if watch is not None else "a watch that was removed"


def _failed(ctx: Context, delivery: Delivery, error: Exception) -> list[Next]:
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
    return [Next("backfin.notify", key, delay_s=delay_s)]
