"""Redis and workers for commands that bring their own: ``demo``, ``up`` and ``replay --wait``."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from backfin.embedded import EmbeddedServer, find_running_url, socket_path
from backfin.settings import Settings
from backfin.supervisor import ProcessSpec, Supervisor, locate

#: Seconds running steps get to finish when workers stop.
GRACE_S = 30.0

#: Size of the workers that a command brings, where nothing else is asked for.
PROCESSES, THREADS = 2, 8

#: Environment of workers that are brought for a replay alone: none of them is kept free for live work.
REPLAYS_ALONE = {"BACKFIN_STEPS__BULK_PROCESSES": str(PROCESSES), "BACKFIN_STEPS__BULK_THREADS": str(THREADS)}

#: What dramatiq reads how long an idle thread sleeps from. Workers that live as long as one command are waited for when
#: they end, which takes two such sleeps.
_TIMEOUT, _SHORT_TIMEOUT_MS = "dramatiq_worker_timeout", "200"


def embedded_url(settings: Settings) -> str:
    """The address the embedded Redis of this home has, whether it runs or not."""
    return f"unix://{socket_path(settings.home)}"


def find_redis(settings: Settings) -> str | None:
    """The configured Redis, or the embedded one of this home where some process runs it."""
    return settings.redis_url or find_running_url(settings.home)


@contextlib.contextmanager
def redis_of(settings: Settings) -> Iterator[tuple[str, bool]]:
    """The configured Redis, or the embedded one while the block lasts.

    Yields:
        Its URL, and whether this process started it: then no worker can be about.
    """
    if settings.redis_url:
        yield settings.redis_url, False
        return
    with EmbeddedServer(settings.home) as server:
        yield server.url, server.is_owner


def worker_spec(
    environment: Mapping[str, str], *, processes: int, threads: int, output: Path | None = None
) -> ProcessSpec:
    """The command that runs actors."""
    command = [sys.executable, "-m", "backfin.cli.preloaded", str(locate("dramatiq")), "backfin.actors"]
    command += ["--processes", str(processes), "--threads", str(threads)]
    command += ["--worker-shutdown-timeout", str(int(GRACE_S * 1000)), "--skip-logging"]
    return ProcessSpec("worker", command, environment, output=output)


def scheduler_spec(environment: Mapping[str, str], *, output: Path | None = None) -> ProcessSpec:
    """The command that ticks."""
    command = [sys.executable, "-m", "backfin.cli.logged", str(locate("periodiq")), "backfin.actors"]
    return ProcessSpec("scheduler", command, environment, output=output)


@contextlib.contextmanager
def workers(
    settings: Settings,
    url: str,
    *,
    processes: int = PROCESSES,
    threads: int = THREADS,
    extra: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """Workers that run while the block lasts; they log to ``logs/worker.log`` in the home folder."""
    folder = settings.home.expanduser() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {"BACKFIN_REDIS_URL": url, _TIMEOUT: _SHORT_TIMEOUT_MS, **(extra or {})}
    spec = worker_spec(environment, processes=processes, threads=threads, output=folder / "worker.log")
    supervisor = Supervisor([spec], grace_s=GRACE_S)
    with _in_background(supervisor.run, supervisor.stop):
        yield


@contextlib.contextmanager
def _in_background(run: Callable[[], object], stop: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=run, name="backfin-supervisor", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join()
