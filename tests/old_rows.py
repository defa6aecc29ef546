"""Rows for a store of any schema, made from the tables its database shows, so that new columns need nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from backfin.storage.tables import NOT_IN_METADATA

NOON = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)

#: Rows of each table.
ROWS = 2

#: Values of columns whose meaning the code knows, by ``table.column`` or by column, made from the row's number.
KNOWN: dict[str, Callable[[int], Any]] = {
    "announcement_id": lambda n: f"bse:{n}",
    "announcements.position": lambda n: int((NOON + timedelta(seconds=n)).timestamp() * 1_000_000) << 10,
    "announcements.state": lambda n: "matched",
    "announcements.attachments": lambda n: [{"name": "a.pdf", "urls": ["https://a/1.pdf"], "size_bytes": 7}],
    "announcements.raw": lambda n: {"NEWSID": str(n)},
    "announcements.raw_ref": lambda n: None,
    "announcements.due_at": lambda n: None,
    "announcements.failed_step": lambda n: None,
    "announcements.error": lambda n: None,
    "announcements.tries": lambda n: 0,
    "announcements.filing_id": lambda n: f"f_{n}",
    "announcements.isin": lambda n: "INE002A01018",
    "documents.method": lambda n: "text",
    "documents.page_count": lambda n: 1,
    "documents.flags": lambda n: [],
    "pages.method": lambda n: "text",
    "pages.tables": lambda n: None,
    "pages.hidden": lambda n: None,
    "category": lambda n: "Order Win",
    "event_type": lambda n: "order_win",
    "sentiment": lambda n: "neutral",
    "enrichment_id": lambda n: f"e_{n}",
    "enrichments.also": lambda n: [],
    "enrichments.facts": lambda n: {"months": {"value": 12, "evidence": [{"page": 1, "quote": "12 months"}]}},
    "enrichments.parties": lambda n: [],
    "enrichments.flags": lambda n: [],
    "enrichments.materiality_parts": lambda n: [],
    "enrichments.detail": lambda n: {},
    "document_id": lambda n: hashlib.sha256(str(n).encode()).hexdigest(),
    "exchange": lambda n: "bse",
    "gaps.day": lambda n: date(2026, 7, n),
    "watermarks.exchange": lambda n: f"bse{n}",
    "issuer_refreshes.exchange": lambda n: f"bse{n}",
    "issuers.isin": lambda n: ("INE002A01018", "INE009A01021")[n - 1],
    "issuer_codes.isin": lambda n: ("INE002A01018", "INE009A01021")[n - 1],
    "issuer_codes.kind": lambda n: "symbol",
    "issuers.status": lambda n: "active",
    "investor_id": lambda n: f"i_{n}",
    "survivor_id": lambda n: f"i_{n}",
    "investors.name": lambda n: ("Asha Mehra", "Zubin Larch")[n - 1],
    "investors.normal_form": lambda n: ("asha mehra", "zubin larch")[n - 1],
    "investors.kind": lambda n: "person",
    "investors.status": lambda n: "unverified",
    "investor_keys.form": lambda n: ("asha mehra", "zubin larch")[n - 1],
    "investor_links.one_id": lambda n: f"i_{n}",
    "investor_links.other_id": lambda n: f"i_{3 - n}",
    "investor_links.verdict": lambda n: "not_same",
    "investor_links.undone_at": lambda n: None,
    "investor_links.part_of": lambda n: None,
    "investor_links.undone_for": lambda n: None,
    "reviews.known_id": lambda n: f"i_{n}",
    "reviews.new_id": lambda n: f"i_{3 - n}",
    "mentions.kind": lambda n: "person",
    "mentions.tier": lambda n: "exact",
    "investor_memberships.kind": lambda n: "family",
    "watch_id": lambda n: f"w_{n}",
    "watches.name": lambda n: f"Watch {n}",
    "watches.rule": lambda n: "*",
    "watches.addresses": lambda n: ["console:"],
    "watches.cadence": lambda n: "instant",
    "watches.digest_at": lambda n: None,
    "watches.digest_zone": lambda n: None,
    "watches.limits": lambda n: None,
    "watches.muted_until": lambda n: None,
    "phase": lambda n: "enriched",
    "delivery_id": lambda n: f"d_{n}",
    "deliveries.state": lambda n: "sent",
    "deliveries.address": lambda n: "console:",
    "deliveries.due_at": lambda n: None,
    "deliveries.receipt": lambda n: {"id": str(n)},
    "digest_id": lambda n: None,
    "deliveries.since_at": lambda n: None,
    "deliveries.until_at": lambda n: None,
    "told_by": lambda n: None,
    "held_until": lambda n: None,
    "attempts.outcome": lambda n: "sent",
    "run_id": lambda n: f"r_{n}",
    "runs.kind": lambda n: "scrape",
    "runs.state": lambda n: "done",
    "runs.faults": lambda n: [],
    "runs.options": lambda n: {},
    "run_items.state": lambda n: "done",
    "workers.queues": lambda n: ["backfin.read"],
    "workers.running": lambda n: [],
    "workers.wish": lambda n: None,
    "model_calls.outcome": lambda n: "valid",
    "restores.told_until": lambda n: NOON - timedelta(days=400),
    "text_gone_at": lambda n: None,
    "file_gone_at": lambda n: None,
}

Rows = dict[str, list[dict[str, Any]]]


def reflected(connection: sa.Connection) -> sa.MetaData:
    """The tables that a database shows, without what it keeps by itself."""
    metadata = sa.MetaData()
    metadata.reflect(
        connection, only=lambda name, _: not name.startswith(NOT_IN_METADATA) and name != "alembic_version"
    )
    return metadata


def fill(connection: sa.Connection) -> Rows:
    """Puts rows into every table, parents first, and returns them as they read."""
    metadata = reflected(connection)
    for table in metadata.sorted_tables:
        rows = [{one.name: _value(one, n) for one in _filled(table)} for n in range(1, ROWS + 1)]
        connection.execute(sa.insert(table), rows)
    return read(connection)


def read(connection: sa.Connection) -> Rows:
    """Every row of every table, in the order of its key."""
    return {
        table.name: [
            {one.name: row[one.name] for one in _filled(table)}
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in reflected(connection).sorted_tables
    }


def _filled(table: sa.Table) -> list[sa.Column[Any]]:
    return [one for one in table.columns if not one.name.startswith(NOT_IN_METADATA)]


def _value(column: sa.Column[Any], n: int) -> Any:
    known: Mapping[str, Callable[[int], Any]] = KNOWN
    for name in (f"{column.table.name}.{column.name}", column.name):
        if name in known:
            return known[name](n)
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.DateTime):
        moment = NOON + timedelta(minutes=n)
        return moment if column.type.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, sa.Date):
        return date(2026, 7, 1)
    if isinstance(kind, sa.JSON):
        return {}
    if isinstance(kind, sa.Integer):
        return n
    if isinstance(kind, sa.Numeric | sa.Float):
        return Decimal(n) if not isinstance(kind, sa.Float) else float(n)
    return str(n)
