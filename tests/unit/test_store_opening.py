"""Opening a store: its URL, its absence, and what it says about both."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from backfin.errors import ConfigError, StoreUnavailable
from backfin.storage import Store


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("no url at all", "sqlite:///path/to/file.db"),
        ("mysql://host/name", "postgresql://"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_url_that_cannot_be_used_says_what_can(url: str, advice: str) -> None:
    with pytest.raises(ConfigError, match=advice):
        Store(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_password_is_never_shown(scheme: str) -> None:
    store = Store(f"{scheme}://user:hunter2@127.0.0.1:1/name")

    assert "hunter2" not in store.shown_url
    with pytest.raises(StoreUnavailable) as caught:
        store.ping()
    assert "hunter2" not in str(caught.value)


def test_opening_touches_nothing_until_it_is_used(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a' / 'b.db'}")

    assert list(tmp_path.iterdir()) == []
    store.ping()
    assert (tmp_path / "a" / "b.db").exists()
    store.close()


def test_a_place_that_cannot_be_made_is_a_setting_to_correct(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(f"sqlite:///{tmp_path / 'file' / 'b.db'}")

    with pytest.raises(ConfigError, match="set BACKFIN_HOME"):
        store.ping()
    with pytest.raises(ConfigError, match="set BACKFIN_HOME"):
        store.upgrade()


def test_the_file_is_its_owners_alone_because_it_holds_secrets(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")

    store.upgrade()
    store.secrets.get_or_make("webhook", lambda: "whsec_secret")

    assert {0} == {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    store.close()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_text("not a database, but long enough to be read as one" * 100)
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")

    with pytest.raises(StoreUnavailable, match="not a database"):
        store.check()
    store.close()


def test_an_error_inside_a_transaction_takes_all_of_it_back(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.upgrade()

    def fail_halfway() -> None:
        with store._database.write() as connection:
            connection.exec_driver_sql("INSERT INTO watermarks VALUES ('bse', '2026-07-01')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()

    assert store.watermarks.get("bse") is None
    store.close()


def test_an_upgraded_store_is_in_wal_mode_and_readable_by_hand(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.upgrade()
    store.close()

    connection = sqlite3.connect(tmp_path / "b.db")
    mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()

    assert mode == ("wal",)


def test_a_closed_store_opens_again(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.upgrade()
    store.close()
    store.close()

    store.check()
    store.close()


def test_importing_the_store_loads_no_migrations_and_no_parquet() -> None:
    code = (
        "import sys, backfin.storage; "
        "print([name for name in ('alembic', 'pyarrow', 'fsspec', 'psycopg') if name in sys.modules])"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "[]"
