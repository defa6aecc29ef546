"""The ledger of model calls inside one process."""

from __future__ import annotations

import pytest

from backfin.enrichment.llm_ledger import LocalLedger
from backfin.errors import BudgetSpent
from backfin.interfaces import ModelLedger
from backfin.models import CallLimits
from backfin.testing import FrozenClock
from store_contract.ledger import LedgerContract, call


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def ledger(clock: FrozenClock) -> ModelLedger:
    return LocalLedger(clock)


class TestLocalLedger(LedgerContract):
    def test_a_day_of_more_calls_than_are_kept_stays_within_its_budget(
        self, ledger: ModelLedger, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("backfin.enrichment.llm_ledger.MOST_CALLS", 2)
        limits = CallLimits(daily_tokens=5000)
        for _ in range(5):
            ledger.begin(call(clock), limits)

        with pytest.raises(BudgetSpent):
            ledger.begin(call(clock), limits)
