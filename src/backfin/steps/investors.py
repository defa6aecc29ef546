"""Investors: the parties of a filing are recognised and linked, each link explained.

Key: (announcement, normal form of the name, role).
Reads/Writes: investors, names, keys, mentions, links of what is surely one, reviews of what may be; state ``linked``.
Next: ``backfin.match``.
"""

from __future__ import annotations

from backfin.context import Context
from backfin.errors import StoreUnavailable
from backfin.investors.resolve import link
from backfin.models import State
from backfin.models.events import InvestorsLinked
from backfin.specs import Next
from backfin.steps.item import announcement_of, enrichment_of, has_reached, keep


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
    found, mentions = link(enrichment, announcement_of(ctx, key), ctx.clock.now())
    mentions = ctx.store.investors.record(key, found, mentions, due_at=ctx.due_at)
    keep(ctx, key, mentions=mentions, state=State.LINKED)
    ids = tuple(dict.fromkeys(mention.investor_id for mention in mentions))
    ctx.emit(InvestorsLinked(at=ctx.clock.now(), announcement_id=key, investor_ids=ids))
    return following
