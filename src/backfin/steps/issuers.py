"""Issuers: the exchange's master of listed companies, and the join of announcements with it.

Key: the exchange's name.
Reads/Writes: issuers and their dated codes; investors that were listed under another name.
Next: nothing.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from backfin.clock import IST, day_of
from backfin.context import Context
from backfin.errors import BackfinError
from backfin.interfaces import Exchange
from backfin.investors.former import listed_renamings
from backfin.models import Announcement, Issuer
from backfin.specs import Next
from backfin.steps.raw import archiving

log = logging.getLogger("backfin")


def refresh_issuers(ctx: Context, key: str) -> list[Next]:
    """Reads the whole master and writes it down with today's date."""
    refresh(ctx, ctx.exchange(key))
    return []


def refresh(ctx: Context, exchange: Exchange) -> int:
    """Reads the whole master; returns the number of issuers. The run and the raw lists are kept."""
    today = day_of(ctx.clock.now(), exchange.zone)
    run_id = ctx.store.runs.start("issuers", exchange=exchange.name, day=today)
    try:
        with archiving(ctx, run_id, exchange, today):
            issuers = list(exchange.fetch_issuers())
        ctx.store.issuers.put(exchange.name, issuers, seen_on=today)
        _join_renamed(ctx, exchange.name)
    except BackfinError as error:
        ctx.store.runs.finish(run_id, state="failed", error=str(error))
        raise
    ctx.store.runs.finish(run_id, state="done", seen=len(issuers))
    return len(issuers)


def _join_renamed(ctx: Context, exchange: str) -> None:
    """A company that was listed under another name is one investor under both."""
    names = ctx.store.issuers.names(exchange)
    if any(until is not None for *_, until in names):
        ctx.store.investors.join_renamed(listed_renamings(names))


def refresh_when_empty(ctx: Context, exchange: Exchange) -> None:
    """Reads the master before the first announcements are stored; they are stored without it if need be.

    It is asked once an hour at most: a block that it meets holds for the feed of the same host too.
    """
    hour = ctx.clock.now().replace(minute=0, second=0, microsecond=0)
    if ctx.store.issuers.last_refresh(exchange.name) is not None:
        return
    if not ctx.store.slots.claim(f"issuers.first.{exchange.name}", hour):
        return
    try:
        refresh(ctx, exchange)
    except BackfinError as error:
        log.warning(
            "the issuer master of %s could not be read, names are resolved later: %s", exchange.name, error
        )


def with_issuers(ctx: Context, exchange: str, items: Sequence[Announcement]) -> list[Announcement]:
    """Adds ISIN, symbol and name from the master, as it was on their day, to announcements that lack the ISIN."""
    known = ctx.registry.exchanges.get(exchange)
    zone = known.zone if known is not None else IST
    wanted: dict[tuple[str, date], set[str]] = defaultdict(set)
    for item in items:
        kind, value = _code_of(item)
        if value and not item.isin:
            wanted[kind, day_of(item.disseminated_at, zone)].add(value)
    owners = {
        (kind, day, value): issuer
        for (kind, day), values in wanted.items()
        for value, issuer in ctx.store.issuers.by_codes(exchange, kind, values, on=day).items()
    }
    return [
        _joined(item, owners.get((kind, day_of(item.disseminated_at, zone), value)))
        for item in items
        for kind, value in [_code_of(item)]
    ]


def _code_of(item: Announcement) -> tuple[str, str]:
    """By what an issuer is looked up: its code at the exchange; its name where the row has none."""
    if item.scrip_code:
        return "scrip_code", item.scrip_code
    return ("symbol", item.symbol) if item.symbol else ("name", item.issuer_name)


def _joined(item: Announcement, issuer: Issuer | None) -> Announcement:
    if issuer is None or item.isin:
        return item
    symbol = next((code.value for code in issuer.codes if code.kind == "symbol" and not code.valid_to), None)
    has_name = item.issuer_name and item.issuer_name != item.scrip_code
    return item.model_copy(
        update={
            "isin": issuer.isin,
            "symbol": item.symbol or symbol,
            "issuer_name": item.issuer_name if has_name else issuer.name,
        }
    )
