"""One job of five steps on backfin and on five other ways to run it over Redis, in one run.

``python benchmarks/side_by_side.py --plot side_by_side.svg`` prints one JSON document. Each step sleeps 2 ms; each
contender has 2 processes of 8 threads (or tasks) and an empty Valkey of its own. Throughput rounds take turns, medians
and the medians of ratios within a round are told.

- ``per_s``: items a second of a queue that was filled before. ``memory_mib``: PSS of all worker processes after it.
  ``cpu_ms``: milliseconds of CPU for one item, Redis included.
- ``start_ms``, ``end_ms``: from the send until the first step starts and the last one has ended, on idle workers.
- ``idle_pct``: per cent of a core that idle workers and their Redis use.
- ``longer_steps``: throughput of backfin and of the bare actor where a step takes longer than 2 ms.
- ``killed``: all worker processes are killed three times amid the work and started again. ``unfinished`` are items that
  had not ended when nothing had happened for twice the time after which their worker counts as dead, ``twice`` those
  whose last step was done more than once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from contenders import ABANDONED_S, BACKFIN, BARE, CELERY, CONTENDERS, Contender
from contenders.chart import draw
from contenders.job import ENDED, LINES, SENT, STARTED, STEP_MS, ended, read_log
from contenders.running import Run, cpu_share, running, throughput

KILLS = 3

#: Other lengths of a step than the usual one, in milliseconds.
LONGER_STEPS_MS = (4, 8, 16)

#: Seconds after which started workers are idle.
SETTLES_S = 5.0


def percentiles_ms(seconds: list[float]) -> dict[str, float]:
    """p50 and p99 in milliseconds."""
    ordered = sorted(seconds)
    p99 = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    return {"p50": round(statistics.median(ordered) * 1000, 1), "p99": round(p99 * 1000, 1)}


def idleness(run: Run, samples: int, pause_s: float, seconds: float) -> dict[str, Any]:
    """CPU of idle workers, then the way of single items through them."""
    run.start()
    run.send(0, 1)
    run.until(1)
    time.sleep(min(SETTLES_S, seconds))
    share = cpu_share(run, seconds)
    for number in range(1, samples + 1):
        time.sleep(pause_s)
        run.send(number, 1)
        run.until(number + 1)
    log = read_log(run.log)

    def since_sent(kind: str) -> list[float]:
        return [log[kind][number][0] - log[SENT][number][0] for number in range(1, samples + 1)]

    return {
        "start_ms": percentiles_ms(since_sent(STARTED)),
        "end_ms": percentiles_ms(since_sent(ENDED)),
        "idle_pct": round(share, 2),
    }


def killing(run: Run, count: int, patience_s: float) -> dict[str, int]:
    """What is left undone, and what is done twice, when all workers are killed amid the work."""
    run.send(0, count)
    for number in range(KILLS):
        run.start()
        run.until_noted(count + (LINES - 1) * count * (number + 1) // (KILLS + 1))
        run.kill()
    run.start()
    run.waits(lambda: ended(run.log) >= count, patience_s)
    ends = read_log(run.log)[ENDED]
    return {
        "items": count,
        "unfinished": count - len(ends),
        "twice": sum(len(moments) > 1 for moments in ends.values()),
    }


def longer_steps(figures: Figures, count: int, rounds: int) -> Iterator[dict[str, Any]]:
    """What backfin adds to the bare actor where steps are longer; fewer items, so that each takes about as long."""
    pair = [one for one in CONTENDERS if one.name in (BACKFIN, BARE)]
    for step_ms in LONGER_STEPS_MS:
        rates: dict[str, list[float]] = {one.name: [] for one in pair}
        with patch.dict(os.environ, {STEP_MS: str(step_ms)}):
            for _ in range(rounds):
                for one in pair:
                    found = figures.measure(one, lambda run: throughput(run, 2 * count // step_ms))  # noqa: B023
                    rates[one.name].append(found["per_s"])
        ratio = median_ratio(rates[BACKFIN], rates[BARE])
        yield {
            "step_ms": step_ms,
            "per_s": round(statistics.median(rates[BACKFIN])),
            "bare_per_s": round(statistics.median(rates[BARE])),
            "overhead_to_bare": round(1 / ratio - 1, 3),
        }


def median_ratio(rates: Sequence[float], others: Sequence[float]) -> float:
    """Median of the ratios of rates, round by round."""
    return statistics.median(mine / theirs for mine, theirs in zip(rates, others, strict=True))


class Figures:
    """What was measured of each contender, by its name."""

    def __init__(self, processes: int, threads: int) -> None:
        self._size = (processes, threads)
        self.rates: dict[str, list[float]] = {one.name: [] for one in CONTENDERS}
        self.told: dict[str, dict[str, Any]] = {one.name: {"stores": one.stores} for one in CONTENDERS}

    def measure(self, contender: Contender, how: Callable[[Run], dict[str, Any]]) -> dict[str, Any]:
        """One measurement, on a server of its own."""
        with running(contender, *self._size) as run:
            return how(run)

    def round(self, count: int) -> None:
        """Throughput of each, one after the other."""
        for one in CONTENDERS:
            found = self.measure(one, lambda run: throughput(run, count))
            self.rates[one.name].append(found["per_s"])
            self.told[one.name] |= {
                "memory_mib": round(found["memory_mib"]),
                "cpu_ms": round(found["cpu_ms"], 2),
            }

    def ratio(self, to: str, of: str = BACKFIN) -> float:
        """Median of one contender's rates over another's, round by round."""
        return round(median_ratio(self.rates[of], self.rates[to]), 3)

    def contenders(self) -> list[dict[str, Any]]:
        """Everything, in order."""
        return [
            {
                "name": one.name,
                "per_s": round(statistics.median(self.rates[one.name])),
                "to_bare": self.ratio(BARE, one.name),
                **self.told[one.name],
            }
            for one in CONTENDERS
        ]


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All contenders, all measurements."""
    figures = Figures(options.processes, options.threads)
    for _ in range(options.rounds):
        figures.round(options.items)
    longer = [] if options.smoke else list(longer_steps(figures, options.items, options.rounds))
    for one in CONTENDERS:
        idle = lambda run: idleness(run, options.samples, options.pause, options.seconds)  # noqa: E731
        figures.told[one.name] |= figures.measure(one, idle)
    for one in CONTENDERS if not options.smoke else ():
        killed = figures.measure(one, lambda run: killing(run, options.items, 2.0 * ABANDONED_S + 5))
        figures.told[one.name]["killed"] = killed
    return {
        "benchmark": "side_by_side",
        "processes": options.processes,
        "threads": options.threads,
        "items": options.items,
        "rounds": options.rounds,
        "overhead_to_bare": round(1 / figures.ratio(BARE) - 1, 3),
        "ratio_to_celery": figures.ratio(CELERY),
        "longer_steps": longer,
        "contenders": figures.contenders(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--samples", type=int, default=100, help="single items sent to idle workers")
    parser.add_argument("--pause", type=float, default=1.5, help="seconds of idleness before each")
    parser.add_argument("--seconds", type=float, default=30, help="over which idle CPU is measured")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--plot", type=Path, help="draw the figures into this SVG file")
    parser.add_argument("--smoke", action="store_true", help="a few items and no kills, to see that it runs")
    options = parser.parse_args()
    if options.smoke:
        options.items, options.rounds, options.samples = 60, 1, 2
        options.pause, options.seconds = 0.1, 0.5
        options.processes = 1
    found = measure(options)
    if options.plot:
        options.plot.write_text(draw(found), encoding="utf-8")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
