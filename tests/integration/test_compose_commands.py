"""The commands of the compose file, run natively."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import typer
from dramatiq.cli import make_argument_parser
from ruamel.yaml import YAML

from backfin.cli import app
from backfin.embedded import find_binary
from backfin.supervisor import locate
from valkey_server import FLAGS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the compose file."""
    found: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.redis.yml").read_text())["services"]
    return found


@pytest.fixture
def socket_file() -> Iterator[Path]:
    """A socket path that is short enough."""
    with tempfile.TemporaryDirectory(prefix="bf-") as folder:
        yield Path(folder) / "redis.sock"


def connect(socket_file: Path) -> redis.Redis:
    """A client of a server that may still be starting."""
    client = redis.Redis(unix_socket_path=str(socket_file), decode_responses=True)
    for _ in range(500):
        try:
            client.ping()
        except redis.exceptions.ConnectionError:
            time.sleep(0.02)
        else:
            return client
    raise TimeoutError(f"no server at {socket_file}")


def test_the_redis_flags_make_a_server_that_keeps_everything(
    services: dict[str, Any], socket_file: Path, tmp_path: Path
) -> None:
    flags = services["redis"]["command"][1:]
    command = [str(find_binary()), *flags, "--port", "0", "--unixsocket", str(socket_file)]

    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL) as server:
        with connect(socket_file) as client:
            settings = client.config_get("appendonly", "maxmemory-policy", "save", "appendfsync")
        server.terminate()

    assert list(FLAGS) == flags, "other tests run another server than the file does"
    assert settings == {
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "save": "",
        "appendfsync": "everysec",
    }


def test_the_worker_command_is_one_that_dramatiq_reads(services: dict[str, Any]) -> None:
    program, *arguments = services["worker"]["command"]

    read = make_argument_parser().parse_args(arguments)

    assert locate(program).is_file()
    assert (read.broker, read.processes, read.threads) == ("backfin.actors", 2, 8)
    assert read.worker_shutdown_timeout / 1000 < float(services["worker"]["stop_grace_period"].rstrip("s"))


def test_the_scheduler_command_is_one_that_periodiq_reads(services: dict[str, Any]) -> None:
    program, *arguments = services["scheduler"]["command"]

    shown = subprocess.run([str(locate(program)), "--help"], capture_output=True, text=True, check=True)

    assert arguments == ["backfin.actors"]
    assert "modules" in shown.stdout


def test_the_schema_command_exists(services: dict[str, Any]) -> None:
    program, group, command = services["schema"]["command"]

    commands = typer.main.get_command(app)

    assert (program, locate(program).parent) == ("backfin", Path(sys.executable).parent)
    assert command in commands.commands[group].commands
