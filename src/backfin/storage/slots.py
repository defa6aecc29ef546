"""Slots: which times of a schedule were taken, so that each is taken once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update

from backfin.storage.database import Database
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import slots

_CLAIM = insert_ignore(slots, returning=["slot"])
_ONE = (slots.c.schedule == bindparam("of"), slots.c.slot == bindparam("at"))
_AGAIN = (
    update(slots)
    .where(*_ONE, slots.c.sent_at.is_(None), slots.c.claimed_at < bindparam("before"))
    .values(claimed_at=bindparam("now"))
)
_SENT = update(slots).where(*_ONE).values(sent_at=bindparam("now"))
_LAST = select(func.max(slots.c.slot)).where(slots.c.schedule == bindparam("of"))
_PURGE = delete(slots).where(slots.c.slot < bindparam("before"))
_UNTAKE = delete(slots).where(slots.c.claimed_at > bindparam("after"))


class Slots:
    """The table ``slots``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, schedule: str, slot: datetime, *, again_after: timedelta | None = None) -> bool:
        """Whether the caller is the one who may run the schedule for this time.

        Args:
            schedule: Name of the schedule.
            slot: The time.
            again_after: How long after a claim that was never marked as sent the next one may have it.
        """
        now = self._database.clock.now()
        with self._database.write() as connection:
            if _CLAIM.run(connection, _row(schedule, slot, now)).first() is not None:
                return True
            if again_after is None:
                return False
            values = {"of": schedule, "at": slot, "now": now, "before": now - again_after}
            return connection.execute(_AGAIN, values).rowcount > 0

    def claim_all(self, schedule: str, times: Sequence[datetime]) -> list[datetime]:
        """Those of the times that the caller may run the schedule for, in order."""
        now = self._database.clock.now()
        with self._database.write() as connection:
            rows = [_row(schedule, slot, now) for slot in times]
            claimed = set(_CLAIM.run(connection, rows).scalars()) if rows else set()
        return [slot for slot in times if slot in claimed]

    def mark_sent(self, schedule: str, slot: datetime) -> None:
        """Notes that the message of a claimed time is on its way."""
        with self._database.write() as connection:
            connection.execute(_SENT, {"of": schedule, "at": slot, "now": self._database.clock.now()})

    def last(self, schedule: str) -> datetime | None:
        """The latest time that was taken, or ``None`` when none ever was."""
        with self._database.read() as connection:
            found: datetime | None = connection.execute(_LAST, {"of": schedule}).scalar()
        return found

    def purge(self, before: datetime) -> int:
        """Forgets times before a moment and returns how many."""
        with self._database.write() as connection:
            return connection.execute(_PURGE, {"before": before}).rowcount

    def untake(self, after: datetime) -> int:
        """Gives back times that were taken after a moment, by a clock that was ahead, and returns how many."""
        with self._database.write() as connection:
            return connection.execute(_UNTAKE, {"after": after}).rowcount


def _row(schedule: str, slot: datetime, now: datetime) -> dict[str, object]:
    return {"schedule": schedule, "slot": slot, "claimed_at": now, "sent_at": None}
