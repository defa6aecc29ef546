"""What a store would lose on the way down: tables and columns that an older schema lacks, and what stands in them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Connection, func, inspect, quoted_name, select, table
from sqlalchemy import column as column_of

from backfin.storage.database import Database
from backfin.storage.schema import Schema
from backfin.storage.tables import NOT_IN_METADATA

Columns = dict[str, set[str]]


def losses(database: Database, revision: str) -> dict[str, int]:
    """Rows of each table, and values of each column (``table.column``), that a downgrade would take away.

    Args:
        database: A store of any schema.
        revision: As for the downgrade.

    Raises:
        ConfigError: There is no such revision below.
        StoreUnavailable: The database does not answer.
    """
    current = Schema(database).current()
    if current is None:
        return {}
    left = _columns_after(current, revision)
    found: dict[str, int] = {}
    with database.read() as connection:
        for name, columns in _columns(connection).items():
            if name not in left:
                found[name] = _count(connection, name)
                continue
            for column in sorted(columns - left[name]):
                found[f"{name}.{column}"] = _count(connection, name, column)
    return {name: count for name, count in found.items() if count}


def _columns_after(current: str, revision: str) -> Columns:
    """The columns that are left, as an empty store shows them that goes the same way."""
    with tempfile.TemporaryDirectory(prefix="backfin-") as folder:
        twin = Database(f"sqlite:///{Path(folder) / 'twin.db'}")
        try:
            Schema(twin).upgrade(current)
            Schema(twin).downgrade(revision)
            with twin.read() as connection:
                return _columns(connection)
        finally:
            twin.close()


def _columns(connection: Connection) -> Columns:
    looked = inspect(connection)
    return {
        name: {one["name"] for one in looked.get_columns(name) if not _is_derived(one["name"])}
        for name in looked.get_table_names()
        if not _is_derived(name) and name != "alembic_version"
    }


def _is_derived(name: str) -> bool:
    return name.startswith(NOT_IN_METADATA)


def _count(connection: Connection, name: str, column: str | None = None) -> int:
    query = select(func.count()).select_from(table(quoted_name(name, quote=True)))
    if column is not None:
        query = query.where(column_of(quoted_name(column, quote=True)).is_not(None))
    return connection.execute(query).scalar_one()
