"""Runs: every poll, day close, replay and digest, with its counts; its items are in :mod:`run_items`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from backfin.errors import PermanentError
from backfin.storage.records import OPEN_RUNS, Run
from backfin.storage.run_items import RunItems
from backfin.storage.tables import run_items as i
from backfin.storage.tables import runs as r

_COLUMNS = tuple(r.c[name] for name in Run.__slots__)
_ONE = r.c.run_id == bindparam("id")
_START = insert(r)
_FINISH = update(r).where(_ONE)
_GET = select(*_COLUMNS).where(_ONE)
_STARTING = (
    select(*_COLUMNS)
    .where(r.c.run_id.startswith(bindparam("text"), autoescape=False))
    .order_by(r.c.run_id)
    .limit(2)
)
_RECENT = select(*_COLUMNS).order_by(r.c.run_id.desc()).limit(bindparam("most"))
_OF_KIND = _RECENT.where(r.c.kind == bindparam("of_kind"))
_ACTIVE = select(*_COLUMNS).where(r.c.kind == "replay", r.c.state.in_(OPEN_RUNS)).order_by(r.c.run_id)
_COUNT_NEW = update(r).where(_ONE).values(new=func.coalesce(r.c.new, 0) + bindparam("more"))
_COUNT_ITEMS = select(func.count()).where(i.c.run_id == bindparam("id"))
_CHANGE = update(r).where(_ONE, r.c.state.in_(bindparam("states", expanding=True)))
_TURN = (
    update(r)
    .where(_ONE, r.c.state == "running")
    .values(turn=func.coalesce(r.c.turn, 0) + 1, fed_at=bindparam("now"))
    .returning(r.c.turn)
)
_NEXT_TURN = _TURN.where(r.c.turn == bindparam("after"))


class Runs(RunItems):
    """The tables ``runs`` and ``run_items``."""

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
            kind: ``scrape``, ``count``, ``replay`` or ``issuers``.
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

    def starting_with(self, text: str) -> list[Run]:
        """Runs whose id begins with a text, two at most."""
        with self._database.read() as connection:
            return [Run(*row) for row in connection.execute(_STARTING, {"text": text})]

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
        """Replays that have not ended, oldest first; paused ones and those that are being cancelled too."""
        with self._database.read() as connection:
            return [Run(*row) for row in connection.execute(_ACTIVE)]

    def claim_new(self, run_id: str, ids: Iterable[str]) -> None:
        """Notes announcements that a run is about to bring into the store, and counts them as its new ones.

        Written before they are stored, so that nobody takes them for live ones; twice does no harm.
        """
        with self._database.write() as connection:
            claimed = self._add(connection, run_id, ids)
            connection.execute(_COUNT_NEW, {"id": run_id, "more": claimed})

    def select_items(self, run_id: str, ids: Iterable[str] = ()) -> None:
        """Notes the last of what a run is to work on, which ends its selection; items it holds stay as they are."""
        self.add_items(run_id, ids)
        with self._database.write() as connection:
            count = connection.execute(_COUNT_ITEMS, {"id": run_id}).scalar_one()
            connection.execute(_FINISH, {"id": run_id, "selected": count})

    def change_state(self, run_id: str, states: Sequence[str], to: str) -> bool:
        """Moves a run from one of some states to another; whether it was in one of them."""
        with self._database.write() as connection:
            values = {"id": run_id, "states": list(states), "state": to}
            return connection.execute(_CHANGE, values).rowcount > 0

    def close(self, run_id: str) -> bool:
        """Ends a run of which every item has ended: as done, or as cancelled; whether it did."""
        end = {"finished_at": self._database.clock.now()}
        with self._database.write() as connection:
            for before, after in (("running", "done"), ("cancelling", "cancelled")):
                values = {"id": run_id, "states": [before], "state": after, **end}
                if connection.execute(_CHANGE, values).rowcount:
                    return True
        return False

    def take_turn(self, run_id: str, after: int | None = None) -> int | None:
        """Lets one message go on feeding a running run. ``None`` says that another does, or that it does not run.

        Args:
            run_id: Which run.
            after: The turn that the message was given; left out, it takes over from whichever had it.
        """
        query, values = (_TURN, {}) if after is None else (_NEXT_TURN, {"after": after})
        with self._database.write() as connection:
            found: int | None = connection.execute(
                query, {"id": run_id, "now": self._database.clock.now(), **values}
            ).scalar()
        return found

    def list(self, limit: int = 50, kind: str | None = None) -> list[Run]:
        """Runs, newest first."""
        query, values = (_RECENT, {}) if kind is None else (_OF_KIND, {"of_kind": kind})
        with self._database.read() as connection:
            return [Run(*row) for row in connection.execute(query, {"most": limit, **values})]


def _unknown(run_id: str) -> PermanentError:
    return PermanentError(f"The store knows no run {run_id}.", run_id=run_id)
