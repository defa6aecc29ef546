"""An enricher whose calls end."""

from __future__ import annotations

from typing import Any

from backfin.bounds.calls import Bounds
from backfin.errors import ReplyInvalid
from backfin.interfaces import Enricher, PromptSet
from backfin.models import Enrichment, Reading


class BoundedEnricher:
    """An enricher whose calls end; one that gives no answer is passed over."""

    def __init__(self, enricher: Enricher, bounds: Bounds) -> None:
        self._enricher = enricher
        self._bounds = bounds
        self.name = enricher.name
        self.model = enricher.model
        self.is_remote = enricher.is_remote

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """Reads one announcement within its time."""

        def overdue(sentence: str, **_: Any) -> ReplyInvalid:
            return ReplyInvalid(sentence)

        limits = self._bounds.limits
        limit_s = limits.remote_enrich_s if self.is_remote else limits.enrich_s
        return self._bounds.call(
            f"enricher {self.name}",
            limit_s,
            overdue,
            lambda: self._enricher.enrich(reading, prompt_set),
            slow_s=limit_s,
        )
