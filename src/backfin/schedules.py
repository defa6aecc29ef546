"""What is due when, in which zone: one table for everything that runs by the clock."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from backfin.calendar import Calendar, bundled, load_calendar
from backfin.clock import IST
from backfin.errors import ConfigError
from backfin.interfaces import Exchange
from backfin.plugins.registry import Registry
from backfin.settings import Settings
from backfin.settings.exchanges import Paces

log = logging.getLogger("backfin")

#: The night, on the exchanges' clocks: nothing but a few late filings comes.
EVENING_ENDS, MORNING_BEGINS = time(1), time(7)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One thing that runs by the clock: at the times of ``cron`` in ``zone``, or every ``every_s`` seconds.

    ``exchange`` is the one that it asks.
    """

    name: str
    actor: str
    key: str = ""
    every_s: float | None = None
    cron: str | None = None
    zone: str = "Asia/Kolkata"
    exchange: str | None = None


def schedules(registry: Registry, settings: Settings, now: datetime) -> list[Schedule]:
    """Built-in schedules, one set per exchange, and those of plugins' actors, as they hold at a moment."""
    calendar = _calendar(settings)
    table = [
        Schedule("sweep", "backfin.sweep", every_s=30.0),
        Schedule("digest", "backfin.digest", every_s=60.0),
        Schedule("retain", "backfin.retain", cron="30 2 * * *"),
    ]
    for exchange in (one for _, one in sorted(registry.exchanges.items())):
        table += [
            _of(exchange, "scrape", every_s=poll_every_s(exchange, settings, calendar, now)),
            _of(exchange, "close_day", cron="20 0 * * *"),
            _of(exchange, "issuers", cron="30 6 * * *"),
        ]
    for spec in registry.actors.values():
        if spec.cron is not None:
            table.append(Schedule(spec.name, spec.name, cron=spec.cron, zone=spec.zone))
    return table


def poll_every_s(exchange: Exchange, settings: Settings, calendar: Calendar, now: datetime) -> float:
    """Seconds between two polls of an exchange at a moment, by the trading calendar where it follows that."""
    paces = settings.exchanges.paces_of(
        exchange.name,
        exchange.poll_interval_s,
        follows_calendar=bool(getattr(exchange, "follows_calendar", False)),
    )
    return pace_at(paces, calendar, now)


def pace_at(paces: Paces, calendar: Calendar, now: datetime) -> float:
    """The pace that holds at a moment. An evening lasts until an hour past midnight: filings of a day come so late."""
    local = now.astimezone(IST)
    if calendar.is_in_market_hours(now):
        return paces.in_session
    if EVENING_ENDS <= local.time() < MORNING_BEGINS:
        return paces.at_night
    evening_of = local.date() - timedelta(days=local.time() < EVENING_ENDS)
    return paces.by_day if calendar.is_trading_day(evening_of) else paces.on_holidays


def _calendar(settings: Settings) -> Calendar:
    """The calendar in force; a user's file that cannot be read must not stop the polling."""
    try:
        return load_calendar(settings.home)
    except ConfigError as error:
        log.error("the bundled calendar is used: %s", error)
        return bundled()


def _of(exchange: Exchange, work: str, *, every_s: float | None = None, cron: str | None = None) -> Schedule:
    name, zone = exchange.name, exchange.zone.key
    return Schedule(f"{work}.{name}", f"backfin.{work}.{name}", name, every_s, cron, zone, exchange=name)
