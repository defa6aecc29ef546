"""Slots: which times of a schedule were taken, so that each is taken once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from backfin.storage.database import Database
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import slots

_CLAIM = insert_ignore(slots, returning=["schedule"])
_LAST = select(func.max(slots.c.slot)).where(slots.c.schedule == bindparam("of"))
_PURGE = delete(slots).where(slots.c.slot < bindparam("before"))


class Slots:
    """The table ``slots``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, schedule: str, slot: datetime) -> bool:
        """Whether the caller is the one who may run the schedule for this time."""
        row = {"schedule": schedule, "slot": slot, "claimed_at": self._database.clock.now()}
        with self._database.write() as connection:
            return _CLAIM.run(connection, row).first() is not None

    def last(self, schedule: str) -> datetime | None:
        """The latest time that was taken, or ``None`` when none ever was."""
        with self._database.read() as connection:
            found: datetime | None = connection.execute(_LAST, {"of": schedule}).scalar()
        return found

    def purge(self, before: datetime) -> int:
        """Forgets times before a moment and returns how many."""
        with self._database.write() as connection:
            return connection.execute(_PURGE, {"before": before}).rowcount
