"""Match: the watches that apply to an announcement become deliveries in the outbox.

Key: ``delivery_id`` = hash(watch, filing, phase, address).
Reads/Writes: watches, deliveries; state ``matched`` in the enriched phase, in the same transaction.
Next: ``backfin.notify`` of every new delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from backfin.context import Context
from backfin.identity import delivery_id
from backfin.models import Announcement, Delivery, DeliveryState, Phase, State, Watch
from backfin.notifications.rules import MatchInput, match_input
from backfin.specs import Next
from backfin.steps.item import announcement_of, enrichment_of, filing_of, mentions_of, posting_of
from backfin.steps.replay import finish_item, has_changed


def flash(ctx: Context, key: str) -> list[Next]:
    """Matches the exchange's own words, as soon as an announcement is stored."""
    return _record(ctx, key, _told(ctx, key, Phase.FLASH))


def match(ctx: Context, key: str) -> list[Next]:
    """Matches the facts, and ends the way of an announcement through the pipeline."""
    deliveries = _told(ctx, key, Phase.ENRICHED)
    changed = has_changed(ctx, key)
    with ctx.store.together():
        following = _record(ctx, key, deliveries, state=State.MATCHED)
        finish_item(ctx, key, changed=changed)
    return following


def _told(ctx: Context, key: str, current: Phase) -> list[Delivery]:
    """A delivery for every watch and address; a replay that may not notify makes none."""
    announcement = announcement_of(ctx, key)
    deliveries = _deliveries(ctx, announcement, current, _wanting(ctx, announcement, current))
    if current is Phase.ENRICHED:
        deliveries += _deliveries(ctx, announcement, Phase.FLASH, _flash_only(ctx, announcement))
    return deliveries


def _record(
    ctx: Context, key: str, deliveries: Sequence[Delivery], *, state: State | None = None
) -> list[Next]:
    """Writes deliveries down. Runs again without harm: each is a row with a key, and the row is told once."""
    again = ctx.replay is not None and ctx.replay.notify
    new_ids = ctx.store.deliveries.record(key, deliveries, due_at=ctx.due_at, state=state, again=again)
    pending = {item.delivery_id for item in deliveries if item.state is DeliveryState.PENDING}
    return [Next("backfin.notify", new_id) for new_id in new_ids if new_id in pending]


def _wanting(ctx: Context, announcement: Announcement, phase: Phase) -> list[Watch]:
    if ctx.replay is not None and not ctx.replay.notify:
        return []
    return ctx.watches.index().match(_subject(ctx, announcement, phase), phase)


def _flash_only(ctx: Context, announcement: Announcement) -> list[Watch]:
    """Watches that hear nothing but the flash: its message, which no state stands for, may have been lost."""
    return [watch for watch in _wanting(ctx, announcement, Phase.FLASH) if watch.phase is Phase.FLASH]


def _deliveries(
    ctx: Context, announcement: Announcement, phase: Phase, watches: Sequence[Watch]
) -> list[Delivery]:
    if not watches:
        return []
    is_read = phase is Phase.ENRICHED
    filing = filing_of(ctx, announcement.announcement_id) if is_read else posting_of(ctx, announcement)
    state = DeliveryState.EXPIRED if _is_old(ctx, announcement) else DeliveryState.PENDING
    return [
        _delivery(ctx, announcement, watch, filing, phase, address, state)
        for watch in watches
        for address in watch.addresses
    ]


def _subject(ctx: Context, announcement: Announcement, phase: Phase) -> MatchInput:
    if phase is Phase.FLASH:
        return match_input(announcement, None, ())
    key = announcement.announcement_id
    return match_input(announcement, enrichment_of(ctx, key), mentions_of(ctx, key))


def _is_old(ctx: Context, announcement: Announcement) -> bool:
    """Old news is not sent, unless a replay was asked to notify: that also tells what expired before."""
    if ctx.replay is not None:
        return False
    age = ctx.clock.now() - announcement.disseminated_at
    return age > timedelta(seconds=ctx.settings.notifications.max_age)


def _delivery(
    ctx: Context,
    announcement: Announcement,
    watch: Watch,
    filing: str,
    phase: Phase,
    address: str,
    state: DeliveryState,
) -> Delivery:
    return Delivery(
        delivery_id=delivery_id(watch.watch_id, filing, phase.value, address),
        watch_id=watch.watch_id,
        announcement_id=announcement.announcement_id,
        filing_id=filing,
        phase=phase,
        address=address,
        state=state,
        created_at=ctx.clock.now(),
    )
