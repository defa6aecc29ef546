"""Breakers of all processes: which services and steps are left alone after failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from backfin.breakers import BreakerLimits, BreakerState, after_failure, let_through
from backfin.storage.database import Database
from backfin.storage.records import Cooldown
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import breakers as b

#: Start of the names of steps; every other name is that of a service.
STEP = "step:"

_STATE = tuple(field.name for field in fields(BreakerState))
_ADD = insert_ignore(b)
_LOCKED = select(b).where(b.c.name == bindparam("of")).with_for_update()
_SET = update(b).where(b.c.name == bindparam("of"))
_STEPS = select(b).where(b.c.name.startswith(STEP, autoescape=True)).order_by(b.c.name)
_CLOSED = select(b).where(b.c.closed_until_s > bindparam("now")).order_by(b.c.name)
_FORGET = delete(b).where(b.c.name.in_(bindparam("names", expanding=True)))


class Breakers:
    """The rows of the table ``breakers`` that belong to steps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def steps(self) -> dict[str, BreakerState]:
        """How the steps fare that failed since they last ended well, by name without its start."""
        with self._database.read() as connection:
            rows = connection.execute(_STEPS).mappings()
            return {row["name"].removeprefix(STEP): _state(row) for row in rows}

    def failed(
        self, step: str, limits: BreakerLimits, why: str, *, fault: str, item: str
    ) -> tuple[BreakerState, BreakerState]:
        """Counts a failure; returns how the step fared before and how it fares now."""
        return self._changed(step, lambda state, now_s: _after(state, limits, now_s, why, fault, item))

    def enter(self, step: str, limits: BreakerLimits) -> float | None:
        """Lets one through, of several at once the first; the others get the seconds that they have to wait."""

        def change(state: BreakerState, now_s: float) -> BreakerState:
            return state if state.is_closed(now_s) else let_through(state, limits, now_s)

        before, _ = self._changed(step, change)
        now_s = self._now_s()
        return before.closed_until_s - now_s if before.is_closed(now_s) else None

    def recovered(self, *steps: str) -> bool:
        """Steps ended well; says whether anything was counted against them."""
        with self._database.write() as connection:
            return connection.execute(_FORGET, {"names": [STEP + one for one in steps]}).rowcount > 0

    def resting(self) -> dict[str, Cooldown]:
        """Steps that are left alone at the moment."""
        with self._database.read() as connection:
            return closed(connection, self._now_s(), are_steps=True)

    def _changed(
        self, step: str, change: Callable[[BreakerState, float], BreakerState]
    ) -> tuple[BreakerState, BreakerState]:
        with self._database.write() as connection:
            before = locked(connection, STEP + step)
            after = change(before, self._now_s())
            save(connection, STEP + step, before, after)
        return before, after

    def _now_s(self) -> float:
        return self._database.clock.now().timestamp()


def _after(
    state: BreakerState, limits: BreakerLimits, now_s: float, why: str, fault: str, item: str
) -> BreakerState:
    return after_failure(state, limits, now_s, why, fault=fault, item=item)


def locked(connection: Connection, name: str) -> BreakerState:
    """The state of a breaker, which nobody else changes until the transaction ends."""
    _ADD.run(connection, {"name": name, **_row(BreakerState())})
    return _state(connection.execute(_LOCKED, {"of": name}).mappings().one())


def save(connection: Connection, name: str, before: BreakerState, after: BreakerState) -> None:
    """Writes a state down where it has changed."""
    if after != before:
        connection.execute(_SET, {"of": name, **_row(after)})


def closed(connection: Connection, now_s: float, *, are_steps: bool) -> dict[str, Cooldown]:
    """What is left alone at the moment, steps or services, by name."""
    rows = connection.execute(_CLOSED, {"now": now_s}).all()
    return {
        row.name.removeprefix(STEP): Cooldown(datetime.fromtimestamp(row.closed_until_s, UTC), row.why)
        for row in rows
        if row.name.startswith(STEP) is are_steps
    }


def _row(state: BreakerState) -> dict[str, Any]:
    row = dict(zip(_STATE, astuple(state), strict=True))
    return row | {"items": list(state.items)}


def _state(row: Mapping[Any, Any]) -> BreakerState:
    values = {name: row[name] for name in _STATE}
    return BreakerState(**(values | {"items": tuple(values["items"])}))
