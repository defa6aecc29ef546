"""The room that the store takes on its disk, and giving back what is free in it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from backfin.storage.database import Database

#: How SQLite calls a file that can give pages back in steps.
_INCREMENTAL = 2


class Room(NamedTuple):
    """Bytes of the whole store, and of them those that are free; ``None`` where that is not known.

    ``is_given_back`` says whether free room goes back to the disk by :meth:`Space.give_back`.
    """

    total: int
    free: int | None
    is_given_back: bool


class Space:
    """What the database says of its own size."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def room(self) -> Room:
        """The room that the store takes."""
        with self._database.read() as connection:
            if connection.dialect.name == "postgresql":
                total = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
                return Room(total, None, is_given_back=False)
            size = _pragma(connection, "page_size")
            is_given_back = _pragma(connection, "auto_vacuum") == _INCREMENTAL
            free = size * _pragma(connection, "freelist_count")
            return Room(size * _pragma(connection, "page_count"), free, is_given_back)

    def bytes_of(self, table: str) -> int | None:
        """Bytes of a table with its indexes; ``None`` where the database cannot say."""
        with self._database.read() as connection:
            if connection.dialect.name == "postgresql":
                statement = text("SELECT pg_total_relation_size(:name)")
                return connection.execute(statement, {"name": table}).scalar()
            options = connection.exec_driver_sql("PRAGMA compile_options").scalars()
            if "ENABLE_DBSTAT_VTAB" not in list(options):
                return None
            statement = text(
                "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name IN"
                " (SELECT name FROM sqlite_schema WHERE tbl_name = :name)"
            )
            return connection.execute(statement, {"name": table}).scalar()

    def give_back(self, pages: int = 1000) -> bool:
        """Gives so many free pages of an SQLite file back to the disk; whether there is more to give.

        PostgreSQL does that by itself.
        """
        if not self.room().is_given_back:
            return False
        with self._database.write() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA incremental_vacuum({pages:d})").fetchall()  # it works while rows are read
            return _pragma(connection, "freelist_count") > 0


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
