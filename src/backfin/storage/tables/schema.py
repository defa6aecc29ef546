"""What every table hangs on: the metadata and its names of keys and indexes."""

from __future__ import annotations

from sqlalchemy import Index, MetaData, Table, text

#: Full-text parts that differ by database: an FTS5 table on SQLite, a generated column on PostgreSQL.
NOT_IN_METADATA = ("announcement_search", "search_vector", "ix_announcements_search_vector")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def index_where(of: Table, where: str, *names: str) -> None:
    """Add a partial index of columns to a table."""
    Index(None, *(of.c[name] for name in names), sqlite_where=text(where), postgresql_where=text(where))
