"""How fresh the news was: percentiles from the exchange's clock to ours, to the facts, and to those who were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from backfin.app import Backfin
from backfin.storage.freshness import Clocks

#: The ways that are measured, each from the publication: name, and the clock at its end.
WAYS = ("seen", "enriched", "flash", "told")

#: Shares of announcements for which a figure holds.
_SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}


def freshness_of(app: Backfin, exchange: str, first: date, last: date) -> list[dict[str, Any]]:
    """One row a day: ``exchange, day, announcements``, and for each way ``seen``, ``enriched``, ``flash``, ``told``.

    A way has ``count`` and the seconds ``p50, p90, p99, max`` from the publication: until the store had it, until its
    first enrichment was stored, and until the first channel took a flash and an alert with facts. An exchange's clock
    may be ahead of ours; what came "before" its publication counts as 0.
    """
    by_day: dict[date, list[Clocks]] = {}
    for clocks in app.store.freshness.clocks(exchange, first, last):
        by_day.setdefault(clocks.day, []).append(clocks)
    return [
        {"exchange": exchange, "day": day.isoformat(), "announcements": len(found)} | _ways(found)
        for day, found in sorted(by_day.items())
    ]


def _ways(found: Sequence[Clocks]) -> dict[str, Any]:
    ends: dict[str, list[datetime | None]] = {
        "seen": [one.first_seen_at for one in found],
        "enriched": [one.enriched_at for one in found],
        "flash": [one.flash_at for one in found],
        "told": [one.told_at for one in found],
    }
    return {way: _figures(_seconds(found, ends[way])) for way in WAYS}


def _seconds(found: Sequence[Clocks], ends: Sequence[datetime | None]) -> list[float]:
    return sorted(
        max((end - one.disseminated_at).total_seconds(), 0.0)
        for one, end in zip(found, ends, strict=True)
        if end is not None
    )


def _figures(seconds: Sequence[float]) -> dict[str, Any]:
    last = len(seconds) - 1
    shares = {
        name: round(seconds[min(int(len(seconds) * share), last)], 1) if seconds else None
        for name, share in _SHARES.items()
    }
    return {"count": len(seconds)} | shares
