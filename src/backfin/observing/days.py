"""How today stands: completeness, freshness, what was told, what failed, and what models cost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from backfin.app import Backfin
from backfin.clock import day_bounds, day_of
from backfin.errors import BackfinError
from backfin.freshness import WAYS, freshness_of
from backfin.interfaces import Exchange
from backfin.models import DeliveryState, State
from backfin.notifications.addresses import mask


class Days:
    """Reads the store for figures of today, each exchange's day in its own zone.

    Args:
        app: The app.
    """

    def __init__(self, app: Backfin) -> None:
        self._app = app

    def exchanges(self) -> list[dict[str, Any]]:
        """One row an exchange: ``exchange, day, stored, expected, missing, failed, states`` of today, and
        ``closed_day, closed_expected, closed_missing`` of the last day that was closed, and ``gaps``.

        ``expected`` is what the exchange itself last counted, ``None`` where it does not say; ``gaps`` are days that
        still lack rows.
        """
        return [self._exchange(exchange) for exchange in self._sources()]

    def with_polls(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with ``polled_s``: seconds since the exchange was last read well, ``None`` if it never was."""
        return [row | {"polled_s": self._polled_s(row["exchange"])} for row in rows]

    def freshness(self) -> list[dict[str, Any]]:
        """One row an exchange and way of :func:`backfin.freshness.freshness_of`: ``exchange, way, count, p50, …``."""
        return [
            {"exchange": row["exchange"], "way": way, **row[way]}
            for exchange in self._sources()
            for row in freshness_of(self._app, exchange.name, *[self._today(exchange)] * 2)
            for way in WAYS
        ]

    def deliveries(self) -> list[dict[str, Any]]:
        """One row a state and channel: ``state, channel, count``."""
        counts = sorted(self._app.store.overview.sends().items())
        return [{"state": state.value, "channel": name, "count": count} for (state, name), count in counts]

    def failures(self, most: int) -> list[dict[str, Any]]:
        """Announcements that were given up and deliveries that failed, the latest: ``item, step, error``."""
        store = self._app.store
        steps = list(store.quarantine.counts())
        items = store.quarantine.list(steps, most) if steps else []
        sends = store.deliveries.search(states=[DeliveryState.FAILED, DeliveryState.UNSURE], limit=most)
        told = [(one.delivery_id, f"notify {mask(one.address)}", one.error) for one in sends]
        met = [(one.announcement_id, one.failed_step, one.error) for one in items]
        keys = ("item", "step", "error")
        # Half of each, so that a flood of one kind does not hide the other.
        half = most - min(len(told), most // 2)
        return [dict(zip(keys, row, strict=True)) for row in [*met[:half], *told][:most]]

    def llm(self) -> dict[str, Any]:
        """What was asked of models today, in India: ``calls, tokens, cost_usd``."""
        used = self._app.store.model_calls.used(*day_bounds(day_of(self._app.clock.now())))
        return {"calls": used.calls, "tokens": used.tokens, "cost_usd": float(used.cost_usd)}

    def _sources(self) -> list[Exchange]:
        """The exchanges; none where plugins cannot be loaded, which the doctor explains."""
        try:
            return [one for _, one in sorted(self._app.plugins.registry.exchanges.items())]
        except BackfinError:
            return []

    def _today(self, exchange: Exchange) -> Any:
        return day_of(self._app.clock.now(), exchange.zone)

    def _exchange(self, exchange: Exchange) -> dict[str, Any]:
        store, name, today = self._app.store, exchange.name, self._today(exchange)
        states = store.overview.states_of_day(name, today)
        stored = sum(states.values())
        run = store.runs.last("scrape", name, day=today, state="done")
        expected = run.expected if run else None
        gaps = {gap.day: gap for gap in store.gaps.list() if gap.exchange == name}
        closed = max(filter(None, [store.watermarks.get(f"{name}:closed"), *gaps]), default=None)
        last = store.runs.last("scrape", name, day=closed, state="done") if closed else None
        gap = gaps.get(closed) if closed else None
        return {
            "exchange": name,
            "day": today,
            "stored": stored,
            "expected": expected,
            "missing": None if expected is None else max(expected - stored, 0),
            "failed": states.get(State.FAILED, 0),
            "states": {state.value: states.get(state, 0) for state in State},
            "closed_day": closed,
            "closed_expected": last.expected if last else None,
            "closed_missing": gap.expected - gap.stored if gap else (0 if closed else None),
            "gaps": sorted(gaps),
        }

    def _polled_s(self, exchange: str) -> float | None:
        run = self._app.store.runs.last("scrape", exchange, state="done")
        ended: datetime | None = run.finished_at if run else None
        return None if ended is None else max(round((self._app.clock.now() - ended).total_seconds(), 1), 0.0)
