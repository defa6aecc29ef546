"""Selection: which announcements a replay means, a page at a time, so that a year of them is no burden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from backfin.models import State
from backfin.storage.announcement_rows import STATUS, status_of
from backfin.storage.database import Database
from backfin.storage.records import Status
from backfin.storage.statements import chunks
from backfin.storage.tables import announcements as a
from backfin.storage.tables import enrichments as e

#: Announcements read in one transaction.
PAGE = 2000

_NOT_RAW = or_(a.c.failed_step.is_(None), a.c.failed_step != "parse")


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What readings are held against: those of another set of prompts, version or model are meant.

    ``model`` is ``None`` where any will do.
    """

    prompt_set: str
    prompt_version: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """An issuer by its ISIN, and by its codes ``(exchange, kind, value)`` for announcements stored without one."""

    isin: str
    codes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Every condition that is given must hold. Rows that could not be parsed are never meant.

    Args:
        exchange: Name of the exchange.
        first: First day, in the exchange's zone; ``last`` the last one, included.
        ids: Only these.
        issuer: Only those of this issuer.
        category: Only those read as this category.
        event_type: Only those read as this.
        only: Those not matched yet, those that failed, or all.
        other_reading: With ``missing``: those whose latest reading is another one, too.
    """

    exchange: str | None = None
    first: date | None = None
    last: date | None = None
    ids: tuple[str, ...] = ()
    issuer: IssuerKey | None = None
    category: str | None = None
    event_type: str | None = None
    only: str = "all"
    other_reading: OtherReading | None = None


class Selections:
    """Reads the table ``announcements``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pages(self, wanted: Selection, size: int = PAGE) -> Iterator[list[Status]]:
        """The announcements meant, oldest first, in lists of at most ``size``; one list may hold fewer."""
        query = _query(wanted)
        if wanted.ids:
            named = query.where(a.c.announcement_id.in_(bindparam("ids", expanding=True)))
            for part in chunks(sorted(set(wanted.ids))):
                yield self._read(named, {"ids": part})[0]
            return
        after: int | None = -1
        paged = query.where(a.c.position > bindparam("after")).limit(size)
        while after is not None:
            found, after = self._read(paged, {"after": after})
            if found:
                yield found

    def _read(self, query: Select[Any], values: dict[str, Any]) -> tuple[list[Status], int | None]:
        with self._database.read() as connection:
            rows = connection.execute(query, values).all()
        return [status_of(row[:-1]) for row in rows], (rows[-1].position if rows else None)


def _query(wanted: Selection) -> Select[Any]:
    query = select(*STATUS, a.c.position).where(_NOT_RAW).order_by(a.c.position)
    for column, value in (
        (a.c.exchange, wanted.exchange),
        (a.c.category, wanted.category),
        (a.c.event_type, wanted.event_type),
    ):
        query = query if value is None else query.where(column == value)
    query = query if wanted.first is None else query.where(a.c.day >= wanted.first)
    query = query if wanted.last is None else query.where(a.c.day <= wanted.last)
    query = query if wanted.issuer is None else query.where(_is_of(wanted.issuer))
    if wanted.only == "failed":
        return query.where(a.c.state == State.FAILED.value)
    if wanted.only == "missing":
        return _missing(query, wanted.other_reading)
    return query


def _is_of(issuer: IssuerKey) -> ColumnElement[bool]:
    by_code = [
        and_(a.c.isin.is_(None), a.c.exchange == exchange, a.c[kind] == value)
        for exchange, kind, value in issuer.codes
    ]
    return or_(a.c.isin == issuer.isin, *by_code)


def _missing(query: Select[Any], other: OtherReading | None) -> Select[Any]:
    is_open = a.c.state != State.MATCHED.value
    if other is None:
        return query.where(is_open)
    differs = [e.c.prompt_set != other.prompt_set, e.c.prompt_version != other.prompt_version]
    if other.model is not None:
        differs.append(e.c.model != other.model)
    joined = query.outerjoin(e, e.c.enrichment_id == a.c.enrichment_id)
    return joined.where(or_(is_open, e.c.enrichment_id.is_(None), *differs))
