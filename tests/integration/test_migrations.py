"""The way up from every schema there was, with rows in it, and down again; on both databases, also when cut off."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from typer.testing import CliRunner

import old_rows
from backfin.cli.main import app as commands
from backfin.errors import ConfigError
from backfin.models import DeliveryState, State
from backfin.storage import Store
from backfin.storage.engine import read_url
from backfin.storage.schema import HEAD, MIGRATIONS

pytestmark = pytest.mark.timeout(400)

#: What a migration gives another value on purpose: ``table.column``.
CHANGED = {"slots.sent_at", "investors.compared_by"}

#: Upgrades, says that it is in the middle, and waits there for its end.
CUT_OFF = """
import sys, time
from sqlalchemy import event
from sqlalchemy.engine import Engine
from backfin.storage import Store

@event.listens_for(Engine, "before_cursor_execute")
def stop(connection, cursor, statement, *rest):
    if statement.lstrip().startswith("CREATE TABLE reviews"):
        print("in the middle", flush=True)
        time.sleep(600)

Store(sys.argv[1]).upgrade()
"""


def revisions() -> list[str]:
    """Every schema, the oldest first."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    return [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def tried() -> list[Any]:
    """Each schema on each database; on PostgreSQL only the ends and the middle, unless all of them are asked for."""
    every = revisions()
    few = every if os.environ.get("EVERY_SCHEMA") else [every[1], every[len(every) // 2], every[-2]]
    return [("sqlite", one) for one in every] + [("postgresql", one) for one in few]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'backfin.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


def in_database(url: str, work: Any) -> Any:
    engine = create_engine(read_url(url))
    with engine.begin() as connection:
        found = work(connection)
    engine.dispose()
    return found


def kept(before: old_rows.Rows, after: old_rows.Rows) -> None:
    """Holds rows against those of another schema, as far as both have the column."""
    for name in before.keys() & after.keys():
        assert len(before[name]) <= len(after[name]), name
        for old, new in zip(before[name], after[name], strict=False):
            shared = [one for one in old.keys() & new.keys() if f"{name}.{one}" not in CHANGED]
            assert {one: old[one] for one in shared} == {one: new[one] for one in shared}, name


def use(store: Store) -> None:
    """Reads rows through the store as commands do, and goes on working with them."""
    (key, other) = sorted(item.announcement_id for item in store.announcements.select())
    assert (key, other) == ("bse:1", "bse:2")
    assert store.announcements.get(key).attachments[0].size_bytes == 7
    assert store.announcements.status(key).state is State.MATCHED
    (document,) = store.documents.of(key)
    assert [page.text for page in document.pages] == ["1"]
    latest = store.enrichments.latest(key)
    assert latest is not None
    assert latest.facts["months"].value == 12
    assert store.investors.find("Asha Mehra") == "i_1"
    assert {one["investor_id"] for one in store.investors.list()} == {"i_1", "i_2"}
    assert [one.investor_id for one in store.investors.mentions(key)] == ["i_1"]
    assert {one.rule for one in store.watches.list()} == {"*"}
    assert store.deliveries.counts() == {DeliveryState.SENT: old_rows.ROWS}
    assert store.deliveries.attempts("d_1")
    assert len(store.runs.list()) == old_rows.ROWS
    for table in ("announcements", "deliveries", "mentions"):
        store.exports.export(table)
    due_at = old_rows.NOON
    store.enrichments.record(latest.model_copy(update={"enrichment_id": "e_new"}), due_at=due_at)
    assert store.enrichments.latest(key) is not None


@pytest.mark.parametrize(("url", "revision"), tried(), indirect=["url"])
def test_rows_of_every_schema_are_kept_on_the_way_up_and_of_use_there(
    url: str, store: Store, revision: str
) -> None:
    store.upgrade(revision)
    before = in_database(url, old_rows.fill)

    store.upgrade()

    after = in_database(url, old_rows.read)
    assert store.current() == HEAD
    kept(before, after)
    if "investors" in before:
        assert [row["survivor_id"] for row in after["investors"]] == ["i_1", "i_2"]
        assert after["investor_keys"]
    if revision >= "0002":
        use(store)


def test_the_way_down_is_gone_step_by_step_and_up_again_with_rows_in_it(url: str, store: Store) -> None:
    store.upgrade()
    first = in_database(url, old_rows.fill)

    for revision in revisions()[-2::-1]:
        store.downgrade("-1")
        assert store.current() == revision
        kept(in_database(url, old_rows.read), first)
    store.upgrade()

    after = in_database(url, old_rows.read)
    # Keys of names are made anew from the names.
    kept({name: rows for name, rows in first.items() if after[name] and name != "investor_keys"}, after)
    assert len(after["investor_keys"]) > old_rows.ROWS
    assert len(after["announcements"]) == old_rows.ROWS


def test_what_a_step_down_would_lose_is_said_and_asked_for(url: str, store: Store) -> None:
    store.upgrade()
    nothing = store.losses("0011")
    in_database(url, old_rows.fill)

    environment = {"BACKFIN_DATABASE_URL": url}
    refused = CliRunner().invoke(commands, ["db", "downgrade", "0011"], env=environment)
    at_once = store.current()
    CliRunner().invoke(commands, ["db", "downgrade", "0011", "--yes"], env=environment)

    assert nothing == {}
    assert isinstance(refused.exception, ConfigError)
    assert "investor_identifiers (2)" in str(refused.exception)
    assert "announcements" not in str(refused.exception)
    assert (at_once, store.current()) == (HEAD, "0011")


def test_an_upgrade_that_is_killed_in_the_middle_has_changed_nothing_and_goes_through_later(
    url: str, store: Store
) -> None:
    store.upgrade("0007")
    before = in_database(url, old_rows.fill)
    with subprocess.Popen(
        [sys.executable, "-c", CUT_OFF, url], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as upgrade:
        assert upgrade.stdout is not None
        assert upgrade.stdout.readline() == "in the middle\n"
        upgrade.kill()

    store.close()
    assert store.current() == "0007"
    assert in_database(url, old_rows.read) == before
    store.upgrade()
    kept(before, in_database(url, old_rows.read))
    use(store)
