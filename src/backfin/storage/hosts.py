"""Hosts: whose turn it is to ask one, and which are left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Float, Table, bindparam, case, select, update

from backfin.pacing import LONGEST_COOL_DOWN_S
from backfin.storage.database import Database
from backfin.storage.records import Cooldown
from backfin.storage.statements import ByDialect, insert_ignore
from backfin.storage.tables import hosts as h

#: A cool-down doubles at most so often.
MOST_DOUBLINGS = 10

#: Clocks of machines differ by less than this.
CLOCK_SLACK_S = 60.0


class Turn(NamedTuple):
    """When a request may start, in seconds since 1970, and how many cool-downs the host had in a row."""

    at_s: float
    strikes: int


class Standing(NamedTuple):
    """How a host stands: the cool-down that is open, if any, and how many it had in a row."""

    cooldown: Cooldown | None
    strikes: int


class Refusal(NamedTuple):
    """Why no turn was given: in how many seconds to ask again, and why, if it cools down."""

    delay_s: float
    why: str


def _take(insert: Callable[[Table], Any]) -> Any:
    """Moves the host's next free moment on by one interval, unless it cools down or is too far away.

    One statement, so that two processes never get the same turn.
    """
    now, interval = bindparam("now", type_=Float(53)), bindparam("interval", type_=Float(53))
    # A turn that nobody could have waited for was reserved before the clock was set back.
    is_possible = h.c.next_s <= bindparam("possible", type_=Float(53))
    start = case(((h.c.next_s > now) & is_possible, h.c.next_s), else_=now)
    return (
        insert(h)
        .values(host=bindparam("of"), next_s=now + interval, cool_until_s=0.0, strikes=0, why="")
        .on_conflict_do_update(
            index_elements=["host"],
            set_={"next_s": start + interval},
            where=(h.c.cool_until_s <= now)
            & ((h.c.next_s <= bindparam("latest", type_=Float(53))) | ~is_possible),
        )
        .returning(h.c.next_s, h.c.strikes)
    )


_TAKE = ByDialect(_take)
_ADD = insert_ignore(h)
_GET = select(h).where(h.c.host == bindparam("of"))
_LOCKED = _GET.with_for_update()
_SET = update(h).where(h.c.host == bindparam("of"))
_FORGET = _SET.where(h.c.cool_until_s <= bindparam("now"))
_COOLING = select(h).where(h.c.cool_until_s > bindparam("now")).order_by(h.c.host)


class Hosts:
    """The table ``hosts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_turn(self, host: str, interval_s: float, max_wait_s: float) -> Turn | Refusal:
        """Reserves the next free moment of a host, at least ``interval_s`` after the one before."""
        now = self._database.clock.now().timestamp()
        values = {"of": host, "now": now, "interval": interval_s, "latest": now + max_wait_s}
        values["possible"] = now + max_wait_s + interval_s + CLOCK_SLACK_S
        with self._database.write() as connection:
            taken = _TAKE.run(connection, values).first()
            if taken is not None:
                return Turn(taken.next_s - interval_s, taken.strikes)
            row = connection.execute(_GET, {"of": host}).one()
        if row.cool_until_s > now:
            return Refusal(row.cool_until_s - now, row.why)
        return Refusal(row.next_s - now, "")

    def cool_down(self, host: str, seconds: float, *, why: str) -> Cooldown:
        """Leaves a host alone for a while, twice as long each time in a row, at most a day.

        Threads that meet the same block count once: an open cool-down is not prolonged.
        """
        now = self._database.clock.now().timestamp()
        blank = {"host": host, "next_s": 0.0, "cool_until_s": 0.0, "strikes": 0, "why": ""}
        with self._database.write() as connection:
            _ADD.run(connection, blank)
            row = connection.execute(_LOCKED, {"of": host}).one()
            if row.cool_until_s > now:
                return _cooldown(row.cool_until_s, row.why)
            until = now + min(seconds * 2 ** min(row.strikes, MOST_DOUBLINGS), LONGEST_COOL_DOWN_S)
            values = {"cool_until_s": until, "strikes": row.strikes + 1, "why": why}
            connection.execute(_SET, {"of": host, **values})
        return _cooldown(until, why)

    def standing(self, host: str) -> Standing:
        """How a host stands at the moment, without taking a turn."""
        now = self._database.clock.now().timestamp()
        with self._database.read() as connection:
            row = connection.execute(_GET, {"of": host}).first()
        if row is None:
            return Standing(None, 0)
        return Standing(_cooldown(row.cool_until_s, row.why) if row.cool_until_s > now else None, row.strikes)

    def recovered(self, host: str) -> None:
        """Ends the counting of cool-downs; one that is open was opened since by somebody else, and stays."""
        now = self._database.clock.now().timestamp()
        blank = {"cool_until_s": 0.0, "strikes": 0, "why": ""}
        with self._database.write() as connection:
            connection.execute(_FORGET, {"of": host, "now": now, **blank})

    def all_cooling(self) -> dict[str, Cooldown]:
        """Hosts that are left alone at the moment."""
        now = self._database.clock.now().timestamp()
        with self._database.read() as connection:
            rows: list[Any] = list(connection.execute(_COOLING, {"now": now}))
        return {row.host: _cooldown(row.cool_until_s, row.why) for row in rows}


def _cooldown(until_s: float, why: str) -> Cooldown:
    return Cooldown(datetime.fromtimestamp(until_s, UTC), why)
