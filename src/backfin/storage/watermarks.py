"""Watermarks: up to which day an exchange was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Table, bindparam, select

from backfin.storage.database import Database
from backfin.storage.statements import ByDialect
from backfin.storage.tables import watermarks


def _forward_only(insert: Callable[[Table], Any]) -> Any:
    statement = insert(watermarks)
    return statement.on_conflict_do_update(
        index_elements=["exchange"],
        set_={"day": statement.excluded["day"]},
        where=watermarks.c.day < statement.excluded["day"],
    )


_ADVANCE = ByDialect(_forward_only)
_GET = select(watermarks.c.day).where(watermarks.c.exchange == bindparam("of"))


class Watermarks:
    """The table ``watermarks``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, exchange: str) -> date | None:
        """The last day that was read, in the exchange's zone, or ``None`` before the first."""
        with self._database.read() as connection:
            found: date | None = connection.execute(_GET, {"of": exchange}).scalar()
        return found

    def advance(self, exchange: str, day: date) -> None:
        """Moves the watermark forward to a day; never backwards."""
        with self._database.write() as connection:
            _ADVANCE.run(connection, {"exchange": exchange, "day": day})
