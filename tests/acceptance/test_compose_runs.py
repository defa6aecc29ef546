"""The services of the compose file work together: their own commands, run natively."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backfin.models import State
from backfin.storage.store import Store
from postgres_server import PostgresServer, new_database
from processes import Cli, Exchange, made_day, processes_of, today, wait_until
from valkey_server import valkey_server

pytestmark = pytest.mark.recovery

ROOT = Path(__file__).resolve().parents[2]

COUNT = 20


def load_services() -> dict[str, Any]:
    """The services of the compose file."""
    found: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.redis.yml").read_text())["services"]
    return found


def test_the_services_read_a_day_together_and_end_when_they_are_stopped(
    cli: Cli, start_exchange: Callable[..., Exchange], postgres: PostgresServer, tmp_path: Path
) -> None:
    services = load_services()
    flags = services["redis"]["command"][1:]
    exchange = start_exchange(*made_day(COUNT, today()))

    with valkey_server(tmp_path / "valkey", flags) as valkey, new_database(postgres.url) as database_url:
        here = {
            "BACKFIN_REDIS_URL": valkey.url,
            "BACKFIN_DATABASE_URL": database_url,
            "BACKFIN_ARCHIVE_URL": str(tmp_path / "archive"),
        }
        given = {
            name: value for name, value in services["worker"]["environment"].items() if value is not None
        }
        cli.environment = exchange.environment | given | here
        migrated = cli.start(*services["schema"]["command"]).wait(timeout=60)
        parts = [cli.start(*services[name]["command"]) for name in ("worker", "scheduler")]
        store = Store(database_url)
        wait_until("every row is matched", lambda: matched(store) == COUNT)
        store.close()
        (report,) = cli.json("day", today())
        # Docker asks the first process of a container, nobody else.
        for part in parts:
            part.send_signal(signal.SIGTERM)
        codes = [part.wait(timeout=60) for part in parts]

    assert given.keys() - here.keys() == set(), "a value of the file was not used here"
    assert (COUNT, COUNT, True) == (report["expected"], report["stored"], report["complete"])
    assert (0, 0) == (migrated, codes[0])
    assert [] == processes_of(cli.home)


def matched(store: Store) -> int:
    """How many announcements of today went all their way."""
    found = store.announcements.select(exchange="bse")
    return sum(one.state is State.MATCHED for one in found)
