"""What an investor did and held, from all filings that name it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from backfin.investors.names import normal_form
from backfin.investors.pan import mask_pan
from backfin.investors.timeline import Told, event_of
from backfin.investors.trades import mark_repeats, totals_of, without_copies
from backfin.models import EventType, Mention, Party, Timeline, TimelineEvent
from backfin.storage.database import Database
from backfin.storage.enrichments import facts_of
from backfin.storage.investor_views import InvestorViews
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


class Timelines:
    """Reads what filings tell of one investor."""

    def __init__(self, database: Database, views: InvestorViews) -> None:
        self._database = database
        self._views = views

    def of(self, name_or_id: str, since: date | None = None, until: date | None = None) -> Timeline:
        """Everything an investor did, oldest first, by all names that are one with it, and what that comes to.

        Args:
            name_or_id: An id, or a name in any spelling of one normal form.
            since: First day of publication, in the exchange's zone.
            until: Last day, included.

        Raises:
            ConfigError: Nobody, or more than one investor, goes by that name.
        """
        shown = self._views.show(name_or_id, with_mentions=False)
        forms = {normal_form(name) for name in shown["names"]}
        told = without_copies(self._events(shown["investor_id"], forms, since, until))
        events = mark_repeats(told)
        return Timeline(
            investor_id=shown["investor_id"],
            name=mask_pan(shown["name"]),
            ids=tuple(shown["ids"]),
            names=tuple(map(mask_pan, shown["names"])),
            events=tuple(events),
            totals=tuple(totals_of(events)),
        )

    def _events(
        self, key: str, forms: set[str], since: date | None, until: date | None
    ) -> Iterator[tuple[str, TimelineEvent]]:
        query = _ROWS if since is None else _ROWS.where(a.c.day >= since)
        query = query if until is None else query.where(a.c.day <= until)
        with self._database.read() as connection:
            rows = connection.execution_options(yield_per=_BATCH).execute(query, {"id": key}).mappings()
            for row in rows:
                yield row["investor_id"], event_of(_told(row), forms)


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
