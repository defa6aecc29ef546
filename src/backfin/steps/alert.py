"""What one message tells of one filing, read from the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backfin.context import Context
from backfin.models import Alert, Phase

#: What a watch is called whose name nobody knows any more.
REMOVED = "a watch that was removed"


def alert_of(
    ctx: Context, announcement_id: str, names: Iterable[str], *, phase: Phase | None = None, **values: Any
) -> Alert:
    """An announcement with what is known of it by now, as a channel is told of it.

    Args:
        ctx: The context.
        announcement_id: The announcement.
        names: The watches that it is told for.
        phase: The flash knows nothing but the exchange's words; what there is decides when left out.
        **values: Other fields of the alert.

    Raises:
        PermanentError: The store does not hold it.
    """
    is_flash = phase is Phase.FLASH
    enrichment = None if is_flash else ctx.store.enrichments.latest(announcement_id)
    return Alert(
        **named(names),
        **values,
        phase=phase or (Phase.FLASH if enrichment is None else Phase.ENRICHED),
        announcement=ctx.store.announcements.get(announcement_id),
        enrichment=enrichment,
        mentions=() if is_flash else tuple(ctx.store.investors.mentions(announcement_id)),
    )


def named(names: Iterable[str]) -> dict[str, Any]:
    """The fields of an alert that name its watches, in the order of the alphabet."""
    in_order = tuple(sorted(set(names), key=str.casefold))
    return {"watch_name": ", ".join(in_order), "watch_names": in_order}


def names_of(ctx: Context, watch_ids: Iterable[str]) -> tuple[str, ...]:
    """What watches are called, in the same order."""
    found = (ctx.store.watches.get(watch_id) for watch_id in watch_ids)
    return tuple(REMOVED if watch is None else watch.name for watch in found)
