"""Rows for export: the columns other programs rely on, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Column, Label, Select, Table, select

from backfin.clock import IST
from backfin.errors import ConfigError
from backfin.storage.database import Database
from backfin.storage.tables import announcements, deliveries, enrichments, investors, mentions

#: Rows fetched at once.
_BATCH = 1000

_COLUMNS = {
    "announcements": (
        announcements,
        "announcement_id exchange native_id isin scrip_code symbol issuer_name subject headline "
        "exchange_category exchange_subcategory submitted_at disseminated_at first_seen_at state",
    ),
    "enrichments": (
        enrichments,
        "enrichment_id announcement_id category event_type headline summary sentiment materiality facts "
        "flags enricher prompt_set prompt_version model created_at",
    ),
    "mentions": (
        mentions,
        "mention_id announcement_id investor_id name_as_written role quantity price_inr amount_inr pct page "
        "tier explanation",
    ),
    "deliveries": (
        deliveries,
        "delivery_id watch_id announcement_id filing_id phase address state attempts created_at sent_at "
        "digest_id since_at until_at told_by held_until",
    ),
}

#: What can be exported.
KINDS = tuple(_COLUMNS)


class Exports:
    """Reads whole tables in the shape of an export."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def export(
        self, kind: str, since: date | None = None, until: date | None = None
    ) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
        """Names of the columns, and the rows, oldest announcement first. Times are in IST, decimals exact.

        Args:
            kind: One of :data:`KINDS`.
            since: First day of the announcements the rows belong to, in the exchange's zone.
            until: Last day, included.

        Raises:
            ConfigError: There is no such kind.
        """
        if kind not in _COLUMNS:
            raise ConfigError(f"There is no export of {kind!r}; choose one of {', '.join(KINDS)}.")
        table, listed = _COLUMNS[kind]
        names = listed.split()
        query = select(*(_column(table, name) for name in names)).order_by(
            announcements.c.position, *table.primary_key
        )
        if table is not announcements:
            query = query.select_from(table).join(
                announcements, announcements.c.announcement_id == table.c.announcement_id
            )
        if table is mentions:
            query = query.join(investors, investors.c.investor_id == mentions.c.investor_id)
        query = query if since is None else query.where(announcements.c.day >= since)
        query = query if until is None else query.where(announcements.c.day <= until)
        return names, self._rows(query, names)

    def _rows(self, query: Select[Any], names: list[str]) -> Iterator[tuple[Any, ...]]:
        times = [index for index, name in enumerate(names) if name.endswith("_at")]
        whole = [index for index, name in enumerate(names) if name == "quantity"]
        with self._database.read() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                values = list(row)
                for index in times:
                    values[index] = values[index] and values[index].astimezone(IST)
                for index in whole:
                    values[index] = None if values[index] is None else int(values[index])
                yield tuple(values)


def _column(table: Table, name: str) -> Column[Any] | Label[Any]:
    """A column; of a mention, the investor that it is shown under now."""
    if table is mentions and name == "investor_id":
        return investors.c.survivor_id.label(name)
    return table.c[name]
