"""Mend: rows that were kept raw because they could not be parsed, read again.

A row may be mended by the exchange, which shows it anew, or by a parser that has learnt to read it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from backfin.context import Context
from backfin.errors import ConfigError, TransientError
from backfin.interfaces import Exchange
from backfin.models import Announcement
from backfin.models.events import AnnouncementStored
from backfin.steps.issuers import with_issuers

log = logging.getLogger("backfin")


def mend(
    ctx: Context, exchange: Exchange, found: Mapping[str, Announcement], run_id: str | None = None
) -> list[str]:
    """Puts announcements in the place of unparsed rows; returns the ids of those that are readable now.

    Args:
        ctx: The context.
        exchange: Whose rows.
        found: Id under which the raw row is kept → what it says.
        run_id: The replay that they belong to, so that nobody takes them for live ones.
    """
    if run_id is not None and found:
        ctx.store.runs.claim_new(run_id, [item.announcement_id for item in found.values()])
    joined = with_issuers(ctx, exchange.name, list(found.values()))
    mended = [
        item.announcement_id
        for kept_as, item in zip(found, joined, strict=True)
        if _mend_one(ctx, exchange, kept_as, item)
    ]
    for key in mended:
        ctx.emit(AnnouncementStored(at=ctx.clock.now(), announcement_id=key))
    return mended


def parse_again(ctx: Context, exchange: Exchange, ids: Iterable[str]) -> dict[str, Announcement]:
    """Id of each kept row that can be parsed by now → what it says."""
    found: dict[str, Announcement] = {}
    for key in ids:
        try:
            found[key] = exchange.parse(ctx.store.unparsed.raw(key))
        except Exception as error:
            log.info("%s still cannot be read: %s", key, error)
    return found


def _mend_one(ctx: Context, exchange: Exchange, kept_as: str, item: Announcement) -> bool:
    try:
        return ctx.store.unparsed.mend(kept_as, item, due_at=ctx.due_at, zone=exchange.zone)
    except (TransientError, ConfigError):
        raise
    except Exception as error:
        log.info("%s cannot be stored and stays as it came: %s", kept_as, error)
        return False
