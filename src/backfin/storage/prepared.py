"""Statements of the hot path: compiled once, and handed to SQLite's driver without a detour."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError

from backfin.storage.statements import ByDialect

Values = Mapping[str, Any]
Row = tuple[Any, ...]
_Convert = Callable[[Any], Any] | None


class Prepared:
    """A statement that is executed several times for every announcement.

    What SQLAlchemy does around a statement costs more than SQLite's own work on one row. Here it only compiles: once
    for each set of names of values, and of lengths where values are lists. PostgreSQL gets the statement through
    SQLAlchemy as ever, for there the way to the server costs more, and a lost connection has to be noticed.

    Values and columns are converted by the types of their columns on both.

    Args:
        statement: One statement, or one for each database.
    """

    def __init__(self, statement: Executable | ByDialect) -> None:
        self._statement = statement
        #: By the names of values, what SQLAlchemy made, and those names whose length makes another text of it.
        self._compilers: dict[tuple[str, ...], tuple[Any, tuple[str, ...]]] = {}
        self._compiled: dict[tuple[Any, ...], _Compiled] = {}
        self._column_names: tuple[str, ...] | None = None

    def run(self, connection: Connection, *values: Values) -> list[Row]:
        """Executes it once for each of the values; returns the rows that it gives back, if any."""
        if connection.dialect.name == "sqlite":
            return [
                row for one in values for row in self._compiled_for(connection.dialect, one)(connection, one)
            ]
        if not values:
            return []
        given = [dict(one) for one in values]
        found = connection.execute(self._of(connection.dialect), given if len(given) > 1 else given[0])
        return [tuple(row) for row in found] if found.returns_rows else []

    def first(self, connection: Connection, values: Values) -> dict[str, Any] | None:
        """The first row by the names of its columns, or ``None``."""
        return next(iter(self.dicts(connection, values)), None)

    def dicts(self, connection: Connection, values: Values) -> list[dict[str, Any]]:
        """The rows, each by the names of its columns."""
        return [
            dict(zip(self._names(connection.dialect), row, strict=True))
            for row in self.run(connection, values)
        ]

    def scalars(self, connection: Connection, *values: Values) -> list[Any]:
        """The first column of each row."""
        return [row[0] for row in self.run(connection, *values)]

    def _of(self, dialect: Dialect) -> Any:
        return self._statement.of(dialect) if isinstance(self._statement, ByDialect) else self._statement

    def _names(self, dialect: Dialect) -> tuple[str, ...]:
        if self._column_names is None:
            self._column_names = tuple(self._of(dialect).exported_columns.keys())
        return self._column_names

    def _compiled_for(self, dialect: Dialect, values: Values) -> _Compiled:
        names = tuple(values)
        plain = self._compiled.get(names)
        if plain is not None:  # none of its values is a list, so their names are all there is to it
            return plain
        if names not in self._compilers:
            self._compilers[names] = _compile(self._of(dialect), dialect, names)
        compiled, lists = self._compilers[names]
        key = (*names, *(len(values[name]) for name in lists))
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _placed(compiled, values)
        return found


class _Place(NamedTuple):
    """A place for a value in the text of a statement: its position, whose value, and what makes it fit."""

    position: int
    name: str
    convert: _Convert


class _Compiled(NamedTuple):
    """A statement as the driver takes it. ``given`` holds what never changes, and ``None`` in the other places.

    ``items`` are places for the items of lists, in the order of the items.
    """

    sql: str
    given: list[Any]
    places: list[_Place]
    items: dict[str, list[_Place]]
    results: list[_Convert] | None

    def __call__(self, connection: Connection, values: Values) -> list[Row]:
        given = self.given.copy()
        for position, name, convert in self.places:
            given[position] = values[name] if convert is None else convert(values[name])
        for name, places in self.items.items():
            for (position, _, convert), value in zip(places, values[name], strict=True):
                given[position] = value if convert is None else convert(value)
        driver: Any = connection.connection.dbapi_connection
        try:
            found: list[Row] = driver.execute(self.sql, given).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError.instance(self.sql, given, error, sqlite3.Error) from error
        return found if self.results is None else [self._converted(row) for row in found]

    def _converted(self, row: Row) -> Row:
        converts = self.results or ()
        return tuple(
            value if convert is None else convert(value) for value, convert in zip(row, converts, strict=True)
        )


def _compile(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """What SQLAlchemy makes of a statement, and which of the values are lists."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise TypeError(f"Columns that SQLAlchemy fills cannot be prepared: {compiled}")
    binds = compiled.binds
    return compiled, tuple(name for name in names if name in binds and binds[name].expanding)


def _placed(compiled: Any, values: Values) -> _Compiled:
    """The statement for lists of these lengths."""
    dialect = compiled.dialect
    state = compiled.construct_expanded_state(dict(values))
    converts = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for bind, name in compiled.bind_names.items()
    }
    whose = {
        expanded: (name, number)
        for name, expanded_names in (state.parameter_expansion or {}).items()
        for number, expanded in enumerate(expanded_names)
    }
    given: list[Any] = []
    places: list[_Place] = []
    items: dict[str, list[_Place]] = {}
    for position, placed in enumerate(state.positiontup or ()):
        name, number = whose.get(placed, (placed, None))
        place = _Place(position, name, converts.get(name))
        given.append(None)
        if name not in values:
            constant = compiled.params[name] if number is None else compiled.params[name][number]
            given[position] = constant if place.convert is None else place.convert(constant)
        elif number is None:
            places.append(place)
        else:
            items.setdefault(name, []).append(place)
    results = [
        column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in compiled.statement.exported_columns
    ]
    return _Compiled(state.statement, given, places, items, results if any(results) else None)
