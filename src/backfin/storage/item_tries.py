"""What went wrong at an announcement: each try with its time and its error."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from backfin.storage.database import Database
from backfin.storage.tables import item_tries as t

#: What is said of a try that ended with its worker.
STOPPED = "It stopped its worker; noticed when it was taken up again."

_NOTE = insert(t)
_LAST = (
    select(t.c.tries, t.c.error)
    .where(t.c.announcement_id == bindparam("id"))
    .order_by(t.c.number.desc())
    .limit(1)
)
_OF = (
    select(t.c.at, t.c.step, t.c.error)
    .where(t.c.announcement_id == bindparam("id"))
    .order_by(t.c.number.desc())
    .limit(bindparam("most"))
)
_PURGE = delete(t).where(t.c.at < bindparam("before"))


class ItemTries:
    """The table ``item_tries``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, announcement_id: str, most: int = 20) -> list[dict[str, Any]]:
        """The latest tries that went wrong: ``at, step, error``, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(_OF, {"id": announcement_id, "most": most}).mappings()
            return [dict(row) for row in rows][::-1]

    def purge(self, before: datetime) -> int:
        """Forgets those from before a moment and returns how many."""
        with self._database.write() as connection:
            return connection.execute(_PURGE, {"before": before}).rowcount


def note_failure(
    connection: Connection, announcement_id: str, at: datetime, step: str, error: str, tries: int
) -> None:
    """Notes a try that ended in an error; ``tries`` is how many then count against its item."""
    row = {"announcement_id": announcement_id, "at": at, "step": step, "error": error, "tries": tries}
    connection.execute(_NOTE, row)


def note_stopped(connection: Connection, announcement_id: str, at: datetime, step: str, tries: int) -> bool:
    """Notes the try before the one that begins now, unless it is noted already; whether it ended with its worker."""
    last = connection.execute(_LAST, {"id": announcement_id}).first()
    if last is not None and last.tries == tries - 1:
        return bool(last.error == STOPPED)
    note_failure(connection, announcement_id, at, step, STOPPED, tries - 1)
    return True
