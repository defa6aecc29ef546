"""What every enricher does with its answer, however it found it: the category, the document's flags, the score."""

from __future__ import annotations

from backfin.enrichment import materiality
from backfin.enrichment.taxonomy import slug_of
from backfin.errors import ConfigError
from backfin.interfaces import Category, PromptSet
from backfin.models import Enrichment, EventType, Reading


def scored(enrichment: Enrichment, reading: Reading, category: Category) -> Enrichment:
    """The enrichment with its materiality."""
    total, parts = materiality.score(
        enrichment.event_type,
        category.prior,
        enrichment.facts,
        enrichment.flags,
        reading.announcement.disseminated_at,
        materiality.Context.of_facts(
            enrichment.facts, enrichment.detail.get("disclosure", {}).get("late", "unknown")
        ).with_record(reading.record, enrichment.event_type, reading.announcement.disseminated_at),
    )
    return enrichment.model_copy(update={"materiality": total, "materiality_parts": parts})


def document_flags(reading: Reading) -> tuple[str, ...]:
    """Flags of the document, and ``no_text`` when only the exchange's own words were there."""
    has_text = any(page.number > 0 and page.text.strip() for page in reading.pages)
    return reading.document_flags if has_text else (*reading.document_flags, "no_text")


def category_in(prompt_set: PromptSet, label: str, event_type: EventType) -> Category:
    """The set's category for a default label: the same one, else the first of that event type, else routine.

    Raises:
        ConfigError: The set has no categories.
    """
    slug = slug_of(label)
    for wanted in (
        lambda c: c.slug == slug,
        lambda c: c.event_type is event_type,
        lambda c: c.event_type is EventType.ROUTINE,
        lambda _c: True,
    ):
        for category in prompt_set.categories:
            if wanted(category):
                return category
    raise ConfigError(f"The prompt set {prompt_set.name!r} has no categories; add at least one.")
