"""Real processes: the command line, workers, an exchange on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backfin.storage import Store
from postgres_server import PostgresServer, new_database, postgres_server, programs_or_skip
from processes import Cli, Exchange
from receiver import Receiver
from valkey_server import ValkeyServer, valkey_server

#: Settings of a whole machine: ``name, more settings -> its commands``.
NewHost = Callable[..., Cli]


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Cli]:
    """Commands in a home of their own."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    cli = Cli(home)
    yield cli
    cli.end()


@pytest.fixture
def start_exchange(tmp_path: Path) -> Iterator[Callable[..., Exchange]]:
    """Starts exchange servers from rows and files, with options of their command; ends them with the test."""
    with contextlib.ExitStack() as stack:

        def start(
            rows: list[dict[str, Any]], files: dict[str, bytes], *faults: str, **options: Any
        ) -> Exchange:
            folder = tmp_path / "exchange"
            (folder / "files").mkdir(parents=True, exist_ok=True)
            (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
            for name, data in files.items():
                (folder / "files" / name).write_bytes(data)
            command = [sys.executable, "-m", "backfin.testing.exchange_server"]
            command += ["--rows", str(folder / "rows.jsonl"), "--files", str(folder / "files")]
            for fault in faults:
                command += ["--fault", fault]
            for name, value in options.items():
                command += [f"--{name.replace('_', '-')}", str(value)]
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_without_home())
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            urls = json.loads(process.stdout.readline())
            return Exchange(
                process,
                {
                    "BACKFIN_EXCHANGES__BSE__API_URL": urls["api_url"],
                    "BACKFIN_EXCHANGES__BSE__FILES_URL": urls["files_url"],
                    "BACKFIN_EXCHANGES__BSE__MIN_INTERVAL": "0",
                    "BACKFIN_EXCHANGES__BSE__COOLDOWN": "1",
                },
                folder,
            )

        yield start


def _without_home() -> dict[str, str]:
    """The environment of a process that belongs to no home."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told by signed webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that may be stopped and started."""
    with postgres_server(programs_or_skip()) as server:
        yield server


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Valkey server that may be killed and started."""
    with valkey_server(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
def shared_services(
    valkey: ValkeyServer, postgres: PostgresServer, tmp_path: Path
) -> Iterator[dict[str, str]]:
    """Settings of machines that share a Valkey, an empty PostgreSQL database and an archive."""
    with new_database(postgres.url) as database_url:
        yield {
            "BACKFIN_REDIS_URL": valkey.url,
            "BACKFIN_DATABASE_URL": database_url,
            "BACKFIN_ARCHIVE_URL": str(tmp_path / "archive"),
        }


@pytest.fixture
def store(shared_services: dict[str, str]) -> Iterator[Store]:
    """The store that the hosts share, as an onlooker sees it."""
    store = Store(shared_services["BACKFIN_DATABASE_URL"])
    yield store
    store.close()


@pytest.fixture
def new_host(shared_services: dict[str, str], tmp_path: Path) -> Iterator[NewHost]:
    """Makes machines over the shared services, each with a home of its own; ends what they run."""
    hosts: list[Cli] = []

    def make(name: str, settings: dict[str, str]) -> Cli:
        (tmp_path / name).mkdir()
        hosts.append(Cli(tmp_path / name, {**shared_services, **settings}))
        return hosts[-1]

    yield make
    for host in hosts:
        host.end()
