"""Announcements that a step gave up: they wait for a person, who sends them again or leaves them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, func, select, update

from backfin.models import State
from backfin.storage.announcement_rows import STATUS, status_of
from backfin.storage.database import Database
from backfin.storage.records import Status
from backfin.storage.statements import chunks
from backfin.storage.tables import announcements as a

#: Stands in ``failed_step`` for an announcement that a person took out of its queue.
DROPPED = "dropped"

#: Failed announcements that wait in no queue: rows that cannot be read, and those taken out.
NOT_QUEUED = ("parse", DROPPED)

_KEPT_ASIDE = (a.c.failed_step.is_not(None), a.c.failed_step.not_in(NOT_QUEUED))
_COUNT = select(a.c.failed_step, func.count()).where(*_KEPT_ASIDE).group_by(a.c.failed_step)
_LIST = select(*STATUS).where(*_KEPT_ASIDE).order_by(a.c.position.desc())
_DROP = (
    update(a)
    .where(
        a.c.announcement_id.in_(bindparam("ids", expanding=True)),
        a.c.state != State.MATCHED.value,
        a.c.failed_step.is_distinct_from("parse"),
    )
    .values(state=State.FAILED.value, failed_step=DROPPED, error=bindparam("why"), due_at=None)
    .returning(a.c.announcement_id)
)


class Quarantine:
    """The rows of the table ``announcements`` that failed at a step."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self) -> dict[str, int]:
        """How many announcements each step gave up, by its name."""
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(_COUNT)}

    def drop(self, ids: Iterable[str], why: str) -> list[str]:
        """Leaves unfinished announcements failed, in no queue, until they are replayed; returns which.

        Args:
            ids: Which ones; those that are done stay as they are.
            why: Who took them out of the queue.
        """
        done: list[str] = []
        with self._database.write() as connection:
            for part in chunks(ids):
                done += connection.execute(_DROP, {"ids": part, "why": why}).scalars()
        return done

    def list(self, steps: Collection[str], most: int | None = None) -> list[Status]:
        """Announcements that one of the steps gave up, the newest first."""
        query = _LIST.where(a.c.failed_step.in_(sorted(steps))).limit(most)
        with self._database.read() as connection:
            return [status_of(row) for row in connection.execute(query)]
