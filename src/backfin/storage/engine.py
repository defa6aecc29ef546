"""Opens the database behind a URL: SQLite in WAL mode, or PostgreSQL through psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from backfin.errors import ConfigError
from backfin.storage.types import dump_json, load_json

#: Seconds a writer waits for another process before it gives up.
BUSY_TIMEOUT_S = 30

#: Seconds after which PostgreSQL ends a transaction in which nothing happens: a host that stands still in one, or whose
#: network is gone, would hold its locks against all others.
STANDSTILL_TIMEOUT_S = 30

#: What a transaction is for.
Purpose = Literal["read", "write"]

#: Any number, the same in every process: who holds it may migrate a PostgreSQL database.
_MIGRATION_LOCK = 0x6261636B66696E

_POSTGRESQL = ("postgres", "postgresql", "postgresql+psycopg")


def read_url(url: str) -> URL:
    """The URL of a store, completed with the driver.

    Raises:
        ConfigError: It is none of SQLite (in a file) or PostgreSQL, or the driver is not installed.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "BACKFIN_DATABASE_URL is no database URL; write sqlite:///path/to/file.db or "
            "postgresql://user:password@host/name."
        ) from error
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _sqlite_url(parsed)
    if parsed.drivername in _POSTGRESQL:
        return _postgresql_url(parsed)
    raise ConfigError(
        f"The store cannot live in {parsed.drivername!r}; use an sqlite:/// or a postgresql:// URL.",
        url=parsed.render_as_string(),
    )


def _sqlite_url(url: URL) -> URL:
    if url.database in (None, "", ":memory:"):
        raise ConfigError(
            "The store is shared by processes, so SQLite needs a file: sqlite:///path/to/file.db."
        )
    return url.set(drivername="sqlite")


def _postgresql_url(url: URL) -> URL:
    if find_spec("psycopg") is None:
        raise ConfigError("PostgreSQL needs its driver: pip install 'backfin[postgres]'.")
    return url.set(drivername="postgresql+psycopg")


def build_engine(url: URL) -> Engine:
    """An engine for many threads of one process. Connects only when first used."""
    json_codec: dict[str, Any] = {"json_serializer": dump_json, "json_deserializer": load_json}
    if url.get_backend_name() == "postgresql":
        engine = create_engine(url, pool_size=8, max_overflow=64, pool_timeout=BUSY_TIMEOUT_S, **json_codec)
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=64,
        pool_timeout=BUSY_TIMEOUT_S,
        connect_args={
            "timeout": BUSY_TIMEOUT_S,
            "isolation_level": None,
            "check_same_thread": False,
            "cached_statements": 256,
        },
        **json_codec,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_postgresql(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute(f"SET idle_in_transaction_session_timeout = {STANDSTILL_TIMEOUT_S * 1000}")
    dbapi_connection.commit()


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys = ON")
    dbapi_connection.execute("PRAGMA wal_autocheckpoint = 4000")
    (mode,) = dbapi_connection.execute("PRAGMA journal_mode").fetchone()
    # In WAL mode a power cut may undo the last commits, in order and whole: who cannot bear that waits for the disk
    # with JournalSync. Without WAL, on a file system that cannot do it, SQLite has to.
    dbapi_connection.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")


def begin(connection: Connection, purpose: Purpose) -> None:
    """Begins a transaction where the driver would do it too late: on SQLite.

    Writers queue at their first statement, so no read lock ever has to become a write lock.
    """
    if connection.dialect.name != "sqlite":
        return
    # Straight to the driver: a detour through SQLAlchemy costs as much as the statements that follow.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN" if purpose == "read" else "BEGIN IMMEDIATE")


def commit(connection: Connection) -> None:
    """Commits what :func:`begin` began on SQLite, also where nothing went through SQLAlchemy since."""
    if connection.in_transaction():
        connection.commit()
    else:
        driver: Any = connection.connection.dbapi_connection
        driver.commit()


def make_parents(url: URL) -> None:
    """Creates an SQLite file and the folders above it; the file is its owner's alone, for it holds secrets.

    Raises:
        ConfigError: It cannot be made.
    """
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return
    path = Path(url.database).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
    except (PermissionError, NotADirectoryError, FileNotFoundError, FileExistsError) as error:
        raise ConfigError(
            f"The store's file {path} cannot be made ({error.strerror}); "
            "set BACKFIN_HOME to a folder of yours, or BACKFIN_DATABASE_URL."
        ) from error


@contextmanager
def migrating(url: URL) -> Iterator[Connection]:
    """A transaction on a connection of its own that waits until no other process migrates.

    SQLite's journal mode belongs to the file, and changing it needs the file for oneself: this is where it is
    set. Foreign keys are off, because SQLite changes a table by replacing it.
    """
    engine = create_engine(url, poolclass=NullPool)
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite:
        event.listen(engine, "connect", _prepare_migration)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            if not is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            yield connection
    finally:
        engine.dispose()


def _prepare_migration(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    dbapi_connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    # Heard by an empty file only: free pages of one that is there are used again, but never given back.
    dbapi_connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    dbapi_connection.execute("PRAGMA journal_mode = WAL")
