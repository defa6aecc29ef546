"""Exchanges and channels as steps call them: within a time, and with answers of the right type."""

from __future__ import annotations

from backfin.bounds.calls import Bounds, Limits
from backfin.bounds.exchange import BoundedExchange
from backfin.bounds.notifier import BoundedNotifier

__all__ = ["BoundedExchange", "BoundedNotifier", "Bounds", "Limits"]
