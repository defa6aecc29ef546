"""The work itself: runs, gaps, claimed slots, raw answers, turns at hosts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, Table, Text

from backfin.storage.tables.schema import metadata
from backfin.storage.types import BigKey, CleanText, Json, UtcDateTime

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("exchange", Text),
    Column("day", Date),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("expected", Integer),
    Column("seen", Integer),
    Column("new", Integer),
    Column("pages", Integer),
    Column("selected", Integer),
    Column("faults", Json, nullable=False),
    Column("error", CleanText),
    Column("options", Json, nullable=False),
    Column("turn", Integer),
    Column("fed_at", UtcDateTime),
    Index(None, "kind", "run_id"),
)

run_items = Table(
    "run_items",
    metadata,
    Column("run_id", ForeignKey(runs.c.run_id), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("changed", Boolean, nullable=False),
    Column("error", CleanText),
    Column("touched_at", UtcDateTime, nullable=False),
    Column("before_id", Text),
    Column("after_id", Text),
    Index(None, "run_id", "state", "touched_at"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("expected", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("healed_at", UtcDateTime),
)

slots = Table(
    "slots",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("slot", UtcDateTime, primary_key=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("exchange", Text, primary_key=True),
    Column("day", Date, nullable=False),
)

raw_answers = Table(
    "raw_answers",
    metadata,
    Column("run_id", ForeignKey(runs.c.run_id), primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("content_id", Text, primary_key=True, index=True),
    Column("exchange", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "exchange", "day"),
)

#: What the archive is to let go, unless something refers to it again. From ``going_at`` on it is being removed.
removals = Table(
    "removals",
    metadata,
    Column("content_id", Text, primary_key=True),
    Column("since_at", UtcDateTime, nullable=False),
    Column("going_at", UtcDateTime),
)

#: Each restore of a backup made at ``made_at``: what was published before ``told_until`` may have been told.
restores = Table(
    "restores",
    metadata,
    Column("restored_at", UtcDateTime, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("told_until", UtcDateTime, nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

#: ``next_s`` and ``cool_until_s`` are seconds since 1970, because the next turn is computed in SQL.
hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("next_s", Float(53), nullable=False),
    Column("cool_until_s", Float(53), nullable=False),
    Column("strikes", Integer, nullable=False),
    Column("why", CleanText, nullable=False),
)

#: What is left alone after failures: a service of a model by its name, a step as ``step:ACTOR`` or
#: ``step:ACTOR EXCHANGE``. ``closed_until_s`` is seconds since 1970.
breakers = Table(
    "breakers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("closed_until_s", Float(53), nullable=False),
    Column("closures", Integer, nullable=False),
    Column("is_probed", Boolean, nullable=False),
    Column("why", CleanText, nullable=False),
    Column("fault", Text, nullable=False),
    Column("items", Json, nullable=False),
)

#: Tries of an announcement's steps that went wrong. ``tries`` is how many counted against it then.
item_tries = Table(
    "item_tries",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=True),
    Column("announcement_id", Text, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("tries", Integer, nullable=False),
)
