"""The store's schema: which one it has, and the way up and down."""

from __future__ import annotations

from sqlalchemy import column, inspect, select, table

from backfin.errors import ConfigError, UnknownSchema
from backfin.storage.database import Database

#: Revision that this version of the code reads and writes.
HEAD = "0017"

#: Where the migrations are, as Alembic finds them in an installed package.
MIGRATIONS = "backfin.storage:migrations"

_VERSION = table("alembic_version", column("version_num"))


class Schema:
    """Reads and changes the schema of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self) -> str | None:
        """The revision the database is at, ``None`` when it is empty.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        with self._database.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(select(_VERSION.c.version_num)).scalar()

    def check(self) -> None:
        """Refuses a schema this version does not know.

        Raises:
            UnknownSchema: It names the command to run.
            StoreUnavailable: The database does not answer.
        """
        found = self.current()
        if found == HEAD:
            return
        has = "is empty" if found is None else f"has schema {found}, this version knows {HEAD}"
        raise UnknownSchema(
            f"The store at {self._database.shown_url} {has}; run `backfin db upgrade`.",
            found=found,
            known=HEAD,
        )

    def upgrade(self, revision: str = "head") -> None:
        """Brings the schema to a revision. Safe to run from several processes at once, and again."""
        self._migrate("upgrade", revision)

    def downgrade(self, revision: str = "-1") -> None:
        """Takes the schema back; rows of tables that go are lost."""
        self._migrate("downgrade", revision)

    def _migrate(self, command: str, revision: str) -> None:
        from alembic import command as commands
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", MIGRATIONS)
        config.set_main_option("path_separator", "os")
        with self._database.migrating() as connection:
            config.attributes["connection"] = connection
            try:
                getattr(commands, command)(config, revision)
            except CommandError as error:
                raise ConfigError(
                    f"The store cannot go to revision {revision!r}: {error}; `backfin db current` shows where it is."
                ) from error
