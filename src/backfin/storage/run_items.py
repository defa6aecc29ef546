"""Items of runs: what each run works on, and what came of it.

An item waits until its message is sent, is ``pending`` until a worker takes it up, and ``begun`` until it is ``done``,
``failed`` or ``cancelled``. So that a run may be of any size, only a window of its items is under way at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, select, update

from backfin.storage.database import Database
from backfin.storage.records import OPEN_RUNS, Progress, RunItem, Taken
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import announcements as a
from backfin.storage.tables import deliveries as d
from backfin.storage.tables import run_items as i
from backfin.storage.tables import runs as r

#: States in which an item is in some message's or worker's hands, and those in which it has not ended.
UNDER_WAY = ("pending", "begun")
OPEN = ("waiting", *UNDER_WAY)

#: Items that change their state in one transaction: the store has one writer, and live work waits for it.
_AT_ONCE = 2000

_OF_RUN = i.c.run_id == bindparam("id")
_ONE = and_(_OF_RUN, i.c.item == bindparam("key"))
_ADD = insert_ignore(i, returning=["item"])
_OLDEST = (
    select(i.c.item)
    .where(_OF_RUN, i.c.state.in_(bindparam("states", expanding=True)))
    .order_by(i.c.touched_at, i.c.item)
    .limit(bindparam("most"))
)
_OLDEST_BEFORE = _OLDEST.where(i.c.touched_at < bindparam("before"))
_SET = (
    update(i)
    .where(_OF_RUN, i.c.item.in_(bindparam("items", expanding=True)))
    .where(i.c.state.in_(bindparam("states", expanding=True)))
    .values(state=bindparam("to"), touched_at=bindparam("at"))
    .returning(i.c.item)
)
_READING = select(a.c.enrichment_id).where(a.c.announcement_id == i.c.item).scalar_subquery()
_BEGIN = update(i).where(_ONE).values(state="begun", touched_at=bindparam("at"), before_id=_READING)
_END = update(i).where(_ONE).values(after_id=_READING)
_DROP = (
    update(i)
    .where(_OF_RUN, i.c.item.in_(bindparam("items", expanding=True)), i.c.state.in_(OPEN))
    .values(state="failed", error=bindparam("why"), touched_at=bindparam("at"))
    # Of what no worker has begun the reading is the one of before, which is not kept.
    .values(after_id=case((i.c.state == "begun", _READING), else_=None))
)
_GET = select(i.c.item, i.c.state, i.c.changed, i.c.error, i.c.before_id, i.c.after_id).where(_ONE)
_TOUCH = (
    update(i)
    .where(_OF_RUN, i.c.item.in_(bindparam("items", expanding=True)))
    .values(touched_at=bindparam("at"))
)
_BEGUN = select(i.c.item).where(
    _OF_RUN, i.c.item.in_(bindparam("items", expanding=True)), i.c.state == "begun"
)
_LOOK = select(i.c.state, r.c.state).join(r, r.c.run_id == i.c.run_id).where(_ONE).with_for_update(of=i)
_KIND = (i.c.state, i.c.changed, and_(i.c.before_id.is_(None), i.c.after_id.is_not(None)))
_COUNTS = select(*_KIND, func.count()).where(_OF_RUN).group_by(*_KIND)
_COUNT = select(func.count()).where(_OF_RUN, i.c.state.in_(bindparam("states", expanding=True)))
_ENDED = select(func.count()).where(
    _OF_RUN, i.c.state.in_(("done", "failed")), i.c.touched_at >= bindparam("since")
)
_NEW = select(r.c.new).where(r.c.run_id == bindparam("id"))
_UNSTORED = (
    select(i.c.item)
    .outerjoin(a, a.c.announcement_id == i.c.item)
    .where(_OF_RUN, i.c.state.in_(OPEN), a.c.announcement_id.is_(None))
)
_NOTIFIED = (
    select(func.count())
    .select_from(d)
    .join(i, i.c.item == d.c.announcement_id)
    .join(r, r.c.run_id == i.c.run_id)
    .where(r.c.run_id == bindparam("id"), d.c.sent_at >= r.c.started_at)
)
_PAGE = (
    select(i.c.item, i.c.state, i.c.changed, i.c.error, i.c.before_id, i.c.after_id)
    .where(_OF_RUN, i.c.item > bindparam("after"))
    .order_by(i.c.item)
    .limit(bindparam("most"))
)


class RunItems:
    """The table ``run_items``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_items(self, run_id: str, ids: Iterable[str]) -> None:
        """Notes some of what a run is to work on; items it holds stay as they are."""
        for part in chunks(ids, _AT_ONCE):
            with self._database.write() as connection:
                self._add(connection, run_id, part)

    def _add(self, connection: Connection, run_id: str, ids: Iterable[str]) -> int:
        now = self._database.clock.now()
        blank = {"run_id": run_id, "state": "waiting", "changed": False, "error": None, "touched_at": now}
        rows = [blank | {"item": item} for item in sorted(set(ids))]
        return len(_ADD.run(connection, rows).all()) if rows else 0

    def send_items(self, run_id: str, window: int) -> list[str]:
        """Marks as sent, and returns, as many items as bring those under way to ``window``, oldest first."""
        with self._database.write() as connection:
            free = window - connection.execute(_COUNT, {"id": run_id, "states": UNDER_WAY}).scalar_one()
            if free <= 0:
                return []
            values = {"id": run_id, "states": ["waiting"], "most": min(free, _AT_ONCE)}
            ids = list(connection.execute(_OLDEST, values).scalars())
            sent = {one for part in chunks(ids) for one in self._set(connection, run_id, part, "pending")}
        return [one for one in ids if one in sent]

    def take_item(self, run_id: str, item: str) -> Taken:
        """Says whether a worker is to work on an item whose message has come, and notes that it does.

        Of a paused run it is put back until the run goes on; of a cancelled one it is left as it is.
        """
        with self._database.write() as connection:
            found = connection.execute(_LOOK, {"id": run_id, "key": item}).first()
            if found is None or found[0] == "begun":
                return Taken.AGAIN
            item_state, run_state = found
            if item_state not in OPEN:
                return Taken.NO
            if run_state == "running":
                at = self._database.clock.now()
                connection.execute(_BEGIN, {"id": run_id, "key": item, "at": at})
                return Taken.FIRST
            self._set(connection, run_id, [item], "waiting" if run_state == "paused" else "cancelled")
        return Taken.NO

    def _set(self, connection: Connection, run_id: str, items: Sequence[str], to: str) -> list[str]:
        values = {"id": run_id, "items": items, "states": OPEN, "to": to, "at": self._database.clock.now()}
        return list(connection.execute(_SET, values).scalars())

    def item_done(self, run_id: str, item: str, *, ok: bool, changed: bool, error: str | None = None) -> None:
        """Notes what came of an item. One that the run does not hold is passed over."""
        values: dict[str, Any] = {"state": "done" if ok else "failed", "changed": changed, "error": error}
        values["touched_at"] = self._database.clock.now()
        with self._database.write() as connection:
            connection.execute(_END, {"id": run_id, "key": item, **values})

    def drop_items(self, run_id: str, items: Iterable[str], why: str) -> None:
        """Counts items that have not ended as failed: a person took them out of their queue."""
        at = self._database.clock.now()
        with self._database.write() as connection:
            for part in chunks(items):
                connection.execute(_DROP, {"id": run_id, "items": part, "why": why, "at": at})

    def item(self, run_id: str, item: str) -> RunItem | None:
        """An item of a run, or ``None``."""
        with self._database.read() as connection:
            row = connection.execute(_GET, {"id": run_id, "key": item}).first()
        return None if row is None else RunItem(*row)

    def leave_items(self, run_id: str) -> int:
        """Cancels what no worker has begun, some at a time, and returns how many items that were."""
        left = 0
        while True:
            with self._database.write() as connection:
                values = {"id": run_id, "states": ["waiting", "pending"], "most": _AT_ONCE}
                ids = list(connection.execute(_OLDEST, values).scalars())
                for part in chunks(ids):
                    left += len(self._set(connection, run_id, part, "cancelled"))
            if not ids:
                return left

    def unstored_items(self, run_id: str) -> list[str]:
        """Items that have not ended and that the store does not hold as announcements."""
        with self._database.read() as connection:
            return list(connection.execute(_UNSTORED, {"id": run_id}).scalars())

    def has_open_items(self, run_id: str) -> bool:
        """Whether something is still to come of an item."""
        with self._database.read() as connection:
            return connection.execute(_OLDEST, {"id": run_id, "states": OPEN, "most": 1}).scalar() is not None

    def progress(self, run_id: str) -> Progress:
        """How far the items have come; ``new`` is what the run itself reported."""
        with self._database.read() as connection:
            counts = [tuple(row) for row in connection.execute(_COUNTS, {"id": run_id})]
            new = connection.execute(_NEW, {"id": run_id}).scalar()

        def number(*states: str) -> int:
            return sum(n for state, *_, n in counts if state in states)

        return Progress(
            selected=sum(n for *_, n in counts),
            done=number("done"),
            failed=number("failed"),
            new=new or 0,
            changed=sum(n for _, changed, _, n in counts if changed),
            first_read=sum(n for *_, is_first, n in counts if is_first),
            pending=number(*OPEN),
            under_way=number(*UNDER_WAY),
            cancelled=number("cancelled"),
        )

    def ended_since(self, run_id: str, since: datetime) -> int:
        """How many items ended since a moment."""
        with self._database.read() as connection:
            return connection.execute(_ENDED, {"id": run_id, "since": since}).scalar_one()

    def notified(self, run_id: str) -> int:
        """How many alerts were sent of the run's items since it started."""
        with self._database.read() as connection:
            return connection.execute(_NOTIFIED, {"id": run_id}).scalar_one()

    def pending_items(self, run_id: str, before: datetime | None = None, limit: int = 1000) -> list[str]:
        """Items under way, the longest untouched first.

        Args:
            run_id: Of which run.
            before: Only those untouched since then.
            limit: At most so many.
        """
        query, values = (_OLDEST, {}) if before is None else (_OLDEST_BEFORE, {"before": before})
        with self._database.read() as connection:
            found = connection.execute(query, {"id": run_id, "states": UNDER_WAY, "most": limit, **values})
            return list(found.scalars())

    def begun_items(self, run_id: str, ids: Iterable[str]) -> set[str]:
        """Those of some items that a worker has begun."""
        with self._database.read() as connection:
            return {
                one
                for part in chunks(ids)
                for one in connection.execute(_BEGUN, {"id": run_id, "items": part}).scalars()
            }

    def touch_items(self, run_id: str, ids: Iterable[str], at: datetime) -> None:
        """Notes that items were sent again."""
        with self._database.write() as connection:
            for part in chunks(ids):
                connection.execute(_TOUCH, {"id": run_id, "items": part, "at": at})

    def page_of_items(self, run_id: str, after: str = "", limit: int = 500) -> list[RunItem]:
        """Items in the order of their ids, behind one of them."""
        with self._database.read() as connection:
            rows = connection.execute(_PAGE, {"id": run_id, "after": after, "most": limit})
            return [RunItem(*row) for row in rows]


def is_held_by_a_run() -> ColumnElement[bool]:
    """Condition on an announcement: an open run holds it and minds it itself.

    A paused run minds only what it has begun, and what it brought into the store: live work must not wait for it.
    """
    minds = r.c.state.in_(OPEN_RUNS) & (
        (r.c.state != "paused") | (i.c.state == "begun") | (a.c.first_seen_at >= r.c.started_at)
    )
    return (
        select(i.c.item)
        .join(r, r.c.run_id == i.c.run_id)
        .where(i.c.state.in_(OPEN), i.c.item == a.c.announcement_id, minds)
        .correlate(a)
        .exists()
    )
