"""How long announcements took: from their publication to the store, to the facts, and to the first who was told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ScalarSelect, func, select

from backfin.models import Phase
from backfin.storage.database import Database
from backfin.storage.tables import announcements as a
from backfin.storage.tables import deliveries as d
from backfin.storage.tables import enrichments as e


class Clocks(NamedTuple):
    """When one announcement was published and seen, first understood, and first told; ``None`` where it never was."""

    day: date
    disseminated_at: datetime
    first_seen_at: datetime
    enriched_at: datetime | None
    flash_at: datetime | None
    told_at: datetime | None


def _first_sent(phase: Phase) -> ScalarSelect[datetime | None]:
    told = (d.c.announcement_id == a.c.announcement_id, d.c.phase == phase.value, d.c.until_at.is_(None))
    return select(func.min(d.c.sent_at)).where(*told).correlate(a).scalar_subquery()


_CLOCKS = select(
    a.c.day,
    a.c.disseminated_at,
    a.c.first_seen_at,
    select(func.min(e.c.created_at))
    .where(e.c.announcement_id == a.c.announcement_id)
    .correlate(a)
    .scalar_subquery(),
    _first_sent(Phase.FLASH),
    _first_sent(Phase.ENRICHED),
).where(a.c.disseminated_at.is_not(None))

#: Rows fetched at once.
_BATCH = 1000


class Freshness:
    """Reads the clocks of announcements, their enrichments and their deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def clocks(self, exchange: str, first: date, last: date) -> Iterator[Clocks]:
        """The clocks of every announcement of some days that could be read.

        Args:
            exchange: Name of the exchange.
            first: First day, in the exchange's zone.
            last: Last day, included.
        """
        query = _CLOCKS.where(a.c.exchange == exchange, a.c.day.between(first, last))
        with self._database.read() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                yield Clocks(*row)
