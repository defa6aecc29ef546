"""Issuers by ISIN, and the codes and names they carry, with dates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, or_, select, update

from backfin.models import Issuer, IssuerCode
from backfin.storage.database import Database
from backfin.storage.statements import ByDialect, chunks, insert_ignore
from backfin.storage.tables import issuer_codes as c
from backfin.storage.tables import issuer_refreshes, issuers

_BODY = ("name", "status", "industry", "face_value")


def _put_changed(insert: Callable[[Table], Any]) -> Any:
    statement = insert(issuers)
    # Lists differ in what they tell: one without industries must not erase what another has told.
    told = {name: func.coalesce(statement.excluded[name], issuers.c[name]) for name in _BODY}
    return statement.on_conflict_do_update(index_elements=["isin"], set_=told)


def _put_refresh(insert: Callable[[Table], Any]) -> Any:
    statement = insert(issuer_refreshes)
    return statement.on_conflict_do_update(index_elements=["exchange"], set_={"at": statement.excluded["at"]})


_PUT = ByDialect(_put_changed)
_REFRESHED = ByDialect(_put_refresh)
_ADD_CODES = insert_ignore(c)
_CLOSE_CODE = (
    update(c)
    .where(
        c.c.exchange == bindparam("at_exchange"),
        c.c.kind == bindparam("of_kind"),
        c.c.value == bindparam("was"),
        c.c.isin == bindparam("of_isin"),
        c.c.valid_to.is_(None),
    )
    .values(valid_to=bindparam("on_day"))
)
_BODIES = select(issuers)
_OPEN = select(c.c.kind, c.c.value, c.c.isin).where(
    c.c.exchange == bindparam("at_exchange"), c.c.valid_to.is_(None)
)
_HIT = c.alias("hit")
_WITH_CODES = select(
    issuers,
    c.c.exchange,
    c.c.kind,
    c.c.value,
    c.c.valid_from,
    c.c.valid_to,
).select_from(issuers.outerjoin(c))
_BY_CODES = (
    _WITH_CODES.add_columns(
        _HIT.c.value.label("hit"), _HIT.c.valid_from.label("hit_from"), _HIT.c.valid_to.label("hit_to")
    )
    .join(_HIT, _HIT.c.isin == issuers.c.isin)
    .where(
        _HIT.c.exchange == bindparam("at_exchange"),
        _HIT.c.kind == bindparam("of_kind"),
        _HIT.c.value.in_(bindparam("values", expanding=True)),
    )
    .order_by(_HIT.c.value, _HIT.c.valid_from, issuers.c.isin, c.c.kind, c.c.valid_from)
)
_GET = _WITH_CODES.where(issuers.c.isin == bindparam("of_isin")).order_by(
    c.c.exchange, c.c.kind, c.c.valid_from
)
_ALL_NAMES = (
    select(c.c.isin, c.c.value, c.c.valid_to)
    .where(c.c.exchange == bindparam("at"), c.c.kind == "name")
    .order_by(c.c.isin, c.c.valid_from, c.c.value)
)
_EXACT = (
    select(issuers.c.isin)
    .outerjoin(c)
    .where(
        or_(
            issuers.c.isin == bindparam("word"),
            func.upper(issuers.c.name) == bindparam("word"),
            func.upper(c.c.value) == bindparam("word"),
        )
    )
    .distinct()
    .order_by(issuers.c.isin)
)
_BEGINS = (
    select(issuers.c.isin)
    .where(func.upper(issuers.c.name).startswith(bindparam("word"), autoescape=False))
    .order_by(issuers.c.name)
    .limit(20)
)
_COUNT = select(func.count(func.distinct(c.c.isin))).where(c.c.exchange == bindparam("at_exchange"))
_LAST = select(issuer_refreshes.c.at).where(issuer_refreshes.c.exchange == bindparam("at_exchange"))


class Issuers:
    """The tables ``issuers`` and ``issuer_codes``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, exchange: str, issuers: Iterable[Issuer], seen_on: date) -> None:
        """Stores an exchange's issuers as it listed them on a day.

        A code seen for the first time holds from that day; one that an issuer in the list no longer carries
        ends on it. Issuers that are missing from the list stay as they are.

        Args:
            exchange: Who lists them; codes of other exchanges are passed over.
            issuers: Every issuer of the exchange.
            seen_on: The day of the list.
        """
        listed = {issuer.isin: issuer for issuer in issuers}
        given = {
            (code.kind, code.value, isin): code
            for isin, issuer in listed.items()
            for code in issuer.codes
            if code.exchange == exchange
        }
        with self._database.read() as connection:
            known = {row["isin"]: row for row in connection.execute(_BODIES).mappings()}
            held = {tuple(row) for row in connection.execute(_OPEN, {"at_exchange": exchange})}
        changed = [
            _body(listed[isin]) for isin in sorted(listed) if _is_changed(listed[isin], known.get(isin))
        ]
        started = [
            _code_row(code, isin, seen_on)
            for (*_, isin), code in sorted(given.items())
            if _is_new(code, isin, held)
        ]
        ended = [key for key in sorted(held.difference(given)) if key[2] in listed]
        with self._database.write() as connection:
            _store(connection, changed, started)
            if ended:
                connection.execute(_CLOSE_CODE, [_ending(exchange, key, seen_on) for key in ended])
            _REFRESHED.run(connection, {"exchange": exchange, "at": self._database.clock.now()})

    def by_code(self, exchange: str, kind: str, value: str, on: date | None = None) -> Issuer | None:
        """Who carried a code on a day, or carries it now.

        A code is dated from when it was first seen, so a day before that is answered with its first owner.
        """
        hits = self._hits(exchange, kind, [value]).get(value, [])
        chosen = _owner_now(hits) if on is None else _owner_on(hits, on)
        return None if chosen is None else chosen[2]

    def by_codes(
        self, exchange: str, kind: str, values: Collection[str], on: date | None = None
    ) -> dict[str, Issuer]:
        """Who carried each code on a day, or carries it now, or carried it last. Codes nobody carried are left out."""
        hits = self._hits(exchange, kind, values)
        found = {
            value: (_owner_on(owners, on) if on else None) or _owner_now(owners)
            for value, owners in hits.items()
        }
        return {value: owner[2] for value, owner in found.items() if owner is not None}

    def get(self, isin: str) -> Issuer | None:
        """The issuer with all its codes, or ``None``."""
        with self._database.read() as connection:
            rows = connection.execute(_GET, {"of_isin": isin}).mappings().all()
        return _issuer(rows) if rows else None

    def named(self, text: str) -> list[Issuer]:
        """The issuers that a text means: those with that ISIN, code or name, else those whose name begins with it."""
        word = " ".join(text.split()).upper()
        with self._database.read() as connection:
            isins = list(connection.execute(_EXACT, {"word": word}).scalars())
            if not isins and word:
                isins = list(connection.execute(_BEGINS, {"word": word}).scalars())
        return [found for isin in isins if (found := self.get(isin)) is not None]

    def names(self, exchange: str) -> list[tuple[str, str, date | None]]:
        """Every name of every issuer: ISIN, name, and the day on which it had another, ``None`` while it has it."""
        with self._database.read() as connection:
            return [
                (isin, name, until) for isin, name, until in connection.execute(_ALL_NAMES, {"at": exchange})
            ]

    def count(self, exchange: str) -> int:
        """How many issuers have, or had, a code at an exchange."""
        with self._database.read() as connection:
            return connection.execute(_COUNT, {"at_exchange": exchange}).scalar_one()

    def last_refresh(self, exchange: str) -> datetime | None:
        """When the exchange's list was last stored, or ``None`` when it never was."""
        with self._database.read() as connection:
            found: datetime | None = connection.execute(_LAST, {"at_exchange": exchange}).scalar()
        return found

    def _hits(self, exchange: str, kind: str, values: Collection[str]) -> dict[str, list[_Owner]]:
        """For each code, who carried it from when to when, in order of time."""
        key = {"at_exchange": exchange, "of_kind": kind}
        hits: dict[str, list[_Owner]] = {}
        with self._database.read() as connection:
            for part in chunks(dict.fromkeys(values)):
                rows = connection.execute(_BY_CODES, key | {"values": part}).mappings().all()
                for (value, start, _), group in groupby(
                    rows, key=lambda r: (r["hit"], r["hit_from"], r["isin"])
                ):
                    lines = list(group)
                    hits.setdefault(value, []).append((start, lines[0]["hit_to"], _issuer(lines)))
        return hits


