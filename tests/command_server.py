"""Commands that start at once: each is forked from a process that has loaded backfin before, as its workers are.

They are processes like any other, with arguments, environment, folder, output and exit code of their own. Only the half
second of loading modules is spent once.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from select import select

#: Most bytes of a request: arguments and environment.
REQUEST_BYTES = 1 << 17


def run(command: Sequence[str], env: Mapping[str, str], timeout_s: float) -> subprocess.CompletedProcess[str]:
    """Runs ``backfin`` with its arguments to its end, as :func:`subprocess.run` would.

    Raises:
        subprocess.TimeoutExpired: it did not end in time, and was killed.
    """
    if sys.platform != "linux" or _read_at_start(env) != _read_at_start(os.environ):
        return subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb", buffering=0) as replies:  # what is in a buffer cannot be waited for
            request = json.dumps(
                {"command": list(command), "env": dict(env), "cwd": str(Path.cwd())}
            ).encode()
            try:
                socket.send_fds(_server(), [request], [out.fileno(), err.fileno(), writer])
            finally:
                os.close(writer)
            pid = int(replies.readline())
            try:
                if not select([replies], [], [], timeout_s)[0]:
                    raise subprocess.TimeoutExpired(list(command), timeout_s)
            except BaseException:
                os.kill(pid, signal.SIGKILL)
                raise
            code = int(replies.readline())
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(list(command), code, out.read(), err.read())


def _read_at_start(env: Mapping[str, str]) -> dict[str, str]:
    """What Python itself takes from an environment, once."""
    return {name: value for name, value in env.items() if name.startswith("PYTHON")}


@functools.cache
def _server() -> socket.socket:
    """The way to the process from which commands are forked; it ends with this one."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # It belongs to no home: those who look for processes of one do not find it.
    env = {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}
    command = [sys.executable, __file__, str(theirs.fileno())]
    process = subprocess.Popen(command, env=env, pass_fds=[theirs.fileno()])
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _load() -> None:
    """Loads what commands load."""
    import backfin.cli

    for module in pkgutil.iter_modules(backfin.cli.__path__):
        importlib.import_module(f"backfin.cli.{module.name}")
    for name in ("backfin.app", "backfin.log", "backfin.enrichment.rules.enricher", "typer._adapters"):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a command would touch, and so copy, all that is shared


def _serve(channel: socket.socket) -> None:
    """Returns in the process of a command, ready to run it; ends here when nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, fds, _, _ = socket.recv_fds(channel, REQUEST_BYTES, 3)
        if not request:
            sys.exit()
        if os.fork() == 0:
            channel.close()
            _fork_command(json.loads(request), *fds)
            return
        for fd in fds:
            os.close(fd)


def _fork_command(request: dict[str, object], out: int, err: int, replies: int) -> None:
    """Returns in the process of a command; its parent stays behind, to say how that ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid:
        os.write(replies, f"{pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(replies, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    os.close(replies)
    for fd, standard in ((out, 1), (err, 2)):
        os.dup2(fd, standard)
        os.close(fd)
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]
    time.tzset()
    os.chdir(str(request["cwd"]))
    sys.argv = list(request["command"])  # type: ignore[call-overload]


if __name__ == "__main__":
    _load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    from backfin.cli import main

    main()
