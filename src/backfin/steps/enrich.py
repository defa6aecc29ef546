"""Enrich: text becomes a category, a headline, a summary and facts with evidence.

Key: ``announcement_id``; the result by ``enrichment_id``.
Reads/Writes: documents, enrichments; state ``enriched``.
Next: ``backfin.investors``.
"""

from __future__ import annotations

from collections.abc import Sequence

from backfin.context import Context
from backfin.enrichment.chain import enrich_with
from backfin.models import Announcement, Document, Method, Page, Reading, State
from backfin.models.events import EnrichmentStored
from backfin.specs import Next
from backfin.steps.item import announcement_of, documents_of, has_reached, keep


def enrich(ctx: Context, key: str) -> list[Next]:
    """Asks the enrichers in order; the first usable answer is stored."""
    following = [Next("backfin.investors", key, inline=True)]
    if has_reached(ctx, key, State.ENRICHED):
        return following
    announcement = announcement_of(ctx, key)
    reading = reading_of(announcement, documents_of(ctx, key))
    enrichment = enrich_with(reading, ctx.prompt_set_for(announcement), ctx.enrichers)
    ctx.store.enrichments.record(enrichment, due_at=ctx.due_at)
    keep(ctx, key, enrichment=enrichment, state=State.ENRICHED)
    ctx.emit(
        EnrichmentStored(at=ctx.clock.now(), announcement_id=key, enrichment_id=enrichment.enrichment_id)
    )
    return following


def reading_of(announcement: Announcement, documents: Sequence[Document]) -> Reading:
    """Page 0 is the exchange's own text; the documents' pages follow, numbered through."""
    pages = [Page(number=0, text=announcement.text, method=Method.TEXT)]
    for document in documents:
        start = len(pages)
        pages += [page.model_copy(update={"number": start + n}) for n, page in enumerate(document.pages)]
    return Reading(
        announcement=announcement,
        pages=tuple(pages),
        document_ids=tuple(document.document_id for document in documents),
        document_flags=tuple(flag for document in documents for flag in document.flags),
    )