#: From when, to when (``None`` = still), and who.
_Owner = tuple[date, date | None, Issuer]


#: Who is meant where one list gives a code to several: the one that is traded.
_RANK = {"delisted": 0, "suspended": 1}


def _rank(owner: _Owner) -> int:
    return _RANK.get(owner[2].status, 2)


def _owner_now(owners: Sequence[_Owner]) -> _Owner | None:
    return max(owners, key=lambda owner: (owner[1] or date.max, _rank(owner), owner[0]), default=None)


def _owner_on(owners: Sequence[_Owner], day: date) -> _Owner | None:
    holding = [owner for owner in owners if owner[0] <= day and (owner[1] is None or day < owner[1])]
    if not holding and owners and day < owners[0][0]:
        holding = [owner for owner in owners if owner[0] == owners[0][0]]
    return max(holding, key=lambda owner: (_rank(owner), owner[0]), default=None)


def _issuer(rows: Sequence[Any]) -> Issuer:
    codes = [
        IssuerCode(**{name: row[name] for name in ("kind", "exchange", "value", "valid_from", "valid_to")})
        for row in rows
        if row["kind"] is not None
    ]
    return Issuer(isin=rows[0]["isin"], codes=tuple(codes), **{name: rows[0][name] for name in _BODY})


def _body(issuer: Issuer) -> dict[str, Any]:
    return {"isin": issuer.isin} | {name: getattr(issuer, name) for name in _BODY}


def _is_changed(issuer: Issuer, row: Any) -> bool:
    told = {name: value for name in _BODY if (value := getattr(issuer, name)) is not None}
    return row is None or any(value != row[name] for name, value in told.items())


def _is_new(code: IssuerCode, isin: str, held: Collection[tuple[Any, ...]]) -> bool:
    return (code.kind, code.value, isin) not in held


def _code_row(code: IssuerCode, isin: str, seen_on: date) -> dict[str, Any]:
    return code.model_dump() | {"isin": isin, "valid_from": code.valid_from or seen_on}


def _ending(exchange: str, key: tuple[Any, ...], day: date) -> dict[str, Any]:
    kind, value, isin = key
    return {"at_exchange": exchange, "of_kind": kind, "was": value, "of_isin": isin, "on_day": day}


def _store(connection: Connection, changed: list[dict[str, Any]], started: list[dict[str, Any]]) -> None:
    if changed:
        _PUT.run(connection, changed)
    if started:
        _ADD_CODES.run(connection, started)
