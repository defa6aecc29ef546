"""Gaps: days on which rows are missing, and when they were healed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Table, bindparam, select, update

from backfin.storage.database import Database
from backfin.storage.records import Gap
from backfin.storage.statements import ByDialect
from backfin.storage.tables import gaps


def _reopen(insert: Callable[[Table], Any]) -> Any:
    statement = insert(gaps)
    changes = {name: statement.excluded[name] for name in ("expected", "stored")}
    return statement.on_conflict_do_update(
        index_elements=["exchange", "day"], set_={**changes, "healed_at": None}
    )


_OPEN = ByDialect(_reopen)
_HEAL = (
    update(gaps)
    .where(gaps.c.exchange == bindparam("of"), gaps.c.day == bindparam("on_day"), gaps.c.healed_at.is_(None))
    .values(healed_at=bindparam("now"))
)
_LIST = select(*(gaps.c[name] for name in Gap.__slots__)).order_by(gaps.c.day, gaps.c.exchange)
_LIST_OPEN = _LIST.where(gaps.c.healed_at.is_(None))


class Gaps:
    """The table ``gaps``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, exchange: str, day: date, expected: int, stored: int) -> None:
        """Notes that a day lacks rows; a gap that is there already gets the new counts and is open again."""
        row = {"exchange": exchange, "day": day, "expected": expected, "stored": stored}
        with self._database.write() as connection:
            _OPEN.run(connection, row | {"opened_at": self._database.clock.now()})

    def heal(self, exchange: str, day: date) -> None:
        """Notes that the day is whole, if it had a gap."""
        with self._database.write() as connection:
            connection.execute(_HEAL, {"of": exchange, "on_day": day, "now": self._database.clock.now()})

    def list(self, open_only: bool = True) -> list[Gap]:
        """Gaps by day, healed ones too if asked."""
        with self._database.read() as connection:
            return [Gap(*row) for row in connection.execute(_LIST_OPEN if open_only else _LIST)]
