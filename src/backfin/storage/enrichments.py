"""Enrichments: every reading of an announcement, and which one counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, null, select, union_all, update

from backfin.models import Enrichment, EventType, Fact, IssuerRecord, Money, State
from backfin.storage.database import Database
from backfin.storage.positions import first_position, moment_of
from backfin.storage.prepared import Prepared
from backfin.storage.statements import upsert
from backfin.storage.tables import announcements, enrichments

_FIELDS = tuple(Enrichment.model_fields)
_MONEY = set(Money.model_fields)

_PUT = Prepared(upsert(enrichments, key=["enrichment_id"], change=_FIELDS))
_ADVANCE = Prepared(
    update(announcements)
    .where(announcements.c.announcement_id == bindparam("id"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("enrichment_id", "category", "event_type", "sentiment")}
        | {
            "materiality": bindparam("new_materiality"),
            "enriched_headline": bindparam("new_headline"),
            "enriched_summary": bindparam("new_summary"),
            "due_at": bindparam("due"),
            "state": State.ENRICHED.value,
            "tries": 0,
            "failed_step": None,
            "error": None,
        }
    )
)
_GET = select(enrichments).where(enrichments.c.enrichment_id == bindparam("id"))
_OF = enrichments.c.announcement_id == bindparam("id")
_LATEST = (
    select(enrichments)
    .join(announcements, announcements.c.enrichment_id == enrichments.c.enrichment_id)
    .where(announcements.c.announcement_id == bindparam("id"))
)
_BEFORE = (announcements.c.isin == bindparam("isin"), announcements.c.position < bindparam("before"))
_RESULTS = (
    select(announcements.c.event_type, announcements.c.position, enrichments.c.facts)
    .join(enrichments, announcements.c.enrichment_id == enrichments.c.enrichment_id)
    .where(*_BEFORE, announcements.c.event_type == EventType.FINANCIAL_RESULTS.value)
    .order_by(announcements.c.position.desc())
    .limit(bindparam("most"))
    .subquery()
)
_FILED = select(announcements.c.event_type, announcements.c.position, null().label("facts")).where(
    *_BEFORE, announcements.c.position >= bindparam("since"), announcements.c.event_type.is_not(None)
)
#: One statement, so that what is known of an issuer costs one look at the store.
_RECORD = union_all(select(_RESULTS), _FILED)
_HISTORY = select(enrichments).where(_OF).order_by(enrichments.c.created_at, enrichments.c.enrichment_id)


class Enrichments:
    """The table ``enrichments``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, enrichment: Enrichment, *, due_at: datetime) -> None:
        """Stores a reading as the one that counts, also for the search, and moves on to ``enriched``.

        The same reading again takes the place of the first; other readings are kept.

        Args:
            enrichment: What an enricher found.
            due_at: When the sweep may send the announcement again.
        """
        row = enrichment.model_dump(mode="json") | {
            "created_at": enrichment.created_at,
            "cost_usd": enrichment.cost_usd,
        }
        shown = ("enrichment_id", "category", "event_type", "sentiment", "materiality", "headline", "summary")
        new = {f"new_{name}": row[name] for name in shown}

        def store(connection: Connection) -> None:
            _PUT.run(connection, row)
            _ADVANCE.run(connection, {"id": enrichment.announcement_id, "due": due_at, **new})

        self._database.change(store)

    def latest(self, announcement_id: str) -> Enrichment | None:
        """The reading that counts, which is the one recorded last; ``None`` before the first."""
        with self._database.read() as connection:
            row = connection.execute(_LATEST, {"id": announcement_id}).mappings().first()
        return None if row is None else _enrichment(row)

    def find(self, enrichment_id: str | None) -> Enrichment | None:
        """A reading by its id, or ``None``."""
        with self._database.read() as connection:
            row = connection.execute(_GET, {"id": enrichment_id}).mappings().first()
        return None if row is None else _enrichment(row)

    def history(self, announcement_id: str) -> list[Enrichment]:
        """Every reading of an announcement, oldest first."""
        with self._database.read() as connection:
            return [
                _enrichment(row) for row in connection.execute(_HISTORY, {"id": announcement_id}).mappings()
            ]

    def record_of(self, isin: str, *, since: datetime, before: datetime, results: int = 4) -> IssuerRecord:
        """What an issuer's filings told before a moment, newest first.

        Args:
            isin: The issuer's.
            since: How far back its filings are listed; its results are looked for without an end.
            before: Nothing disseminated at this moment or later counts.
            results: How many of its latest financial results come along.
        """
        values = {
            "isin": isin,
            "since": first_position(since),
            "before": first_position(before),
            "most": results,
        }
        with self._database.read() as connection:
            rows = connection.execute(_RECORD, values).all()
        rows = sorted(rows, key=lambda row: row.position, reverse=True)
        return IssuerRecord(
            results=tuple(facts_of(row.facts) for row in rows if row.facts is not None),
            filed=tuple(
                (EventType(row.event_type), moment_of(row.position)) for row in rows if row.facts is None
            ),
        )


def _enrichment(row: Any) -> Enrichment:
    return Enrichment.model_validate(dict(row) | {"facts": facts_of(row["facts"])})


def facts_of(row: Any) -> dict[str, Fact]:
    """Facts as their column holds them."""
    return {
        field: Fact.model_validate(fact | {"value": _with_money(fact["value"])})
        for field, fact in row.items()
    }


def _with_money(value: Any) -> Any:
    """Gives amounts back their type, which JSON does not carry."""
    if isinstance(value, list):
        return [_with_money(item) for item in value]
    if isinstance(value, dict):
        if set(value) == _MONEY:
            return Money.model_validate(value)
        return {key: _with_money(item) for key, item in value.items()}
    return value
