"""Rows of an exchange that could not be parsed: kept as they came, until a parser reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, select

from backfin.clock import IST, day_of
from backfin.identity import announcement_id as key_of
from backfin.models import Announcement, State
from backfin.storage.announcement_rows import PLAIN, insert_new, row_of
from backfin.storage.database import Database
from backfin.storage.tables import announcements as a

_ONE = a.c.announcement_id == bindparam("id")
_OF_DAY = select(a.c.announcement_id).where(
    a.c.exchange == bindparam("exchange"), a.c.day == bindparam("on"), a.c.failed_step == "parse"
)
_RAW = select(a.c.raw).where(_ONE)
_TAKE = delete(a).where(_ONE, a.c.failed_step == "parse").returning(a.c.day, a.c.first_seen_at, a.c.raw_ref)


class Unparsed:
    """The rows of the table ``announcements`` that failed at the step ``parse``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        exchange: str,
        native_id: str,
        raw: dict[str, Any],
        error: str,
        seen_at: datetime,
        *,
        day: date | None = None,
        zone: ZoneInfo = IST,
    ) -> bool:
        """Keeps a row that could not be parsed, as failed, and says whether it is new.

        Args:
            exchange: Name of the exchange.
            native_id: The exchange's own key.
            raw: The row as it came.
            error: Why it could not be parsed.
            seen_at: When it was seen; its place in every order by time.
            day: The day it was asked for; that of ``seen_at`` when left out.
            zone: Zone of the exchange's days.
        """
        row: dict[str, Any] = dict.fromkeys((*PLAIN, "raw_ref", "due_at"))
        row |= {"announcement_id": key_of(exchange, native_id), "exchange": exchange, "native_id": native_id}
        row |= dict.fromkeys(("issuer_name", "subject", "headline", "body"), "")
        row |= {"day": day or day_of(seen_at, zone), "first_seen_at": seen_at, "is_critical": False}
        row |= {"attachments": [], "raw": raw, "tries": 0}
        row |= {"state": State.FAILED, "failed_step": "parse", "error": error}
        with self._database.write() as connection:
            return bool(insert_new(connection, [row]))

    def mend(self, kept_as: str, item: Announcement, *, due_at: datetime, zone: ZoneInfo = IST) -> bool:
        """Puts an announcement in the place of the row that could not be parsed, and says whether it did.

        It keeps the day under which the row was asked for.

        Args:
            kept_as: Id of the unparsed row; a parser that reads more may give it another one.
            item: What the row says.
            due_at: When the sweep may send it.
            zone: Zone of the exchange's days.
        """
        with self._database.write() as connection:
            kept = connection.execute(_TAKE, {"id": kept_as}).first()
            if kept is None:
                return False
            now = self._database.clock.now()
            return bool(insert_new(connection, [row_of(item, now, due_at, zone) | kept._asdict()]))

    def of_day(self, exchange: str, day: date) -> set[str]:
        """Ids of the rows of a day that could not be parsed."""
        with self._database.read() as connection:
            return set(connection.execute(_OF_DAY, {"exchange": exchange, "on": day}).scalars())

    def select(
        self,
        *,
        exchange: str | None = None,
        first: date | None = None,
        last: date | None = None,
        ids: Sequence[str] = (),
    ) -> list[tuple[str, str]]:
        """Exchange and id of the rows that meet every condition given."""
        query = select(a.c.exchange, a.c.announcement_id).where(a.c.failed_step == "parse")
        query = query if exchange is None else query.where(a.c.exchange == exchange)
        query = query if first is None else query.where(a.c.day >= first)
        query = query if last is None else query.where(a.c.day <= last)
        with self._database.read() as connection:
            found = [(row[0], row[1]) for row in connection.execute(query.order_by(a.c.position))]
        return [row for row in found if row[1] in ids] if ids else found

    def raw(self, announcement_id: str) -> dict[str, Any]:
        """The row as it came, also of an announcement that could not be parsed; empty when there is none."""
        with self._database.read() as connection:
            return dict(connection.execute(_RAW, {"id": announcement_id}).scalar() or {})
