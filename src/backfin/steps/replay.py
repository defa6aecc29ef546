"""Replay: days or some announcements again, on the bulk lane, by default only what is missing.

Key: ``run_id``; each item by its announcement.
Reads/Writes: runs and their items.
Next: the step each selected announcement waits for, a window of them at a time; itself, until all have ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from backfin.context import Context
from backfin.specs import Next
from backfin.steps.item import step_after
from backfin.steps.mend import mend, parse_again
from backfin.steps.replay_archive import scrape_archive
from backfin.steps.replay_request import ReplayRequest, checked, selected
from backfin.steps.scrape_day import scrape_day
from backfin.storage.records import Run

#: Seconds between two looks whether a run can take more items.
FEED_EVERY_S = 1.0


def start(ctx: Context, request: ReplayRequest) -> str:
    """Opens the run's ledger; the ``backfin.replay`` actor does the rest.

    Raises:
        ConfigError: The request names what is not there.
    """
    asked = checked(ctx, request)
    return ctx.store.runs.start("replay", exchange=asked.exchange, options=asked.as_options())


def find_open(ctx: Context, request: ReplayRequest) -> Run | None:
    """The replay of the same request that has not ended, if there is one."""
    options = checked(ctx, request).as_options()
    return next((run for run in ctx.store.runs.active() if run.options == options), None)


def replay(ctx: Context, key: str, *, turn: int | None = None) -> list[Next]:
    """Selects the items once, and sends as many as a window holds; comes again until all have ended.

    Args:
        ctx: The context.
        key: The run.
        turn: Which turn of the run this message has. Of two messages of one run, one goes on.
    """
    run = ctx.store.runs.get(key)
    if run.state == "running" and run.selected is None:
        _select(ctx, ReplayRequest.from_options(run.options), key)
    mine = ctx.store.runs.take_turn(key, turn)
    if mine is None:
        return settle(ctx, key)
    following = _following(ctx, run, ctx.store.runs.send_items(key, ctx.settings.steps.replay_window))
    if not following and not ctx.store.runs.has_open_items(key):
        ctx.store.runs.close(key)
        return []
    return [*following, Next("backfin.replay", key, {"turn": mine}, delay_s=FEED_EVERY_S)]


def settle(ctx: Context, run_id: str) -> list[Next]:
    """Ends a run that is being cancelled, once what it has begun has ended; it is asked again until then."""
    if ctx.store.runs.get(run_id).state != "cancelling":
        return []
    ctx.store.runs.leave_items(run_id)
    if ctx.store.runs.has_open_items(run_id):
        return [Next("backfin.replay", run_id, delay_s=FEED_EVERY_S)]
    ctx.store.runs.close(run_id)
    return []


def _select(ctx: Context, request: ReplayRequest, run_id: str) -> None:
    """Writes down what a run is to work on. Run again, it adds what is not there yet."""
    if request.scrapes:
        _scrape(ctx, request, run_id)
    _mend(ctx, request, run_id)
    for page in selected(ctx, request):
        ctx.store.runs.add_items(run_id, [item.announcement_id for item in page])
    # Items noted just before a crash may be gone from the exchange since.
    for one in ctx.store.runs.unstored_items(run_id):
        ctx.store.runs.item_done(run_id, one, ok=False, changed=False, error="The exchange shows it no more.")
    ctx.store.runs.select_items(run_id)


def _scrape(ctx: Context, request: ReplayRequest, run_id: str) -> None:
    names = [request.exchange] if request.exchange else sorted(ctx.registry.exchanges)
    for name in names:
        for day in request.days():
            if request.archive:
                scrape_archive(ctx, ctx.exchange(name), day, run_id)
            else:
                scrape_day(ctx, ctx.exchange(name), day, full=True, replay=run_id)


def _mend(ctx: Context, request: ReplayRequest, run_id: str) -> None:
    """Parses the rows again that were kept raw; those that can be read by now are items of the run."""
    kept: dict[str, list[str]] = defaultdict(list)
    for shown_by, key in _kept_raw(ctx, request):
        if shown_by in ctx.registry.exchanges:
            kept[shown_by].append(key)
    for name, ids in kept.items():
        exchange = ctx.exchange(name)
        mend(ctx, exchange, parse_again(ctx, exchange, ids), run_id)


def _kept_raw(ctx: Context, request: ReplayRequest) -> Sequence[tuple[str, str]]:
    if request.issuer or request.category or request.event_type or request.prompts:
        return []
    wanted = request.days()
    return ctx.store.unparsed.select(
        exchange=request.exchange,
        first=wanted[0] if wanted else None,
        last=wanted[-1] if wanted else None,
        ids=request.ids,
    )


def _following(ctx: Context, run: Run, ids: Sequence[str]) -> list[Next]:
    request = ReplayRequest.from_options(run.options)
    options = {"run": run.run_id, "notify": request.notify}
    found = {item.announcement_id: item for item in ctx.store.announcements.select(ids=ids)}
    return [Next(step_after(request.state_for(found[one])), one, options) for one in ids if one in found]


def give_up(ctx: Context, key: str, error: Exception) -> None:
    """Closes a replay whose selection could not be made."""
    ctx.store.runs.finish(key, state="failed", error=str(error))
