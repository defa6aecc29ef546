"""Metrics for Prometheus, made anew from the store and Redis at each scrape: one endpoint tells of all hosts.

Labels are names of queues, actors, exchanges, channels, hosts that are asked, and states; never an id.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector, CollectorRegistry

from backfin import __version__
from backfin.fleet import is_missed
from backfin.observing.sight import Sight
from backfin.progress import DONE, FAILED, MILLISECONDS, STEP_BOUNDS_S, WITHIN
from backfin.storage.schema import HEAD

#: What a queue holds, by the columns of its status.
_STATES = ("ready", "delayed", "running", "dead")

#: Quantiles of freshness, by the columns of its rows.
_QUANTILES = {"p50": "0.5", "p90": "0.9", "p99": "0.99", "max": "1"}


class BackfinCollector(Collector):
    """Makes all metrics from one look.

    Args:
        look: Gives what there is to see.
    """

    def __init__(self, look: Callable[[], Sight]) -> None:
        self._look = look
        self._lock = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is shows when somebody asks."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every metric. Of a Redis or a store that is away there are none, which ``backfin_dependency_up`` tells."""
        with self._lock:
            sight = self._look()
        yield InfoMetricFamily("backfin_build", "The version.", {"version": __version__, "schema": HEAD})
        yield _gauge(
            "backfin_dependency_up",
            "Whether Redis and the store answer (1) or not (0).",
            "dependency",
            [("redis", sight.redis is None), ("store", sight.store is None)],
        )
        if sight.redis is None and sight.store is None:
            yield from _queues(sight.queues)
            yield from _counts(sight.totals)
        if sight.store is None:
            yield from _workers(sight)
            yield from _days(sight.exchanges)
            yield from _told(sight)
            yield from _held_back(sight)


