"""The outbox: one row per (watch, filing, phase, address), and each try to send it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from backfin.models import Delivery, DeliveryState, Phase, State
from backfin.storage.prepared import Prepared
from backfin.storage.sending import COLUMNS, FREE, Sending, unknown
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import announcements
from backfin.storage.tables import deliveries as d

#: States of what no channel ever took.
NEVER_TAKEN = [DeliveryState.EXPIRED.value, DeliveryState.FAILED.value, DeliveryState.MUTED.value]

_ADD = Prepared(insert_ignore(d, returning=["delivery_id"]))
_CLOSE = Prepared(
    update(announcements)
    .where(announcements.c.announcement_id == bindparam("id"))
    .values(state=bindparam("to"), tries=0, failed_step=None, error=None, due_at=None)
)
_GET = select(*COLUMNS).where(d.c.delivery_id == bindparam("id"))
_AGAIN = (
    update(d)
    .where(
        d.c.delivery_id.in_(bindparam("ids", expanding=True)),
        d.c.state.in_(NEVER_TAKEN),
    )
    .values(error=None)
    .returning(d.c.delivery_id)
)
_STALLED = select(*COLUMNS).where(d.c.due_at < bindparam("now")).order_by(d.c.due_at).limit(bindparam("most"))
_DEFER = (
    update(d)
    .where(d.c.delivery_id.in_(bindparam("ids", expanding=True)), d.c.due_at.is_not(None))
    .values(due_at=bindparam("due"))
)
_OF_PHASE = (
    select(*COLUMNS)
    .where(
        or_(d.c.filing_id == bindparam("key"), d.c.announcement_id == bindparam("key")),
        d.c.phase == bindparam("in_phase"),
        d.c.address == bindparam("to"),
        d.c.until_at.is_(None),
    )
    .order_by((d.c.state == DeliveryState.SENT.value).desc(), d.c.sent_at.desc(), d.c.created_at.desc())
    .limit(1)
)
_FIRST_TOLD = (
    select(d.c.filing_id)
    .where(d.c.announcement_id.in_(bindparam("ids", expanding=True)), d.c.phase == bindparam("in_phase"))
    .order_by(d.c.created_at, d.c.delivery_id)
    .limit(1)
)
_IN_PHASE = select(d.c.announcement_id).where(
    d.c.announcement_id.in_(bindparam("ids", expanding=True)), d.c.phase == bindparam("in_phase")
)
_WATCHES_TOLD = select(d.c.watch_id).where(
    or_(
        d.c.filing_id.in_(bindparam("keys", expanding=True)),
        d.c.announcement_id.in_(bindparam("keys", expanding=True)),
    ),
    d.c.phase == bindparam("in_phase"),
)
_CAUSED = (
    select(*COLUMNS)
    .where(
        d.c.announcement_id == bindparam("of"),
        d.c.created_at >= bindparam("since"),
        d.c.created_at <= bindparam("until"),
    )
    .order_by(d.c.created_at, d.c.delivery_id)
)
_UNTRIED = select(func.count()).where(
    or_(
        and_(d.c.state == DeliveryState.PENDING.value, d.c.attempts == 0, d.c.told_by.is_(None)),
        d.c.state == DeliveryState.SENDING.value,
    )
)
_COUNTS = select(d.c.state, func.count()).group_by(d.c.state)


class Deliveries(Sending):
    """The tables ``deliveries`` and ``attempts``. What a person was told survives even a power cut."""

    def record(
        self,
        announcement_id: str,
        deliveries: Sequence[Delivery],
        *,
        due_at: datetime,
        state: State | None = None,
        again: bool = False,
    ) -> list[str]:
        """Puts sends into the outbox and returns the ids of those that nobody had put there before.

        Args:
            announcement_id: What they tell of.
            deliveries: One per (watch, filing, phase, address).
            due_at: When the sweep may send them again.
            state: The state the announcement has come to by this, with nothing more to be done.
            again: Whether those count as new too that expired, failed or were muted: no channel ever took them.
        """
        rows = [_row(delivery, due_at) for delivery in deliveries]
        rows.sort(key=lambda row: str(row["delivery_id"]))

        def store(connection: Connection) -> set[str]:
            new = set(_ADD.scalars(connection, *rows))
            if rows and again:
                new.update(self._put_again(connection, rows))
            if state is not None:
                _CLOSE.run(connection, {"id": announcement_id, "to": state.value})
            return new

        new = self._database.change(store)
        return [key for key in dict.fromkeys(one.delivery_id for one in deliveries) if key in new]

    def _put_again(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> list[str]:
        now = self._database.clock.now()
        found: list[str] = []
        for state, due_at in {(row["state"], row["due_at"]) for row in rows}:
            values = {"state": state, "due_at": due_at, "created_at": now} | FREE
            for part in chunks(row["delivery_id"] for row in rows if row["state"] == state):
                found += connection.execute(_AGAIN.values(values), {"ids": part}).scalars()
        return found

    def find(self, delivery_id: str) -> Delivery | None:
        """The delivery, or ``None``."""
        with self._database.read() as connection:
            row = connection.execute(_GET, {"id": delivery_id}).mappings().first()
        return None if row is None else Delivery.model_validate(dict(row))

    def get(self, delivery_id: str) -> Delivery:
        """The delivery.

        Raises:
            PermanentError: The store does not hold it.
        """
        found = self.find(delivery_id)
        if found is None:
            raise unknown(delivery_id)
        return found

    def search(
        self,
        *,
        states: Collection[DeliveryState] = (),
        watch_id: str | None = None,
        since: datetime | None = None,
        told_by: str | None = None,
        limit: int | None = None,
    ) -> list[Delivery]:
        """Deliveries, the newest first.

        Args:
            states: Only those in one of these states; any when empty.
            watch_id: Only those of this watch.
            since: Only those put there at this moment or later.
            told_by: Only those that the message of this one tells.
            limit: How many at most; all when left out.
        """
        query = select(*COLUMNS).order_by(d.c.created_at.desc(), d.c.delivery_id).limit(limit)
        query = query.where(d.c.state.in_([state.value for state in states])) if states else query
        query = query if watch_id is None else query.where(d.c.watch_id == watch_id)
        query = query if since is None else query.where(d.c.created_at >= since)
        query = query if told_by is None else query.where(d.c.told_by == told_by)
        with self._database.read() as connection:
            return [Delivery.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def stalled(self, now: datetime, limit: int) -> list[Delivery]:
        """Those pending or in sending whose ``due_at`` has passed, the longest waiting first."""
        with self._database.read() as connection:
            rows = connection.execute(_STALLED, {"now": now, "most": limit}).mappings()
            return [Delivery.model_validate(dict(row)) for row in rows]

    def defer(self, ids: Iterable[str], due_at: datetime) -> None:
        """Moves the ``due_at`` of those that are not settled."""
        with self._database.write() as connection:
            for part in chunks(ids):
                connection.execute(_DEFER, {"ids": part, "due": due_at})

    def of_phase(self, key: str, phase: str, address: str) -> Delivery | None:
        """What became of the same news in some phase: the send that was taken last, else the newest one.

        Args:
            key: Of this filing or announcement.
            phase: In this phase.
            address: To this address.
        """
        values = {"key": key, "in_phase": str(phase), "to": address}
        with self._database.read() as connection:
            row = connection.execute(_OF_PHASE, values).mappings().first()
        return None if row is None else Delivery.model_validate(dict(row))

    def first_key(self, announcement_ids: Collection[str], phase: str) -> str | None:
        """The ``filing_id`` under which somebody was first told of one of these in a phase, if anybody was."""
        values = {"ids": list(announcement_ids), "in_phase": str(phase)}
        with self._database.read() as connection:
            found: str | None = connection.execute(_FIRST_TOLD, values).scalar()
        return found

    def watches_told(self, announcement_id: str, filing_id: str | None, phase: str) -> set[str]:
        """Watches that a filing was put into the outbox for in a phase, whatever came of it."""
        keys = [key for key in (announcement_id, filing_id) if key]
        with self._database.read() as connection:
            return set(connection.execute(_WATCHES_TOLD, {"keys": keys, "in_phase": phase}).scalars())

    def matched_in(self, phase: Phase, ids: Sequence[str]) -> set[str]:
        """Those of some announcements that put something into the outbox in a phase, whatever came of it."""
        with self._database.read() as connection:
            return {
                key
                for part in chunks(ids)
                for key in connection.execute(_IN_PHASE, {"ids": part, "in_phase": phase.value}).scalars()
            }

    def caused(self, announcement_id: str, since: datetime, until: datetime | None) -> list[Delivery]:
        """What an announcement put into the outbox between two moments, oldest first."""
        values = {"of": announcement_id, "since": since, "until": until or self._database.clock.now()}
        with self._database.read() as connection:
            rows = connection.execute(_CAUSED, values).mappings()
            return [Delivery.model_validate(dict(row)) for row in rows]

    def untried(self) -> int:
        """How many deliveries wait for their first try or are being sent."""
        with self._database.read() as connection:
            return connection.execute(_UNTRIED).scalar_one()

    def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state that has any."""
        with self._database.read() as connection:
            return {DeliveryState(state): count for state, count in connection.execute(_COUNTS)}


def _row(delivery: Delivery, due_at: datetime) -> dict[str, Any]:
    is_open = delivery.state in (DeliveryState.PENDING, DeliveryState.SENDING)
    return delivery.model_dump() | {"due_at": due_at if is_open else None}
