"""What a ledger of model calls promises, whatever keeps it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from backfin.errors import BudgetSpent, RateLimited
from backfin.interfaces import ModelLedger
from backfin.models import CallLimits, CallOutcome, ModelCall
from backfin.testing import FrozenClock

_NUMBERS = count()
LIMITS = CallLimits()


def call(clock: FrozenClock, **changes: Any) -> ModelCall:
    """A call about to be made: 1000 tokens, 1 cent."""
    values: dict[str, Any] = {
        "call_id": f"c_{next(_NUMBERS)}",
        "key": "k_1",
        "service": "models.example/small",
        "model": "small",
        "announcement_id": "bse:1",
        "question": "classify",
        "prompt_set": "core",
        "prompt_version": "1",
        "at": clock.now(),
        "input_tokens": 800,
        "output_tokens": 200,
        "cost_usd": Decimal("0.01"),
    }
    return ModelCall(**(values | changes))


def made(ledger: ModelLedger, clock: FrozenClock, outcome: CallOutcome, **changes: Any) -> ModelCall:
    """A call that was made, with its outcome."""
    begun = call(clock)
    ledger.begin(begun, LIMITS)
    done = begun.model_copy(update={"outcome": outcome, "reply": '{"a": 1}', **changes})
    ledger.finish(done)
    return done


class LedgerContract:
    """Needs the fixtures ``ledger`` and ``clock``."""

    def test_a_usable_reply_is_found_by_its_question(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        made(ledger, clock, CallOutcome.VALID, reply="first ₹")
        clock.forward(1)
        made(ledger, clock, CallOutcome.INVALID, reply="prose", key="k_1")

        found = ledger.find("k_1")

        assert found is not None
        assert (found.reply, found.tokens, found.cost_usd) == ("first ₹", 1000, Decimal("0.01"))
        assert ledger.find("k_2") is None

    @pytest.mark.parametrize("outcome", [CallOutcome.ASKED, CallOutcome.INVALID, CallOutcome.FAILED])
    def test_no_other_outcome_is_a_reply(
        self, ledger: ModelLedger, clock: FrozenClock, outcome: CallOutcome
    ) -> None:
        made(ledger, clock, outcome)

        assert ledger.find("k_1") is None

    def test_no_minute_holds_more_requests_than_allowed(
        self, ledger: ModelLedger, clock: FrozenClock
    ) -> None:
        limits = CallLimits(requests_per_minute=2, max_wait_s=100)

        waits = [ledger.begin(call(clock), limits) for _ in range(3)]
        clock.forward(30)
        waits.append(ledger.begin(call(clock), limits))

        assert waits == pytest.approx([0, 0, 60, 30])

    def test_no_minute_holds_more_tokens_than_allowed(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        limits = CallLimits(tokens_per_minute=2500, max_wait_s=100)

        waits = [ledger.begin(call(clock), limits) for _ in range(3)]
        other = ledger.begin(call(clock, service="other"), limits)

        assert waits == pytest.approx([0, 0, 60])
        assert other == 0

    def test_a_turn_too_far_away_is_refused_and_not_taken(
        self, ledger: ModelLedger, clock: FrozenClock
    ) -> None:
        limits = CallLimits(requests_per_minute=1, max_wait_s=10)
        ledger.begin(call(clock), limits)

        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                ledger.begin(call(clock), limits)

        assert caught.value.delay == pytest.approx(60)

    def test_a_call_larger_than_the_minute_waits_for_an_empty_one(
        self, ledger: ModelLedger, clock: FrozenClock
    ) -> None:
        limits = CallLimits(tokens_per_minute=500, max_wait_s=100)

        waits = [ledger.begin(call(clock), limits) for _ in range(2)]

        assert waits == pytest.approx([0, 60])

    @pytest.mark.parametrize(
        ("limits", "allowed"),
        [
            (CallLimits(daily_usd=0.025), 2),
            (CallLimits(daily_tokens=3000), 3),
            (CallLimits(filing_calls=2), 2),
            (CallLimits(filing_tokens=1500), 1),
        ],
    )
    def test_a_budget_holds_until_midnight_in_india(
        self, ledger: ModelLedger, clock: FrozenClock, limits: CallLimits, allowed: int
    ) -> None:
        for _ in range(allowed):
            ledger.begin(call(clock), limits)

        with pytest.raises(BudgetSpent):
            ledger.begin(call(clock), limits)
        clock.forward(timedelta(hours=11, minutes=59).total_seconds())
        with pytest.raises(BudgetSpent):
            ledger.begin(call(clock), limits)
        clock.forward(120)

        assert ledger.begin(call(clock), limits) == 0

    def test_a_budget_may_be_spent_to_its_last_cent(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        limits = CallLimits(daily_usd=0.3)
        for cents in ("0.1", "0.2"):
            ledger.begin(call(clock, cost_usd=Decimal(cents)), limits)

        with pytest.raises(BudgetSpent):
            ledger.begin(call(clock, cost_usd=Decimal("0.000001")), limits)

    def test_a_clock_that_is_set_back_holds_nobody_up(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        limits = CallLimits(requests_per_minute=2, max_wait_s=30)
        clock.forward(3600)
        ledger.begin(call(clock), limits)
        clock.forward(-3600)

        assert ledger.begin(call(clock), limits) == 0

    def test_what_a_call_used_takes_the_place_of_its_estimate(
        self, ledger: ModelLedger, clock: FrozenClock
    ) -> None:
        made(ledger, clock, CallOutcome.VALID, input_tokens=10, output_tokens=0, cost_usd=Decimal(0))
        made(ledger, clock, CallOutcome.FAILED, input_tokens=900)

        assert ledger.begin(call(clock), CallLimits(filing_calls=2, daily_tokens=1010)) == 0

    def test_a_filings_budget_is_its_own(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        limits = CallLimits(filing_calls=1)
        ledger.begin(call(clock), limits)

        assert ledger.begin(call(clock, announcement_id="bse:2"), limits) == 0

    def test_failures_in_a_row_close_a_service_for_longer_each_time(
        self, ledger: ModelLedger, clock: FrozenClock
    ) -> None:
        limits = CallLimits(breaker_failures=2, breaker_cooldown_s=30)
        service = call(clock).service
        for _ in range(3):  # the third was under way when the second closed it
            ledger.failed(service, limits, why="503")

        with pytest.raises(RateLimited, match="503") as first:
            ledger.begin(call(clock), limits)
        clock.forward(31)
        ledger.begin(call(clock), limits)
        with pytest.raises(RateLimited):
            ledger.begin(call(clock), limits)  # one call tries it out, the others wait
        ledger.failed(service, limits, why="503 again")
        with pytest.raises(RateLimited) as second:
            ledger.begin(call(clock), limits)

        assert (first.value.delay, second.value.delay) == pytest.approx((30, 60))

    def test_an_answer_opens_a_service_again(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        limits = CallLimits(breaker_failures=2, breaker_cooldown_s=30)
        service = call(clock).service
        ledger.failed(service, limits, why="503")
        ledger.answered(service)
        ledger.failed(service, limits, why="503")

        assert ledger.begin(call(clock), limits) == 0

    def test_a_service_that_asks_to_be_left_alone_is(self, ledger: ModelLedger, clock: FrozenClock) -> None:
        ledger.stay_away(call(clock).service, 90, why="429")

        with pytest.raises(RateLimited) as caught:
            ledger.begin(call(clock), LIMITS)

        assert caught.value.delay == pytest.approx(90)
        assert ledger.begin(call(clock, service="other"), LIMITS) == 0
