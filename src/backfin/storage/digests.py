"""Digests: what waits to be told once a day, or when its watch may tell again, and which digest tells it.

A collected delivery is told by the digest whose id it carries. It gets that id in the transaction that puts the digest
into the outbox, so nothing that was collected is left out or told by two of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, literal_column, select, update

from backfin.models import Delivery, DeliveryState
from backfin.storage.database import Database
from backfin.storage.sending import COLUMNS, FREE
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import announcements as a
from backfin.storage.tables import deliveries as d

#: What no digest has told. The state is written out as in the index that finds it.
_UNTOLD = and_(
    d.c.state == literal_column(f"'{DeliveryState.COLLECTED.value}'"),
    d.c.digest_id.is_(None),
)
_OPEN = and_(_UNTOLD, d.c.held_until.is_(None))
_HELD = and_(_UNTOLD, d.c.held_until.is_not(None))
_WAITING = (
    select(d.c.watch_id, d.c.address, func.min(d.c.created_at))
    .where(_OPEN)
    .group_by(d.c.watch_id, d.c.address)
    .order_by(d.c.watch_id, d.c.address)
)
_TOLD_NOW = (
    _OPEN,
    d.c.watch_id.in_(bindparam("watches", expanding=True)),
    d.c.address == bindparam("to"),
    d.c.created_at <= bindparam("until"),
)
_OLDEST = (
    select(d.c.announcement_id, d.c.created_at)
    .where(*_TOLD_NOW)
    .order_by(d.c.created_at, d.c.delivery_id)
    .limit(1)
)
_TAKE = update(d).where(*_TOLD_NOW).values(digest_id=bindparam("digest"))
_HELD_UNTIL = (
    select(func.min(d.c.held_until))
    .where(_HELD, d.c.watch_id == bindparam("watch"), d.c.address == bindparam("to"))
    .where(d.c.held_until > bindparam("now"))
)
_HELD_DUE = (
    select(*COLUMNS)
    .where(_HELD, d.c.held_until <= bindparam("now"))
    .order_by(d.c.created_at, d.c.delivery_id)
)
_OF_IDS = (_HELD, d.c.delivery_id.in_(bindparam("ids", expanding=True)))
_TAKE_HELD = update(d).where(*_OF_IDS).values(digest_id=bindparam("digest"))
_FREE_HELD = (
    update(d)
    .where(*_OF_IDS)
    .values(FREE | {"state": DeliveryState.PENDING.value, "error": None})
    .values(created_at=bindparam("now"), due_at=bindparam("due"))
    .returning(d.c.delivery_id)
)
_ADD = insert_ignore(d, returning=["delivery_id"])
_UNDO = delete(d).where(d.c.delivery_id == bindparam("id"))
_DROP = (
    update(d)
    .where(_OPEN, d.c.watch_id == bindparam("watch"), d.c.address == bindparam("to"))
    .values(state=bindparam("as"), error=bindparam("why"))
)
_ITEMS = (
    select(
        d.c.delivery_id,
        d.c.watch_id,
        d.c.announcement_id,
        func.coalesce(a.c.filing_id, d.c.filing_id),
    )
    .join(a, a.c.announcement_id == d.c.announcement_id)
    .where(d.c.digest_id == bindparam("id"))
    .order_by(func.coalesce(a.c.materiality, -1).desc(), a.c.position.desc(), d.c.delivery_id)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of one watch and address no digest has told yet; ``oldest`` is when the first of it was collected."""

    watch_id: str
    address: str
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Collected:
    """One delivery that a digest tells, under the filing that its announcement belongs to by now."""

    delivery_id: str
    watch_id: str
    announcement_id: str
    filing_id: str


class Digests:
    """Those rows of the table ``deliveries`` that are collected, and those that are digests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> list[Waiting]:
        """What no digest has told yet, by watch and address."""
        with self._database.read() as connection:
            return [Waiting(*row) for row in connection.execute(_WAITING)]

    def form(self, digest: Delivery, watch_ids: Collection[str], *, due_at: datetime) -> bool:
        """Puts a digest into the outbox, with what was collected up to its end; ``False`` when there is none to send.

        Either another has put the same one there, or nothing waits for it: then nothing is changed.

        Args:
            digest: The digest; its ``announcement_id`` is filled in.
            watch_ids: Whose deliveries to its address it tells.
            due_at: When the sweep may send it again.
        """
        which = {"to": digest.address, "until": digest.until_at}
        with self._database.write() as connection:
            first = self._oldest(connection, watch_ids, which)
            if first is None:
                return False
            row = digest.model_dump() | {"announcement_id": first, "due_at": due_at}
            if _ADD.run(connection, row).first() is None:
                return False
            taken = sum(
                connection.execute(_TAKE, which | {"watches": part, "digest": digest.delivery_id}).rowcount
                for part in chunks(watch_ids)
            )
            if not taken:
                connection.execute(_UNDO, {"id": digest.delivery_id})
        return taken > 0

    def _oldest(
        self, connection: Connection, watch_ids: Collection[str], which: dict[str, Any]
    ) -> str | None:
        found = [
            row
            for part in chunks(watch_ids)
            for row in connection.execute(_OLDEST, which | {"watches": part})
        ]
        return min(found, key=lambda row: row.created_at).announcement_id if found else None

    def drop(
        self, watch_id: str, address: str, why: str, *, state: DeliveryState = DeliveryState.EXPIRED
    ) -> None:
        """Ends the waiting of what a watch collected for an address that is not to be told of it."""
        with self._database.write() as connection:
            connection.execute(_DROP, {"watch": watch_id, "to": address, "why": why, "as": state.value})

    def held_until(self, watch_id: str, address: str, now: datetime) -> datetime | None:
        """The earliest end of what holds something of a watch and address back, if anything does."""
        with self._database.read() as connection:
            which = {"watch": watch_id, "to": address, "now": now}
            found: datetime | None = connection.execute(_HELD_UNTIL, which).scalar()
        return found

    def held_due(self, now: datetime) -> list[Delivery]:
        """What was held back until a moment that has come, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(_HELD_DUE, {"now": now}).mappings()
            return [Delivery.model_validate(dict(row)) for row in rows]

    def release(self, ids: Collection[str], *, due_at: datetime) -> list[str]:
        """Gives what was held back to be sent as it is, and returns the ids of those that still were."""
        values = {"now": self._database.clock.now(), "due": due_at}
        with self._database.write() as connection:
            return [
                one
                for part in chunks(ids)
                for one in connection.execute(_FREE_HELD, values | {"ids": part}).scalars()
            ]

    def roll_up(self, digest: Delivery, ids: Collection[str], *, due_at: datetime) -> bool:
        """Puts a digest of what was held back into the outbox; ``False`` when there is none to send, as for a day's.

        Args:
            digest: The digest.
            ids: The deliveries that it tells, as far as they are still held back.
            due_at: When the sweep may send it again.
        """
        with self._database.write() as connection:
            if _ADD.run(connection, digest.model_dump() | {"due_at": due_at}).first() is None:
                return False
            taken = sum(
                connection.execute(_TAKE_HELD, {"ids": part, "digest": digest.delivery_id}).rowcount
                for part in chunks(ids)
            )
            if not taken:
                connection.execute(_UNDO, {"id": digest.delivery_id})
        return taken > 0

    def items(self, digest_id: str) -> list[Collected]:
        """What a digest tells, the most material first, of equals the newest."""
        with self._database.read() as connection:
            return [Collected(*row) for row in connection.execute(_ITEMS, {"id": digest_id})]
