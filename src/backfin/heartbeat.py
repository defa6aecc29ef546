"""What a worker process tells the store of itself, and what it hears there: pauses, and the wish that it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dramatiq

from backfin.errors import BackfinError
from backfin.lanes import Role
from backfin.orphan import is_child_of_command
from backfin.progress import Progress
from backfin.storage.fleet import STOP, STOPPING
from backfin.storage.records import WorkerBeat
from backfin.storage.store import Store

log = logging.getLogger("backfin")

#: Seconds between two looks at what is paused, and between two words about itself.
LOOK_S, BEAT_S = 2.0, 6.0

#: A worker that has said nothing for so long is not alive.
SILENT_AFTER = timedelta(seconds=20)

#: One that has said nothing for so long is forgotten.
FORGOTTEN_AFTER = timedelta(days=1)

#: Seconds that what is in hand gets, after a worker was asked to end and before it ends.
STOP_GRACE_S = 30.0

_STATM = Path("/proc/self/statm")


class Heartbeat:
    """Beats for one worker from a thread of its own, and never stops the worker because it cannot.

    Args:
        store: Where it beats.
        worker: Whose consumers and threads are looked at.
        progress: What its process does.
        bulk_processes: How many processes of one command do bulk work, where there are more.
    """

    def __init__(
        self, store: Store, worker: dramatiq.Worker, progress: Progress, *, bulk_processes: int = 1
    ) -> None:
        self.worker_id = uuid4().hex[:12]
        self.host = socket.gethostname()
        self._store = store
        self._worker = worker
        self._progress = progress
        self._started_at = datetime.now(UTC)
        self._is_over = threading.Event()
        self._paused: frozenset[str] = frozenset()
        self._bulk_processes = bulk_processes
        #: What this process does for the bulk lane.
        self.role = Role()
        #: The latest time, on the monotonic clock, at which its command is asked to end; ``None`` when nobody wants it.
        self._stops_at: float | None = None
        self._has_asked = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="backfin-heartbeat", daemon=True)

    def start(self) -> None:
        """Begins to beat."""
        self._look()
        self._thread.start()

    def stopping(self) -> None:
        """Tells that the worker finishes what it has in hand: threads that end are no fault any more."""
        self._is_stopping = True
        self._beat()

    def end(self) -> None:
        """Ends, and takes the worker from the list."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join(2 * LOOK_S)
        with contextlib.suppress(BackfinError):
            self._store.workers.leave(self.worker_id)

    def holds(self, queue: str) -> bool:
        """Whether no more messages of a queue are taken."""
        return self._stops_at is not None or bool(
            self._paused.intersection((queue, f"host:{self.host}", f"worker:{self.worker_id}"))
        )

    def _run(self) -> None:
        beats_at_s = 0.0
        while not self._is_over.wait(LOOK_S):
            self._look()
            if time.monotonic() >= beats_at_s:
                self._beat()
                beats_at_s = time.monotonic() + BEAT_S
            if self._stops_at is not None and not self._has_asked and self._may_stop(self._stops_at):
                self._stop()

    def _look(self) -> None:
        """Hears what is paused; while the store is away it stays as it was."""
        with _unheard("what is paused"):
            self._paused = frozenset(pause.target for pause in self._store.pauses.list())

    def _beat(self) -> None:
        with _unheard("its heartbeat"):
            told = self._told()
            with self._store.together():
                self._store.workers.beat(told)
                if self._is_stopping:
                    self._store.workers.ask([self.worker_id], STOPPING)
                siblings, wish = self._siblings(), self._store.workers.wish_of(self.worker_id)
            self.role = Role.among(self.worker_id, siblings, self._bulk_processes)
            if wish == STOP and self._stops_at is None:
                log.info("worker %s was asked to end; it takes no more messages", self.worker_id)
                self._stops_at = time.monotonic() + STOP_GRACE_S

    def _siblings(self) -> set[str]:
        """Workers of the same command that beat, this one included."""
        since = datetime.now(UTC) - SILENT_AFTER
        own = (self.host, os.getppid())
        return {
            beat.worker_id
            for beat in self._store.workers.list()
            if (beat.host, beat.parent_pid) == own and beat.beat_at > since
        } | {self.worker_id}

    def _told(self) -> WorkerBeat:
        running = [
            {"actor": doing.actor, "item": doing.item, "since": doing.since_s}
            for doing in self._progress.running()
        ]
        return WorkerBeat(
            worker_id=self.worker_id,
            host=self.host,
            pid=os.getpid(),
            parent_pid=os.getppid(),
            queues=sorted(name for name in self._worker.consumers if not name.endswith(".DQ")),
            threads=self._worker.worker_threads,
            started_at=self._started_at,
            beat_at=datetime.now(UTC),
            progress_at=datetime.fromtimestamp(self._progress.last_s, UTC),
            running=running,
            done=self._progress.done,
            failed=self._progress.failed,
            memory_bytes=_memory_bytes(),
            fault=None if self._is_stopping else _fault_of(self._worker),
        )

    def _may_stop(self, latest_s: float) -> bool:
        return not self._progress.running() or time.monotonic() >= latest_s

    def _stop(self) -> None:
        """Asks the command that runs this worker to end all of its processes, gracefully.

        One of them asks for all: a second request would kill what the first lets finish.
        """
        if is_child_of_command():
            with _unheard("that it ends"):
                if self._store.workers.take_stop(self.host, os.getppid()):
                    os.kill(os.getppid(), signal.SIGTERM)
                self._has_asked = True
        else:
            self._has_asked = True
            log.warning(
                "worker %s lives in another program, which has to end it; it stays idle", self.worker_id
            )


def _fault_of(worker: dramatiq.Worker) -> str | None:
    """A thread that should run and does not."""
    consumers: Mapping[str, Any] = worker.consumers
    dead = sorted(name for name, thread in consumers.items() if not thread.is_alive())
    if dead:
        return f"nothing is fetched any more from {', '.join(dead)}"
    lost = sum(not thread.is_alive() for thread in worker.workers)
    return f"{lost} of {len(worker.workers)} threads have ended" if lost else None


def _memory_bytes() -> int | None:
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


@contextlib.contextmanager
def _unheard(what: str) -> Iterator[None]:
    """Goes on without the store; it is asked again a moment later."""
    try:
        yield
    except Exception as error:
        log.debug("a worker could not exchange %s with the store: %s", what, error)
