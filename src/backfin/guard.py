"""A child process that never outlives the process that asked for it, however that one ends.

The child runs under a small guard, which is this file run as a script without any package around it::

    caller ──pipe──> guard ──> child, leader of its own process group

The guard ends the child's whole group when the pipe closes or its parent is another process than before.
That covers ``kill -9`` of the caller, on every POSIX system and whichever thread of the caller did the
spawning. On Linux the kernel kills the child should the guard itself be killed.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

#: Seconds a child gets to end after its caller died. It is short because nobody is left to wait for it.
ORPHAN_GRACE_S = 2.0

#: Seconds between two looks at the parent, for callers whose pipe a forked process keeps open.
_LOOK_S = 0.5

#: ``PR_SET_PDEATHSIG`` of Linux: the signal a process gets when its parent ends.
_PR_SET_PDEATHSIG = 1

#: The guard's own exit code when the command cannot be run at all, as in a shell.
CANNOT_RUN = 127


class Guarded:
    """A running child and its guard. :func:`spawn` makes it."""

    def __init__(self, guard: subprocess.Popen[bytes]) -> None:
        self._guard = guard

    @property
    def pid(self) -> int:
        """Process id of the guard; the child is its only child."""
        return self._guard.pid

    def poll(self) -> int | None:
        """The child's exit code (128 + signal when one ended it), or ``None`` while it runs."""
        code = self._guard.poll()
        if code is not None:
            self._close()
        return code

    def wait(self, timeout_s: float | None = None) -> int:
        """Waits for the child's end and returns its exit code.

        Raises:
            subprocess.TimeoutExpired: It still runs after ``timeout_s`` seconds.
        """
        code = self._guard.wait(timeout_s)
        self._close()
        return code

    def terminate(self) -> None:
        """Asks the child to end; its group is killed when its grace is over. Returns at once."""
        self._guard.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kills the child and its whole group at once."""
        self._guard.send_signal(signal.SIGQUIT)

    def _close(self) -> None:
        if self._guard.stdin is not None:
            self._guard.stdin.close()


def spawn(
    command: Sequence[str],
    *,
    grace_s: float = 10.0,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    output: IO[bytes] | None = None,
    keep_open: Sequence[int] = (),
) -> Guarded:
    """Starts a command that ends with this process at the latest.

    Args:
        command: Program and arguments.
        grace_s: Seconds between asking the child to end and killing its group.
        environment: Variables added to this process's own.
        folder: Working folder of the child; this process's own by default.
        output: Where standard output and error go; this process's own by default.
        keep_open: File descriptors that guard and child inherit and hold until they end.
    """
    guard = [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(grace_s), *command]
    return Guarded(
        subprocess.Popen(
            guard,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            pass_fds=tuple(keep_open),
            start_new_session=True,
        )
    )


class _Guard:
    """The guard's side: watches the caller and one child."""

    def __init__(self, caller: int, grace_s: float) -> None:
        self._caller = caller
        self._grace_s = grace_s
        self._asked: set[int] = set()
        self._deadline_s: float | None = None
        self._pipe_open = True
        self._wake, wake_in = os.pipe()
        os.set_blocking(wake_in, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(wake_in, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, lambda received, _frame: self._asked.add(received))
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def run(self, command: Sequence[str]) -> int:
        """Runs the command to its end and returns its exit code."""
        child = _fork(command)
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                _signal_group(child, signal.SIGKILL)
                code = os.waitstatus_to_exitcode(status)
                return code if code >= 0 else 128 - code
            self._decide(child)
            self._sleep()

    def _decide(self, child: int) -> None:
        now_s = time.monotonic()
        is_orphan = not self._pipe_open or os.getppid() != self._caller
        if signal.SIGQUIT in self._asked or (self._deadline_s is not None and now_s >= self._deadline_s):
            _signal_group(child, signal.SIGKILL)
        elif self._deadline_s is None and (self._asked or is_orphan):
            os.kill(child, signal.SIGTERM)
            self._deadline_s = now_s + self._grace_s
        if is_orphan and self._deadline_s is not None:
            self._deadline_s = min(self._deadline_s, now_s + ORPHAN_GRACE_S)

    def _sleep(self) -> None:
        watched = [self._wake, *([sys.stdin.fileno()] if self._pipe_open else [])]
        ready, _, _ = select.select(watched, [], [], _LOOK_S)
        if self._wake in ready:
            os.read(self._wake, 512)
        if self._pipe_open and sys.stdin.fileno() in ready:
            self._pipe_open = False


def _fork(command: Sequence[str]) -> int:
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        _become(command, guard)
    with contextlib.suppress(OSError):  # the child does the same; whoever is first wins
        os.setpgid(child, child)
    return child


def _become(command: Sequence[str], guard: int) -> NoReturn:
    try:
        os.setpgid(0, 0)
        _die_with_parent()
        if os.getppid() != guard:
            os._exit(CANNOT_RUN)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and exec would pass that on
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], list(command))
    except OSError as error:
        os.write(2, f"{command[0]} cannot be run: {error}\n".encode())
    os._exit(CANNOT_RUN)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says EPERM of a group of zombies
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(_Guard(caller=int(sys.argv[1]), grace_s=float(sys.argv[2])).run(sys.argv[3:]))
