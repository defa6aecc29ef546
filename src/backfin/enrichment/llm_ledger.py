"""The ledger of model calls inside one process. The store keeps the same promises across processes."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from backfin.breakers import BreakerState, after_failure, after_refusal
from backfin.clock import Clock, day_of
from backfin.model_limits import (
    MINUTE_S,
    breaker_of,
    earliest_start,
    entered,
    refuse_over_budget,
    wait_for,
)
from backfin.models.model_call import CallLimits, CallOutcome, ModelCall, ModelUse

#: Calls whose replies are kept in memory; of older ones of the day only what they used is remembered.
MOST_CALLS = 2000


class LocalLedger:
    """A :class:`backfin.interfaces.ModelLedger` that forgets everything with its process.

    Args:
        clock: Tells the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: dict[str, ModelCall] = {}
        self._forgotten: list[ModelCall] = []
        self._services: dict[str, BreakerState] = defaultdict(BreakerState)

    def find(self, key: str) -> ModelCall | None:
        """The latest usable reply to a question; ``None`` without one."""
        with self._lock:
            for call in reversed(self._calls.values()):
                if call.key == key and call.outcome is CallOutcome.VALID:
                    return call
        return None

    def begin(self, call: ModelCall, limits: CallLimits) -> float:
        """Writes a call down; returns the seconds to wait until it may start.

        Raises:
            BudgetSpent, RateLimited: It may not be made now.
        """
        now_s = self._clock.now().timestamp()
        with self._lock:
            refuse_over_budget(call, limits, self._used(None), self._used(call.announcement_id))
            start_s = earliest_start(now_s, call.tokens, self._taken(call.service, now_s), limits)
            wait_s = wait_for(call.service, start_s, now_s, limits)
            state = self._services[call.service]
            self._services[call.service] = entered(call.service, state, limits, now_s)
            moment = datetime.fromtimestamp(start_s, UTC)
            self._calls[call.call_id] = call.model_copy(update={"at": moment})
            if len(self._calls) > MOST_CALLS:
                self._forget(self._calls.pop(next(iter(self._calls))))
        return wait_s

    def finish(self, call: ModelCall) -> None:
        """Writes down what came of a call."""
        with self._lock:
            begun = self._calls.get(call.call_id, call)
            self._calls[call.call_id] = call.model_copy(update={"at": begun.at})

    def failed(self, service: str, limits: CallLimits, *, why: str) -> None:
        """A service gave no answer."""
        with self._lock:
            state = self._services[service]
            self._services[service] = after_failure(
                state, breaker_of(limits), self._clock.now().timestamp(), why
            )

    def stay_away(self, service: str, seconds: float, *, why: str) -> None:
        """A service asked to be left alone."""
        with self._lock:
            state = self._services[service]
            self._services[service] = after_refusal(state, seconds, self._clock.now().timestamp(), why)

    def answered(self, service: str) -> None:
        """A service answered."""
        with self._lock:
            self._services.pop(service, None)

    def _forget(self, call: ModelCall) -> None:
        """Drops a call's reply; what it used counts on until the day is over."""
        today = day_of(self._clock.now())
        self._forgotten = [one for one in self._forgotten if day_of(one.at) == today]
        self._forgotten.append(call.model_copy(update={"reply": ""}))

    def _used(self, announcement_id: str | None) -> ModelUse:
        today = day_of(self._clock.now())
        calls = [
            call
            for call in (*self._forgotten, *self._calls.values())
            if call.outcome is not CallOutcome.FAILED
            and announcement_id in (None, call.announcement_id)
            and day_of(call.at) == today
        ]
        cost = sum((call.cost_usd for call in calls), Decimal(0))
        return ModelUse(calls=len(calls), tokens=sum(call.tokens for call in calls), cost_usd=cost)

    def _taken(self, service: str, now_s: float) -> list[tuple[float, int]]:
        calls = [call for call in self._calls.values() if call.service == service]
        starts = [(call.at.timestamp(), call.tokens) for call in calls]
        return sorted(start for start in starts if start[0] > now_s - MINUTE_S)
