"""A breaker: what fails again and again for one reason is left alone for a while, longer each time.

Then one goes first, and the others wait for what becomes of it. Plain arithmetic; the store keeps the states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

#: Nothing is left alone for longer than this, in seconds.
LONGEST_CLOSURE_S = 3600.0

#: How long the one that goes first may take before another one may.
PROBE_S = 120.0


@dataclass(frozen=True, slots=True)
class BreakerState:
    """How something fares.

    ``closed_until_s`` is seconds since 1970; ``closures`` counts those in a row. ``fault`` is the kind of the failures
    that were counted, ``items`` are those at which they were met, where both are told.
    """

    failures: int = 0
    closed_until_s: float = 0.0
    closures: int = 0
    is_probed: bool = False
    why: str = ""
    fault: str = ""
    items: tuple[str, ...] = ()

    def is_closed(self, now_s: float) -> bool:
        """Whether it is left alone at the moment."""
        return self.closed_until_s > now_s


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """After how many failures in a row something is left alone, and for how many seconds at first."""

    failures: int
    cooldown_s: float


def let_through(state: BreakerState, limits: BreakerLimits, now_s: float) -> BreakerState:
    """The state after something was let through while it was not closed; after an outage it is the first one."""
    if state.failures < limits.failures:
        return state
    return replace(state, closed_until_s=now_s + PROBE_S, is_probed=True)


def after_failure(
    state: BreakerState, limits: BreakerLimits, now_s: float, why: str, *, fault: str = "", item: str = ""
) -> BreakerState:
    """The state after a failure. Those that were under way when it closed count once.

    Failures of another kind are counted anew, and one item counts once.
    """
    if state.is_probed:
        return _closed(replace(state, fault=fault), limits, now_s, why)
    if state.is_closed(now_s):
        return state
    if fault != state.fault:
        state = BreakerState(closures=state.closures, fault=fault)
    if item and item in state.items:
        return state
    counted = replace(
        state, failures=state.failures + 1, why=why, items=(*state.items, item) if item else state.items
    )
    return counted if counted.failures < limits.failures else _closed(counted, limits, now_s, why)


def _closed(state: BreakerState, limits: BreakerLimits, now_s: float, why: str) -> BreakerState:
    length_s = min(limits.cooldown_s * 2.0 ** min(state.closures, 30), LONGEST_CLOSURE_S)
    return BreakerState(
        max(state.failures, limits.failures), now_s + length_s, state.closures + 1, False, why, state.fault
    )


def after_refusal(state: BreakerState, seconds: float, now_s: float, why: str) -> BreakerState:
    """The state after a service itself asked to stay away."""
    until_s = max(state.closed_until_s, now_s + seconds)
    return replace(state, closed_until_s=until_s, is_probed=False, why=why)
