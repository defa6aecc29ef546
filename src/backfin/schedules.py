"""What is due when, in which zone: one table for everything that runs by the clock."""

from __future__ import annotations

from dataclasses import dataclass

from backfin.plugins.registry import Registry
from backfin.settings import Settings


@dataclass(frozen=True, slots=True)
class Schedule:
    """One thing that runs by the clock: at the times of ``cron`` in ``zone``, or ``every_s`` seconds."""

    name: str
    actor: str
    key: str = ""
    every_s: float | None = None
    cron: str | None = None
    zone: str = "Asia/Kolkata"


def schedules(registry: Registry, settings: Settings) -> list[Schedule]:
    """Built-in schedules, one set per exchange, and those of plugins' actors."""
    table = [
        Schedule("sweep", "backfin.sweep", every_s=30.0),
        Schedule("digest", "backfin.digest", every_s=60.0),
    ]
    for name, exchange in sorted(registry.exchanges.items()):
        zone = exchange.zone.key
        poll = Schedule(f"scrape.{name}", f"backfin.scrape.{name}", name, every_s=exchange.poll_interval_s)
        close = Schedule(f"close_day.{name}", f"backfin.close_day.{name}", name, cron="20 0 * * *", zone=zone)
        master = Schedule(f"issuers.{name}", f"backfin.issuers.{name}", name, cron="30 6 * * *", zone=zone)
        table += [poll, close, master]
    for spec in registry.actors.values():
        if spec.cron is not None:
            table.append(Schedule(spec.name, spec.name, cron=spec.cron, zone=spec.zone))
    return table
