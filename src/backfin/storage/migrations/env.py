"""How Alembic runs here: on the connection of the caller, who opened the transaction and holds the lock."""

from __future__ import annotations

from typing import Any

from alembic import context

from backfin.storage.tables import NOT_IN_METADATA, metadata


def include_object(_object: Any, name: str | None, _kind: str, _reflected: bool, _compared: Any) -> bool:
    """Leaves out what the metadata cannot express alike for both databases."""
    return not any(name is not None and name.startswith(part) for part in NOT_IN_METADATA)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include_object,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
