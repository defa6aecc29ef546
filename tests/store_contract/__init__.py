"""What every store promises, whatever database is behind it: one class for each group of nouns.

A test module subclasses them and brings the fixture ``store``; ``made`` makes small values to store.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "store_contract.announcements",
    "store_contract.book",
    "store_contract.digests",
    "store_contract.ledger",
    "store_contract.outbox",
    "store_contract.readings",
    "store_contract.retention",
    "store_contract.schema",
    "store_contract.search",
    "store_contract.work",
)
