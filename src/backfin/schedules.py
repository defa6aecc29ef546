"""What is due when, in which zone: one table for everything that runs by the clock."""

from __future__ import annotations

from dataclasses import dataclass

from backfin.interfaces import Exchange
from backfin.plugins.registry import Registry
from backfin.settings import Settings


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


def schedules(registry: Registry, settings: Settings) -> list[Schedule]:
    """Built-in schedules, one set per exchange, and those of plugins' actors."""
    table = [
        Schedule("sweep", "backfin.sweep", every_s=30.0),
        Schedule("digest", "backfin.digest", every_s=60.0),
        Schedule("retain", "backfin.retain", cron="30 2 * * *"),
    ]
    for exchange in (one for _, one in sorted(registry.exchanges.items())):
        table += [
            _of(exchange, "scrape", every_s=exchange.poll_interval_s),
            _of(exchange, "close_day", cron="20 0 * * *"),
            _of(exchange, "issuers", cron="30 6 * * *"),
        ]
    for spec in registry.actors.values():
        if spec.cron is not None:
            table.append(Schedule(spec.name, spec.name, cron=spec.cron, zone=spec.zone))
    return table


def _of(exchange: Exchange, work: str, *, every_s: float | None = None, cron: str | None = None) -> Schedule:
    name, zone = exchange.name, exchange.zone.key
    return Schedule(f"{work}.{name}", f"backfin.{work}.{name}", name, every_s, cron, zone, exchange=name)
