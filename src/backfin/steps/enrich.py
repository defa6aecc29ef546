"""Enrich: text becomes a category, a headline, a summary and facts with evidence.

Key: ``announcement_id``; the result by ``enrichment_id``.
Reads/Writes: documents, enrichments; state ``enriched``.
Next: ``backfin.investors``.
"""

from __future__ import annotations

from collections.abc import Sequence

from backfin.context import Context
from backfin.enrichment.chain import enrich_with
from backfin.enrichment.difference import difference, said
from backfin.enrichment.guards import against_turnover
from backfin.enrichment.materiality import novelty_window
from backfin.errors import RateLimited, TransientError
from backfin.identity import changed_reading_id
from backfin.models import (
    Announcement,
    Document,
    Enrichment,
    EventType,
    IssuerRecord,
    Method,
    Page,
    Reading,
    State,
    Table,
)
from backfin.models.events import EnrichmentStored
from backfin.specs import Next
from backfin.steps.item import (
    announcement_of,
    documents_of,
    enrichment_of,
    has_lost_text,
    has_reached,
    keep,
    tries_of,
    was_enriched_before,
)
from backfin.steps.replay_items import prompts_for

#: Tries after which a remote enricher is not waited for any longer: about four minutes.
PATIENCE = 8

#: Longest stay-away of a remote enricher that is waited for, in seconds.
LONGEST_WAIT_S = 3600.0


def enrich(ctx: Context, key: str) -> list[Next]:
    """Asks the enrichers in order; the first usable answer is stored."""
    following = [Next("backfin.investors", key, inline=True)]
    if has_reached(ctx, key, State.ENRICHED):
        return following
    enrichment = unrepeatable(ctx, key) or _enriched(ctx, key)
    ctx.store.enrichments.record(enrichment, due_at=ctx.due_at)
    keep(ctx, key, enrichment=enrichment, state=State.ENRICHED)
    ctx.emit(
        EnrichmentStored(at=ctx.clock.now(), announcement_id=key, enrichment_id=enrichment.enrichment_id)
    )
    return following


def unrepeatable(ctx: Context, key: str) -> Enrichment | None:
    """The latest facts of a text that is no longer kept: nothing that is read without it could be better."""
    return enrichment_of(ctx, key) if has_lost_text(ctx, key) else None


def _enriched(ctx: Context, key: str) -> Enrichment:
    announcement = announcement_of(ctx, key)
    reading = reading_of(announcement, documents_of(ctx, key), record_of(ctx, announcement))
    return _told_apart(ctx, key, sized(reading, _answer(ctx, key, reading)))


def _told_apart(ctx: Context, key: str, made: Enrichment) -> Enrichment:
    """The reading under an id of its own where one with its id says something else: rules change without a version."""
    if not was_enriched_before(ctx, key):
        return made
    kept = ctx.store.enrichments.find(made.enrichment_id)
    if kept is None or not difference(kept, made):
        return made
    return made.model_copy(update={"enrichment_id": changed_reading_id(made.enrichment_id, said(made))})


def _answer(ctx: Context, key: str, reading: Reading) -> Enrichment:
    """The answer of the first enricher, or of a local one when a remote one stays away."""
    prompt_set = prompts_for(ctx, reading.announcement)
    local = [enricher for enricher in ctx.enrichers if not enricher.is_remote]
    if local and getattr(prompt_set, "by_rules_alone", False):
        return enrich_with(reading, prompt_set, local)
    try:
        return enrich_with(reading, prompt_set, ctx.enrichers)
    except TransientError as error:
        if not local or not _stays_away(ctx, key, error):
            raise
        away = {enricher.name: error.sentence for enricher in ctx.enrichers if enricher.is_remote}
        return enrich_with(reading, prompt_set, local, passed_over=away)


def record_of(ctx: Context, announcement: Announcement) -> IssuerRecord:
    """What the issuer filed before this announcement; empty where its ISIN is not known."""
    if announcement.isin is None:
        return IssuerRecord()
    before = announcement.disseminated_at
    since = before - novelty_window(before)
    return ctx.store.enrichments.record_of(announcement.isin, since=since, before=before)


def sized(reading: Reading, enrichment: Enrichment) -> Enrichment:
    """An order held against the turnover that the issuer's own results state, as far as they are known."""
    if enrichment.event_type is not EventType.ORDER_WIN:
        return enrichment
    return against_turnover(enrichment, reading.record.results)


def _stays_away(ctx: Context, key: str, error: TransientError) -> bool:
    delay_s = float(error.delay) if isinstance(error, RateLimited) else 0.0
    return tries_of(ctx, key) >= PATIENCE or delay_s > LONGEST_WAIT_S


def reading_of(
    announcement: Announcement, documents: Sequence[Document], record: IssuerRecord | None = None
) -> Reading:
    """Page 0 is the exchange's own text; the documents' pages and tables follow, numbered through."""
    pages = [Page(number=0, text=announcement.text, method=Method.TEXT)]
    tables: list[Table] = []
    for document in documents:
        start = len(pages)
        # What nobody sees in a document is kept with it, and is no part of what it says.
        pages += [
            page.model_copy(update={"number": start + n, "hidden": ""})
            for n, page in enumerate(document.pages)
        ]
        tables += [table.model_copy(update={"page": start + table.page - 1}) for table in document.tables]
    return Reading(
        announcement=announcement,
        pages=tuple(pages),
        tables=tuple(tables),
        document_ids=tuple(document.document_id for document in documents),
        document_flags=tuple(flag for document in documents for flag in document.flags),
        record=record or IssuerRecord(),
    )
