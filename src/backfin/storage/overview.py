"""Counts over whole tables, for those who look at everything at once."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from sqlalchemy import bindparam, func, select, text

from backfin.models import DeliveryState, State
from backfin.storage.database import Database
from backfin.storage.tables import announcements as a
from backfin.storage.tables import deliveries as d
from backfin.storage.tables import slots

_DAY = (
    select(a.c.state, func.count())
    .where(a.c.exchange == bindparam("of"), a.c.day == bindparam("on_day"))
    .group_by(a.c.state)
)
_SENDS = select(d.c.state, d.c.address, func.count()).group_by(d.c.state, d.c.address)
_SIZE = {
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
    "postgresql": text("SELECT pg_database_size(current_database())"),
}
_SERVER_TIME = select(func.clock_timestamp())
_LAST_CLAIM = select(func.max(slots.c.claimed_at))


class Overview:
    """Reads the tables ``announcements``, ``deliveries`` and ``slots``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def states_of_day(self, exchange: str, day: date) -> dict[State, int]:
        """How many announcements of a day, in the exchange's zone, are in each state that has any."""
        with self._database.read() as connection:
            rows = connection.execute(_DAY, {"of": exchange, "on_day": day})
            return {State(state): count for state, count in rows}

    def sends(self) -> dict[tuple[DeliveryState, str], int]:
        """How many deliveries are in each state on each channel, by its scheme."""
        found: Counter[tuple[DeliveryState, str]] = Counter()
        with self._database.read() as connection:
            for state, address, count in connection.execute(_SENDS):
                found[DeliveryState(state), address.partition(":")[0].lower()] += count
        return dict(found)

    def last_tick(self) -> datetime | None:
        """When a tick last found something due, which is each minute; ``None`` before the first."""
        with self._database.read() as connection:
            found: datetime | None = connection.execute(_LAST_CLAIM).scalar()
        return found

    def size_bytes(self) -> int:
        """Size of the whole database."""
        with self._database.read() as connection:
            return int(connection.execute(_SIZE[connection.dialect.name]).scalar_one())

    def server_time(self) -> datetime | None:
        """The clock of the database's server; ``None`` where it has none of its own."""
        with self._database.read() as connection:
            if connection.dialect.name == "sqlite":
                return None
            found: datetime = connection.execute(_SERVER_TIME).scalar_one()
        return found
