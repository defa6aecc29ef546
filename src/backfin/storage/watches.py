"""Watches: what someone wants to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, or_, select

from backfin.identity import plain_address, watch_id
from backfin.models import Watch
from backfin.storage.database import Database
from backfin.storage.statements import ByDialect, upsert
from backfin.storage.tables import revisions, watches

_FIELDS = tuple(Watch.model_fields)
_PUT = upsert(watches, key=["watch_id"], change=[n for n in _FIELDS if n not in ("watch_id", "created_at")])
_NAMED = or_(watches.c.name == bindparam("name"), watches.c.watch_id == bindparam("name"))
_REMOVE = delete(watches).where(_NAMED)
_LIST = select(watches).order_by(func.lower(watches.c.name), watches.c.watch_id)
_GET = select(watches).where(watches.c.watch_id == bindparam("id"))
_LOCK = (
    select(watches.c.watch_id)
    .where(watches.c.watch_id.in_(bindparam("ids", expanding=True)))
    .order_by(watches.c.watch_id)
    .with_for_update()
)
_VERSION = select(revisions.c.number).where(revisions.c.name == "watches")


def _count_up(insert: Callable[[Table], Any]) -> Any:
    statement = insert(revisions).values(name="watches", number=1)
    return statement.on_conflict_do_update(index_elements=["name"], set_={"number": revisions.c.number + 1})


_CHANGED = ByDialect(_count_up)


class Watches:
    """The table ``watches``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, watch: Watch) -> Watch:
        """Adds a watch, or changes the one of that id, and returns it as it is stored.

        Of each address there is one spelling, and each is there once: :func:`backfin.identity.plain_address`.
        """
        row = watch.model_dump() | {"addresses": list(dict.fromkeys(map(plain_address, watch.addresses)))}
        with self._database.write(durable=True) as connection:
            _PUT.run(connection, row)
            _note_change(connection)
            stored = connection.execute(_GET, {"id": watch.watch_id}).mappings().one()
            return Watch.model_validate(dict(stored))

    def remove(self, name: str) -> bool:
        """Removes the watch of that name or id and says whether there was one. Its deliveries stay."""
        with self._database.write(durable=True) as connection:
            removed = connection.execute(_REMOVE, {"name": name}).rowcount > 0
            if removed:
                _note_change(connection)
        return removed

    def list(self) -> list[Watch]:
        """All watches, by name."""
        with self._database.read() as connection:
            return [Watch.model_validate(dict(row)) for row in connection.execute(_LIST).mappings()]

    def get(self, key: str) -> Watch | None:
        """The watch of that id, or ``None`` when it was removed."""
        with self._database.read() as connection:
            row = connection.execute(_GET, {"id": key}).mappings().first()
        return None if row is None else Watch.model_validate(dict(row))

    def find(self, name: str) -> Watch | None:
        """The watch of that name or id, ``None`` when there is none; of a name, its capitals do not matter."""
        return self.get(watch_id(name)) or self.get(name)

    def lock(self, watch_ids: Sequence[str]) -> None:
        """Lets nobody else lock or change these watches until the transaction of ``together`` ends."""
        if watch_ids:
            with self._database.write() as connection:
                connection.execute(_LOCK, {"ids": list(watch_ids)}).all()

    def version(self) -> int:
        """A number that changes whenever any watch does."""
        with self._database.read() as connection:
            return int(connection.execute(_VERSION).scalar() or 0)


def _note_change(connection: Connection) -> None:
    _CHANGED.run(connection, {})
