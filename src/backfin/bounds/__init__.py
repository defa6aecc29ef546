"""Plugins' components as backfin calls them: within a time, and with answers of the right type."""

from __future__ import annotations

from backfin.bounds.calls import Bounds, Limits
from backfin.bounds.enricher import BoundedEnricher
from backfin.bounds.exchange import BoundedExchange
from backfin.bounds.notifier import BoundedNotifier
from backfin.bounds.reader import BoundedReader

__all__ = ["BoundedEnricher", "BoundedExchange", "BoundedNotifier", "BoundedReader", "Bounds", "Limits"]
