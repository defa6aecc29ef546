"""Everything at one moment, from the store and Redis alone: so any host sees all hosts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from dramatiq.brokers.redis import RedisBroker
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from backfin.app import Backfin
from backfin.broker import build_broker
from backfin.counters import totals_of
from backfin.errors import BackfinError
from backfin.fleet import Fleet
from backfin.observing.days import Days
from backfin.queues import Queues

#: What asks whole tables is asked again after so many seconds, and after so many times what it took: in a large store
#: that is much, and looking must not burden what it looks at.
SLOW_S, SLOW_PART = 15.0, 50

#: A Redis that says nothing for so long, in seconds, counts as away.
SILENT_S = 3.0

#: Latest failures that are shown.
MOST_FAILURES = 5

#: What is said where the socket of the embedded Redis is not there.
_NONE_RUNS = "None runs here; `backfin up` brings one."


@dataclass(frozen=True)
class Sight:
    """What was seen. ``redis`` and ``store`` say why one of them was not, and what comes from it is then empty.

    ``queues`` and ``workers`` are rows of :class:`~backfin.queues.Queues` and :class:`~backfin.fleet.Fleet`.
    ``exchanges`` are those of :class:`~backfin.observing.days.Days`. ``tick_s`` are the seconds since the scheduler
    last found something due. ``totals`` are the counts of :func:`backfin.counters.totals_of`.
    """

    at: datetime
    redis: str | None = None
    store: str | None = None
    tick_s: float | None = None
    queues: list[dict[str, Any]] = field(default_factory=list)
    workers: list[dict[str, Any]] = field(default_factory=list)
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    freshness: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    cooldowns: list[dict[str, Any]] = field(default_factory=list)
    pauses: list[dict[str, Any]] = field(default_factory=list)
    llm: dict[str, Any] = field(default_factory=dict)
    totals: dict[tuple[str, ...], int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What was seen, JSON-able; the totals are left out, since rates say what they mean."""
        found = asdict(self)
        del found["totals"]
        return found


class Watchtower:
    """Looks at everything, again and again; what is slow to ask is kept for some seconds.

    Args:
        app: The app; on no broker.
        redis_url: The Redis in use.
    """

    def __init__(self, app: Backfin, redis_url: str) -> None:
        self._app = app
        self._broker = build_broker(app.settings.model_copy(update={"redis_url": redis_url}))
        _never_wait(self._broker)
        self._queues = Queues(app, self._broker)
        self._fleet = Fleet(app)
        self._days = Days(app)
        self._slow: dict[str, Any] = {}
        self._slow_due_s = float("-inf")

    def look(self) -> Sight:
        """What there is to see now. Neither a Redis nor a store that is away stops it."""
        seen: dict[str, Any] = {}
        store = _said(lambda: seen.update(self._stored()))
        redis = _said(lambda: seen.update(self._queued())) if store is None else _said(self._ping)
        return Sight(at=self._app.clock.now(), redis=redis, store=store, **seen)

    def close(self) -> None:
        """Closes the connections to Redis."""
        self._broker.client.connection_pool.disconnect()

    def _ping(self) -> None:
        self._broker.client.ping()

    def _queued(self) -> dict[str, Any]:
        totals = totals_of(self._broker.client, self._broker.namespace)
        return {"queues": self._queues.status(), "totals": totals}

    def _stored(self) -> dict[str, Any]:
        store, now = self._app.store, self._app.clock.now()
        ticked = store.overview.last_tick()
        cooling = store.hosts.all_cooling() | store.model_calls.all_closed() | store.breakers.resting()
        began_s = time.monotonic()
        if began_s >= self._slow_due_s:
            self._slow = self._slowly()
            took_s = time.monotonic() - began_s
            self._slow_due_s = began_s + max(SLOW_S, took_s * SLOW_PART)
        return {
            "tick_s": None if ticked is None else round(max((now - ticked).total_seconds(), 0.0), 1),
            "workers": self._fleet.status(),
            "exchanges": self._days.with_polls(self._slow["exchanges"]),
            "pauses": [asdict(pause) for pause in store.pauses.list()],
            "cooldowns": [{"host": host, **asdict(one)} for host, one in cooling.items()],
            **{name: value for name, value in self._slow.items() if name != "exchanges"},
        }

    def _slowly(self) -> dict[str, Any]:
        return {
            "exchanges": self._days.exchanges(),
            "freshness": self._days.freshness(),
            "llm": self._days.llm(),
            "deliveries": self._days.deliveries(),
            "failures": self._days.failures(MOST_FAILURES),
        }


def _said(look: Callable[[], object]) -> str | None:
    """Why something could not be seen; ``None`` when it was."""
    try:
        look()
    except (BackfinError, RedisError) as error:
        return _NONE_RUNS if isinstance(error.__context__, FileNotFoundError) else str(error)
    return None


def _never_wait(broker: RedisBroker) -> None:
    """Lets a Redis that is away, or hangs, be told at once: it is asked again a moment later anyway."""
    client: Redis = broker.client
    client.connection_pool.connection_kwargs["socket_timeout"] = SILENT_S
    client.set_retry(Retry(NoBackoff(), 0))
