"""Sweep: anything whose state is older than its deadline gets its message again.

Key: the step's own key. The store, not the queue, is the truth: when Redis was emptied, the sweep finishes
the work.
Reads/Writes: announcements, deliveries, replays.
Next: the step each stalled item waits for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backfin.context import Context
from backfin.errors import ConfigError
from backfin.models import Delivery, DeliveryState, Phase, State
from backfin.specs import Next
from backfin.steps.item import step_after
from backfin.steps.replay import settle
from backfin.steps.replay_request import ReplayRequest
from backfin.storage.records import Run

#: Most items of one kind taken up by one sweep; the next one goes on.
LIMIT = 5000

#: After this time without a look at a running replay, the message that looks is taken for lost.
UNFED = timedelta(seconds=30)

#: What a delivery is called whose worker died while sending, on a channel that cannot tell a repeat.
UNSURE = "The worker stopped while sending; the channel may have taken it. Resend it if it is missing."


def sweep(ctx: Context, key: str) -> list[Next]:
    """Sends again what stalled: announcements, deliveries, and the items of replays."""
    return _announcements(ctx) + _deliveries(ctx) + _replays(ctx)


def _announcements(ctx: Context) -> list[Next]:
    by_state: dict[State, list[str]] = defaultdict(list)
    for status in ctx.store.announcements.stalled(ctx.clock.now(), LIMIT):
        by_state[status.state].append(status.announcement_id)
    following: list[Next] = []
    for state, ids in by_state.items():
        ctx.store.announcements.defer(ids, due_at=ctx.due_at)
        lost = _lost(ctx, step_after(state), ids)
        if state is State.STORED:
            # What a flash puts into the outbox comes whole or not at all: where some is there, nothing is missing.
            flashed = ctx.store.deliveries.matched_in(Phase.FLASH, lost)
            following += [Next("backfin.flash", one) for one in lost if one not in flashed]
        following += [Next(step_after(state), one) for one in lost]
    return following


def _lost(
    ctx: Context, actor: str, ids: Sequence[str], options: Mapping[str, Any] | None = None
) -> list[str]:
    """Those without a message: one whose message waits or runs is late, not lost, and would be doubled."""
    if not ids:
        return []
    waiting = ctx.waiting(actor, options or {})
    return [one for one in ids if one not in waiting]


def _deliveries(ctx: Context) -> list[Next]:
    stalled = ctx.store.deliveries.stalled(ctx.clock.now(), LIMIT)
    waiting = [item.delivery_id for item in stalled if item.state is DeliveryState.PENDING]
    waiting += _cut_off(ctx, [item for item in stalled if item.state is DeliveryState.SENDING])
    ctx.store.deliveries.defer(waiting, due_at=ctx.due_at)
    return [Next("backfin.notify", one) for one in _lost(ctx, "backfin.notify", waiting)]


def _cut_off(ctx: Context, sending: Sequence[Delivery]) -> list[str]:
    """Deliveries whose worker died while sending: sent again only where the provider knows our token.

    One that may itself be what stops workers is not sent for ever.
    """
    again: list[str] = []
    for item in sending:
        is_safe = item.attempts < ctx.settings.steps.max_tries and _accepts_token(ctx, item.address)
        sentence, due_at = ("The worker stopped while sending.", ctx.due_at) if is_safe else (UNSURE, None)
        if ctx.store.deliveries.release(item.delivery_id, item.attempts, sentence, due_at=due_at) and is_safe:
            again.append(item.delivery_id)
    return again


def _accepts_token(ctx: Context, address: str) -> bool:
    try:
        return ctx.notifier(address).accepts_token
    except ConfigError:
        return False


def _replays(ctx: Context) -> list[Next]:
    """Replays go on where they stand: after a crash of everything, too. A paused one ends what it has begun."""
    following: list[Next] = []
    before = ctx.clock.now() - timedelta(seconds=ctx.settings.steps.deadline)
    for run in ctx.store.runs.active():
        if run.selected is None:
            following += _unselected(ctx, run, before)
            continue
        following += stalled_items(ctx, run, before)
        if not ctx.store.runs.has_open_items(run.run_id):
            ctx.store.runs.close(run.run_id)
        elif run.state == "cancelling":
            following += settle(ctx, run.run_id)
        elif run.state == "running" and _is_unfed(ctx, run):
            following.append(Next("backfin.replay", run.run_id))
    return following


def _is_unfed(ctx: Context, run: Run) -> bool:
    """Whether the message that sends a run's items was lost: it comes again each second while there is one."""
    return run.fed_at is None or ctx.clock.now() - run.fed_at > UNFED


def _unselected(ctx: Context, run: Run, before: datetime) -> list[Next]:
    """A replay whose own message was lost before it had selected anything."""
    if run.state == "cancelling":
        return settle(ctx, run.run_id)
    if run.state == "paused" or run.started_at >= before:
        return []
    return [Next("backfin.replay", one) for one in _lost(ctx, "backfin.replay", [run.run_id])]


def stalled_items(ctx: Context, run: Run, before: datetime | None = None) -> list[Next]:
    """Messages for the items of a run that were sent, are untouched since a moment, and whose message is lost."""
    ids = ctx.store.runs.pending_items(run.run_id, before, LIMIT)
    ctx.store.runs.touch_items(run.run_id, ids, ctx.clock.now())
    options = {"run": run.run_id, "notify": bool(run.options.get("notify"))}
    by_actor: dict[str, list[str]] = defaultdict(list)
    request = ReplayRequest.from_options(run.options)
    begun = ctx.store.runs.begun_items(run.run_id, ids)
    for item in ctx.store.announcements.select(ids=ids):
        state = item.state if item.announcement_id in begun else request.state_for(item)
        by_actor[step_after(state)].append(item.announcement_id)
    return [
        Next(actor, one, options)
        for actor, items in by_actor.items()
        for one in _lost(ctx, actor, items, options)
    ]
