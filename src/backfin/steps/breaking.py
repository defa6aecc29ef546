"""Breakers of steps: a step that fails for one reason at one item after the other rests, and items lose no tries.

What fails is counted in the store, for all processes; where the store itself is at fault, in this process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

from backfin.breakers import BreakerLimits, BreakerState, after_failure, let_through
from backfin.context import Context
from backfin.errors import BackfinError, ExchangeUnavailable, ModelBusy, RateLimited, TransientError

log = logging.getLogger("backfin")

#: How long is believed what the store said of steps that rest.
LOOK_EVERY = timedelta(seconds=1)

#: Those that come while one goes first wait so many seconds: it mostly ends much earlier than it may.
BEHIND_THE_FIRST_S = 5.0


class StepBreakers:
    """What this process knows of the steps that rest. May be used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked_at: datetime | None = None
        self._stored: dict[str, BreakerState] = {}
        #: What the store could not take.
        self._own: dict[str, BreakerState] = {}

    def wait_s(self, ctx: Context, actor: str, key: str) -> float | None:
        """Seconds that a message has to wait because its step rests; ``None`` when it may run.

        After a rest the first one that asks may run, and the others wait for what becomes of it.
        """
        known = self._known(ctx)
        if not known:
            return None
        limits = _limits(ctx)
        for name in _names(actor, key):
            state = known.get(name)
            if state is None or state.failures < limits.failures:
                continue
            wait_s = self._enter(ctx, name, state, limits)
            if wait_s is not None:
                return min(wait_s, BEHIND_THE_FIRST_S) if state.is_probed else wait_s
        return None

    def failed(self, ctx: Context, actor: str, key: str, error: Exception) -> None:
        """Counts a failure, unless something else counts it already or it says something of its item alone."""
        if ctx.replay is not None or not key or not _speaks_of_the_step(error):
            return
        name = _scope(actor, key) if isinstance(error, ExchangeUnavailable) else actor
        why, fault = str(error), _fault_of(error)
        try:
            before, after = ctx.store.breakers.failed(name, _limits(ctx), why, fault=fault, item=key)
            self._remember(self._stored, name, after)
        except BackfinError:
            now_s = ctx.clock.now().timestamp()
            with self._lock:
                before = self._own.get(name, BreakerState())
            after = after_failure(before, _limits(ctx), now_s, why, fault=fault, item=key)
            self._remember(self._own, name, after)
        if after.closures > before.closures:
            rest_s = after.closed_until_s - ctx.clock.now().timestamp()
            log.error("%s rests for %.0f s, then one goes first; it keeps failing: %s", name, rest_s, why)

    def ended_well(self, ctx: Context, actor: str, key: str) -> None:
        """Ends the counting; the store is only asked where there is anything to end."""
        if ctx.replay is not None or not (self._stored or self._own):
            return
        names = [name for name in _names(actor, key) if name in self._stored or name in self._own]
        if not names:
            return
        rested = [name for name in names if self._state_of(name).closures]
        try:
            ctx.store.breakers.recovered(*names)
        except BackfinError as error:
            log.debug("that %s goes on could not be written down: %s", ", ".join(names), error)
            return
        with self._lock:
            for name in names:
                self._stored.pop(name, None)
                self._own.pop(name, None)
        for name in rested:
            log.warning("%s goes on", name)

    def _enter(self, ctx: Context, name: str, state: BreakerState, limits: BreakerLimits) -> float | None:
        now_s = ctx.clock.now().timestamp()
        if state.is_closed(now_s):
            return state.closed_until_s - now_s
        if name in self._own:
            self._remember(self._own, name, let_through(state, limits, now_s))
            return None
        try:
            return ctx.store.breakers.enter(name, limits)
        except BackfinError:
            self._remember(self._own, name, let_through(state, limits, now_s))
            return None

    def _known(self, ctx: Context) -> dict[str, BreakerState]:
        now = ctx.clock.now()
        with self._lock:
            # Also a look that lies ahead is old: the clock was set back.
            is_fresh = self._looked_at is not None and abs(now - self._looked_at) < LOOK_EVERY
            self._looked_at = now
        if not is_fresh:
            try:
                stored = ctx.store.breakers.steps()
                with self._lock:
                    self._stored = stored
            except BackfinError as error:
                log.debug("which steps rest could not be asked: %s", error)
        return {**self._stored, **self._own}

    def _state_of(self, name: str) -> BreakerState:
        return self._own.get(name) or self._stored.get(name) or BreakerState()

    def _remember(self, where: dict[str, BreakerState], name: str, state: BreakerState) -> None:
        with self._lock:
            where[name] = state


def _limits(ctx: Context) -> BreakerLimits:
    steps = ctx.settings.steps
    return BreakerLimits(steps.breaker_failures, steps.breaker_cooldown)


def _scope(actor: str, key: str) -> str:
    """The name of a step at one exchange, which an announcement's key begins with."""
    exchange, separator, _ = key.partition(":")
    return f"{actor} {exchange}" if separator else actor


def _names(actor: str, key: str) -> Iterator[str]:
    yield actor
    if ":" in key:
        yield _scope(actor, key)


def _speaks_of_the_step(error: Exception) -> bool:
    """Whether an error may be met at any item. Limits and models have breakers of their own."""
    if isinstance(error, RateLimited | ModelBusy):
        return False
    return isinstance(error, TransientError) or not isinstance(error, BackfinError)


def _fault_of(error: Exception) -> str:
    """What kind of failure it is: two of one kind have one reason."""
    fault = error.facts.get("fault", "") if isinstance(error, BackfinError) else ""
    return f"{type(error).__name__} {fault}".strip()
