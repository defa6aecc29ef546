"""How far an announcement has come, so that a step that is already stored is not done twice."""

from __future__ import annotations

from backfin.context import Context
from backfin.models import State


def has_reached(ctx: Context, announcement_id: str, state: State) -> bool:
    """Whether the result of the step that leads to ``state`` is in the store."""
    status = ctx.store.announcements.status(announcement_id)
    return status.state is state or status.is_beyond(state)


def step_after(state: State) -> str:
    """Name of the actor that takes an announcement on from a state."""
    actors = {
        State.STORED: "backfin.read",
        State.READ: "backfin.enrich",
        State.ENRICHED: "backfin.investors",
        State.LINKED: "backfin.match",
        State.MATCHED: "backfin.match",
        State.FAILED: "backfin.read",
    }
    return actors[state]
