"""Starting a replay and waiting until it is drained."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from backfin.app import Backfin
from backfin.errors import ExchangeUnavailable
from backfin.specs import Next
from backfin.steps.replay import ReplayRequest, start
from backfin.steps.sweep import sweep

#: Seconds between two looks at the ledger.
_LOOK_S = 0.2

#: Seconds between two sweeps while nobody else ticks.
_SWEEP_S = 15.0

#: Hears of progress: ``(done, selected)``.
OnProgress = Callable[[int, int], None]


def start_replay(app: Backfin, request: ReplayRequest) -> str:
    """Opens the run and sends its first message; returns the run's id."""
    run_id = start(app.context, request)
    app.send([Next("backfin.replay", run_id)])
    return run_id


def wait_for(
    app: Backfin, run_id: str, on_progress: OnProgress = lambda done, selected: None
) -> dict[str, Any]:
    """Returns the run's figures once every item is done and every alert it caused is on its way.

    Stalled items are swept meanwhile, so a worker or Redis that dies does not hold it up.

    Raises:
        ExchangeUnavailable: The exchange could not be read, so nothing was selected.
    """
    swept = time.monotonic()
    while True:
        run = app.store.runs.get(run_id)
        if run.state == "failed":
            raise ExchangeUnavailable(f"The replay selected nothing: {run.error}")
        progress = app.store.runs.progress(run_id)
        if run.selected is not None:
            on_progress(progress.done + progress.failed, progress.selected)
            if not progress.pending and not app.store.deliveries.untried():
                break
        if time.monotonic() - swept > _SWEEP_S:
            app.send(sweep(app.context, ""))
            swept = time.monotonic()
        time.sleep(_LOOK_S)
    app.store.runs.finish(run_id, state="done")
    return summary(app, run_id)


def summary(app: Backfin, run_id: str) -> dict[str, Any]:
    """The figures of a run as the command line prints them."""
    progress = app.store.runs.progress(run_id)
    run = app.store.runs.get(run_id)
    end = run.finished_at or app.clock.now()
    return {
        "run_id": run_id,
        "selected": progress.selected,
        "done": progress.done,
        "failed": progress.failed,
        "new": progress.new,
        "changed": progress.changed,
        "notified": app.store.runs.notified(run_id),
        "seconds": round((end - run.started_at).total_seconds(), 3),
    }
