"""Full text over announcements, kept in step by the database itself.

SQLite: an FTS5 table that reads its text from ``announcements``, with triggers. PostgreSQL: a generated
column with a GIN index. Both take text as it is written, without stemming: people look for names and numbers.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = ("issuer_name", "subject", "headline", "body", "enriched_headline", "enriched_summary")
_TABLE = "announcement_search"

#: Characters of a body that PostgreSQL indexes: its text vectors end at 1 MiB.
_BODY_CHARS = 100_000


def upgrade() -> None:
    """Creates the index and fills it."""
    if op.get_context().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    """Drops the index."""
    if op.get_context().dialect.name == "sqlite":
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {_TABLE}_{event}")
        op.execute(f"DROP TABLE {_TABLE}")
    else:
        op.execute("ALTER TABLE announcements DROP COLUMN search_vector")


def _upgrade_sqlite() -> None:
    # Combining marks are part of a word: without them Hindi falls apart into single letters.
    op.execute(
        f"CREATE VIRTUAL TABLE {_TABLE} USING fts5({', '.join(_COLUMNS)}, content='announcements', "
        "content_rowid='position', tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'\")"
    )
    add, drop = _sqlite_row("new"), _sqlite_row("old", command="delete")
    changed = f"UPDATE OF {', '.join(_COLUMNS)}"
    op.execute(f"CREATE TRIGGER {_TABLE}_insert AFTER INSERT ON announcements BEGIN {add} END")
    op.execute(f"CREATE TRIGGER {_TABLE}_delete AFTER DELETE ON announcements BEGIN {drop} END")
    op.execute(f"CREATE TRIGGER {_TABLE}_update AFTER {changed} ON announcements BEGIN {drop} {add} END")
    op.execute(f"INSERT INTO {_TABLE}({_TABLE}) VALUES ('rebuild')")


def _sqlite_row(which: str, command: str | None = None) -> str:
    names = ["rowid", *_COLUMNS]
    values = [f"{which}.position", *(f"{which}.{name}" for name in _COLUMNS)]
    if command is not None:
        names, values = [_TABLE, *names], [f"'{command}'", *values]
    return f"INSERT INTO {_TABLE}({', '.join(names)}) VALUES ({', '.join(values)});"


def _upgrade_postgresql() -> None:
    texts = " || ' ' || ".join(f"left(coalesce({name}, ''), {_BODY_CHARS})" for name in _COLUMNS)
    op.execute(
        "ALTER TABLE announcements ADD COLUMN search_vector tsvector "
        f"GENERATED ALWAYS AS (to_tsvector('simple', {texts})) STORED"
    )
    op.execute("CREATE INDEX ix_announcements_search_vector ON announcements USING gin (search_vector)")
