"""Statements that differ by dialect, built once when their module is imported.

``INSERT … ON CONFLICT`` is spelled alike by SQLite and PostgreSQL but built by two SQLAlchemy constructs. A
statement is therefore written once, as a function of the construct, and kept for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

#: Keys in one ``IN (…)``: far below the limits of both databases.
CHUNK = 500

T = TypeVar("T")


class ByDialect:
    """One statement for each database.

    Args:
        build: Makes the statement from a dialect's ``insert``.
    """

    def __init__(self, build: Callable[[Callable[[Table], Any]], Any]) -> None:
        self._statements = {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}

    def of(self, dialect: Dialect) -> Any:
        """The statement of a dialect."""
        return self._statements[dialect.name]

    def run(self, connection: Connection, values: Any) -> CursorResult[Any]:
        """Executes the statement of the connection's dialect with one or many sets of values."""
        result: CursorResult[Any] = connection.execute(self.of(connection.dialect), values)
        return result


def insert_ignore(table: Table, returning: Sequence[str] = ()) -> ByDialect:
    """An insert that passes over rows that are there already and returns columns of the new ones."""

    def build(insert: Callable[[Table], Any]) -> Any:
        return _returning(insert(table).on_conflict_do_nothing(), table, returning)

    return ByDialect(build)


def upsert(table: Table, *, key: Sequence[str], change: Sequence[str]) -> ByDialect:
    """An insert that changes some columns of a row that is there already."""

    def build(insert: Callable[[Table], Any]) -> Any:
        statement = insert(table)
        changes = {name: statement.excluded[name] for name in change}
        return statement.on_conflict_do_update(index_elements=list(key), set_=changes)

    return ByDialect(build)


def _returning(statement: Any, table: Table, names: Sequence[str]) -> ReturningInsert[Any] | Any:
    return statement.returning(*(table.c[name] for name in names)) if names else statement


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Splits items into lists of at most ``size``.

    >>> list(chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    whole = list(items)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
