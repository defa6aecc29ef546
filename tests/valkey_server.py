"""A Valkey server of the tests' own, as the compose file runs it: on loopback, everything kept."""

from __future__ import annotations

import contextlib
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


@contextmanager
def valkey_server(folder: Path, flags: Sequence[str] = FLAGS) -> Iterator[str]:
    """Starts a server that keeps its data in a folder, and yields its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [str(find_binary()), *flags, "--bind", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _wait_for_answer(url)
        yield url
    finally:
        server.kill()
        server.wait()


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
