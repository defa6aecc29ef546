"""Live latency while a replay runs at full speed, against the same system idle.

``python benchmarks/replay_lane.py --samples 20 --bulk 3000`` prints JSON: for both, milliseconds from the end of the
poll that brought a row to its flash and to its enriched line on the worker's console; how many items the replay did a
second meanwhile; and the ratios of the medians. Samples of both alternate in blocks, so that what else the machine does
meets both.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from idle_latency import figures, file, sample, wait_until
from replay_year import made_announcements

from backfin.app import Backfin
from backfin.cli.runtime import workers
from backfin.cli.session import open_app_on_broker
from backfin.embedded import EmbeddedServer
from backfin.identity import watch_id
from backfin.models import Phase, State, Watch
from backfin.settings import load_settings
from backfin.specs import Next
from backfin.steps.replay import start
from backfin.steps.replay_request import ReplayRequest
from backfin.steps.run_control import pause, resume
from backfin.testing.exchange_server import ExchangeServer

#: Seconds for a replay to come to rest or to speed.
_SETTLE_S = 3.0

#: Pairs of blocks: one of them idle, one beside the replay.
_BLOCKS = 4

Times = list[tuple[float, float, float]]


def put_history(app: Backfin, count: int) -> None:
    """Stores announcements of a year ago as if they had been read, so that a replay can begin at once."""
    for part in made_announcements(count):
        app.store.announcements.add(part, due_at=app.context.due_at)
        ids = [item.announcement_id for item in part]
        app.store.announcements.rewind(ids, State.MATCHED)


def blocks(
    app: Backfin, server: ExchangeServer, log: Path, run_id: str, samples: int
) -> tuple[Times, Times, float]:
    """Samples of the idle and of the busy system, and items of the replay per second while it ran."""
    idle: Times = []
    busy: Times = []
    done = ran_s = 0.0
    number = 1
    rounds = min(_BLOCKS, samples)
    for block in range(2 * rounds):
        is_busy = bool(block % 2)
        if is_busy:
            app.send(resume(app.context, app.store.runs.get(run_id)))
        time.sleep(_SETTLE_S)
        before, began = app.store.runs.progress(run_id).done, time.monotonic()
        for _ in range(samples // rounds):
            time.sleep(0.3)
            (busy if is_busy else idle).append(sample(app, server, log, number))
            number += 1
        if is_busy:
            ran_s += time.monotonic() - began
            done += app.store.runs.progress(run_id).done - before
            pause(app.context, app.store.runs.get(run_id))
    return idle, busy, done / ran_s


def measure(samples: int, bulk: int) -> dict[str, Any]:
    """Both, on one system of two worker processes."""
    with tempfile.TemporaryDirectory() as name, ExchangeServer([], file) as server:
        home = Path(name) / "home"
        bse = {"api_url": server.api_url, "files_url": server.files_url, "min_interval": 0.0}
        with EmbeddedServer(home) as redis:
            settings = load_settings(home=home, redis_url=redis.url, exchanges={"bse": bse})
            extra = {f"BACKFIN_EXCHANGES__BSE__{key.upper()}": str(value) for key, value in bse.items()}
            app = open_app_on_broker(settings)
            put_history(app, bulk)
            app.store.watches.put(_watch(app))
            with workers(settings, redis.url, extra={"BACKFIN_HOME": str(home), **extra}):
                wait_until(app.has_workers, 120)
                log = home / "logs" / "worker.log"
                sample(app, server, log, 0)
                run_id = _paused_replay(app)
                idle, busy, rate = blocks(app, server, log, run_id, samples)
                left = app.store.runs.progress(run_id).pending
            app.close()
    return {"bulk_per_s": round(rate, 1), "bulk_left": left, **_report(idle, busy)}


def _watch(app: Backfin) -> Watch:
    return Watch(
        watch_id=watch_id("all"),
        name="all",
        rule="*",
        addresses=("console:",),
        phase=Phase.BOTH,
        created_at=app.clock.now() - timedelta(seconds=1),
    )


def _paused_replay(app: Backfin) -> str:
    run_id = start(
        app.context, ReplayRequest(first="2025-01-01", last="2025-12-31", from_step="enrich", only="all")
    )
    app.send([Next("backfin.replay", run_id)])
    wait_until(lambda: app.store.runs.get(run_id).selected is not None, 120)
    pause(app.context, app.store.runs.get(run_id))
    return run_id


def _report(idle: Times, busy: Times) -> dict[str, Any]:
    report: dict[str, Any] = {"samples": [len(idle), len(busy)]}
    for column, part in enumerate(("poll", "flash", "enriched")):
        one, two = (figures([times[column] for times in side]) for side in (idle, busy))
        report[part] = {
            "idle": one,
            "replaying": two,
            "ratio_p50": round(two["p50"] / max(one["p50"], 1.0), 2),
        }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=24, help="of each kind")
    parser.add_argument("--bulk", type=int, default=20_000, help="announcements that the replay has to do")
    parser.add_argument("--smoke", action="store_true", help="a few samples, to see that it runs")
    options = parser.parse_args()
    samples, bulk = (1, 1500) if options.smoke else (options.samples, options.bulk)
    print(json.dumps(measure(samples, bulk), indent=2))


if __name__ == "__main__":
    main()
