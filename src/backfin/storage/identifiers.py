"""Identifiers that filings state beside investors, and what equal or different ones say of who is who."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from backfin.models import Identifier, Scheme
from backfin.storage.clusters import lock_book
from backfin.storage.database import Database
from backfin.storage.judgements import Judgements
from backfin.storage.same_numbers import settle
from backfin.storage.statements import chunks, insert_ignore
from backfin.storage.tables import investor_identifiers as t
from backfin.storage.tables import investors

_ADD = insert_ignore(t, returning=["investor_id"])
_KEY = ("investor_id", "scheme", "value")
_STORED = select(*(t.c[name] for name in _KEY)).where(t.c.announcement_id == bindparam("id"))
_DROP = delete(t).where(
    t.c.announcement_id == bindparam("id"), *(t.c[name] == bindparam(f"of_{name}") for name in _KEY)
)
_OF = (
    select(t, investors.c.survivor_id)
    .join(investors, investors.c.investor_id == t.c.investor_id)
    .where(investors.c.survivor_id.in_(bindparam("ids", expanding=True)))
    .order_by(t.c.scheme, t.c.value, t.c.seen_at, t.c.announcement_id)
)
_SHOWN = ("scheme", "value", "announcement_id", "page", "quote", "said_by", "seen_at")


class Identifiers:
    """The table ``investor_identifiers``."""

    def __init__(self, database: Database, judgements: Judgements) -> None:
        self._database = database
        self._judgements = judgements

    def hold(self) -> None:
        """Waits until nobody else changes who is who, in a transaction that will write identifiers."""
        with self._database.write() as connection:
            lock_book(connection)

    def record(
        self, announcement_id: str, found: Mapping[str, Sequence[Identifier]], *, seen_at: datetime
    ) -> None:
        """Stores what a filing states, in the place of what it stated before.

        Two investors with one company, director or legal entity number become one where their names are near, and
        wait for a person where they are not. Two that were linked by their names alone and turn out to have
        different numbers come apart and wait for a person.

        Args:
            announcement_id: Of the filing.
            found: By the investor as it was met.
            seen_at: When it was published.
        """
        with self._database.together(), self._database.write() as connection:
            rows: list[dict[str, Any]] = [
                one.model_dump(mode="json")
                | {"investor_id": key, "announcement_id": announcement_id, "said_by": "", "seen_at": seen_at}
                for key, stated in sorted(found.items())
                for one in stated
            ]
            _drop_others(connection, announcement_id, rows)
            self._put(connection, rows)

    def add(self, stated: Iterable[tuple[str, Scheme, str]], *, by: str) -> int:
        """Stores numbers that somebody wrote down, and returns how many were not there.

        Args:
            stated: Investor, scheme and number, of a PAN the last four characters.
            by: Who says so.
        """
        rows: list[dict[str, Any]] = [
            {"investor_id": key, "scheme": scheme.value, "value": value, "announcement_id": ""}
            | {"page": None, "quote": "", "said_by": by, "seen_at": self._database.clock.now()}
            for key, scheme, value in stated
        ]
        with self._database.together(), self._database.write() as connection:
            return self._put(connection, rows)

    def of(self, survivor_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        """The numbers of investors, by the id they are shown under.

        Each has ``scheme, value`` and where it stands first: ``announcement_id, page, quote, said_by, seen_at``.
        """
        found: dict[str, dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
        with self._database.read() as connection:
            for part in chunks(set(survivor_ids)):
                for row in connection.execute(_OF, {"ids": part}).mappings():
                    shown = {name: row[name] for name in _SHOWN}
                    found[row["survivor_id"]].setdefault((row["scheme"], row["value"]), shown)
        return {key: list(numbers.values()) for key, numbers in found.items()}

    def _put(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
        if not rows:
            return 0
        lock_book(connection)
        new = list(_ADD.run(connection, rows).scalars())
        if new:
            settle(connection, self._judgements, sorted(set(new)), self._database.clock.now())
        return len(new)


def _drop_others(connection: Connection, announcement_id: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Drops what a filing stated before and does not now. What stays is not new, and nothing is decided again."""
    kept = {tuple(row[name] for name in _KEY) for row in rows}
    stored = [tuple(row) for row in connection.execute(_STORED, {"id": announcement_id})]
    gone = [dict(zip((f"of_{name}" for name in _KEY), key, strict=True)) for key in stored if key not in kept]
    if gone:
        connection.execute(_DROP, [key | {"id": announcement_id} for key in gone])
