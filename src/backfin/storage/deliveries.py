"""The outbox: one row per (watch, filing, phase, address), and each try to send it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from backfin.errors import PermanentError
from backfin.models import Delivery, DeliveryState, State
from backfin.storage.database import Database
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import announcements, attempts
from backfin.storage.tables import deliveries as d

_FIELDS = tuple(Delivery.model_fields)
_COLUMNS = tuple(d.c[name] for name in _FIELDS)
_ADD = insert_ignore(d, returning=["delivery_id"])
_CLOSE = (
    update(announcements)
    .where(announcements.c.announcement_id == bindparam("id"))
    .values(state=bindparam("to"), tries=0, failed_step=None, error=None, due_at=None)
)
_ONE = d.c.delivery_id == bindparam("id")
_GET = select(*_COLUMNS).where(_ONE)
_CLAIM = (
    update(d)
    .where(_ONE, d.c.state == DeliveryState.PENDING.value)
    .values(state=DeliveryState.SENDING.value, attempts=d.c.attempts + 1, due_at=bindparam("due"))
    .returning(*_COLUMNS)
)
_SET = update(d).where(_ONE).returning(d.c.attempts)
_UNSENT = _SET.where(d.c.state != DeliveryState.SENT.value)
_OF_ATTEMPT = _UNSENT.where(d.c.attempts == bindparam("attempt"))
_AGAIN = (
    update(d)
    .where(
        d.c.delivery_id.in_(bindparam("ids", expanding=True)),
        d.c.state.in_([DeliveryState.EXPIRED.value, DeliveryState.FAILED.value]),
    )
    .values(error=None)
    .returning(d.c.delivery_id)
)
_UNDER_WAY = _SET.where(d.c.state == DeliveryState.SENDING.value, d.c.attempts == bindparam("attempt"))
_TRY = insert(attempts)
_TRIED = update(attempts).where(
    attempts.c.delivery_id == bindparam("id"), attempts.c.number == bindparam("try")
)
_TRIES = select(attempts).where(attempts.c.delivery_id == bindparam("id")).order_by(attempts.c.number)
_STALLED = (
    select(*_COLUMNS).where(d.c.due_at < bindparam("now")).order_by(d.c.due_at).limit(bindparam("most"))
)
_DEFER = (
    update(d)
    .where(d.c.delivery_id.in_(bindparam("ids", expanding=True)), d.c.due_at.is_not(None))
    .values(due_at=bindparam("due"))
)
_OF_PHASE = (
    select(*_COLUMNS)
    .where(
        d.c.watch_id == bindparam("watch"),
        or_(d.c.filing_id == bindparam("key"), d.c.announcement_id == bindparam("key")),
        d.c.phase == bindparam("in_phase"),
        d.c.address == bindparam("to"),
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
_UNTRIED = select(func.count()).where(
    or_(
        and_(d.c.state == DeliveryState.PENDING.value, d.c.attempts == 0),
        d.c.state == DeliveryState.SENDING.value,
    )
)
_COUNTS = select(d.c.state, func.count()).group_by(d.c.state)


class Deliveries:
    """The tables ``deliveries`` and ``attempts``. What a person was told survives even a power cut."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            again: Whether those count as new too that expired or failed: no channel ever took them.
        """
        rows = [_row(delivery, due_at) for delivery in deliveries]
        rows.sort(key=lambda row: str(row["delivery_id"]))
        new: set[str] = set()
        with self._database.write() as connection:
            if rows:
                new = set(_ADD.run(connection, rows).scalars())
            if rows and again:
                new.update(self._put_again(connection, rows))
            if state is not None:
                connection.execute(_CLOSE, {"id": announcement_id, "to": state.value})
        return [key for key in dict.fromkeys(one.delivery_id for one in deliveries) if key in new]

    def _put_again(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> list[str]:
        now = self._database.clock.now()
        found: list[str] = []
        for state, due_at in {(row["state"], row["due_at"]) for row in rows}:
            values = {"state": state, "due_at": due_at, "created_at": now, "digest_id": None}
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
            raise _unknown(delivery_id)
        return found

    def claim(self, delivery_id: str, *, due_at: datetime) -> Delivery | None:
        """Takes a pending delivery for sending; ``None`` when another has it or it is settled.

        Args:
            delivery_id: Which one.
            due_at: When it counts as stalled in the hands of the one who took it.
        """
        with self._database.write(durable=True) as connection:
            row = connection.execute(_CLAIM, {"id": delivery_id, "due": due_at}).mappings().first()
            if row is None:
                return None
            tried = {"delivery_id": delivery_id, "number": row["attempts"]}
            connection.execute(_TRY, tried | {"at": self._database.clock.now(), "outcome": "sending"})
        return Delivery.model_validate(dict(row))

    def sent(self, delivery_id: str, receipt: dict[str, Any], *, attempt: int | None = None) -> None:
        """The channel took it, and this is what it answered. Nothing that is heard later changes that.

        Args:
            delivery_id: Which one.
            receipt: What the channel answered.
            attempt: The number of the try; the last one by default. The same below.
        """
        now = self._database.clock.now()
        self._settle(delivery_id, DeliveryState.SENT, None, attempt, sent_at=now, receipt=receipt)

    def retry(self, delivery_id: str, error: str, *, due_at: datetime, attempt: int | None = None) -> bool:
        """The channel did not take it; it waits for another try. ``False`` when a later try has begun."""
        return self._settle(delivery_id, DeliveryState.PENDING, error, attempt, due_at=due_at)

    def release(self, delivery_id: str, attempt: int, error: str, *, due_at: datetime | None) -> bool:
        """Ends a try whose worker died, and says whether that try was still under way.

        Args:
            delivery_id: Which delivery.
            attempt: The number of the try.
            error: What is said of it.
            due_at: When the sweep may send it again; it is unsure, for a person to decide, when left out.
        """
        state = DeliveryState.UNSURE if due_at is None else DeliveryState.PENDING
        changes = {"state": state.value, "error": error, "due_at": due_at}
        with self._database.write(durable=True) as connection:
            found = connection.execute(
                _UNDER_WAY.values(changes), {"id": delivery_id, "attempt": attempt}
            ).scalar()
            if found is not None:
                outcome = "unsure" if due_at is None else "retry"
                _note_outcome(connection, delivery_id, attempt, outcome, error)
        return found is not None

    def fail(self, delivery_id: str, error: str, *, attempt: int | None = None) -> None:
        """It will not be sent, and a person can see why."""
        self._settle(delivery_id, DeliveryState.FAILED, error, attempt)

    def expire(self, delivery_id: str, why: str | None = None, *, attempt: int | None = None) -> None:
        """It became too old to send, or was overtaken by newer news."""
        self._settle(delivery_id, DeliveryState.EXPIRED, why, attempt)

    def unsure(self, delivery_id: str, error: str, *, attempt: int | None = None) -> None:
        """Nobody knows whether the channel took it; a person decides."""
        self._settle(delivery_id, DeliveryState.UNSURE, error, attempt)

    def _settle(
        self, delivery_id: str, state: DeliveryState, error: str | None, attempt: int | None, **values: Any
    ) -> bool:
        """Ends a try. One that was overtaken, by a later try or by its success, settles nothing any more."""
        is_sent = state is DeliveryState.SENT
        outcome = "retry" if state is DeliveryState.PENDING else state.value
        changes = {"state": state.value, "error": error, "due_at": None, **values}
        statement = _UNSENT if is_sent or attempt is None else _OF_ATTEMPT
        which = {"id": delivery_id, "attempt": attempt}
        with self._database.write(durable=True) as connection:
            number = connection.execute(statement.values(changes), which).scalar()
            if number is None and connection.execute(_GET, {"id": delivery_id}).first() is None:
                raise _unknown(delivery_id)
            _note_outcome(connection, delivery_id, attempt or number or 0, outcome, error)
        return number is not None

    def attempts(self, delivery_id: str) -> list[dict[str, Any]]:
        """Each try: ``number, at, outcome, error``, oldest first."""
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(_TRIES, {"id": delivery_id}).mappings()]

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

    def of_phase(self, watch_id: str, key: str, phase: str, address: str) -> Delivery | None:
        """What became of the same news in some phase: the send that was taken last, else the newest one.

        Args:
            watch_id: Of this watch.
            key: Of this filing or announcement.
            phase: In this phase.
            address: To this address.
        """
        values = {"watch": watch_id, "key": key, "in_phase": str(phase), "to": address}
        with self._database.read() as connection:
            row = connection.execute(_OF_PHASE, values).mappings().first()
        return None if row is None else Delivery.model_validate(dict(row))

    def first_key(self, announcement_ids: Collection[str], phase: str) -> str | None:
        """The ``filing_id`` under which somebody was first told of one of these in a phase, if anybody was."""
        values = {"ids": list(announcement_ids), "in_phase": str(phase)}
        with self._database.read() as connection:
            found: str | None = connection.execute(_FIRST_TOLD, values).scalar()
        return found

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


def _note_outcome(
    connection: Connection, delivery_id: str, number: int, outcome: str, error: str | None
) -> None:
    if number:
        connection.execute(_TRIED.values(outcome=outcome, error=error), {"id": delivery_id, "try": number})


def _unknown(delivery_id: str) -> PermanentError:
    return PermanentError(f"The outbox holds no delivery {delivery_id}.", delivery_id=delivery_id)
