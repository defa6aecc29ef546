"""CPU of workers that have nothing to do, against dramatiq's own consumers on as many queues, in one run.

``python benchmarks/idle_cpu.py --seconds 30`` prints JSON: per cent of one core that 2 processes x 8 threads use
together with their Redis while every queue is empty, ours and stock dramatiq's (with its default poll, and with
the poll that wakes as soon as ours), and the ratio to each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from backfin.cli.runtime import workers
from backfin.cli.session import open_app_on_broker
from backfin.embedded import EmbeddedServer
from backfin.settings import load_settings

#: Sleep of a stock consumer that wakes as soon as ours does, in milliseconds.
QUICK_POLL_MS = 5

#: Longest wait of a thread of workers that stay, in milliseconds: dramatiq's own.
STAYING_TIMEOUT_MS = 1000

#: Seconds after which workers that started are idle.
SETTLES_S = 5.0

STOCK = """
import os, dramatiq
from dramatiq.brokers.redis import RedisBroker
dramatiq.set_broker(RedisBroker(url=os.environ["STOCK_URL"], namespace="stock"))
for number in range(int(os.environ["STOCK_QUEUES"])):
    dramatiq.actor(lambda: None, actor_name=f"a{number}", queue_name=f"q{number}")
"""


def cpu_s(pids: list[int]) -> float:
    """CPU seconds so far of processes and their children."""
    family = [
        one for pid in pids for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    ]
    return sum(sum(process.cpu_times()[:2]) for process in {one.pid: one for one in family}.values())


def share_of_core(pids: list[int], seconds: float) -> float:
    """Per cent of one core that processes and their children use over some seconds, once they have settled."""
    time.sleep(min(SETTLES_S, seconds))
    before, start = cpu_s(pids), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(pids) - before) / (time.monotonic() - start) * 100


def redis_pid(server: EmbeddedServer) -> int:
    """Number of the private server's process."""
    from redis import Redis

    with Redis.from_url(server.url) as client:
        return int(client.info("server")["process_id"])


def ours(folder: Path, seconds: float) -> tuple[float, int]:
    """Share of a core, and the number of queues."""
    with EmbeddedServer(folder) as server:
        settings = load_settings(home=folder, redis_url=server.url)
        app = open_app_on_broker(settings)
        # Workers that a command brings for itself sleep less, so as to end at once; these are those of `backfin up`.
        extra = {"BACKFIN_HOME": str(folder), "dramatiq_worker_timeout": str(STAYING_TIMEOUT_MS)}
        with workers(settings, server.url, processes=2, threads=8, extra=extra):
            while not app.has_workers():
                time.sleep(0.1)
            children = [child.pid for child in psutil.Process().children()]
            share = share_of_core(list({*children, redis_pid(server)}), seconds)
        queues = {spec.queue for spec in app.specs} | {f"{s.queue}.bulk" for s in app.specs if s.has_bulk}
        app.close()
        return share, len(queues)


@contextmanager
def stock_workers(folder: Path, url: str, queues: int, poll_ms: int | None) -> Iterator[int]:
    """Dramatiq's own broker and consumers; yields the number of the process."""
    (folder / "stock.py").write_text(STOCK)
    environment = {**os.environ, "STOCK_URL": url, "STOCK_QUEUES": str(queues), "PYTHONPATH": str(folder)}
    if poll_ms is not None:
        environment["dramatiq_worker_timeout"] = str(poll_ms)
    command = [str(Path(sys.executable).parent / "dramatiq"), "stock", "-p", "2", "-t", "8"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            yield worker.pid
        finally:
            worker.terminate()


def stock(folder: Path, queues: int, poll_ms: int | None, seconds: float) -> float:
    """Share of a core of stock dramatiq on as many queues."""
    with (
        EmbeddedServer(folder) as server,
        stock_workers(folder, server.url, queues, poll_ms) as pid,
    ):
        return share_of_core([pid, redis_pid(server)], seconds)


def measure(seconds: float) -> dict[str, float]:
    """All three, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mine, queues = ours(folder / "ours", seconds)
        plain = stock(folder / "plain", queues, None, seconds)
        quick = stock(folder / "quick", queues, QUICK_POLL_MS, seconds)
    shares = {"ours_pct": mine, "stock_pct": plain, "stock_quick_pct": quick}
    ratios = {"ratio_to_stock": mine / plain, "ratio_to_stock_quick": mine / quick}
    return {"queues": queues, **{name: round(value, 3) for name, value in {**shares, **ratios}.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--smoke", action="store_true", help="a few seconds, to see that it runs")
    options = parser.parse_args()
    print(json.dumps(measure(2 if options.smoke else options.seconds), indent=2))


if __name__ == "__main__":
    main()
