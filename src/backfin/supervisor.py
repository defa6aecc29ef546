"""Runs several commands as one: restarts what dies, stops everything gracefully, leaves nothing behind.

Each command runs under a guard in a process group of its own: a Ctrl-C of the terminal reaches the supervisor
alone, and ``kill -9`` of the supervisor ends its children too.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backfin.errors import ConfigError
from backfin.guard import Guarded, spawn

logger = logging.getLogger(__name__)

#: Seconds before the first restart; doubles with each one that follows soon after.
FIRST_BACKOFF_S = 1.0

#: Longest wait before a restart, in seconds.
MAX_BACKOFF_S = 30.0

#: Seconds a command must live for its back-off to start over.
HEALTHY_S = 60.0

#: Seconds between two looks at the children; also how long a Ctrl-C may take to be noticed.
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One command to keep running.

    Args:
        name: What messages call it.
        command: Program and arguments; :func:`locate` finds the program.
        environment: Variables added to this process's own.
        output: File that standard output and error are appended to; this process's own by default.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    output: Path | None = None


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """How one command is doing."""

    name: str
    pid: int | None  #: Process id of its guard, ``None`` while it waits to be restarted.
    restarts: int
    last_exit_code: int | None


class Supervisor:
    """Keeps commands running until it is told to stop.

    Args:
        commands: What to run, in order of start.
        grace_s: Seconds each command gets to end when everything stops.

    Raises:
        ConfigError: A program cannot be found.
    """

    def __init__(self, commands: Sequence[ProcessSpec], *, grace_s: float = 30.0) -> None:
        self._children = [_Child(spec, locate(spec.command[0]), grace_s) for spec in commands]
        self._requests = 0

    def run(self, for_seconds: float | None = None) -> int:
        """Runs the commands until SIGINT, SIGTERM, :meth:`stop`, or for that many seconds.

        The first request stops everything gracefully, a second one kills at once. Signals are only heard
        when this runs in the main thread.

        Returns:
            0 when every command was up and ended when asked, 1 when one was down or had to be killed.
        """
        end_s = float("inf") if for_seconds is None else time.monotonic() + for_seconds
        self._requests = 0
        with self._hearing_signals():
            try:
                while not self._requests and time.monotonic() < end_s:
                    for child in self._children:
                        child.look()
                    time.sleep(_LOOK_S)
                were_up = all(child.is_up for child in self._children)
            finally:
                self._stop_children()
        return 0 if were_up and not any(child.was_killed for child in self._children) else 1

    def stop(self) -> None:
        """Asks :meth:`run` to stop everything; a second call kills at once. Works from any thread."""
        self._requests += 1

    def status(self) -> list[ProcessStatus]:
        """How every command is doing, in order of start."""
        return [child.status() for child in self._children]

    def _stop_children(self) -> None:
        for child in self._children:
            child.ask_to_end()
        while any(child.is_up for child in self._children):
            if self._requests > 1:
                for child in self._children:
                    child.kill()
            time.sleep(_LOOK_S)

    @contextlib.contextmanager
    def _hearing_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, lambda *_: self.stop())
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Child:
    """One command through its restarts."""

    def __init__(self, spec: ProcessSpec, program: Path, grace_s: float) -> None:
        self._spec = spec
        self._command = [str(program), *spec.command[1:]]
        self._grace_s = grace_s
        self._process: Guarded | None = None
        self._starts = 0
        self._started_s = 0.0
        self._backoff_s = FIRST_BACKOFF_S
        self._start_at_s = 0.0
        self._exit_code: int | None = None

    @property
    def is_up(self) -> bool:
        """Whether it runs right now."""
        return self._process is not None and self._process.poll() is None

    @property
    def was_killed(self) -> bool:
        """Whether its last run was ended by force."""
        return self._process is not None and self._process.poll() == 128 + signal.SIGKILL

    def status(self) -> ProcessStatus:
        """How it is doing."""
        pid = self._process.pid if self._process is not None and self.is_up else None
        return ProcessStatus(self._spec.name, pid, max(0, self._starts - 1), self._exit_code)

    def look(self) -> None:
        """Starts it when it is due, and plans a restart when it has ended."""
        if self._process is None:
            if time.monotonic() >= self._start_at_s:
                self._start()
        elif (code := self._process.poll()) is not None:
            self._plan_restart(code)

    def ask_to_end(self) -> None:
        """Begins a graceful end; its guard kills it when the grace is over."""
        if self._process is not None and self.is_up:
            self._process.terminate()

    def kill(self) -> None:
        """Ends it and its whole group at once."""
        if self._process is not None and self.is_up:
            self._process.kill()

    def _start(self) -> None:
        with contextlib.ExitStack() as stack:
            path = self._spec.output
            output = None if path is None else stack.enter_context(path.open("ab"))
            self._process = spawn(
                self._command, grace_s=self._grace_s, environment=self._spec.environment, output=output
            )
        self._starts += 1
        self._started_s = time.monotonic()

    def _plan_restart(self, code: int) -> None:
        now_s = time.monotonic()
        if now_s - self._started_s >= HEALTHY_S:
            self._backoff_s = FIRST_BACKOFF_S
        logger.warning(
            "%s ended with code %d; starting it again in %.0f s", self._spec.name, code, self._backoff_s
        )
        self._process, self._exit_code = None, code
        self._start_at_s = now_s + self._backoff_s
        self._backoff_s = min(self._backoff_s * 2, MAX_BACKOFF_S)


def locate(program: str) -> Path:
    """The file of a command: beside the running Python first, then on PATH.

    Raises:
        ConfigError: It is in neither place.
    """
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.is_file() else shutil.which(program)
    if found is None:
        raise ConfigError(
            f"There is no command {program!r} beside {sys.executable} or on PATH; install backfin again."
        )
    return Path(found)
