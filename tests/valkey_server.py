"""A Valkey server of the tests' own, as the compose file runs it: on loopback, everything kept."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from backfin.embedded import find_binary

#: What the compose file gives its server; a test holds the two together.
FLAGS = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction")


class ValkeyServer:
    """A server that keeps its data in a folder, and that may be killed and started again."""

    def __init__(self, folder: Path, flags: Sequence[str] = FLAGS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._port = free_port()
        self._command = [str(find_binary()), *flags, "--bind", "127.0.0.1", "--port", str(self._port)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, whether it runs or not."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Starts it with what is in its folder."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=log, stderr=log)
        _wait_for_answer(self.url)

    def freeze(self) -> None:
        """Lets it say nothing, as a machine that swaps does; who connects is let in all the same."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self, *, and_forget: bool = False) -> None:
        """Ends it at once; its data goes with it where that is asked for."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if and_forget:
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)


@contextmanager
def valkey_server(folder: Path, flags: Sequence[str] = FLAGS) -> Iterator[ValkeyServer]:
    """A server that runs while the block lasts."""
    server = ValkeyServer(folder, flags)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(url: str) -> None:
    deadline = time.monotonic() + 20
    with redis.Redis.from_url(url) as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(redis.ConnectionError):
                client.ping()
                return
            time.sleep(0.02)
    raise TimeoutError(f"no server at {url}")
