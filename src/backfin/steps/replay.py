"""Replay: a day or some announcements again, on the bulk lane, by default only what is missing.

Key: ``run_id``; each item by its announcement.
Reads/Writes: runs and their items; states are set back where work is to be done again.
Next: the step each selected announcement waits for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from backfin.clock import days
from backfin.context import Context
from backfin.errors import ConfigError
from backfin.models import State
from backfin.specs import Next
from backfin.steps.item import STATE_BEFORE, step_after, was_enriched_before
from backfin.steps.mend import mend, parse_again
from backfin.steps.scrape_day import scrape_day
from backfin.storage.records import Status

#: No bound on the items of one replay.
_ALL = 1_000_000_000

FromStep = Literal["scrape", "read", "enrich", "investors", "match"]
Only = Literal["missing", "failed", "all"]


@dataclass(frozen=True)
class ReplayRequest:
    """What a replay is asked to do. Days are in the exchange's zone, both included."""

    first: str | None = None
    last: str | None = None
    exchange: str | None = None
    from_step: FromStep | None = None
    only: Only = "missing"
    ids: tuple[str, ...] = ()
    notify: bool = False

    def as_options(self) -> dict[str, Any]:
        """The request as the run keeps it."""
        return {**asdict(self), "ids": list(self.ids)}

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> ReplayRequest:
        """The request a run was started with."""
        return cls(**{**options, "ids": tuple(options.get("ids", ()))})

    def days(self) -> list[date]:
        """Every day asked for, oldest first."""
        if self.first is None:
            return []
        return list(days(date.fromisoformat(self.first), date.fromisoformat(self.last or self.first)))


def start(ctx: Context, request: ReplayRequest) -> str:
    """Opens the run's ledger; the ``backfin.replay`` actor does the rest.

    Raises:
        ConfigError: The request names what is not there.
    """
    check(ctx, request)
    return ctx.store.runs.start("replay", exchange=request.exchange, options=request.as_options())


def check(ctx: Context, request: ReplayRequest) -> None:
    """Refuses a request that could only select nothing.

    Raises:
        ConfigError: There is no such exchange, or no such announcement.
    """
    if request.exchange is not None:
        ctx.exchange(request.exchange)
    unknown = sorted(set(request.ids) - ctx.store.announcements.known(request.ids))
    if unknown:
        raise ConfigError(
            f"The store has no announcement {', '.join(unknown)}; `backfin announcements --json` lists their ids."
        )


def replay(ctx: Context, key: str) -> list[Next]:
    """Scrapes what is missing, selects the items, and sends each to the step it waits for.

    Run twice, it selects once: the items are written down before anything is sent.
    """
    run = ctx.store.runs.get(key)
    if run.state != "running":
        return []
    request = ReplayRequest.from_options(run.options)
    if run.selected is None:
        _scrape(ctx, request, key)
        _mend(ctx, request, key)
        ids = select(ctx, request)
        _set_back(ctx, request, ids)
        _drop_unstored(ctx, key)
        ctx.store.runs.select_items(key, ids)
    pending = ctx.store.runs.pending_items(key, limit=_ALL)
    return _following(ctx, key, request, pending)


def select(ctx: Context, request: ReplayRequest) -> list[str]:
    """Ids of the announcements a request means, oldest first."""
    return [item.announcement_id for item in _asked_for(ctx, request) if _is_meant(item, request)]


def _asked_for(ctx: Context, request: ReplayRequest) -> list[Status]:
    wanted = request.days()
    return ctx.store.announcements.select(
        exchange=request.exchange,
        first=wanted[0] if wanted else None,
        last=wanted[-1] if wanted else None,
        ids=request.ids or None,
    )


def _is_meant(item: Any, request: ReplayRequest) -> bool:
    if item.failed_step == "parse":
        return False
    if request.only == "all":
        return True
    if request.only == "failed":
        return bool(item.state is State.FAILED)
    return bool(item.state is not State.MATCHED)


def _scrape(ctx: Context, request: ReplayRequest, run_id: str) -> None:
    if request.ids or request.from_step not in (None, "scrape"):
        return
    names = [request.exchange] if request.exchange else sorted(ctx.registry.exchanges)
    for name in names:
        for day in request.days():
            scrape_day(ctx, ctx.exchange(name), day, full=True, replay=run_id)


def _mend(ctx: Context, request: ReplayRequest, run_id: str) -> None:
    """Parses the rows again that were kept raw; those that can be read by now are items of the run."""
    kept: dict[str, list[str]] = defaultdict(list)
    for item in _asked_for(ctx, request):
        if item.failed_step == "parse" and item.exchange in ctx.registry.exchanges:
            kept[item.exchange].append(item.announcement_id)
    for name, ids in kept.items():
        exchange = ctx.exchange(name)
        mend(ctx, exchange, parse_again(ctx, exchange, ids), run_id)


def _drop_unstored(ctx: Context, run_id: str) -> None:
    """Ends items that were noted just before a crash and that the exchange has taken back since."""
    noted = ctx.store.runs.pending_items(run_id, limit=_ALL)
    for one in sorted(set(noted) - ctx.store.announcements.known(noted)):
        ctx.store.runs.item_done(run_id, one, ok=False, changed=False, error="The exchange shows it no more.")


def _set_back(ctx: Context, request: ReplayRequest, ids: Sequence[str]) -> None:
    failed = [item.announcement_id for item in ctx.store.announcements.select(ids=ids, states=[State.FAILED])]
    ctx.store.announcements.rewind(failed, State.STORED, due_at=ctx.due_at)
    if request.only == "all":
        # Scraping leaves an announcement stored, as the step that reads it finds it.
        before = STATE_BEFORE.get(f"backfin.{request.from_step}", State.STORED)
        found = ctx.store.announcements.select(ids=ids)
        beyond = [item.announcement_id for item in found if item.is_beyond(before)]
        ctx.store.announcements.rewind(beyond, before, due_at=ctx.due_at)


def _following(ctx: Context, key: str, request: ReplayRequest, ids: Sequence[str]) -> list[Next]:
    options = {"run": key, "notify": request.notify}
    states = {item.announcement_id: item.state for item in ctx.store.announcements.select(ids=ids)}
    following = []
    for one in ids:
        if request.notify:
            following.append(Next("backfin.flash", one, options))
        following.append(Next(step_after(states[one]), one, options))
    return following


def give_up(ctx: Context, key: str, error: Exception) -> None:
    """Closes a replay whose selection could not be made."""
    ctx.store.runs.finish(key, state="failed", error=str(error))


def finish_item(ctx: Context, key: str, *, changed: bool = False, error: str | None = None) -> None:
    """Writes down that the replay, if there is one, is done with an announcement."""
    if ctx.replay is not None:
        ctx.store.runs.item_done(ctx.replay.run_id, key, ok=error is None, changed=changed, error=error)


def has_changed(ctx: Context, key: str) -> bool:
    """Whether the replay, if there is one, read an announcement in another way than before."""
    if ctx.replay is None or not was_enriched_before(ctx, key):
        return False
    history = ctx.store.enrichments.history(key)
    if len(history) < 2:
        return False
    latest, before = history[-1], history[-2]
    if latest.created_at < ctx.store.runs.get(ctx.replay.run_id).started_at:
        return False
    parts = ("category", "event_type", "headline", "summary", "facts")
    return any(getattr(latest, part) != getattr(before, part) for part in parts)
