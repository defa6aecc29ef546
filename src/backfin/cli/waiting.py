"""Starting a replay, and waiting until it is drained."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from backfin.app import Backfin
from backfin.errors import ConfigError, ExchangeUnavailable
from backfin.specs import Next
from backfin.steps.replay import find_open, start
from backfin.steps.replay_request import ReplayRequest
from backfin.steps.sweep import stalled_items, sweep

#: Seconds between two looks at the ledger, and how many times as long as a look takes they are at least: counting the
#: items of a year costs the store a moment.
_LOOK_S, _LOOK_PART = 0.2, 20

#: Seconds between two sweeps while nobody else ticks.
_SWEEP_S = 15.0

#: Hears of progress: ``(done, selected)``.
OnProgress = Callable[[int, int], None]


def start_replay(app: Backfin, request: ReplayRequest) -> tuple[str, bool]:
    """Opens a run and sends its first message; one of the same request that has not ended is gone on with.

    Returns:
        The run's id, and whether it was there already.

    Raises:
        ConfigError: The request names what is not there, or its run is paused.
    """
    run = find_open(app.context, request)
    if run is None:
        run_id = start(app.context, request)
        app.send([Next("backfin.replay", run_id)])
        return run_id, False
    if run.state == "paused":
        raise ConfigError(
            f"This replay is paused as {run.run_id}; `backfin run resume {run.run_id}` lets it go on, "
            f"`backfin run cancel {run.run_id}` ends it."
        )
    app.send([Next("backfin.replay", run.run_id), *stalled_items(app.context, run)])
    return run.run_id, True


def wait_for(
    app: Backfin, run_id: str, on_progress: OnProgress = lambda done, selected: None
) -> dict[str, Any]:
    """Returns the run's figures once every item is done and every alert it caused is on its way, or it is cancelled.

    Stalled items are swept meanwhile, so a worker or Redis that dies does not hold it up.

    Raises:
        ExchangeUnavailable: The exchange could not be read, so nothing was selected.
    """
    swept = time.monotonic()
    while True:
        run = app.store.runs.get(run_id)
        if run.state == "failed":
            raise ExchangeUnavailable(f"The replay selected nothing: {run.error}")
        looked = time.monotonic()
        progress = app.store.runs.progress(run_id)
        took_s = time.monotonic() - looked
        if run.selected is not None:
            on_progress(progress.done + progress.failed, progress.selected)
            if not progress.pending and not app.store.deliveries.untried():
                break
        elif run.state == "cancelled":
            break
        if time.monotonic() - swept > _SWEEP_S:
            app.send(sweep(app.context, ""))
            swept = time.monotonic()
        time.sleep(max(_LOOK_S, _LOOK_PART * took_s))
    app.store.runs.close(run_id)
    return summary(app, run_id)


def summary(app: Backfin, run_id: str) -> dict[str, Any]:
    """The figures of a run as the command line prints them."""
    progress = app.store.runs.progress(run_id)
    run = app.store.runs.get(run_id)
    end = run.finished_at or app.clock.now()
    return {
        "run_id": run_id,
        "state": run.state,
        "selected": progress.selected,
        "done": progress.done,
        "failed": progress.failed,
        "pending": progress.pending,
        "cancelled": progress.cancelled,
        "new": progress.new,
        "changed": progress.changed,
        "first_read": progress.first_read,
        "notified": app.store.runs.notified(run_id),
        "seconds": round((end - run.started_at).total_seconds(), 3),
    }
