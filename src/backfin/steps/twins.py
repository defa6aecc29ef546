"""Twins: what other exchanges publish of an issuer on the day of an announcement, and may be the same filing.

Before its file is read, nothing tells two copies of a filing from two filings in the same words. So the exchange
that comes first is told of at once, and the flash of another waits for the files of both: seconds, as a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backfin.clock import day_of
from backfin.context import Context
from backfin.models import Announcement, Phase, State
from backfin.steps.item import filing_of, posting_of
from backfin.storage.records import Status

#: Seconds between two looks whether the files are read, and looks after which a flash waits no longer.
LOOK_EVERY_S = 5.0
MOST_LOOKS = 120


def issuer_day(ctx: Context, announcement: Announcement) -> list[Status]:
    """What all exchanges show of the issuer on that day, the earliest in front; empty where only one is read."""
    if announcement.isin is None or len(ctx.registry.exchanges) < 2:
        return []
    day = day_of(announcement.disseminated_at, ctx.exchange(announcement.exchange).zone)
    return ctx.store.announcements.select(isin=announcement.isin, first=day, last=day)


def has_twins(announcement: Announcement, shown: Sequence[Status]) -> bool:
    """Whether another exchange shows any of it."""
    return any(one.exchange != announcement.exchange for one in shown)


def is_awaited(announcement: Announcement, shown: Sequence[Status]) -> bool:
    """Whether a file must be read before it is known if another exchange has shown this filing."""
    own = announcement.announcement_id
    return has_twins(announcement, shown) and any(
        one.state is State.STORED
        for one in shown
        if one.announcement_id == own or one.exchange != announcement.exchange
    )


def flash_key(ctx: Context, announcement: Announcement, shown: Sequence[Status]) -> str:
    """What a flash is told apart by: the key under which a copy was told of, else the posting of the earliest."""
    copies = _copies(ctx, announcement, shown)
    if not copies:
        return posting_of(ctx, announcement)
    told = ctx.store.deliveries.first_key(copies, Phase.FLASH)
    return told or posting_of(ctx, ctx.store.announcements.get(copies[0]))


def postings_of(ctx: Context, announcement: Announcement) -> Iterator[str]:
    """The postings of all copies of a filing, its own first; the others are looked for when they are asked for."""
    yield posting_of(ctx, announcement)
    for key in _copies(ctx, announcement, issuer_day(ctx, announcement)):
        if key != announcement.announcement_id:
            yield posting_of(ctx, ctx.store.announcements.get(key))


def _copies(ctx: Context, announcement: Announcement, shown: Sequence[Status]) -> list[str]:
    """The announcements of one filing on several exchanges, the earliest in front."""
    if not has_twins(announcement, shown):
        return []
    filing = filing_of(ctx, announcement.announcement_id)
    return [one.announcement_id for one in shown if one.filing_id == filing]
