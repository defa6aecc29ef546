"""Rows of the table ``announcements``: how one is made, and how those that are not there yet are inserted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from backfin.clock import day_of
from backfin.models import Announcement, State
from backfin.storage.positions import position_of
from backfin.storage.records import Status
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import announcements as a

#: Columns of the same name and kind as a field of the model.
PLAIN = tuple(name for name in Announcement.model_fields if name not in ("attachments", "first_seen_at"))

#: Columns of a :class:`Status`.
STATUS = (
    a.c.announcement_id,
    a.c.exchange,
    a.c.day,
    a.c.state,
    a.c.failed_step,
    a.c.error,
    a.c.tries,
    a.c.due_at,
    a.c.filing_id,
)

_ADD = insert_ignore(a, returning=["announcement_id"])
_KNOWN = select(a.c.announcement_id).where(a.c.announcement_id.in_(bindparam("ids", expanding=True)))


def row_of(item: Announcement, now: datetime, due_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The row of a new announcement; its position comes with the insertion."""
    return {name: getattr(item, name) for name in PLAIN} | {
        "attachments": [attachment.model_dump(mode="json") for attachment in item.attachments],
        "first_seen_at": item.first_seen_at or now,
        "day": day_of(item.disseminated_at, zone),
        "raw_ref": None,
        "state": State.STORED,
        "tries": 0,
        "due_at": due_at,
        "failed_step": None,
        "error": None,
    }


def insert_new(connection: Connection, rows: list[dict[str, Any]]) -> set[str]:
    """Inserts what is not there, and returns its ids. Rows go in by id, so that no two writers wait for each other."""
    rows = sorted(rows, key=lambda row: str(row["announcement_id"]))
    new: set[str] = set()
    salt = 0
    while rows:
        for row in rows:
            moment = row["disseminated_at"] or row["first_seen_at"]
            row["position"] = position_of(moment, row["announcement_id"], salt)
        new |= set(_ADD.run(connection, rows).scalars())
        rows = [row for row in rows if row["announcement_id"] not in new]
        known = known_in(connection, [row["announcement_id"] for row in rows])
        rows = [row for row in rows if row["announcement_id"] not in known]
        salt += 1
    return new


def known_in(connection: Any, ids: Iterable[str]) -> set[str]:
    """Which of some ids are there."""
    return {key for part in chunks(ids) for key in connection.execute(_KNOWN, {"ids": part}).scalars()}


def status_of(row: Sequence[Any]) -> Status:
    """How far an announcement has come, from its :data:`STATUS` columns."""
    key, exchange, day, state, *others = row
    return Status(key, exchange, day, State(state), *others)
