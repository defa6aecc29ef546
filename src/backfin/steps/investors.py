"""Investors: the parties of a filing are recognised and linked, each link explained.

Key: (announcement, normal form of the name, role). Of an investor: its normal form, and the relatives, director's and
account number that the filing states of it.
Reads/Writes: investors, names, keys, mentions, links of what is surely one, reviews of what may be, identifiers and
groups that the filing states; state ``linked``.
Next: ``backfin.match``.
"""

from __future__ import annotations

from collections.abc import Sequence

from backfin.context import Context
from backfin.errors import StoreUnavailable
from backfin.investors.beside import find_beside, tell_apart
from backfin.investors.resolve import link
from backfin.models import Announcement, Enrichment, Investor, Mention, State
from backfin.models.events import InvestorsLinked
from backfin.specs import Next
from backfin.steps.enrich import reading_of
from backfin.steps.item import (
    announcement_of,
    documents_of,
    enrichment_of,
    has_lost_text,
    has_reached,
    keep,
)


def investors(ctx: Context, key: str) -> list[Next]:
    """Links the parties of the latest enrichment."""
    following = [Next("backfin.match", key, inline=True)]
    if has_reached(ctx, key, State.LINKED):
        return following
    enrichment = enrichment_of(ctx, key)
    if enrichment is None:
        raise StoreUnavailable(
            f"{key} is marked enriched but its enrichment is not there; it is tried again."
        )
    announcement = announcement_of(ctx, key)
    found, met = link(enrichment, announcement, ctx.clock.now())
    mentions = _record(ctx, announcement, enrichment, found, met)
    keep(ctx, key, mentions=mentions, state=State.LINKED)
    ids = tuple(dict.fromkeys(mention.investor_id for mention in mentions))
    ctx.emit(InvestorsLinked(at=ctx.clock.now(), announcement_id=key, investor_ids=ids))
    return following


def _record(
    ctx: Context,
    announcement: Announcement,
    enrichment: Enrichment,
    found: Sequence[Investor],
    met: Sequence[Mention],
) -> list[Mention]:
    """Stores who appears and what stands beside them, all or nothing; returns the mentions as they are linked."""
    key, seen_at = announcement.announcement_id, announcement.disseminated_at
    if has_lost_text(ctx, key):
        # What stood beside the names was found in a text that is no longer kept: it stays as it is.
        return ctx.store.investors.record(key, found, met, due_at=ctx.due_at)
    pages = reading_of(announcement, documents_of(ctx, key)).pages if met else ()
    beside = find_beside(pages, enrichment, announcement.issuer_name, met)
    found, met, beside = tell_apart(found, met, beside)

    def store() -> list[Mention]:
        if beside.identifiers:
            ctx.store.identifiers.hold()
        mentions = ctx.store.investors.record(key, found, met, due_at=ctx.due_at)
        ctx.store.identifiers.record(key, beside.identifiers, seen_at=seen_at)
        ctx.store.memberships.record(key, beside.memberships, seen_at=seen_at)
        return mentions

    mentions = ctx.store.change(store)
    return ctx.store.investors.mentions(key) if beside.identifiers else mentions
