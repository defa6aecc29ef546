"""The roles of an investor with the filings they stand in, read from the store."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from backfin.investors.pan import mask_pan
from backfin.investors.timeline import Told, event_of
from backfin.models import EventType, Mention, Party, TimelineEvent
from backfin.storage.enrichments import facts_of
from backfin.storage.tables import announcements as a
from backfin.storage.tables import enrichments, investors, mentions

#: Rows fetched at once: each brings the facts of its filing.
_BATCH = 200

_ROWS = (
    select(
        *(mentions.c[name] for name in Mention.model_fields),
        a.c.day,
        a.c.disseminated_at,
        a.c.first_seen_at,
        a.c.issuer_name,
        a.c.isin,
        a.c.filing_id,
        a.c.headline.label("told"),
        a.c.enriched_headline,
        a.c.attachments,
        a.c.page_url,
        a.c.exchange,
        a.c.event_type,
        enrichments.c.parties,
        enrichments.c.facts,
    )
    .join(investors, investors.c.investor_id == mentions.c.investor_id)
    .join(a, a.c.announcement_id == mentions.c.announcement_id)
    .outerjoin(enrichments, enrichments.c.enrichment_id == a.c.enrichment_id)
    .where(investors.c.survivor_id == bindparam("id"))
    .order_by(a.c.position, mentions.c.page, mentions.c.mention_id)
)


def told_of(
    connection: Connection,
    survivor_id: str,
    forms: Collection[str],
    *,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[tuple[Mention, TimelineEvent]]:
    """Each role of an investor and of those that are one with it, oldest filing first.

    Args:
        connection: Of the transaction.
        survivor_id: Under which they are shown.
        forms: The normal forms of all its names.
        since: First day of publication, in the exchange's zone.
        until: Last day, included.

    Returns:
        The mention with the investor it was met as, and what it comes to with the facts of its filing.
    """
    query = _ROWS if since is None else _ROWS.where(a.c.day >= since)
    query = query if until is None else query.where(a.c.day <= until)
    rows = connection.execution_options(yield_per=_BATCH).execute(query, {"id": survivor_id}).mappings()
    for row in rows:
        told = _told(row)
        yield told.mention, event_of(told, forms)


def _told(row: Any) -> Told:
    values = {name: row[name] for name in Mention.model_fields}
    values["quantity"] = None if row["quantity"] is None else int(row["quantity"])
    event_type = EventType(row["event_type"] or EventType.ROUTINE)
    urls = [url for attachment in row["attachments"] for url in attachment.get("urls", ())]
    return Told(
        mention=Mention.model_validate(values),
        event_type=event_type,
        parties=[Party.model_validate(party) for party in row["parties"] or ()],
        facts=facts_of(row["facts"] or {}),
        row={
            "date": row["day"],
            "disseminated_at": row["disseminated_at"] or row["first_seen_at"],
            "issuer_name": row["issuer_name"],
            "isin": row["isin"],
            "filing_id": row["filing_id"] or row["announcement_id"],
            "headline": mask_pan(row["enriched_headline"] or row["told"]),
            "url": urls[0] if urls else row["page_url"],
            "exchange": row["exchange"],
            "is_record": event_type is EventType.DEAL and not row["attachments"],
        },
    )
