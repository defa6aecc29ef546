"""When a model may be asked: budgets, turns and outages, as plain arithmetic over what the ledger knows."""

from __future__ import annotations

from collections.abc import Sequence

from backfin.breakers import BreakerLimits, BreakerState, let_through
from backfin.errors import BudgetSpent, RateLimited
from backfin.models.model_call import CallLimits, ModelCall, ModelUse

#: The window of the limits per minute, in seconds.
MINUTE_S = 60.0


def breaker_of(limits: CallLimits) -> BreakerLimits:
    """After how many failures in a row a service is left alone, and for how long."""
    return BreakerLimits(limits.breaker_failures, limits.breaker_cooldown_s)


def entered(service: str, state: BreakerState, limits: CallLimits, now_s: float) -> BreakerState:
    """The state after a call was let through; after an outage one call goes first and the others wait for it.

    Raises:
        RateLimited: The service is left alone, with the time until it no longer is.
    """
    if state.is_closed(now_s):
        delay_s = state.closed_until_s - now_s
        raise RateLimited(
            f"The model service is left alone for another {delay_s:.0f} s ({state.why}).",
            delay=delay_s,
            service=service,
        )
    return let_through(state, breaker_of(limits), now_s)


def refuse_over_budget(call: ModelCall, limits: CallLimits, day: ModelUse, filing: ModelUse) -> None:
    """Refuses a call that would go beyond a budget.

    Args:
        call: The call with its estimates.
        limits: The budgets.
        day: What was used today.
        filing: What was used for the same filing today.

    Raises:
        BudgetSpent: It says which budget, and what is left to do.
    """
    checks = (
        ("calls for this filing", limits.filing_calls, filing.calls, 1),
        ("tokens for this filing", limits.filing_tokens, filing.tokens, call.tokens),
        ("tokens of today", limits.daily_tokens, day.tokens, call.tokens),
        ("dollars of today", limits.daily_usd, float(day.cost_usd), float(call.cost_usd)),
    )
    for name, limit, used, wanted in checks:
        if limit is not None and round(used + wanted, 9) > limit:
            raise BudgetSpent(
                f"The budget of {limit:g} {name} is spent ({used:.6g} used, {wanted:.6g} more asked for);"
                " replay the filing later or raise the limit under [llm].",
                budget=name,
            )


def earliest_start(
    now_s: float, tokens: int, taken: Sequence[tuple[float, int]], limits: CallLimits
) -> float:
    """When a call may start so that no 60 seconds hold more requests or tokens than allowed.

    A call larger than the whole minute's tokens waits until nothing else is in its minute. A call that starts a
    minute later than any may wait was written down before the clock was set back, and holds nobody up; less than that
    is another machine's clock.

    Args:
        now_s: Seconds since 1970.
        tokens: Tokens it will take, estimated.
        taken: Start and tokens of the calls of the last minute and of those that wait, oldest first.
        limits: Requests and tokens per minute.
    """
    taken = [one for one in taken if one[0] <= now_s + limits.max_wait_s + MINUTE_S]
    latest = max([now_s, *(at for at, _ in taken)])
    moments = sorted({latest, *(at + MINUTE_S for at, _ in taken if at + MINUTE_S > latest)})
    return next(moment for moment in moments if _fits(moment, tokens, taken, limits))


def _fits(moment: float, tokens: int, taken: Sequence[tuple[float, int]], limits: CallLimits) -> bool:
    inside = [used for at, used in taken if at > moment - MINUTE_S]
    if not inside:
        return True
    is_too_many = limits.requests_per_minute is not None and len(inside) >= limits.requests_per_minute
    is_too_much = limits.tokens_per_minute is not None and sum(inside) + tokens > limits.tokens_per_minute
    return not (is_too_many or is_too_much)


def wait_for(service: str, start_s: float, now_s: float, limits: CallLimits) -> float:
    """Seconds to wait for a start.

    Raises:
        RateLimited: It is too far away to wait for.
    """
    wait_s = max(0.0, start_s - now_s)
    if wait_s > limits.max_wait_s:
        raise RateLimited(
            f"The limits per minute of the model service are used up; its next turn is in {wait_s:.0f} s.",
            delay=wait_s,
            service=service,
        )
    return wait_s
