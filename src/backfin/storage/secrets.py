"""Secrets that backfin makes for itself and all its processes share."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import bindparam, select

from backfin.storage.database import Database
from backfin.storage.statements import insert_ignore
from backfin.storage.tables import secrets

_ADD = insert_ignore(secrets)
_GET = select(secrets.c.value).where(secrets.c.name == bindparam("of"))


class Secrets:
    """The table ``secrets``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get_or_make(self, name: str, make: Callable[[], str]) -> str:
        """The secret of that name; made at first use, the same one for every process."""
        with self._database.read() as connection:
            found: str | None = connection.execute(_GET, {"of": name}).scalar()
        if found is not None:
            return found
        with self._database.write(durable=True) as connection:
            _ADD.run(connection, {"name": name, "value": make()})
            return str(connection.execute(_GET, {"of": name}).scalar_one())
