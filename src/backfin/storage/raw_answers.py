"""Raw answers: where in the archive each page of an exchange lies."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, select

from backfin.storage.database import Database
from backfin.storage.records import RawAnswer
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import raw_answers as r

_ADD = insert_ignore(r)
_LIST = (
    select(*(r.c[name] for name in RawAnswer.__slots__))
    .where(r.c.exchange == bindparam("of"), r.c.day == bindparam("on_day"))
    .order_by(r.c.at, r.c.run_id, r.c.page)
)


class RawAnswers:
    """The table ``raw_answers``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, run_id: str, exchange: str, day: date, page: int, content_id: str, at: datetime) -> None:
        """Notes where a page lies.

        Args:
            run_id: The run that fetched it.
            exchange: Who sent it.
            day: The day it was asked for, in the exchange's zone.
            page: Its number, from 1.
            content_id: Its name in the archive.
            at: When it came.
        """
        row = {
            "run_id": run_id,
            "exchange": exchange,
            "day": day,
            "page": page,
            "content_id": content_id,
            "at": at,
        }
        with self._database.write() as connection:
            _ADD.run(connection, row)

    def list(self, exchange: str, day: date) -> list[RawAnswer]:
        """The pages of a day, in the order in which they came."""
        with self._database.read() as connection:
            return [RawAnswer(*row) for row in connection.execute(_LIST, {"of": exchange, "on_day": day})]
