"""Questions to models, with their replies, and the state of their services."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from backfin.storage.tables.schema import metadata
from backfin.storage.types import BigKey, CleanText, ExactDecimal, UtcDateTime

#: Every question to a model, with the reply as it came.
model_calls = Table(
    "model_calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("key", Text, nullable=False, index=True),
    Column("service", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("announcement_id", Text, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("prompt_set", Text, nullable=False),
    Column("prompt_version", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Column("reply", CleanText, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("input_tokens", BigKey, nullable=False),
    Column("output_tokens", BigKey, nullable=False),
    Column("cost_usd", ExactDecimal, nullable=False),
)
