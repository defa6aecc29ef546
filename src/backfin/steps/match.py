"""Match: the watches that apply to an announcement become deliveries in the outbox.

Those of watches with a digest are collected there until it is due.

Key: ``delivery_id`` = hash(watch, filing, phase, address).
Reads/Writes: watches, deliveries; state ``matched`` in the enriched phase, in the same transaction.
Next: ``backfin.notify`` of every new delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from backfin.context import Context
from backfin.identity import delivery_id
from backfin.models import Announcement, Cadence, Delivery, DeliveryState, Phase, State, Watch
from backfin.specs import Next
from backfin.steps.item import announcement_of, filing_of, state_of, subject_of
from backfin.steps.limits import muted_sentence
from backfin.steps.replay_items import finish_item, has_changed
from backfin.steps.twins import LOOK_EVERY_S, MOST_LOOKS, flash_key, has_twins, is_awaited, issuer_day
from backfin.storage.records import Status
from backfin.storage.restores import MAY_HAVE_BEEN_TOLD


def flash(ctx: Context, key: str, *, looks: int = 0) -> list[Next]:
    """Matches the exchange's own words, as soon as an announcement is stored.

    Where another exchange shows something of the same issuer, that is as soon as the files are read.

    Args:
        ctx: The context.
        key: The announcement.
        looks: How often it was looked whether they are.
    """
    announcement = announcement_of(ctx, key)
    watches = _wanting(ctx, announcement, Phase.FLASH)
    shown = issuer_day(ctx, announcement) if watches else []
    if is_awaited(announcement, shown) and looks < MOST_LOOKS:
        return [_look_again(key, looks)]
    if has_twins(announcement, shown) and state_of(ctx, key) is State.MATCHED:
        # A flash that waited has nothing to tell to those who have heard the facts.
        heard = {watch.watch_id for watch in _wanting(ctx, announcement, Phase.ENRICHED)}
        watches = [one for one in watches if one.phase is Phase.FLASH or one.watch_id not in heard]
    return _record(ctx, key, _flashes(ctx, announcement, watches, shown))


def match(ctx: Context, key: str) -> list[Next]:
    """Matches the facts, and ends the way of an announcement through the pipeline."""
    announcement = announcement_of(ctx, key)
    wanting = _wanting(ctx, announcement, Phase.ENRICHED)
    deliveries = _deliveries(ctx, announcement, Phase.ENRICHED, wanting, filing_of(ctx, key))
    flashing = _flash_only(ctx, announcement)
    shown = issuer_day(ctx, announcement) if flashing else []
    is_early = is_awaited(announcement, shown)
    if not is_early:
        deliveries += _flashes(ctx, announcement, flashing, shown)
    changed = has_changed(ctx, key)

    def store() -> list[Next]:
        following = _record(ctx, key, deliveries, state=State.MATCHED)
        finish_item(ctx, key, changed=changed)
        return following

    following = ctx.store.change(store)
    return [*following, _look_again(key)] if is_early else following


def _look_again(key: str, looks: int = 0) -> Next:
    return Next("backfin.flash", key, {"looks": looks + 1}, delay_s=LOOK_EVERY_S)


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
    subject = subject_of(ctx, announcement.announcement_id, phase)
    watches = ctx.watches.index().match(subject, phase)
    return [watch for watch in watches if not (phase is Phase.FLASH and watch.tells_facts_only)]


def _flash_only(ctx: Context, announcement: Announcement) -> list[Watch]:
    """Watches that hear nothing but the flash: its message, which no state stands for, may have been lost."""
    return [watch for watch in _wanting(ctx, announcement, Phase.FLASH) if watch.phase is Phase.FLASH]


def _flashes(
    ctx: Context, announcement: Announcement, watches: Sequence[Watch], shown: Sequence[Status]
) -> list[Delivery]:
    """The deliveries of a flash, given what all exchanges show of the issuer on that day."""
    if not watches:
        return []
    return _deliveries(ctx, announcement, Phase.FLASH, watches, flash_key(ctx, announcement, shown))


def _deliveries(
    ctx: Context, announcement: Announcement, phase: Phase, watches: Sequence[Watch], filing: str
) -> list[Delivery]:
    return [
        _delivery(ctx, announcement, watch, filing, phase, address)
        for watch in watches
        for address in watch.addresses
    ]


def _state(ctx: Context, announcement: Announcement, watch: Watch) -> DeliveryState:
    """What becomes of it: a muted watch tells nothing, and old news is not sent.

    A replay that was asked to notify also tells what expired before.
    """
    if watch.is_muted(ctx.clock.now()):
        return DeliveryState.MUTED
    is_instant, limits = watch.cadence is Cadence.INSTANT, ctx.settings.notifications
    age = ctx.clock.now() - announcement.disseminated_at
    if ctx.replay is None and age > timedelta(
        seconds=limits.max_age if is_instant else limits.digest_max_age
    ):
        return DeliveryState.EXPIRED
    return DeliveryState.PENDING if is_instant else DeliveryState.COLLECTED


def _delivery(
    ctx: Context, announcement: Announcement, watch: Watch, filing: str, phase: Phase, address: str
) -> Delivery:
    state = _state(ctx, announcement, watch)
    why = muted_sentence(watch) if state is DeliveryState.MUTED else None
    if ctx.replay is None and ctx.store.restores.may_have_told(announcement.disseminated_at):
        state, why = DeliveryState.EXPIRED, MAY_HAVE_BEEN_TOLD
    return Delivery(
        delivery_id=delivery_id(watch.watch_id, filing, phase.value, address),
        watch_id=watch.watch_id,
        announcement_id=announcement.announcement_id,
        filing_id=filing,
        phase=phase,
        address=address,
        state=state,
        error=why,
        created_at=ctx.clock.now(),
    )
