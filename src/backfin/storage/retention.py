"""Retention: which rows of which table are no longer needed, and taking them away in small steps.

Announcements, their latest reading, mentions, judgements and deliveries never go: `backfin day`, first-seen clocks and
"never told twice" rest on them. Every rule says for itself what of its table is still needed, whatever its age.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from backfin.models import DeliveryState, State
from backfin.storage.database import Database
from backfin.storage.records import OPEN_RUNS
from backfin.storage.removals import condemn
from backfin.storage.statements import chunks
from backfin.storage.tables import announcement_documents as links
from backfin.storage.tables import announcements as a
from backfin.storage.tables import attempts as t
from backfin.storage.tables import deliveries as d
from backfin.storage.tables import documents as doc
from backfin.storage.tables import enrichments as e
from backfin.storage.tables import pages as p
from backfin.storage.tables import raw_answers as raw
from backfin.storage.tables import run_items as i
from backfin.storage.tables import runs as r
from backfin.storage.types import UtcDateTime

#: Rows looked for at once, and rows of one transaction.
LOOK, STEP = 5000, 200

#: Where a delivery has come to its end, and nobody has to decide anything.
_ENDED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.MUTED)

_BEFORE: Any = bindparam("before", type_=UtcDateTime())

Keys = Sequence[tuple[Any, ...]]


class Cut(NamedTuple):
    """What is from ``before`` this moment may go; ``now`` it goes."""

    before: datetime
    now: datetime


@dataclass(frozen=True)
class Rule:
    """What goes of one table.

    ``oldest`` is counted by ``at``; ``goes`` holds of rows that may go; ``take`` takes some of them away.
    """

    name: str
    table: Table
    at: ColumnElement[Any] | None
    goes: ColumnElement[bool]
    take: Callable[[Connection, Rule, Keys, Cut], int]

    @property
    def key(self) -> tuple[Any, ...]:
        """Its primary key, in whose order it is walked through."""
        return tuple(self.table.primary_key.columns)

    def is_one_of(self, keys: Keys) -> ColumnElement[bool]:
        """Whether a row is one of these."""
        if len(self.key) == 1:
            return self.key[0].in_([key[0] for key in keys])  # type: ignore[no-any-return]
        return tuple_(*self.key).in_(keys)

    def is_behind(self, key: Sequence[Any]) -> ColumnElement[bool]:
        """Whether a row comes after a key."""
        if len(self.key) == 1:
            return self.key[0] > key[0]  # type: ignore[no-any-return]
        return tuple_(*self.key) > tuple_(*key)


@dataclass(frozen=True)
class Held:
    """A table under a rule: its rows, the oldest, and how many would go."""

    rows: int
    oldest: datetime | None
    goes: int


def _delete(connection: Connection, rule: Rule, keys: Keys, cut: Cut) -> int:
    return connection.execute(delete(rule.table).where(rule.is_one_of(keys))).rowcount


def _delete_answers(connection: Connection, rule: Rule, keys: Keys, cut: Cut) -> int:
    condemn(connection, (key[-1] for key in keys), cut.now)
    return _delete(connection, rule, keys, cut)


def _blank_receipts(connection: Connection, rule: Rule, keys: Keys, cut: Cut) -> int:
    blank = {"receipt": None, "error": None}
    return connection.execute(update(d).where(rule.is_one_of(keys), _HAS_ENDED).values(blank)).rowcount


def _delete_texts(connection: Connection, rule: Rule, keys: Keys, cut: Cut) -> int:
    gone = _mark(connection, rule, keys, cut, "text_gone_at")
    connection.execute(delete(p).where(p.c.document_id.in_(gone)))
    return len(gone)


def _condemn_files(connection: Connection, rule: Rule, keys: Keys, cut: Cut) -> int:
    gone = _mark(connection, rule, keys, cut, "file_gone_at")
    condemn(connection, gone, cut.now)
    return len(gone)


def _mark(connection: Connection, rule: Rule, keys: Keys, cut: Cut, column: str) -> list[str]:
    """Marks documents, but for those that a new announcement has come to need since they were looked for."""
    which = rule.is_one_of(keys)
    # Locked first: whoever stores an announcement of one of them is waited for, and seen by the next statement.
    connection.execute(select(doc.c.document_id).where(which).order_by(*rule.key).with_for_update()).all()
    statement = update(doc).where(which, ~_IS_NEEDED).values({column: cut.now})
    returning = statement.returning(doc.c.document_id)
    return list(connection.execute(returning, {"before": cut.before}).scalars())


_LAST_OF_DAY = select(func.max(r.c.run_id)).group_by(r.c.kind, r.c.exchange, r.c.day)
_RUN_GOES = and_(
    r.c.started_at < _BEFORE,
    or_(r.c.state.not_in(OPEN_RUNS), r.c.kind != "replay"),
    r.c.run_id.not_in(_LAST_OF_DAY),
)
_HAS_ENDED = d.c.state.in_([state.value for state in _ENDED])
_ENDED_DELIVERY = exists().where(d.c.delivery_id == t.c.delivery_id, _HAS_ENDED)
_IS_REPLACED = exists().where(
    a.c.announcement_id == e.c.announcement_id,
    a.c.state == State.MATCHED.value,
    a.c.enrichment_id != e.c.enrichment_id,
)
_OF_DOCUMENT = and_(links.c.document_id == doc.c.document_id, a.c.announcement_id == links.c.announcement_id)
#: An announcement that is not done may still be read from it, a young one read again.
_IS_NEEDED = exists().where(_OF_DOCUMENT, or_(a.c.state != State.MATCHED.value, a.c.first_seen_at >= _BEFORE))
_IS_OLD = and_(exists().where(_OF_DOCUMENT), ~_IS_NEEDED)

#: Every rule by name: what refers to a row goes before it.
RULES = {
    rule.name: rule
    for rule in (
        Rule("raw_answers", raw, raw.c.at, raw.c.at < _BEFORE, _delete_answers),
        Rule("run_items", i, i.c.touched_at, i.c.run_id.in_(select(r.c.run_id).where(_RUN_GOES)), _delete),
        Rule(
            "runs",
            r,
            r.c.started_at,
            and_(
                _RUN_GOES,
                ~exists().where(raw.c.run_id == r.c.run_id),
                ~exists().where(i.c.run_id == r.c.run_id),
            ),
            _delete,
        ),
        Rule("attempts", t, t.c.at, and_(t.c.at < _BEFORE, _ENDED_DELIVERY), _delete),
        Rule(
            "receipts",
            d,
            d.c.created_at,
            and_(
                func.coalesce(d.c.sent_at, d.c.created_at) < _BEFORE,
                _HAS_ENDED,
                or_(d.c.receipt.is_not(None), d.c.error.is_not(None)),
            ),
            _blank_receipts,
        ),
        Rule("readings", e, e.c.created_at, and_(e.c.created_at < _BEFORE, _IS_REPLACED), _delete),
        Rule(
            "texts",
            doc,
            None,
            and_(exists().where(p.c.document_id == doc.c.document_id), _IS_OLD),
            _delete_texts,
        ),
        Rule(
            "files",
            doc,
            None,
            and_(doc.c.size_bytes > 0, doc.c.file_gone_at.is_(None), _IS_OLD),
            _condemn_files,
        ),
    )
}


class Retention:
    """Looks for rows that may go, and takes them away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, name: str, before: datetime | None) -> Held:
        """What a rule's table holds, and how much of it may go that is from before a moment; without one, nothing."""
        rule = RULES[name]
        with self._database.read() as connection:
            oldest = None if rule.at is None else connection.execute(select(func.min(rule.at))).scalar()
            rows = _count(connection, rule)
            return Held(rows, oldest, 0 if before is None else _count(connection, rule, before))

    def file_bytes(self, before: datetime | None = None) -> int:
        """Bytes of all files that the archive keeps for documents, or of those that may go."""
        total = func.coalesce(func.sum(doc.c.size_bytes), 0)
        query = select(total).where(doc.c.file_gone_at.is_(None))
        query = query if before is None else query.where(RULES["files"].goes)
        with self._database.read() as connection:
            return int(connection.execute(query, {} if before is None else {"before": before}).scalar_one())

    def find(self, name: str, before: datetime, after: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Keys of rows that may go, in their order, behind a given key; at most :data:`LOOK`."""
        rule = RULES[name]
        query = select(*rule.key).where(rule.goes).order_by(*rule.key).limit(LOOK)
        query = query if after is None else query.where(rule.is_behind(after))
        with self._database.read() as connection:
            return [tuple(row) for row in connection.execute(query, {"before": before})]

    def take(self, name: str, keys: Keys, before: datetime) -> int:
        """Takes rows away, a few in each transaction; returns how many went."""
        rule, taken = RULES[name], 0
        cut = Cut(before, self._database.clock.now())
        for part in chunks(keys, STEP):
            with self._database.write() as connection:
                taken += rule.take(connection, rule, part, cut)
        return taken


def _count(connection: Connection, rule: Rule, before: datetime | None = None) -> int:
    query = select(func.count()).select_from(rule.table)
    if before is None:
        return connection.execute(query).scalar_one()
    return connection.execute(query.where(rule.goes), {"before": before}).scalar_one()
