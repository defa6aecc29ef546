"""Restores: what was told between a backup and its restore is not known, and must not be told again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, update

from backfin.models import DeliveryState
from backfin.storage.database import Database
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import deliveries as d
from backfin.storage.tables import restores

#: Why an alert is not sent of what was published between a backup and its restore.
MAY_HAVE_BEEN_TOLD = (
    "It was published before the store was restored from a backup and may have been told; "
    "`backfin delivery resend` tells it."
)

#: The same for what waited when the backup was made.
_MAY_HAVE_GONE = (
    "It waited when the backup was made and may have gone out before the store was restored; "
    "`backfin delivery resend` tells it."
)

_NOTE = insert_ignore(restores)
_LATEST = select(func.max(restores.c.told_until))
_OPEN = (DeliveryState.PENDING.value, DeliveryState.SENDING.value)
_COLLECTED = and_(d.c.state == DeliveryState.COLLECTED.value, d.c.digest_id.is_(None))
_UNSURE = update(d).values(state=DeliveryState.UNSURE.value, error=_MAY_HAVE_GONE, due_at=None)
_WAITED = _UNSURE.where(
    or_(
        d.c.state.in_(_OPEN),
        and_(_COLLECTED, d.c.held_until.is_not(None), d.c.held_until <= bindparam("until")),
    )
)
_IN_DIGEST = _UNSURE.where(
    _COLLECTED,
    d.c.held_until.is_(None),
    d.c.watch_id == bindparam("of"),
    d.c.created_at <= bindparam("until"),
)


class Restores:
    """The table ``restores``. What it says is read once by each process: workers do not run during a restore."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told_until: tuple[datetime | None] | None = None

    def may_have_told(self, published_at: datetime) -> bool:
        """Whether news of a moment may have been told by what a restore has forgotten."""
        if self._told_until is None:
            with self._database.read() as connection:
                self._told_until = (connection.execute(_LATEST).scalar(),)
        (until,) = self._told_until
        return until is not None and published_at < until

    def begin(self, made_at: datetime, told_until: datetime, digests: Mapping[str, datetime]) -> int:
        """Notes a restore; what waited to be told becomes ``unsure``, and how much that is.

        Args:
            made_at: When the backup was made.
            told_until: What was published before may have been told.
            digests: By watch, the last moment before ``told_until`` at which its digest was due, if that was after
                the backup.
        """
        row = {"restored_at": self._database.clock.now(), "made_at": made_at, "told_until": told_until}
        with self._database.write(durable=True) as connection:
            _NOTE.run(connection, row)
            unsure = connection.execute(_WAITED, {"until": told_until}).rowcount
            for watch_id, moment in digests.items():
                unsure += connection.execute(_IN_DIGEST, {"of": watch_id, "until": moment}).rowcount
        self._told_until = None
        return unsure
