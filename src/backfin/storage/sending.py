"""Tries to send: who takes a delivery, which others its message tells, what holds it back, and how a try ends.

Deliveries of one filing and phase to one address are one message: that of the first to be taken. The others carry its
id in ``told_by`` and share its fate, settled in the same transaction, so at every moment all of them were told or none.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from backfin.errors import PermanentError
from backfin.models import Delivery, DeliveryState
from backfin.storage.database import Database
from backfin.storage.prepared import Prepared
from backfin.storage.tables import attempts
from backfin.storage.tables import deliveries as d

COLUMNS = tuple(d.c[name] for name in Delivery.model_fields)

#: A delivery on its own: told by nothing else, and held back by nothing.
FREE: dict[str, Any] = {"digest_id": None, "told_by": None, "held_until": None}

_ONE = d.c.delivery_id == bindparam("id")
_FREE = and_(d.c.told_by.is_(None), d.c.digest_id.is_(None))
_STATE = d.c.state
_NEWS = Prepared(
    select(*COLUMNS)
    .where(
        d.c.filing_id == bindparam("filing"),
        d.c.phase == bindparam("in_phase"),
        d.c.address == bindparam("to"),
    )
    .order_by(d.c.delivery_id)
    .with_for_update()
)
_OF_WATCH = select(func.count()).where(d.c.watch_id == bindparam("watch"), d.c.address == bindparam("to"))
_SENT_SINCE = _OF_WATCH.where(d.c.sent_at >= bindparam("since"))
_TELLING = _OF_WATCH.where(
    d.c.sent_at.is_(None) | (d.c.sent_at < bindparam("since")),
    or_(
        _STATE == DeliveryState.SENDING.value,
        and_(_STATE == DeliveryState.UNSURE.value, d.c.created_at >= bindparam("since")),
    ),
)
#: In one statement: between two of them one that is being sent would be sent, and be in neither count.
_TOLD = select(_SENT_SINCE.scalar_subquery() + _TELLING.scalar_subquery())
_CLAIM = Prepared(
    update(d)
    .where(_ONE, _STATE == DeliveryState.PENDING.value, d.c.told_by.is_(None))
    .values(state=DeliveryState.SENDING.value, attempts=d.c.attempts + 1, due_at=bindparam("due"))
    .returning(*COLUMNS)
)
_JOIN = Prepared(
    update(d)
    .where(
        or_(
            d.c.told_by == bindparam("id"),
            and_(
                d.c.delivery_id.in_(bindparam("ids", expanding=True)),
                _FREE,
                _STATE.in_([DeliveryState.PENDING.value, DeliveryState.COLLECTED.value]),
            ),
        ),
        _STATE != DeliveryState.SENT.value,
    )
    .values(FREE | {"state": DeliveryState.SENDING.value, "told_by": bindparam("id"), "due_at": None})
    .returning(*COLUMNS)
)
_BIND = update(d).where(_ONE, _STATE == DeliveryState.PENDING.value, _FREE)
_PUT_ASIDE = update(d).where(
    _ONE, _FREE, _STATE.in_([DeliveryState.PENDING.value, DeliveryState.COLLECTED.value])
)
_PUT_BACK = update(d).where(_ONE, _STATE == bindparam("was"), d.c.attempts == bindparam("attempt"))
_POSTPONE = update(d).where(_ONE, _STATE == DeliveryState.PENDING.value).values(due_at=bindparam("due"))
_FOLLOWING = d.c.told_by == bindparam("id")
_LOCK = Prepared(
    select(d.c.delivery_id)
    .where(or_(d.c.delivery_id == bindparam("id"), _FOLLOWING))
    .order_by(d.c.delivery_id)
    .with_for_update()
)
_SET = update(d).where(_ONE).returning(d.c.attempts)
_UNSENT = _SET.where(_STATE != DeliveryState.SENT.value)
_OF_ATTEMPT = Prepared(_UNSENT.where(d.c.attempts == bindparam("attempt")))
_UNDER_WAY = Prepared(_SET.where(_STATE == DeliveryState.SENDING.value, d.c.attempts == bindparam("attempt")))
_LAST = Prepared(_UNSENT)
_SHARE = Prepared(update(d).where(_FOLLOWING, _STATE != DeliveryState.SENT.value))
_GET = select(d.c.delivery_id).where(_ONE)
_TRY = Prepared(insert(attempts))
_TRIED = Prepared(
    update(attempts).where(attempts.c.delivery_id == bindparam("id"), attempts.c.number == bindparam("try"))
)
_TRIES = select(attempts).where(attempts.c.delivery_id == bindparam("id")).order_by(attempts.c.number)


class Sending:
    """That part of the outbox which is about tries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lock_news(self, delivery: Delivery) -> list[Delivery]:
        """All deliveries of the same filing, phase and address, by id: nobody else changes them while the block lasts.

        To be called inside ``together``.
        """
        which = {"filing": delivery.filing_id, "in_phase": delivery.phase.value, "to": delivery.address}
        with self._database.write() as connection:
            return [Delivery.model_validate(row) for row in _NEWS.dicts(connection, which)]

    def told(self, watch_id: str, address: str, since: datetime) -> int:
        """How many filings a watch told an address since a moment, with those that it is just telling."""
        which = {"watch": watch_id, "to": address, "since": since}
        with self._database.read() as connection:
            told: int = connection.execute(_TOLD, which).scalar_one()
        return told

    def claim(self, delivery_id: str, others: Collection[str] = (), *, due_at: datetime) -> list[Delivery]:
        """Takes a pending delivery for sending; nothing when another has it or it is settled.

        Args:
            delivery_id: Which one.
            others: Deliveries of the same news that its message tells as well.
            due_at: When it counts as stalled in the hands of the one who took it.

        Returns:
            The delivery, and behind it every other that its message tells.
        """
        with self._database.write(durable=True) as connection:
            row = _CLAIM.first(connection, {"id": delivery_id, "due": due_at})
            if row is None:
                return []
            tried = {"delivery_id": delivery_id, "number": row["attempts"]}
            _TRY.run(connection, tried | {"at": self._database.clock.now(), "outcome": "sending"})
            joined = _JOIN.dicts(connection, {"id": delivery_id, "ids": list(others)})
        return [Delivery.model_validate(one) for one in (row, *joined)]

    def tell_by(self, teller: Delivery, delivery_id: str) -> None:
        """Makes a pending delivery share the fate of another that tells, or told, the same news."""
        shared = {"state": teller.state.value, "error": teller.error, "receipt": teller.receipt}
        changes = shared | {"sent_at": teller.sent_at, "told_by": teller.delivery_id, "due_at": None}
        with self._database.write(durable=True) as connection:
            connection.execute(_BIND.values(changes), {"id": delivery_id})

    def put_aside(
        self, delivery_id: str, state: DeliveryState, why: str, *, until: datetime | None = None
    ) -> None:
        """Takes an open delivery out of what is sent: it is muted, or collected ``until`` a moment."""
        changes = {"state": state.value, "error": why, "held_until": until, "due_at": None}
        with self._database.write() as connection:
            connection.execute(_PUT_ASIDE.values(changes), {"id": delivery_id})

    def put_back(self, delivery: Delivery, *, due_at: datetime) -> bool:
        """Makes a settled delivery wait to be sent once more; ``False`` where it has changed meanwhile.

        One that was sent gets another token, so that its channel does not take it for a repeat.

        Args:
            delivery: The delivery as it was found.
            due_at: When the sweep sends it, if nobody did before.
        """
        changes = FREE | {"state": DeliveryState.PENDING.value, "error": None, "due_at": due_at}
        resends = delivery.resends + (delivery.state is DeliveryState.SENT)
        changes |= {"resends": resends, "created_at": self._database.clock.now()}
        was = {"id": delivery.delivery_id, "was": delivery.state.value, "attempt": delivery.attempts}
        with self._database.write(durable=True) as connection:
            return connection.execute(_PUT_BACK.values(changes), was).rowcount > 0

    def postpone(self, delivery_id: str, due_at: datetime) -> None:
        """Leaves a pending delivery to the sweep at a moment."""
        with self._database.write() as connection:
            connection.execute(_POSTPONE, {"id": delivery_id, "due": due_at})

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
            found = self._change(connection, _UNDER_WAY, changes, delivery_id, attempt)
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

    def attempts(self, delivery_id: str) -> list[dict[str, Any]]:
        """Each try: ``number, at, outcome, error``, oldest first."""
        with self._database.read() as connection:
            return [dict(row) for row in connection.execute(_TRIES, {"id": delivery_id}).mappings()]

    def _settle(
        self, delivery_id: str, state: DeliveryState, error: str | None, attempt: int | None, **values: Any
    ) -> bool:
        """Ends a try. One that was overtaken, by a later try or by its success, settles nothing any more."""
        is_sent = state is DeliveryState.SENT
        outcome = "retry" if state is DeliveryState.PENDING else state.value
        changes = {"state": state.value, "error": error, "due_at": None, **values}
        statement = _LAST if is_sent or attempt is None else _OF_ATTEMPT

        def settle(connection: Connection) -> bool:
            number = self._change(connection, statement, changes, delivery_id, attempt)
            if number is None and connection.execute(_GET, {"id": delivery_id}).first() is None:
                raise unknown(delivery_id)
            _note_outcome(connection, delivery_id, attempt or number or 0, outcome, error)
            return number is not None

        return self._database.change(settle, durable=True)

    def _change(
        self,
        connection: Connection,
        statement: Prepared,
        changes: dict[str, Any],
        delivery_id: str,
        attempt: int | None,
    ) -> int | None:
        """Changes a delivery and those told with it, locked in the order in which claims lock them."""
        which = {"id": delivery_id, "attempt": attempt}
        told = _LOCK.run(connection, {"id": delivery_id})
        number: int | None = next(iter(statement.scalars(connection, changes | which)), None)
        if number is not None and len(told) > 1:
            _SHARE.run(connection, changes | {"due_at": None, "id": delivery_id})
        return number


def _note_outcome(
    connection: Connection, delivery_id: str, number: int, outcome: str, error: str | None
) -> None:
    if number:
        tried = {"id": delivery_id, "try": number, "outcome": outcome, "error": error}
        _TRIED.run(connection, tried)


def unknown(delivery_id: str) -> PermanentError:
    """The error of an id that the outbox does not hold."""
    return PermanentError(f"The outbox holds no delivery {delivery_id}.", delivery_id=delivery_id)
