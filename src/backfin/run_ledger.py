"""The ledger of runs, as people and machines read it: how far each is, how fast, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from backfin.app import Backfin
from backfin.enrichment.difference import Difference, difference
from backfin.storage.records import OPEN_RUNS, Run, RunItem

#: The stretch of time that a rate goes by.
_RATE_OVER = timedelta(seconds=60)


def told(app: Backfin, run: Run) -> dict[str, Any]:
    """A run for JSON; of a replay also its items, its rate and when it may end.

    Returns:
        ``run_id, kind, state, exchange, day, started_at, finished_at, seconds, options, error``; of a replay
        ``selected`` (``None`` until the selection is made), ``done, failed, pending, under_way, cancelled, new,
        changed, first_read``, ``rate_per_s`` (items ended in the last minute; over all of a run that has ended) and
        ``ends_at``; of others ``expected, seen, new, pages, faults``.
    """
    end = run.finished_at or app.clock.now()
    shown = {
        "run_id": run.run_id,
        "kind": run.kind,
        "state": run.state,
        "exchange": run.exchange,
        "day": run.day.isoformat() if run.day else None,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "seconds": round((end - run.started_at).total_seconds(), 3),
        "options": run.options,
        "error": run.error,
    }
    if run.kind != "replay":
        names = ("expected", "seen", "new", "pages", "faults")
        return shown | {name: getattr(run, name) for name in names}
    return shown | _items(app, run)


def _items(app: Backfin, run: Run) -> dict[str, Any]:
    progress = app.store.runs.progress(run.run_id)
    rate = _rate_per_s(app, run, progress.done + progress.failed)
    left_s = progress.pending / rate if rate and progress.pending and run.state == "running" else None
    ends_at = None if left_s is None else (app.clock.now() + timedelta(seconds=left_s)).isoformat()
    return {
        "selected": None if run.selected is None else progress.selected,
        "done": progress.done,
        "failed": progress.failed,
        "pending": progress.pending,
        "under_way": progress.under_way,
        "cancelled": progress.cancelled,
        "new": progress.new,
        "changed": progress.changed,
        "first_read": progress.first_read,
        "rate_per_s": rate,
        "ends_at": ends_at,
    }


def _rate_per_s(app: Backfin, run: Run, ended: int) -> float:
    if run.state not in OPEN_RUNS:
        lasted_s = ((run.finished_at or app.clock.now()) - run.started_at).total_seconds()
        return round(ended / lasted_s, 2) if lasted_s else 0.0
    now = app.clock.now()
    since = max(now - _RATE_OVER, run.started_at)
    passed_s = max((now - since).total_seconds(), 1.0)
    return round(app.store.runs.ended_since(run.run_id, since) / passed_s, 2)


def failures(app: Backfin, run: Run) -> Iterator[dict[str, Any]]:
    """Items of a run that failed, and why."""
    for item in _all_items(app, run):
        if item.state == "failed":
            yield {"announcement_id": item.item, "error": item.error}


def differences(app: Backfin, run: Run) -> Iterator[dict[str, Any]]:
    """What a run changed, item by item: the readings before and after, and the alerts that it caused."""
    for item in _all_items(app, run):
        if item.state not in ("done", "failed"):
            continue
        found = _difference(app, item)
        alerts = app.store.deliveries.caused(item.item, run.started_at, run.finished_at)
        if found or alerts:
            announcement = app.store.announcements.get(item.item)
            told_to = [
                {"delivery_id": one.delivery_id, "watch_id": one.watch_id, "phase": one.phase.value}
                | {"address": one.address, "state": one.state.value}
                for one in alerts
            ]
            yield {
                "announcement_id": item.item,
                "issuer_name": announcement.issuer_name,
                **found.as_json(),
            } | {"alerts": told_to}


def _difference(app: Backfin, item: RunItem) -> Difference:
    """Of a reading that is the same, no difference: each that says something else has an id of its own."""
    if item.before_id == item.after_id:
        return Difference()
    find = app.store.enrichments.find
    return difference(find(item.before_id), find(item.after_id))


def _all_items(app: Backfin, run: Run) -> Iterator[RunItem]:
    after = ""
    while page := app.store.runs.page_of_items(run.run_id, after):
        yield from page
        after = page[-1].item
