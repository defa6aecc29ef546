"""A year of history replayed by rules: whether memory of workers and Redis, and the rate, stay what they are.

``python benchmarks/replay_year.py --count 300000`` stores so many announcements of 2025 through the usual insert, with
the words of the sample day's filings, and replays all of them with two worker processes. It prints JSON: announcements
stored and replayed a second, and for each quarter of the replay the mean memory of all workers and of Redis, the most
messages in Redis, the size of the store and the rate; ``growth`` is the last quarter over the first.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import psutil
from redis import Redis

from backfin.app import Backfin
from backfin.cli.runtime import REPLAYS_ALONE, workers
from backfin.cli.session import open_app_on_broker
from backfin.cli.waiting import start_replay
from backfin.clock import IST
from backfin.demo.companies import load_companies
from backfin.demo.filings import load_filings
from backfin.embedded import EmbeddedServer
from backfin.identity import announcement_id
from backfin.models import Announcement
from backfin.settings import load_settings
from backfin.steps.replay_request import ReplayRequest

FIRST, LAST = "2025-01-01", "2025-12-31"
_YEAR_S = 365 * 86_400

#: Companies that file: what is known of an issuer grows with its filings, sixty a year in life.
_ISSUERS = 5000

#: Seconds between two samples.
_EVERY_S = 1.0

#: Without an item done for so long, the benchmark ends.
_PATIENCE_S = 300.0

#: Characters of a document that an announcement carries as its own text.
_TEXT = 3000


@dataclass
class Sample:
    """One look at everything. Sizes are bytes."""

    at_s: float
    done: int
    workers: int
    redis: int
    messages: int
    store: int


def made_announcements(count: int, size: int = 1000) -> Iterator[list[Announcement]]:
    """So many announcements of 2025, oldest first, in lists of at most ``size``."""
    filings, companies = load_filings(), load_companies()

    def made(number: int) -> Announcement:
        filing = filings[number % len(filings)]
        company = companies[filing.company]
        native = f"{number:08x}-0000-4000-8000-000000000000"
        return Announcement(
            announcement_id=announcement_id("bse", native),
            exchange="bse",
            native_id=native,
            isin=f"INE{number * 7919 % _ISSUERS:05d}A010",
            scrip_code=str(100_000 + number * 7919 % _ISSUERS),
            issuer_name=company.name,
            subject=filing.subject or filing.subcategory or "Announcement",
            headline=f"{filing.headline} ({number})",
            body=f"{filing.more}\n{filing.document[:_TEXT]}",
            exchange_category=filing.category,
            exchange_subcategory=filing.subcategory,
            disseminated_at=datetime(2025, 1, 1, tzinfo=IST) + timedelta(seconds=number * _YEAR_S / count),
        )

    numbers = iter(range(count))
    while part := [made(number) for _, number in zip(range(size), numbers, strict=False)]:
        yield part


def look(app: Backfin, run_id: str, redis: Redis, home: Path) -> Sample:
    """A sample. Memory of workers is what they have to themselves, which forked processes share otherwise."""
    found = [process for process in psutil.Process().children(recursive=True) if _is_worker(process)]
    queues = list(redis.scan_iter("backfin:*.msgs"))
    return Sample(
        at_s=time.monotonic(),
        done=app.store.runs.progress(run_id).done,
        workers=sum(_memory(process) for process in found),
        redis=int(redis.info("memory")["used_memory"]),
        messages=sum(redis.hlen(key) for key in queues),
        store=sum(path.stat().st_size for path in home.glob("backfin.db*")),
    )


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "dramatiq" in " ".join(process.cmdline()) or "python" in process.name()
    except psutil.Error:
        return False


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def watch(app: Backfin, run_id: str, redis: Redis, home: Path) -> list[Sample]:
    """Samples until the run has ended."""
    samples: list[Sample] = []
    moved = time.monotonic()
    while app.store.runs.get(run_id).state == "running":
        samples.append(look(app, run_id, redis, home))
        if len(samples) > 1 and samples[-1].done > samples[-2].done:
            moved = time.monotonic()
        if time.monotonic() - moved > _PATIENCE_S:
            raise TimeoutError(f"nothing was done for {_PATIENCE_S:.0f} s; {samples[-1]}")
        time.sleep(_EVERY_S)
    return samples


def quarters(samples: list[Sample], count: int) -> list[dict[str, Any]]:
    """Means of each quarter of the work, by items done."""
    report = []
    for number in range(4):
        low, high = count * number / 4, count * (number + 1) / 4
        part = [one for one in samples if low <= one.done <= high and one.done] or samples[-1:]
        passed_s = max(part[-1].at_s - part[0].at_s, 0.001)
        report.append(
            {
                "workers_mib": _mib(mean(one.workers for one in part)),
                "redis_mib": _mib(mean(one.redis for one in part)),
                "most_messages": max(one.messages for one in part),
                "store_mib": _mib(part[-1].store),
                "per_s": round((part[-1].done - part[0].done) / passed_s, 1),
            }
        )
    return report


def _mib(size: float) -> float:
    return round(size / 2**20, 1)


def measure(count: int) -> dict[str, Any]:
    """Stores and replays so many."""
    with tempfile.TemporaryDirectory() as name, EmbeddedServer(Path(name) / "home") as server:
        home = Path(name) / "home"
        settings = load_settings(home=home, redis_url=server.url)
        app = open_app_on_broker(settings)
        began = time.monotonic()
        for part in made_announcements(count):
            app.store.announcements.add(part, due_at=app.clock.now() + timedelta(days=2))
        stored_s = time.monotonic() - began
        began = time.monotonic()
        run_id, _ = start_replay(app, ReplayRequest(first=FIRST, last=LAST, from_step="read"))
        redis = Redis.from_url(server.url)
        with workers(settings, server.url, extra={"BACKFIN_HOME": str(home)} | REPLAYS_ALONE):
            samples = watch(app, run_id, redis, home)
        replayed_s = time.monotonic() - began
        progress = app.store.runs.progress(run_id)
        app.close()
    parts = quarters(samples, count)
    growth = {
        key: round(parts[-1][key] / max(parts[0][key], 0.1), 3)
        for key in ("workers_mib", "redis_mib", "per_s")
    }
    return {
        "count": count,
        "stored_per_s": round(count / stored_s, 1),
        "replayed_per_s": round(count / replayed_s, 1),
        "progress": asdict(progress),
        "quarters": parts,
        "growth": growth,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300_000)
    parser.add_argument("--smoke", action="store_true", help="a few, to see that it runs")
    options = parser.parse_args()
    print(json.dumps(measure(400 if options.smoke else options.count), indent=2))


if __name__ == "__main__":
    main()
