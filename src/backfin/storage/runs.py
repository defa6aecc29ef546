"""Runs: every poll, day close, replay and digest, with its counts and its items."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from backfin.errors import PermanentError
from backfin.storage.database import Database
from backfin.storage.records import Progress, Run
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import deliveries as d
from backfin.storage.tables import run_items as i
from backfin.storage.tables import runs as r

_COLUMNS = tuple(r.c[name] for name in Run.__slots__)
_ONE = r.c.run_id == bindparam("id")
_START = insert(r)
_FINISH = update(r).where(_ONE)
_GET = select(*_COLUMNS).where(_ONE)
_RECENT = select(*_COLUMNS).order_by(r.c.run_id.desc()).limit(bindparam("most"))
_OF_KIND = _RECENT.where(r.c.kind == bindparam("of_kind"))
_ACTIVE = select(*_COLUMNS).where(r.c.kind == "replay", r.c.state == "running").order_by(r.c.run_id)
_ADD_ITEMS = insert_ignore(i, returning=["item"])
_COUNT_NEW = update(r).where(_ONE).values(new=func.coalesce(r.c.new, 0) + bindparam("more"))
_COUNT_ITEMS = select(func.count()).where(i.c.run_id == bindparam("id"))
_ITEM_DONE = update(i).where(i.c.run_id == bindparam("id"), i.c.item == bindparam("key"))
_COUNTS = (
    select(i.c.state, i.c.changed, func.count())
    .where(i.c.run_id == bindparam("id"))
    .group_by(i.c.state, i.c.changed)
)
_PENDING = (
    select(i.c.item)
    .where(i.c.run_id == bindparam("id"), i.c.state == "pending")
    .order_by(i.c.touched_at, i.c.item)
    .limit(bindparam("most"))
)
_PENDING_BEFORE = _PENDING.where(i.c.touched_at < bindparam("before"))
_NOTIFIED = (
    select(func.count())
    .select_from(d)
    .join(i, i.c.item == d.c.announcement_id)
    .join(r, r.c.run_id == i.c.run_id)
    .where(r.c.run_id == bindparam("id"), d.c.sent_at >= r.c.started_at)
)
_TOUCH = (
    update(i)
    .where(i.c.run_id == bindparam("id"), i.c.item.in_(bindparam("items", expanding=True)))
    .values(touched_at=bindparam("at"))
)


class Runs:
    """The tables ``runs`` and ``run_items``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(
        self,
        kind: str,
        *,
        exchange: str | None = None,
        day: date | None = None,
        options: dict[str, Any] | None = None,
    ) -> str:
        """Records that something starts and returns its id; ids sort by time.

        Args:
            kind: ``scrape``, ``close_day``, ``replay``, ``digest``, …
            exchange: Of which exchange.
            day: Of which day, in the exchange's zone.
            options: What it was asked to do, JSON-able.
        """
        now = self._database.clock.now()
        run_id = f"r_{now.astimezone(UTC):%Y%m%dT%H%M%S%f}_{secrets.token_hex(4)}"
        row: dict[str, Any] = {"run_id": run_id, "kind": kind, "exchange": exchange, "day": day}
        row |= {"state": "running", "started_at": now, "faults": [], "options": options or {}}
        with self._database.write() as connection:
            connection.execute(_START, row)
        return run_id

    def finish(
        self,
        run_id: str,
        *,
        state: str,
        expected: int | None = None,
        seen: int | None = None,
        new: int | None = None,
        pages: int | None = None,
        faults: Sequence[str] = (),
        error: str | None = None,
    ) -> None:
        """Records how it ended: ``state`` is ``done`` or ``failed``.

        Raises:
            PermanentError: There is no such run.
        """
        counts = {"expected": expected, "seen": seen, "new": new, "pages": pages}
        values: dict[str, Any] = {name: count for name, count in counts.items() if count is not None}
        values |= {
            "state": state,
            "faults": list(faults),
            "error": error,
            "finished_at": self._database.clock.now(),
        }
        with self._database.write() as connection:
            if connection.execute(_FINISH, {"id": run_id, **values}).rowcount == 0:
                raise _unknown(run_id)

    def get(self, run_id: str) -> Run:
        """The run.

        Raises:
            PermanentError: There is no such run.
        """
        with self._database.read() as connection:
            row = connection.execute(_GET, {"id": run_id}).first()
        if row is None:
            raise _unknown(run_id)
        return Run(*row)

    def last(
        self, kind: str, exchange: str | None = None, *, day: date | None = None, state: str | None = None
    ) -> Run | None:
        """The run of a kind (and exchange, day, end state) that started last, or ``None``."""
        query = _OF_KIND if exchange is None else _OF_KIND.where(r.c.exchange == exchange)
        query = query if day is None else query.where(r.c.day == day)
        query = query if state is None else query.where(r.c.state == state)
        with self._database.read() as connection:
            row = connection.execute(query, {"of_kind": kind, "most": 1}).first()
        return None if row is None else Run(*row)

    def active(self) -> list[Run]:
        """Replays that have not ended, oldest first."""
        with self._database.read() as connection:
            return [Run(*row) for row in connection.execute(_ACTIVE)]

    def claim_new(self, run_id: str, ids: Iterable[str]) -> None:
        """Notes announcements that a run is about to bring into the store, and counts them as its new ones.

        Written before they are stored, so that nobody takes them for live ones; twice does no harm.
        """
        with self._database.write() as connection:
            claimed = self._add(connection, run_id, ids)
            connection.execute(_COUNT_NEW, {"id": run_id, "more": claimed})

    def select_items(self, run_id: str, ids: Iterable[str]) -> None:
        """Notes everything a run is to work on, which ends its selection; items it holds stay as they are."""
        with self._database.write() as connection:
            self._add(connection, run_id, ids)
            count = connection.execute(_COUNT_ITEMS, {"id": run_id}).scalar_one()
            connection.execute(_FINISH, {"id": run_id, "selected": count})

    def _add(self, connection: Connection, run_id: str, ids: Iterable[str]) -> int:
        now = self._database.clock.now()
        blank = {"run_id": run_id, "state": "pending", "changed": False, "error": None, "touched_at": now}
        rows = [blank | {"item": item} for item in sorted(set(ids))]
        return sum(len(_ADD_ITEMS.run(connection, part).all()) for part in chunks(rows, 5000))

    def item_done(self, run_id: str, item: str, *, ok: bool, changed: bool, error: str | None = None) -> None:
        """Notes what came of an item. One that the run does not hold is passed over."""
        values: dict[str, Any] = {"state": "done" if ok else "failed", "changed": changed, "error": error}
        values["touched_at"] = self._database.clock.now()
        with self._database.write() as connection:
            connection.execute(_ITEM_DONE, {"id": run_id, "key": item, **values})

    def progress(self, run_id: str) -> Progress:
        """How far the items have come; ``new`` is what the run itself reported."""
        with self._database.read() as connection:
            counts = [tuple(row) for row in connection.execute(_COUNTS, {"id": run_id})]
            new = connection.execute(_GET, {"id": run_id}).first()
        by_state = {wanted: sum(n for state, _, n in counts if state == wanted) for wanted in _ITEM_STATES}
        return Progress(
            selected=sum(n for *_, n in counts),
            new=(new.new or 0) if new else 0,
            changed=sum(n for _, changed, n in counts if changed),
            **by_state,
        )

    def notified(self, run_id: str) -> int:
        """How many alerts were sent of the run's items since it started."""
        with self._database.read() as connection:
            return connection.execute(_NOTIFIED, {"id": run_id}).scalar_one()

    def pending_items(self, run_id: str, before: datetime | None = None, limit: int = 1000) -> list[str]:
        """Items nothing has come of yet, the longest untouched first.

        Args:
            run_id: Of which run.
            before: Only those untouched since then.
            limit: At most so many.
        """
        query, values = (_PENDING, {}) if before is None else (_PENDING_BEFORE, {"before": before})
        with self._database.read() as connection:
            return list(connection.execute(query, {"id": run_id, "most": limit, **values}).scalars())

    def touch_items(self, run_id: str, ids: Iterable[str], at: datetime) -> None:
        """Notes that items were sent again."""
        with self._database.write() as connection:
            for part in chunks(ids):
                connection.execute(_TOUCH, {"id": run_id, "items": part, "at": at})

    def list(self, limit: int = 50, kind: str | None = None) -> list[Run]:
        """Runs, newest first."""
        query, values = (_RECENT, {}) if kind is None else (_OF_KIND, {"of_kind": kind})
        with self._database.read() as connection:
            return [Run(*row) for row in connection.execute(query, {"most": limit, **values})]


_ITEM_STATES = ("done", "failed", "pending")


def _unknown(run_id: str) -> PermanentError:
    return PermanentError(f"The store knows no run {run_id}.", run_id=run_id)
