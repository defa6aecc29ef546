"""Starts a contender's Redis, sender and workers, and looks at what they do and cost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from redis import Redis

from backfin.embedded import EmbeddedServer
from contenders import Contender
from contenders.job import ENDED, LINE_BYTES, LINES, STARTED, ended, read_log

#: Seconds within which workers must begin, and go on, before the run counts as stuck.
PATIENCE_S = 300.0


class Run:
    """One contender on a server and a log of its own; workers start and end as often as asked."""

    def __init__(
        self, contender: Contender, folder: Path, redis_url: str, processes: int, threads: int
    ) -> None:
        self.contender = contender
        self.log = folder / "log"
        self.log.touch()
        self._redis_url = redis_url
        self._size = (processes, threads)
        self._said = (folder / "said").open("ab")
        self._environment = {
            **os.environ,
            "BENCH_LOG": str(self.log),
            "BENCH_REDIS": redis_url,
            "BENCH_HOME": str(folder / "home"),
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        }
        self._workers: list[subprocess.Popen[bytes]] = []
        sender = [sys.executable, "-m", "contenders.sender", contender.module]
        self._sender = subprocess.Popen(
            sender, env=self._environment, stdin=-1, stdout=-1, stderr=self._said, text=True, cwd=folder
        )
        self._hear("ready")

    def send(self, first: int, count: int) -> None:
        """Sends so many items; returns when all are in Redis."""
        assert self._sender.stdin is not None
        print(first, count, file=self._sender.stdin, flush=True)
        self._hear("sent")

    def _hear(self, word: str) -> None:
        assert self._sender.stdout is not None
        if self._sender.stdout.readline().strip() != word:
            raise RuntimeError(f"{self.contender.name}: the sender ended; {self.said()}")

    def start(self) -> None:
        """Starts the workers, each command in a process group of its own."""
        processes, threads = self._size
        commands = 1 if self.contender.starts_processes else processes
        for _ in range(commands):
            command = self.contender.command(processes, threads)
            worker = subprocess.Popen(
                command,
                env=self._environment,
                stdout=self._said,
                stderr=self._said,
                start_new_session=True,
                cwd=self.log.parent,
            )
            self._workers.append(worker)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends every process of every worker, by default without a word."""
        for worker in self._workers:
            os.killpg(worker.pid, number)
        for worker in self._workers:
            _reap(worker)
        self._workers.clear()

    def close(self) -> None:
        """Ends workers and sender."""
        self.kill()
        self._sender.kill()
        self._sender.wait()
        self._said.close()

    def family(self) -> list[psutil.Process]:
        """All processes of the workers."""
        tops = [psutil.Process(worker.pid) for worker in self._workers]
        return [*tops, *(child for top in tops for child in top.children(recursive=True))]

    def all_processes(self) -> list[psutil.Process]:
        """Those of the workers, and the server's."""
        with Redis.from_url(self._redis_url) as client:
            server = psutil.Process(int(client.info("server")["process_id"]))
        return [*self.family(), server]

    def said(self) -> str:
        """The end of what the workers printed."""
        return (self.log.parent / "said").read_text(errors="replace")[-2000:]

    def until(self, count: int, patience_s: float = PATIENCE_S) -> None:
        """Waits until so many different items have ended.

        Raises:
            TimeoutError: Nothing happened for so many seconds.
        """
        # Reading a short log again and again would take from the CPU that is measured.
        enough = LINES * count * LINE_BYTES
        if not self.waits(lambda: self.log.stat().st_size >= enough and ended(self.log) >= count, patience_s):
            raise TimeoutError(f"{self.contender.name}: {ended(self.log)} of {count}; {self.said()}")

    def until_noted(self, lines: int) -> None:
        """Waits until so many lines stand in the log.

        Raises:
            TimeoutError: Nothing happened for too long.
        """
        if not self.waits(lambda: self.log.stat().st_size >= lines * LINE_BYTES, PATIENCE_S):
            raise TimeoutError(f"{self.contender.name} stands still; {self.said()}")

    def waits(self, is_over: Callable[[], bool], patience_s: float) -> bool:
        """Waits until something is so; ``False`` once the log has not grown for so many seconds."""
        size, since = -1, time.monotonic()
        while not is_over():
            if (now := self.log.stat().st_size) != size:
                size, since = now, time.monotonic()
            if time.monotonic() - since > patience_s:
                return False
            time.sleep(0.05)
        return True


def _reap(worker: subprocess.Popen[bytes]) -> None:
    try:
        worker.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@contextmanager
def running(contender: Contender, processes: int, threads: int) -> Iterator[Run]:
    """A contender with an empty Redis of its own; no worker runs yet."""
    with (
        tempfile.TemporaryDirectory(prefix="bf-side-") as name,
        EmbeddedServer(Path(name) / "redis") as server,
    ):
        run = Run(contender, Path(name), server.url, processes, threads)
        try:
            yield run
        finally:
            run.close()


def throughput(run: Run, count: int) -> dict[str, float]:
    """Items a second from the first step of the first to the last step of the last, all queued beforehand.

    Also what workers and Redis used meanwhile, and the workers' memory afterwards.
    """
    run.send(0, count)
    run.start()
    run.until_noted(count + 1)  # beside the lines of the sends, that of the first start
    before_s = _cpu_s(run.all_processes())
    run.until(count)
    cpu_s = _cpu_s(run.all_processes()) - before_s
    log = read_log(run.log)
    begun = min(moments[0] for moments in log[STARTED].values())
    over = max(moments[0] for moments in log[ENDED].values())
    memory = sum(process.memory_full_info().pss for process in run.family())
    return {
        "per_s": count / (over - begun),
        "memory_mib": memory / 2**20,
        "cpu_ms": cpu_s / count * 1000,
    }


def cpu_share(run: Run, seconds: float) -> float:
    """Per cent of a core that idle workers and their Redis use over some seconds."""
    processes = run.all_processes()
    before, start = _cpu_s(processes), time.monotonic()
    time.sleep(seconds)
    return (_cpu_s(processes) - before) / (time.monotonic() - start) * 100


def _cpu_s(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)
