"""The whole pipeline against a bare dramatiq actor that sleeps as long, in one run.

``python benchmarks/pipeline.py --sizes 500 5000 50000`` prints JSON: announcements/s end to end (real Valkey,
2 processes x 8 threads, SQLite, rules enricher, one-page PDFs from the exchange server over HTTP), their ratio
to a bare actor that does five 2 ms sleeps in a row on the same server, and the peak memory of all processes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from backfin.cli.runtime import workers
from backfin.cli.session import open_app_on_broker
from backfin.cli.waiting import start_replay, wait_for
from backfin.embedded import EmbeddedServer
from backfin.settings import Settings, load_settings
from backfin.steps.replay_request import ReplayRequest

DAY = "2026-07-15"

BARE = """
import os, time, dramatiq
from dramatiq.brokers.redis import RedisBroker
dramatiq.set_broker(RedisBroker(url=os.environ["BARE_URL"], namespace="bare"))
@dramatiq.actor(queue_name="bare")
def work(key):
    for _ in range(5):
        time.sleep(0.002)
    fd = os.open(os.environ["BARE_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, b".")
    os.close(fd)
"""

SERVER = """
import json, sys
from backfin.testing.exchange_server import ExchangeServer
from backfin.testing.pdf import one_page_pdf
count = int(sys.argv[1])
def row(n):
    guid = f"{n:08x}-0000-4000-8000-000000000000"
    at = f"2026-07-15T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.{n % 997:03}"
    return {"NEWSID": guid, "SCRIP_CD": 999001 + n % 4000, "NEWSSUB": "Announcement under Regulation 30 (LODR)-"
            "Award_of_Order_Receipt_of_Order", "HEADLINE": f"Receipt of order number {n}", "NEWS_DT": at, "DT_TM": at,
            "DissemDT": at, "News_submission_dt": at, "CATEGORYNAME": "Company Update", "MORE": "",
            "SUBCATNAME": "Award of Order / Receipt of Order", "ATTACHMENTNAME": f"{guid}.pdf", "PDFFLAG": 0,
            "SLONGNAME": f"Example Works {n % 4000} Ltd"}
def file(name):
    n = int(name[:8], 16)
    return one_page_pdf(f"We have received an order worth Rs. {n + 1}.50 crore from Example Rail Limited, number {n}, "
                        "to be executed within 18 months. The order is a domestic one.")
with ExchangeServer([row(n) for n in range(count)], file, page_size=500) as server:
    print(json.dumps([server.api_url, server.files_url]), flush=True)
    sys.stdin.read()
"""


class Watched:
    """Memory in bytes, and CPU seconds by program, of this process's children and their children."""

    def __init__(self, leave_out: int) -> None:
        self.peak_bytes = 0
        self.cpu_s: dict[str, dict[int, float]] = {}
        self._leave_out = leave_out
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            total = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    times = process.cpu_times()
                    by_pid = self.cpu_s.setdefault(self._program(process), {})
                    by_pid[process.pid] = times.user + times.system
                    if process.pid != self._leave_out:
                        total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak_bytes = max(self.peak_bytes, total)

    def _program(self, process: psutil.Process) -> str:
        if process.pid == self._leave_out:
            return "exchange server"
        line = " ".join(process.cmdline())
        names = {"valkey": "redis", "guard.py": "guard", "dramatiq": "workers", "-I -B": "readers"}
        return next((name for part, name in names.items() if part in line), "other")

    def cpu_ms_per(self, count: int) -> dict[str, float]:
        """CPU milliseconds per item, by program."""
        sums = {name: sum(by_pid.values()) for name, by_pid in self.cpu_s.items()}
        return {name: round(seconds / count * 1000, 2) for name, seconds in sums.items()}


def bare_rate(url: str, folder: Path, count: int, processes: int, threads: int) -> float:
    """Items/s of an actor that sleeps five times 2 ms, with all messages queued first."""
    (folder / "bare.py").write_text(BARE)
    log = folder / f"bare-{count}.log"
    log.touch()
    environment = {**os.environ, "BARE_URL": url, "BARE_LOG": str(log), "PYTHONPATH": str(folder)}
    send = f"import bare\nfor n in range({count}):\n    bare.work.send(str(n))\n"
    subprocess.run([sys.executable, "-c", send], env=environment, check=True)
    command = [
        str(Path(sys.executable).parent / "dramatiq"),
        "bare",
        "-p",
        str(processes),
        "-t",
        str(threads),
    ]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as worker:
        start = done = 0.0
        while log.stat().st_size < count:
            if not start and log.stat().st_size:
                start = time.monotonic()
            time.sleep(0.002)
        done = time.monotonic()
        worker.terminate()
    return count / (done - start)


def backfin_figures(settings: Settings, url: str, count: int, processes: int, threads: int) -> dict[str, Any]:
    """Announcements/s from the replay's start until all are matched, and the peak memory of all processes."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        api_url, files_url = json.loads(server.stdout.readline())
        environment = {
            "BACKFIN_HOME": str(settings.home),
            "BACKFIN_EXCHANGES__BSE__API_URL": api_url,
            "BACKFIN_EXCHANGES__BSE__FILES_URL": files_url,
            "BACKFIN_EXCHANGES__BSE__MIN_INTERVAL": "0",
        }
        app = open_app_on_broker(settings)
        with (
            Watched(leave_out=server.pid) as watched,
            workers(settings, url, processes=processes, threads=threads, extra=environment),
        ):
            while not app.has_workers():
                time.sleep(0.1)
            started = time.monotonic()
            run_id, _ = start_replay(app, ReplayRequest(first=DAY, exchange="bse"))
            result = wait_for(app, run_id)
            seconds = time.monotonic() - started
        server.terminate()
    return {
        "announcements": result["done"],
        "failed": result["failed"],
        "seconds": round(seconds, 2),
        "per_s": round(result["done"] / seconds, 1),
        "peak_memory_mib": round(watched.peak_bytes / 2**20, 1),
        "cpu_ms_per_announcement": watched.cpu_ms_per(count),
    }


def measure(count: int, processes: int, threads: int) -> dict[str, Any]:
    """Both rates on one Redis, and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedServer(folder / "home") as server:
            bare = bare_rate(server.url, folder, count, processes, threads)
            settings = load_settings(home=folder / "home", redis_url=server.url)
            figures = backfin_figures(settings, server.url, count, processes, threads)
    return {**figures, "bare_per_s": round(bare, 1), "ratio": round(figures["per_s"] / bare, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 5000])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--smoke", action="store_true", help="one small size, to see that it runs")
    options = parser.parse_args()
    sizes = [100] if options.smoke else options.sizes
    print(json.dumps([measure(size, options.processes, options.threads) for size in sizes], indent=2))


if __name__ == "__main__":
    main()