def registry_of(look: Callable[[], Sight]) -> CollectorRegistry:
    """A registry that holds these metrics and no others."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(BackfinCollector(look))
    return registry


def _queues(rows: Iterable[Mapping[str, Any]]) -> Iterator[Metric]:
    held = GaugeMetricFamily(
        "backfin_queue_messages", "Messages of a queue, by state.", labels=("queue", "lane", "state")
    )
    oldest = GaugeMetricFamily(
        "backfin_queue_oldest_age_seconds",
        "Age of what waits longest in a queue; 0 where nothing waits.",
        labels=("queue", "lane"),
    )
    for row in rows:
        names = (row["queue"], row["lane"])
        for state in _STATES:
            held.add_metric((*names, state), row[state])
        oldest.add_metric(names, row["oldest_s"] or 0.0)
    yield from (held, oldest)


def _counts(totals: Mapping[tuple[str, ...], int]) -> Iterator[Metric]:
    for way, what in (("in", "became ready"), ("out", "were settled")):
        counter = CounterMetricFamily(
            f"backfin_messages_{way}", f"Messages of a queue that {what}.", labels=("queue",)
        )
        for (kind, name, *_), count in sorted(totals.items()):
            if kind == way:
                counter.add_metric((name,), count)
        yield counter
    steps = CounterMetricFamily("backfin_steps", "Steps that ended.", labels=("actor", "outcome"))
    seconds = HistogramMetricFamily(
        "backfin_step_duration_seconds", "How long steps took, however they ended.", labels=("actor",)
    )
    for actor in sorted({name for kind, name, *_ in totals if kind == "step"}):
        found = Counter({key[2]: count for key, count in totals.items() if key[:2] == ("step", actor)})
        for outcome in (DONE, FAILED):
            steps.add_metric((actor, outcome), found[outcome])
        buckets = [(str(bound), found[what]) for bound, what in zip(STEP_BOUNDS_S, WITHIN, strict=True)]
        buckets.append(("+Inf", found[DONE] + found[FAILED]))
        seconds.add_metric((actor,), buckets, sum_value=found[MILLISECONDS] / 1000)
    yield from (steps, seconds)


def _workers(sight: Sight) -> Iterator[Metric]:
    rows = sight.workers
    well = [row for row in rows if row["alive"]]
    ill = sum(map(is_missed, rows))
    yield _gauge("backfin_workers_alive", "Worker processes that are alive.", None, len(well))
    yield _gauge("backfin_workers_ill", "Worker processes that hang or fell silent.", None, ill)
    yield _gauge(
        "backfin_worker_threads", "Threads of live workers.", None, sum(row["threads"] for row in well)
    )
    yield _gauge(
        "backfin_worker_threads_busy",
        "Threads with a step under way.",
        None,
        sum(row["running"] for row in well),
    )
    memory = 2**20 * sum(row["memory_mib"] or 0 for row in well)
    yield _gauge("backfin_worker_memory_bytes", "Memory of live worker processes.", None, memory)
    yield _gauge(
        "backfin_scheduler_tick_age_seconds",
        "Seconds since the scheduler last found something due, which is each minute; +Inf before the first.",
        None,
        _or_never(sight.tick_s),
    )


def _days(rows: Sequence[Mapping[str, Any]]) -> Iterator[Metric]:
    by_state = GaugeMetricFamily(
        "backfin_announcements_today",
        "Announcements of today, in the exchange's zone, by state.",
        labels=("exchange", "state"),
    )
    for row in rows:
        for state, count in row["states"].items():
            by_state.add_metric((row["exchange"], state), count)
    yield by_state
    for name, what, key in (
        ("expected_today", "Announcements of today as the exchange last counted them.", "expected"),
        ("missing_today", "Announcements of today that it counted and the store lacks.", "missing"),
        ("expected_last_closed_day", "The same count of the day that was closed last.", "closed_expected"),
        ("missing_last_closed_day", "Announcements of that day that the store lacks.", "closed_missing"),
    ):
        counts = [(row["exchange"], row[key]) for row in rows if row[key] is not None]
        yield _gauge(f"backfin_announcements_{name}", what, "exchange", counts)
    yield _gauge(
        "backfin_gaps_open",
        "Days that still lack announcements.",
        "exchange",
        [(row["exchange"], len(row["gaps"])) for row in rows],
    )
    yield _gauge(
        "backfin_scrape_age_seconds",
        "Seconds since the exchange was last read well; +Inf if it never was.",
        "exchange",
        [(row["exchange"], _or_never(row["polled_s"])) for row in rows],
    )


def _told(sight: Sight) -> Iterator[Metric]:
    sends = GaugeMetricFamily(
        "backfin_deliveries", "Deliveries in the store, by state and channel.", labels=("state", "channel")
    )
    for row in sight.deliveries:
        sends.add_metric((row["state"], row["channel"]), row["count"])
    yield sends
    fresh = GaugeMetricFamily(
        "backfin_freshness_seconds",
        "Seconds from publication until today's announcements were seen, enriched and told, as quantiles.",
        labels=("exchange", "way", "quantile"),
    )
    for row in sight.freshness:
        for column, quantile in _QUANTILES.items():
            if row[column] is not None:
                fresh.add_metric((row["exchange"], row["way"], quantile), row[column])
    yield fresh
    for name, what in (
        ("calls", "Calls of models today, in India."),
        ("tokens", "Tokens of those calls."),
        ("cost_usd", "What they cost by the configured prices, in US dollars."),
    ):
        yield _gauge(f"backfin_llm_{name}_today", what, None, sight.llm[name])


def _held_back(sight: Sight) -> Iterator[Metric]:
    left: dict[str, float] = {}
    for one in sight.cooldowns:
        host = one["host"].partition("/")[0]  # the chats of a channel count as one
        left[host] = max(left.get(host, 0.0), (one["until"] - sight.at).total_seconds())
    yield _gauge(
        "backfin_cooldown_remaining_seconds", "How long a host is still left alone.", "host", left.items()
    )
    kinds = Counter(
        one["target"].partition(":")[0] if ":" in one["target"] else "queue" for one in sight.pauses
    )
    counts = [(kind, kinds[kind]) for kind in ("queue", "exchange", "host", "worker")]
    yield _gauge("backfin_pauses", "What a person has paused, by kind.", "kind", counts)


def _gauge(name: str, what: str, label: str | None, values: Any) -> Metric:
    """A gauge of one value, or of one for each value of a label."""
    if label is None:
        return GaugeMetricFamily(name, what, value=float(values))
    family = GaugeMetricFamily(name, what, labels=(label,))
    for one, value in values:
        family.add_metric((one,), float(value))
    return family


def _or_never(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds
