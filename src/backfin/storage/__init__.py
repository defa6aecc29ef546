"""The store (facts, states, the outbox) and the archive (raw answers and documents, by hash)."""

from __future__ import annotations

from backfin.storage.archive import Archive
from backfin.storage.pacer import StorePacer
from backfin.storage.records import Cooldown, Gap, Progress, RawAnswer, Run, SearchPage, Status
from backfin.storage.store import Store

__all__ = [
    "Archive",
    "Cooldown",
    "Gap",
    "Progress",
    "RawAnswer",
    "Run",
    "SearchPage",
    "Status",
    "Store",
    "StorePacer",
]
