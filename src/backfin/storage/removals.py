"""What the archive is to let go: content that nothing refers to any more.

Whoever takes the last reference away condemns the content in the same transaction. After a grace it is claimed, which
fails where something refers to it again, and then removed. Whoever puts content into the archive rescues it first: what
is condemned stays, and what is just being removed is waited for. So a writer that finds its content in the archive may
rely on it for as long as the grace.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, or_, select, update

from backfin.errors import TransientError
from backfin.storage.database import Database
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import announcements, documents, raw_answers
from backfin.storage.tables import removals as r

#: A removal that began so long ago has died with its process; another one may do it.
DEAD_AFTER = timedelta(hours=1)

_CONDEMN = insert_ignore(r)
_ONE = r.c.content_id == bindparam("id")
_FIND = select(r.c.going_at).where(_ONE)
_RESCUE = delete(r).where(_ONE, r.c.going_at.is_(None))
_DROP = delete(r).where(_ONE)
_REFERENCES = (
    exists().where(raw_answers.c.content_id == r.c.content_id),
    exists().where(announcements.c.raw_ref == r.c.content_id),
    exists().where(documents.c.document_id == r.c.content_id, documents.c.file_gone_at.is_(None)),
)
_IS_DUE = and_(
    r.c.since_at < bindparam("before"), or_(r.c.going_at.is_(None), r.c.going_at < bindparam("dead"))
)
_DUE = (
    select(r.c.content_id)
    .where(_IS_DUE, r.c.content_id > bindparam("after"))
    .order_by(r.c.content_id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count(), func.min(r.c.since_at))
_CLAIM = update(r).where(_ONE, _IS_DUE, ~or_(*_REFERENCES)).values(going_at=bindparam("now"))
_SPARE = delete(r).where(_ONE, or_(*_REFERENCES))


class Condemned(NamedTuple):
    """How much is condemned, since when at the longest, and how much of it is due."""

    all: int
    oldest: datetime | None
    due: int


def condemn(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """Notes content whose reference goes in the same transaction; where another refers to it, it will stay."""
    rows = [{"content_id": one, "since_at": now, "going_at": None} for one in sorted(set(ids))]
    if rows:
        _CONDEMN.run(connection, rows)


class Removals:
    """The table ``removals``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rescue(self, content_id: str) -> None:
        """Makes sure that content stays in the archive, if it is there; to be called before it is put there.

        Raises:
            TransientError: It is being removed just now; a moment later it can be put there anew.
        """
        with self._database.read() as connection:
            if connection.execute(_FIND, {"id": content_id}).first() is None:
                return
        with self._database.write() as connection:
            connection.execute(_RESCUE, {"id": content_id})
            is_going = connection.execute(_FIND, {"id": content_id}).first() is not None
        if is_going:
            raise TransientError(
                f"{content_id} is being removed from the archive; it is put there again in a moment.",
                content_id=content_id,
            )

    def due(self, before: datetime, after: str = "", most: int = 500) -> list[str]:
        """Content condemned before a moment, by id, behind a given one."""
        values = {"before": before, "after": after, "most": most, "dead": self._dead()}
        with self._database.read() as connection:
            return list(connection.execute(_DUE, values).scalars())

    def counts(self, before: datetime) -> Condemned:
        """How much is condemned, and how much of it since before a moment."""
        with self._database.read() as connection:
            count, oldest = connection.execute(_COUNT).one()
            due = connection.execute(_COUNT.where(_IS_DUE), {"before": before, "dead": self._dead()}).one()[0]
        return Condemned(count, oldest, due)

    def claim(self, content_id: str, before: datetime) -> bool:
        """Whether the caller is to remove it from the archive now; what is referred to again is spared."""
        now = self._database.clock.now()
        values = {"id": content_id, "before": before, "now": now, "dead": self._dead()}
        with self._database.write() as connection:
            is_mine = connection.execute(_CLAIM, values).rowcount > 0
            if not is_mine:
                connection.execute(_SPARE, {"id": content_id})
        return is_mine

    def done(self, content_id: str) -> None:
        """Notes that the archive has let it go."""
        with self._database.write() as connection:
            connection.execute(_DROP, {"id": content_id})

    def _dead(self) -> datetime:
        return self._database.clock.now() - DEAD_AFTER
