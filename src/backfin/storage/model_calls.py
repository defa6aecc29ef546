"""Model calls: what was asked, what came back, and what all processes may still ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Float, bindparam, cast, delete, func, select, update

from backfin.breakers import BreakerState, after_failure, after_refusal
from backfin.clock import day_bounds, day_of
from backfin.model_limits import (
    MINUTE_S,
    breaker_of,
    earliest_start,
    entered,
    refuse_over_budget,
    wait_for,
)
from backfin.models.model_call import CallLimits, CallOutcome, ModelCall, ModelUse
from backfin.storage.breakers import closed, locked, save
from backfin.storage.database import Database
from backfin.storage.records import Cooldown
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import model_calls as c

_CHANGES = ("outcome", "reply", "error", "input_tokens", "output_tokens", "cost_usd")

_ADD = insert_ignore(c)
_FINISH = (
    update(c)
    .where(c.c.call_id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGES})
)
_FIND = (
    select(c)
    .where(c.c.key == bindparam("of"), c.c.outcome == CallOutcome.VALID.value)
    .order_by(c.c.at.desc())
    .limit(1)
)
_OF_FILING = select(c).where(c.c.announcement_id == bindparam("of")).order_by(c.c.at, c.c.call_id)
_USE = select(
    func.count(),
    func.coalesce(func.sum(c.c.input_tokens + c.c.output_tokens), 0),
    func.coalesce(func.sum(cast(c.c.cost_usd, Float)), 0.0),
).where(c.c.at >= bindparam("start"), c.c.at < bindparam("end"), c.c.outcome != CallOutcome.FAILED.value)
_PER_FILING = select(
    func.count(func.distinct(c.c.announcement_id)),
    func.count(),
    func.coalesce(func.sum(c.c.input_tokens + c.c.output_tokens), 0),
    func.coalesce(func.sum(cast(c.c.cost_usd, Float)), 0.0),
).where(c.c.at >= bindparam("since"), c.c.outcome != CallOutcome.FAILED.value)
_USE_OF_FILING = _USE.where(c.c.announcement_id == bindparam("of"))
_TAKEN = (
    select(c.c.at, c.c.input_tokens + c.c.output_tokens)
    .where(c.c.service == bindparam("of"), c.c.at > bindparam("since"))
    .order_by(c.c.at)
)
_OLD = select(c.c.call_id).where(c.c.at < bindparam("before")).order_by(c.c.at).limit(bindparam("most"))
_PURGE = delete(c).where(c.c.call_id.in_(_OLD))


class ModelCalls:
    """The tables ``model_calls`` and ``breakers``: a :class:`backfin.interfaces.ModelLedger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: str) -> ModelCall | None:
        """The latest usable reply to a question; ``None`` without one."""
        with self._database.read() as connection:
            row = connection.execute(_FIND, {"of": key}).mappings().first()
        return None if row is None else ModelCall.model_validate(dict(row))

    def of_filing(self, announcement_id: str) -> list[ModelCall]:
        """Every call about an announcement, oldest first, also those without a usable reply."""
        with self._database.read() as connection:
            rows = connection.execute(_OF_FILING, {"of": announcement_id}).mappings()
            return [ModelCall.model_validate(dict(row)) for row in rows]

    def used(self, start: datetime, end: datetime) -> ModelUse:
        """What was asked from one moment to before another."""
        with self._database.read() as connection:
            return _use(connection.execute(_USE, {"start": start, "end": end}).one())

    def per_filing(self, since: datetime) -> tuple[int, ModelUse]:
        """Of how many filings models were asked since a moment, and what that took in all."""
        with self._database.read() as connection:
            row = connection.execute(_PER_FILING, {"since": since}).one()
        return row[0], _use(row[1:])

    def begin(self, call: ModelCall, limits: CallLimits) -> float:
        """Writes a call down before it is made. Returns the seconds to wait until it may start.

        One transaction that holds the service's row, so that no two processes take the same turn or the same
        last part of a budget.

        Raises:
            BudgetSpent: It would go beyond a budget.
            RateLimited: The service is left alone, or its next turn is too far away.
        """
        now_s = self._now_s()
        with self._database.write() as connection:
            state = locked(connection, call.service)
            self._refuse_over_budget(connection, call, limits)
            start_s = earliest_start(now_s, call.tokens, _taken(connection, call.service, now_s), limits)
            wait_s = wait_for(call.service, start_s, now_s, limits)
            save(connection, call.service, state, entered(call.service, state, limits, now_s))
            moment = datetime.fromtimestamp(start_s, UTC)
            _ADD.run(connection, _row(call.model_copy(update={"at": moment})))
        return wait_s

    def finish(self, call: ModelCall) -> None:
        """Writes down what came of a call: outcome, reply, tokens and cost."""
        row = _row(call)
        with self._database.write() as connection:
            connection.execute(
                _FINISH, {"of": call.call_id, **{f"new_{name}": row[name] for name in _CHANGES}}
            )

    def failed(self, service: str, limits: CallLimits, *, why: str) -> None:
        """A service gave no answer; several in a row close it for a while."""
        now_s = self._now_s()
        with self._database.write() as connection:
            state = locked(connection, service)
            save(connection, service, state, after_failure(state, breaker_of(limits), now_s, why))

    def stay_away(self, service: str, seconds: float, *, why: str) -> None:
        """A service asked to be left alone."""
        now_s = self._now_s()
        with self._database.write() as connection:
            state = locked(connection, service)
            save(connection, service, state, after_refusal(state, seconds, now_s, why))

    def answered(self, service: str) -> None:
        """A service answered: ends the counting of failures."""
        with self._database.write() as connection:
            save(connection, service, locked(connection, service), BreakerState())

    def purge(self, before: datetime, *, most: int = 1000) -> int:
        """Deletes the oldest calls from before a moment, so many at most, and returns how many."""
        with self._database.write() as connection:
            return connection.execute(_PURGE, {"before": before, "most": most}).rowcount

    def all_closed(self) -> dict[str, Cooldown]:
        """Services that are left alone at the moment."""
        with self._database.read() as connection:
            return closed(connection, self._now_s(), are_steps=False)

    def _refuse_over_budget(self, connection: Connection, call: ModelCall, limits: CallLimits) -> None:
        start, end = day_bounds(day_of(self._database.clock.now()))
        # Calls that wait for their turn may lie a little in the future.
        span = {"start": start, "end": end + timedelta(hours=1)}
        day = _use(connection.execute(_USE, span).one())
        filing = _use(connection.execute(_USE_OF_FILING, {**span, "of": call.announcement_id}).one())
        refuse_over_budget(call, limits, day, filing)

    def _now_s(self) -> float:
        return self._database.clock.now().timestamp()


def _row(call: ModelCall) -> dict[str, Any]:
    return call.model_dump() | {"outcome": call.outcome.value}


def _use(row: Any) -> ModelUse:
    return ModelUse(calls=row[0], tokens=int(row[1]), cost_usd=str(row[2]))


def _taken(connection: Connection, service: str, now_s: float) -> list[tuple[float, int]]:
    since = datetime.fromtimestamp(now_s - MINUTE_S, UTC)
    rows = connection.execute(_TAKEN, {"of": service, "since": since})
    return [(at.timestamp(), int(tokens)) for at, tokens in rows]
