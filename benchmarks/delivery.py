"""From the match to the receiver of a webhook, at a steady rate, beside a bare actor that posts the same bytes.

``python benchmarks/delivery.py --rate 50 --seconds 30`` prints JSON, in milliseconds. ``backfin`` is the time from the
row that the match writes into the outbox to the moment at which the receiver has the signed message; ``bare`` the time
from the sending of a dramatiq message to the same moment, when its actor does nothing but post.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dramatiq
import requests
from dramatiq.brokers.redis import RedisBroker

from backfin.app import Backfin
from backfin.cli.runtime import workers
from backfin.cli.session import open_app_on_broker
from backfin.embedded import EmbeddedServer
from backfin.identity import watch_id
from backfin.models import Announcement, Phase, Watch
from backfin.settings import load_settings
from backfin.specs import Next
from backfin.testing import LocalServer, Reply, Request


class Arrivals:
    """A receiver that notes when each message came, and keeps one of them."""

    def __init__(self) -> None:
        self.at_s: dict[str, float] = {}
        self.body = b""
        self._lock = threading.Lock()

    def take(self, request: Request) -> Reply:
        with self._lock:
            self.at_s.setdefault(request.headers["webhook-id"], time.time())
            self.body = request.body
        return Reply(204)


def announcements(app: Backfin, count: int) -> list[Announcement]:
    """Announcements of this moment."""
    now = app.clock.now()
    return [
        Announcement(
            announcement_id=f"bse:{number}",
            exchange="bse",
            native_id=str(number),
            issuer_name=f"Example Works {number % 40} Ltd",
            subject="Award of Order",
            headline=f"Receipt of sample order {number:06d}",
            disseminated_at=now,
        )
        for number in range(count)
    ]


def at_a_rate(rate: float, count: int, send: Callable[[int], None]) -> None:
    """Calls ``send`` with each number, so many a second, however long a call takes."""
    began_s = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, began_s + number / rate - time.monotonic()))
        send(number)


def until_all(arrivals: Arrivals, count: int, patience_s: float = 60.0) -> None:
    end = time.monotonic() + patience_s
    while len(arrivals.at_s) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"{len(arrivals.at_s)} of {count} messages arrived")
        time.sleep(0.02)


def figures(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and the longest, in milliseconds."""
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1)

    return {
        "p50": round(statistics.median(ordered) * 1000, 1),
        "p95": at(0.95),
        "p99": at(0.99),
        "max": at(1.0),
    }


def measure_backfin(home: Path, redis_url: str, rate: float, count: int) -> tuple[dict[str, float], bytes]:
    """Latencies of our own way, and the bytes of one message."""
    arrivals = Arrivals()
    settings = load_settings(home=home, redis_url=redis_url, egress={"allow": "127.0.0.1"})
    app = open_app_on_broker(settings)
    with LocalServer(arrivals.take) as server:
        watch = Watch(
            watch_id=watch_id("all"),
            name="all",
            rule="*",
            addresses=(f"{server.url}/told",),
            phase=Phase.FLASH,
            created_at=app.clock.now(),
        )
        app.store.watches.put(watch)
        extra = {"BACKFIN_HOME": str(home), "BACKFIN_EGRESS__ALLOW": "127.0.0.1"}
        with workers(settings, redis_url, extra=extra):
            while not app.has_workers():
                time.sleep(0.1)
            items = announcements(app, count)
            app.store.announcements.add(items, due_at=app.context.remote_due_at)
            at_a_rate(rate, count, lambda number: app.send([Next("backfin.flash", f"bse:{number}")]))
            until_all(arrivals, count)
        made_s = {key: app.store.deliveries.get(key).created_at.timestamp() for key in arrivals.at_s}
    app.close()
    return figures([at_s - made_s[key] for key, at_s in arrivals.at_s.items()]), arrivals.body


def measure_bare(redis_url: str, rate: float, count: int, body: bytes) -> dict[str, float]:
    """Latencies of a dramatiq actor that posts and keeps no books."""
    arrivals, sent_s = Arrivals(), {}
    broker: RedisBroker = RedisBroker(url=redis_url, namespace="bare")
    with LocalServer(arrivals.take) as server, requests.Session() as session:

        def post(key: str) -> None:
            session.post(f"{server.url}/told", data=body, headers={"webhook-id": key}, timeout=5)

        actor: Any = dramatiq.actor(post, actor_name="post", queue_name="post", broker=broker)
        worker = dramatiq.Worker(broker, worker_threads=8, worker_timeout=100)
        worker.start()

        def send(number: int) -> None:
            sent_s[str(number)] = time.time()
            actor.send(str(number))

        at_a_rate(rate, count, send)
        until_all(arrivals, count)
        worker.stop()
    broker.close()
    return figures([at_s - sent_s[key] for key, at_s in arrivals.at_s.items()])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=50.0, help="messages a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--smoke", action="store_true", help="two seconds, to see that it runs")
    options = parser.parse_args()
    count = int(options.rate * (2.0 if options.smoke else options.seconds))
    with tempfile.TemporaryDirectory() as name, EmbeddedServer(Path(name) / "home") as redis:
        ours, body = measure_backfin(Path(name) / "home", redis.url, options.rate, count)
        bare = measure_bare(redis.url, options.rate, count, body)
    ratio = round(ours["p95"] / bare["p95"], 2)
    print(
        json.dumps(
            {"rate": options.rate, "messages": count, "backfin": ours, "bare": bare, "ratio_p95": ratio}
        )
    )


if __name__ == "__main__":
    main()
