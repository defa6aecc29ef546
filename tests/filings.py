"""Small filings for the tests of the rules."""

from __future__ import annotations

from datetime import UTC, datetime

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Announcement, Enrichment, Page, Reading


class StandingClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def reading(
    *pages: str,
    subject: str = "",
    headline: str = "",
    label: str | None = None,
    issuer: str = "Sagarika Forge Ltd",
) -> Reading:
    """A filing with these pages."""
    announcement = Announcement(
        announcement_id="bse:1",
        exchange="bse",
        native_id="1",
        issuer_name=issuer,
        subject=subject,
        headline=headline,
        exchange_subcategory=label,
        disseminated_at=datetime(2026, 6, 30, 15, 0, tzinfo=UTC),
    )
    numbered = [Page(number=at, text=text) for at, text in enumerate((announcement.text, *pages))]
    return Reading(announcement=announcement, pages=tuple(numbered), document_ids=("d1",))


def enrich(*pages: str, **labels: str) -> Enrichment:
    """What the rules make of it."""
    return RulesEnricher(clock=StandingClock()).enrich(reading(*pages, **labels), CorePromptSet())


def values(enrichment: Enrichment) -> dict[str, object]:
    """Field → value; amounts as their plain number."""
    return {name: getattr(fact.value, "amount", fact.value) for name, fact in enrichment.facts.items()}
