"""Announcements: what was published, and how far each one has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, bindparam, func, not_, or_, select, update

from backfin.clock import IST
from backfin.errors import PermanentError
from backfin.models import Announcement, State
from backfin.storage.announcement_rows import STATUS, insert_new, known_in, row_of, status_of
from backfin.storage.database import Database
from backfin.storage.item_tries import note_failure, note_stopped
from backfin.storage.positions import span
from backfin.storage.prepared import Prepared
from backfin.storage.records import ORDER, Begun, SearchPage, Status
from backfin.storage.run_items import is_held_by_a_run
from backfin.storage.search import Search
from backfin.storage.statements import chunks
from backfin.storage.tables import announcements as a

_FIELDS = tuple(Announcement.model_fields)
_BEGUN = tuple(dict.fromkeys((*(column.name for column in STATUS), "enrichment_id", *_FIELDS)))

_ONE = a.c.announcement_id == bindparam("id")
_MANY = a.c.announcement_id.in_(bindparam("ids", expanding=True))
_DAY = and_(a.c.exchange == bindparam("exchange"), a.c.day == bindparam("on"))
_GET = select(*(a.c[name] for name in _FIELDS), a.c.failed_step).where(_ONE)
_GET_ALL = select(*(a.c[name] for name in _FIELDS)).where(_MANY)
_GET_STATUS = select(*STATUS).where(_ONE)
_BEGIN = Prepared(
    update(a)
    .where(_ONE)
    .values(tries=a.c.tries + 1, due_at=bindparam("due"))
    .returning(*(a.c[name] for name in _BEGUN))
)
_SET = update(a).where(_ONE)
_SURVIVED = _SET.where(a.c.tries > 0).values(tries=0)
_UNCOUNT = _SET.where(a.c.tries > 0).values(tries=a.c.tries - 1)
_DEFER = update(a).where(_MANY, a.c.due_at.is_not(None)).values(due_at=bindparam("due"))
_REWIND = (
    update(a)
    .where(_MANY)
    .values(state=bindparam("to"), tries=0, failed_step=None, error=None, due_at=bindparam("due"))
)
_STALLED = (
    select(*STATUS)
    .where(or_(a.c.due_at < bindparam("now"), a.c.due_at > bindparam("far")), not_(is_held_by_a_run()))
    .order_by(a.c.due_at)
    .limit(bindparam("most"))
)
#: Whatever is due later than this is looked after as if it were due.
FAR_AHEAD = timedelta(hours=2)

_COUNT_DAY = select(func.count()).where(_DAY)
_IDS_OF_DAY = select(a.c.announcement_id).where(_DAY)
_FAILED_OF_DAY = _IDS_OF_DAY.where(a.c.state == State.FAILED.value, not_(is_held_by_a_run()))
_OPEN_OF_DAY = (
    select(a.c.announcement_id, a.c.error)
    .where(_DAY, a.c.state != State.MATCHED.value)
    .where(or_(a.c.state != State.FAILED.value, is_held_by_a_run()))
    .order_by(a.c.announcement_id)
)


class Announcements:
    """The table ``announcements``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._search = Search(database)

    def add(
        self,
        items: Sequence[Announcement],
        *,
        due_at: datetime,
        raw_ref: str | None = None,
        zone: ZoneInfo = IST,
    ) -> list[str]:
        """Stores announcements that are not there yet and returns the ids of those, in the order given.

        Args:
            items: From one answer of an exchange; doubles are harmless.
            due_at: When the sweep may send them again.
            raw_ref: The answer's name in the archive.
            zone: Zone of the exchange's days.
        """
        now = self._database.clock.now()
        rows = [row_of(item, now, due_at, zone) | {"raw_ref": raw_ref} for item in items]
        with self._database.write() as connection:
            new = insert_new(connection, rows)
        return [key for key in dict.fromkeys(item.announcement_id for item in items) if key in new]

    def find(self, announcement_id: str) -> Announcement | None:
        """The announcement, or ``None`` when it is unknown or could not be parsed."""
        with self._database.read() as connection:
            row = connection.execute(_GET, {"id": announcement_id}).mappings().first()
        return None if row is None else _announcement(row)

    def find_all(self, ids: Collection[str]) -> dict[str, Announcement]:
        """Those of these announcements that are known and could be parsed, by their ids."""
        found: list[Announcement | None] = []
        with self._database.read() as connection:
            for part in chunks(ids):
                found += map(_announcement, connection.execute(_GET_ALL, {"ids": part}).mappings())
        return {one.announcement_id: one for one in found if one is not None}

    def get(self, announcement_id: str) -> Announcement:
        """The announcement.

        Raises:
            PermanentError: The store does not hold it, or it could not be parsed.
        """
        found = self.find(announcement_id)
        if found is None:
            raise _unknown(announcement_id)
        return found

    def status(self, announcement_id: str) -> Status:
        """How far the announcement has come.

        Raises:
            PermanentError: The store does not hold it.
        """
        with self._database.read() as connection:
            row = connection.execute(_GET_STATUS, {"id": announcement_id}).first()
        if row is None:
            raise _unknown(announcement_id)
        return status_of(row)

    def known(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that the store holds, parsed or not."""
        with self._database.read() as connection:
            return known_in(connection, ids)

    def begin(self, announcement_id: str, step: str, *, due_at: datetime) -> Begun:
        """Counts one more try of a step, before it starts, and returns how things stand then.

        Raises:
            PermanentError: The store does not hold it.
        """

        def count(connection: Connection) -> tuple[dict[str, Any] | None, bool]:
            row = _BEGIN.first(connection, {"id": announcement_id, "due": due_at})
            if row is None or row["tries"] <= 1:
                return row, False
            return row, note_stopped(
                connection, announcement_id, self._database.clock.now(), step, row["tries"]
            )

        row, was_stopped = self._database.change(count)
        if row is None:
            raise _unknown(announcement_id)
        status = status_of([row[column.name] for column in STATUS])
        return Begun(status, _announcement(row), row["enrichment_id"], was_stopped)

    def uncount(self, announcement_id: str) -> None:
        """Takes back the try that :meth:`begin` counted: nothing was run."""
        with self._database.write() as connection:
            connection.execute(_UNCOUNT, {"id": announcement_id})

    def survived(self, announcement_id: str) -> None:
        """A run ended without its worker: tries before it, of messages that came twice, say nothing against it."""
        with self._database.write() as connection:
            connection.execute(_SURVIVED, {"id": announcement_id})

    def fail(
        self,
        announcement_id: str,
        step: str,
        error: str,
        *,
        due_at: datetime | None,
        final: bool,
        forgive: bool = False,
    ) -> None:
        """Writes down why a step failed.

        Args:
            announcement_id: Of which announcement.
            step: The step that failed.
            error: Why, in a sentence.
            due_at: When the sweep may send it again.
            final: The announcement waits for a person; ``due_at`` is cleared.
            forgive: The tries start over, because the fault was not the announcement's.
        """
        values: dict[str, Any] = {"error": error, "due_at": due_at}
        if final:
            values = {"error": error, "due_at": None, "state": State.FAILED, "failed_step": step}
        if forgive:
            values["tries"] = 0
        with self._database.write() as connection:
            tries = connection.execute(
                _SET.values(values).returning(a.c.tries), {"id": announcement_id}
            ).scalar()
            if tries is not None:
                note_failure(connection, announcement_id, self._database.clock.now(), step, error, tries)

    def select(
        self,
        *,
        exchange: str | None = None,
        isin: str | None = None,
        first: date | None = None,
        last: date | None = None,
        ids: Collection[str] | None = None,
        states: Collection[State] | None = None,
        below: State | None = None,
        limit: int | None = None,
    ) -> list[Status]:
        """The announcements that meet every condition given, oldest first.

        Args:
            exchange: Name of the exchange.
            isin: Only those of this issuer.
            first: First day, in the exchange's zone; ``last`` the last one, included.
            ids: Only these.
            states: Only those in one of these states.
            below: Only those that have not come to this state; failed ones are in no order and left out.
            limit: At most so many.
        """
        query = select(*STATUS).order_by(a.c.position).limit(limit)
        query = query if exchange is None else query.where(a.c.exchange == exchange)
        if isin is not None:
            query = query.where(a.c.isin == isin, a.c.position.between(*span(first, last)))
        query = query if first is None else query.where(a.c.day >= first)
        query = query if last is None else query.where(a.c.day <= last)
        query = query if states is None else query.where(a.c.state.in_([State(s).value for s in states]))
        if below is not None:
            query = query.where(a.c.state.in_([s.value for s in ORDER[: ORDER.index(below)]]))
        return self._selected(query, ids, limit)

    def _selected(self, query: Select[Any], ids: Collection[str] | None, limit: int | None) -> list[Status]:
        with self._database.read() as connection:
            if ids is None:
                return [status_of(row) for row in connection.execute(query)]
            columns = query.add_columns(a.c.position).where(_MANY)
            rows = [
                row
                for part in chunks(dict.fromkeys(ids))
                for row in connection.execute(columns, {"ids": part})
            ]
        rows.sort(key=lambda row: row.position)
        return [status_of(row[:-1]) for row in rows[:limit]]

    def set_issuer(
        self, announcement_id: str, *, isin: str | None, symbol: str | None, issuer_name: str | None = None
    ) -> None:
        """Writes down whose announcement it is, once the issuer master says so; no name leaves the name."""
        values = {"isin": isin, "symbol": symbol} | ({"issuer_name": issuer_name} if issuer_name else {})
        with self._database.write() as connection:
            connection.execute(_SET, {"id": announcement_id, **values})

    def stalled(self, now: datetime, limit: int) -> list[Status]:
        """Those whose ``due_at`` has passed, the longest waiting first; a running replay minds its own.

        So has one that lies hours ahead: the clock may have been set back since.
        """
        which = {"now": now, "far": now + FAR_AHEAD, "most": limit}
        with self._database.read() as connection:
            return [status_of(row) for row in connection.execute(_STALLED, which)]

    def defer(self, ids: Iterable[str], due_at: datetime) -> None:
        """Moves the ``due_at`` of those that have one."""
        with self._database.write() as connection:
            for part in chunks(ids):
                connection.execute(_DEFER, {"ids": part, "due": due_at})

    def rewind(self, ids: Iterable[str], state: State, *, due_at: datetime | None = None) -> None:
        """Sets announcements back to a state, failed ones too, with no tries and no error.

        Args:
            ids: Which ones.
            state: The last step that shall count as stored.
            due_at: When the sweep may send them; now when left out.
        """
        due = due_at or self._database.clock.now()
        with self._database.write() as connection:
            for part in chunks(ids):
                connection.execute(_REWIND, {"ids": part, "to": state, "due": due})

    def count_day(self, exchange: str, day: date) -> int:
        """How many rows of a day are stored, unparsed ones included."""
        with self._database.read() as connection:
            return connection.execute(_COUNT_DAY, {"exchange": exchange, "on": day}).scalar_one()

    def ids_of_day(self, exchange: str, day: date) -> set[str]:
        """Ids of all rows of a day, unparsed ones included."""
        with self._database.read() as connection:
            return set(connection.execute(_IDS_OF_DAY, {"exchange": exchange, "on": day}).scalars())

    def failed_of_day(self, exchange: str, day: date) -> set[str]:
        """Ids of the rows of a day that failed, and that no run tries again."""
        with self._database.read() as connection:
            return set(connection.execute(_FAILED_OF_DAY, {"exchange": exchange, "on": day}).scalars())

    def open_of_day(self, exchange: str, day: date) -> dict[str, str | None]:
        """The rows of a day that are under way, by id, with what went wrong last at those that are tried again."""
        with self._database.read() as connection:
            rows = connection.execute(_OPEN_OF_DAY, {"exchange": exchange, "on": day})
            return {row[0]: row[1] for row in rows}

    def search(self, **conditions: Any) -> SearchPage:
        """Looks announcements up, newest first; see :meth:`backfin.storage.search.Search.page`."""
        return self._search.page(**conditions)

    def top(
        self, limit: int, *, since: date | None = None, until: date | None = None
    ) -> list[dict[str, Any]]:
        """Those of some days with the highest materiality, highest first, as :meth:`search` shows them."""
        return self._search.top(limit, since=since, until=until)


def _announcement(row: Mapping[Any, Any]) -> Announcement | None:
    """The announcement in a row, ``None`` when the row could not be parsed."""
    if row["disseminated_at"] is None:
        return None
    return Announcement.model_validate({name: row[name] for name in _FIELDS})


def _unknown(announcement_id: str) -> PermanentError:
    return PermanentError(
        f"The store holds no readable announcement {announcement_id}; scrape its day first.",
        announcement_id=announcement_id,
    )
