"""The rules enricher for whoever may never ask it: its patterns take longer to compile than a command takes to run."""

from __future__ import annotations

from dataclasses import dataclass, field

from backfin.clock import Clock, SystemClock
from backfin.interfaces import PromptSet
from backfin.models import Enrichment, Reading


@dataclass(frozen=True, slots=True)
class UnloadedRules:
    """:class:`~backfin.enrichment.rules.enricher.RulesEnricher`, loaded when a worker starts or a filing is read.

    Args:
        clock: Gives ``created_at``.
    """

    clock: Clock = field(default_factory=SystemClock)
    name: str = "rules"
    model: str = ""
    is_remote: bool = False

    def check(self) -> None:
        """Loads the rules, so that the first filing does not wait for them."""
        from backfin.enrichment.rules import enricher  # noqa: F401

    def enrich(self, reading: Reading, prompt_set: PromptSet) -> Enrichment:
        """What the rules find in a filing."""
        from backfin.enrichment.rules.enricher import RulesEnricher

        return RulesEnricher(self.clock).enrich(reading, prompt_set)
