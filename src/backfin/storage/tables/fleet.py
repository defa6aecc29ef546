"""The workers of every host, and what a person has paused."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from backfin.storage.tables.schema import metadata
from backfin.storage.types import BigKey, CleanText, Json, UtcDateTime

#: A row lives as long as its process; ``wish`` is what a person asks of it.
workers = Table(
    "workers",
    metadata,
    Column("worker_id", Text, primary_key=True),
    Column("host", CleanText, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("parent_pid", Integer, nullable=False),
    Column("queues", Json, nullable=False),
    Column("threads", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False, index=True),
    Column("progress_at", UtcDateTime, nullable=False),
    Column("running", Json, nullable=False),
    Column("done", BigKey, nullable=False),
    Column("failed", BigKey, nullable=False),
    Column("memory_bytes", BigKey),
    Column("fault", CleanText),
    Column("wish", Text),
)

#: ``target`` is a queue, ``exchange:NAME``, ``host:NAME`` or ``worker:ID``.
pauses = Table(
    "pauses",
    metadata,
    Column("target", Text, primary_key=True),
    Column("paused_at", UtcDateTime, nullable=False),
    Column("paused_by", CleanText, nullable=False),
)
