"""What lies in the queues, and what a person does about it."""

from backfin.queues.entries import Entry
from backfin.queues.queues import Filter, Queues

__all__ = ["Entry", "Filter", "Queues"]
