"""Prepared statements do to SQLite what SQLAlchemy would have done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, MetaData, Table, Text, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from backfin.storage.engine import build_engine, read_url
from backfin.storage.prepared import Prepared
from backfin.storage.statements import insert_ignore, upsert
from backfin.storage.types import CleanText, ExactDecimal, Json, UtcDateTime

_metadata = MetaData()
_filings = Table(
    "filings",
    _metadata,
    Column("id", Text, primary_key=True),
    Column("title", CleanText, nullable=False),
    Column("at", UtcDateTime),
    Column("flags", Json),
    Column("amount", ExactDecimal),
)
_defaults = Table("defaults", _metadata, Column("id", Text, default="made"), Column("title", Text))

_ADD = insert(_filings)
_ALL = select(_filings).order_by(_filings.c.id)

rows = st.fixed_dictionaries(
    {
        "title": st.text(alphabet=st.characters(exclude_categories=[]), max_size=8),
        "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        "flags": st.none() | st.lists(st.text(max_size=3), max_size=3),
        "amount": st.none() | st.decimals(allow_nan=False, allow_infinity=False),
    }
)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    engine = build_engine(read_url(f"sqlite:///{tmp_path_factory.mktemp('prepared') / 'store.db'}"))
    _metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(autouse=True)
def _empty(connection: Connection) -> None:
    connection.execute(delete(_filings))


def _row(key: str, **values: Any) -> dict[str, Any]:
    return {"id": key, "title": key.upper(), "at": None, "flags": None, "amount": None} | values


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, min_size=1, max_size=4))
def test_values_are_written_and_read_as_sqlalchemy_does(
    connection: Connection, given: list[dict[str, Any]]
) -> None:
    keyed = [{"id": f"{number}"} | row for number, row in enumerate(given)]

    connection.execute(delete(_filings))
    connection.execute(_ADD, keyed)
    theirs = [dict(row) for row in connection.execute(_ALL).mappings()]
    connection.execute(delete(_filings))
    Prepared(_ADD).run(connection, *keyed)

    assert [dict(row) for row in connection.execute(_ALL).mappings()] == theirs
    assert Prepared(_ALL).dicts(connection, {}) == theirs


def test_lists_of_every_length_find_their_rows(connection: Connection) -> None:
    connection.execute(_ADD, [_row("a"), _row("b"), _row("c")])
    among = Prepared(
        select(_filings.c.id)
        .where(_filings.c.id.in_(bindparam("ids", expanding=True)), _filings.c.title.in_(["A", "C"]))
        .order_by(_filings.c.id)
    )

    found = [among.scalars(connection, {"ids": ids}) for ids in (["a", "b", "c"], [], ["c"], ["a", "c"])]

    assert found == [["a", "c"], [], ["c"], ["a", "c"]]


def test_constants_of_the_statement_are_converted_too(connection: Connection) -> None:
    noon = datetime(2026, 7, 15, 12, tzinfo=UTC)
    connection.execute(_ADD, [_row("a", at=noon), _row("b", at=noon - timedelta(hours=1)), _row("c")])
    move = Prepared(
        update(_filings)
        .where(_filings.c.at >= noon, _filings.c.id == bindparam("which"))
        .values(flags=["moved"], title=bindparam("title"))
        .returning(_filings.c.id, _filings.c.flags)
    )

    moved = [move.run(connection, {"which": key, "title": "x"}) for key in "abc"]

    assert moved == [[("a", ["moved"])], [], []]


def test_values_may_differ_from_one_call_to_the_next(connection: Connection) -> None:
    connection.execute(_ADD, [_row("a"), _row("b")])
    change = Prepared(update(_filings).where(_filings.c.id == bindparam("which")))

    change.run(connection, {"which": "a", "flags": ["one", "two"]}, {"which": "b", "title": "new"})
    change.run(connection, {"which": "b", "flags": []})

    seen = [(row.title, row.flags) for row in connection.execute(_ALL)]
    assert seen == [("A", ["one", "two"]), ("new", [])]


def test_inserts_that_differ_by_dialect_tell_what_is_new(connection: Connection) -> None:
    add = Prepared(insert_ignore(_filings, returning=["id"]))
    put = Prepared(upsert(_filings, key=["id"], change=["title"]))

    new = add.scalars(connection, _row("a"), _row("b")), add.scalars(connection, _row("b"), _row("c"))
    put.run(connection, _row("b", title="put"))

    assert new == (["a", "b"], ["c"])
    assert Prepared(_ALL).first(connection, {}) == _row("a")
    assert connection.execute(select(_filings.c.title).where(_filings.c.id == "b")).scalar() == "put"


def test_nothing_to_run_changes_nothing(connection: Connection) -> None:
    assert Prepared(_ADD).run(connection) == []
    assert Prepared(_ALL).first(connection, {}) is None


def test_errors_are_those_of_sqlalchemy(connection: Connection, tmp_path: Path) -> None:
    add = Prepared(_ADD)
    add.run(connection, _row("a"))

    with pytest.raises(IntegrityError):
        add.run(connection, _row("a"))
    with pytest.raises(OperationalError):
        Prepared(select(Table("missing", MetaData(), Column("id", Text)))).run(connection, {})


def test_columns_that_only_sqlalchemy_fills_are_refused(connection: Connection) -> None:
    with pytest.raises(TypeError, match="cannot be prepared"):
        Prepared(insert(_defaults)).run(connection, {"title": "x"})
