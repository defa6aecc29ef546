"""The ledger of model calls inside one process."""

from __future__ import annotations

import pytest

from backfin.enrichment.llm_ledger import LocalLedger
from backfin.interfaces import ModelLedger
from store_contract.ledger import LedgerContract
from store_contract.made import StillClock


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def ledger(clock: StillClock) -> ModelLedger:
    return LocalLedger(clock)


class TestLocalLedger(LedgerContract):
    pass
