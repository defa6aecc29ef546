"""What a replay would change, worked out without changing anything: nothing is stored, fetched or told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from backfin.context import Context
from backfin.enrichment.chain import enrich_with
from backfin.enrichment.difference import Difference, difference
from backfin.errors import BackfinError
from backfin.interfaces import Enricher
from backfin.investors.resolve import link
from backfin.models import Announcement, Document, Enrichment, Phase, State
from backfin.notifications.rules import match_input
from backfin.steps.enrich import reading_of, record_of, sized, unrepeatable
from backfin.steps.item import announcement_of, documents_of, enrichment_of, keep
from backfin.steps.read import kept_documents
from backfin.steps.replay_items import lacks_files, prompts_for
from backfin.steps.replay_request import ReplayRequest, selected
from backfin.storage.records import ORDER, Status

#: Days of the ledger of model calls that an estimate goes by.
_LEDGER_DAYS = 30


@dataclass(frozen=True)
class Preview:
    """What a replay would change in one announcement.

    ``fires`` are names of watches that it would tell and that were not told, ``silences`` those that were told and
    would not be. ``note`` says why nothing is known.
    """

    announcement: Announcement
    status: Status
    difference: Difference
    after: Enrichment | None = None
    fires: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.difference or self.fires or self.silences or self.note)

    def as_json(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "announcement_id": self.announcement.announcement_id,
            "day": self.status.day.isoformat(),
            "state": self.status.state.value,
            "issuer_name": self.announcement.issuer_name,
            "category": self.after.category if self.after else None,
            "event_type": self.after.event_type.value if self.after else None,
            "headline": self.after.headline if self.after else None,
            **self.difference.as_json(),
            "watches": {"would_fire": list(self.fires), "would_not": list(self.silences)},
            "note": self.note or None,
        }


def previews(ctx: Context, request: ReplayRequest, *, with_llm: bool = False) -> Iterator[Preview]:
    """Each announcement that a replay means, oldest first, one at a time.

    Args:
        ctx: The context.
        request: What the replay is asked to do, as :func:`checked` gives it.
        with_llm: Ask remote enrichers too; their calls are kept and counted as ever.
    """
    for page in selected(ctx, request):
        for status in page:
            yield _preview(ctx.for_message(None), request, status, with_llm)


def _preview(ctx: Context, request: ReplayRequest, status: Status, with_llm: bool) -> Preview:
    key = status.announcement_id
    keep(ctx, key, request=request)
    announcement = announcement_of(ctx, key)
    if lacks_files(ctx, status, request):
        note = "The archive has no file of it; a replay from the exchange downloads it."
        return Preview(announcement, status, Difference(), note=note)
    before = enrichment_of(ctx, key)
    try:
        after = unrepeatable(ctx, key) or _read_again(ctx, request, status, announcement, with_llm) or before
    except BackfinError as error:
        return Preview(announcement, status, Difference(), note=str(error))
    would, told = _would_tell(ctx, announcement, after), _were_told(ctx, status)
    return Preview(
        announcement,
        status,
        difference(before, after),
        after,
        fires=tuple(name for key, name in would.items() if key not in told),
        silences=tuple(name for key, name in told.items() if key not in would),
    )


def _read_again(
    ctx: Context, request: ReplayRequest, status: Status, announcement: Announcement, with_llm: bool
) -> Enrichment | None:
    """The reading that the replay would make; ``None`` where it begins behind that."""
    state = request.state_for(status)
    if ORDER.index(state) >= ORDER.index(State.ENRICHED):
        return None
    documents = _documents(ctx, announcement.announcement_id, state)
    reading = reading_of(announcement, documents, record_of(ctx, announcement))
    prompt_set = prompts_for(ctx, announcement)
    return sized(reading, enrich_with(reading, prompt_set, _enrichers(ctx, with_llm)))


def _documents(ctx: Context, key: str, state: State) -> Sequence[Document]:
    return kept_documents(ctx, key) if state is State.STORED else documents_of(ctx, key)


def _enrichers(ctx: Context, with_llm: bool) -> list[Enricher]:
    return [one for one in ctx.enrichers if with_llm or not one.is_remote]


def _would_tell(ctx: Context, announcement: Announcement, after: Enrichment | None) -> dict[str, str]:
    if after is None:
        return {}
    _, mentions = link(after, announcement, ctx.clock.now())
    ids = {mention.investor_id for mention in mentions}
    subject = match_input(
        announcement,
        after,
        mentions,
        investor_names=ctx.store.investors.known_as(ids),
        groups=ctx.store.memberships.labels(ids),
    )
    return {watch.watch_id: watch.name for watch in ctx.watches.index().match(subject, Phase.ENRICHED)}


def _were_told(ctx: Context, status: Status) -> dict[str, str]:
    told = ctx.store.deliveries.watches_told(status.announcement_id, status.filing_id, Phase.ENRICHED.value)
    found = [ctx.store.watches.get(one) for one in sorted(told)]
    return {watch.watch_id: watch.name for watch in found if watch is not None}


def estimate(ctx: Context, filings: int) -> dict[str, Any] | None:
    """What models would be asked for so many filings, by what filings of the last days took; ``None`` without one.

    Returns:
        ``filings``, ``calls``, ``tokens``, ``cost_usd`` (the last three ``None`` where nothing was asked yet), and
        ``basis``: of how many filings the ledger of model calls tells.
    """
    if not any(one.is_remote for one in ctx.enrichers):
        return None
    since = ctx.clock.now() - timedelta(days=_LEDGER_DAYS)
    asked, used = ctx.store.model_calls.per_filing(since)
    share = Decimal(filings) / asked if asked else None
    return {
        "filings": filings,
        "calls": None if share is None else round(used.calls * share),
        "tokens": None if share is None else round(used.tokens * share),
        "cost_usd": None if share is None else str(round(used.cost_usd * share, 4)),
        "basis": asked,
    }
