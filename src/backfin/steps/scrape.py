"""Scrape: one poll of an exchange. New rows are stored and the watermark moves; an outage is caught up.

Key: the exchange's name; each announcement by ``announcement_id``.
Reads/Writes: announcements, runs, raw answers, watermark, gaps.
Next: the flash match and ``read`` of every new announcement; after an outage, the oldest open day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from backfin.clock import day_of, days
from backfin.context import Context
from backfin.interfaces import Exchange
from backfin.specs import Next
from backfin.steps.scrape_day import Scrape, claim, scrape_day, was_cut_off

log = logging.getLogger("backfin")

#: Seconds after which a day that an outage left open is tried again.
CATCH_UP_EVERY_S = 600

#: Seconds after which a day behind one that cannot be read is read ahead of its turn again.
AHEAD_EVERY_S = 6 * 3600


def scrape(ctx: Context, key: str, *, day: str | None = None, catch_up: bool = False) -> list[Next]:
    """Polls an exchange: today. A day that an outage left open follows as a message of its own.

    Args:
        ctx: The context.
        key: The exchange's name.
        day: Another day than today.
        catch_up: Read the oldest open day instead of today.
    """
    exchange = ctx.exchange(key)
    today = day_of(ctx.clock.now(), exchange.zone)
    if day is not None:
        one = date.fromisoformat(day)
        return announce(scrape_day(ctx, exchange, one, full=one < today).new_ids)
    result = _oldest_open_day(ctx, exchange, today) if catch_up else scrape_day(ctx, exchange, today)
    if result is None:
        return []
    following = announce(result.new_ids)
    if _first_open_day(ctx, exchange, today) < today:
        return [*following, Next(f"backfin.scrape.{key}", key, {"catch_up": True})]
    ctx.store.watermarks.advance(exchange.name, today)
    return following


def _oldest_open_day(ctx: Context, exchange: Exchange, today: date) -> Scrape | None:
    """Reads the oldest open day that is to be read now; ``None`` when there is none.

    Polls come while an outage is caught up: without the claim, all of them would read the same days.
    """
    first = _first_open_day(ctx, exchange, today)
    day = _day_to_catch_up(ctx, exchange, first, today) if first < today else None
    if day is None:
        return None
    result = scrape_day(ctx, exchange, day, full=True)
    if day == first:
        ctx.store.watermarks.advance(exchange.name, day + timedelta(days=1))
    return result


def _day_to_catch_up(ctx: Context, exchange: Exchange, first: date, today: date) -> date | None:
    """The oldest open day, unless it was tried a moment ago; where that failed, one behind it, ahead of its turn."""
    if claim(ctx, f"catch_up.{exchange.name}.{first}", CATCH_UP_EVERY_S):
        return first
    if not was_cut_off(ctx, exchange, first):
        return None
    behind = days(first + timedelta(days=1), today - timedelta(days=1))
    ahead = (day for day in behind if claim(ctx, f"ahead.{exchange.name}.{day}", AHEAD_EVERY_S))
    return next(ahead, None)


def _first_open_day(ctx: Context, exchange: Exchange, today: date) -> date:
    """The day of the watermark, as far back as an outage is caught up; today at first or when it lies ahead."""
    watermark = ctx.store.watermarks.get(exchange.name) or today
    _, catch_up_days = ctx.settings.exchanges.days_of(exchange.name)
    earliest = today - timedelta(days=catch_up_days)
    if watermark < earliest:
        _say_what_is_left_out(ctx, exchange, watermark, earliest)
    return min(max(watermark, earliest), today)


def _say_what_is_left_out(ctx: Context, exchange: Exchange, first: date, end: date) -> None:
    """Names, once, the days of an outage that is too long to be caught up by itself."""
    if ctx.store.slots.claim(f"left_out.{exchange.name}", datetime.combine(first, time.min, UTC)):
        last = end - timedelta(days=1)
        log.error(
            "The outage of %s is longer than catch_up_days: %s to %s are not read by themselves; "
            "`backfin replay %s --to %s --exchange %s --wait` reads them.",
            exchange.name,
            first,
            last,
            first,
            last,
            exchange.name,
        )


def announce(new_ids: Iterable[str]) -> list[Next]:
    """What follows for new announcements: the flash alert, then reading the document."""
    following: list[Next] = []
    for new_id in new_ids:
        following.append(Next("backfin.flash", new_id))
        following.append(Next("backfin.read", new_id))
    return following
