"""From a row that appears at the exchange to the console of an idle system, by a forced poll.

``python benchmarks/idle_latency.py --samples 40`` prints JSON, in milliseconds: ``poll`` is the poll itself (request,
parse, store), ``flash`` and ``enriched`` are the times from the end of the poll to the line on the worker's
console, the document downloaded, read, understood and matched in between for the second.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from backfin.app import Backfin
from backfin.cli.runtime import workers
from backfin.cli.session import open_app_on_broker
from backfin.clock import IST
from backfin.embedded import EmbeddedServer
from backfin.identity import watch_id
from backfin.models import Phase, Watch
from backfin.settings import load_settings
from backfin.specs import Next
from backfin.testing.exchange_server import ExchangeServer
from backfin.testing.pdf import one_page_pdf


def row(app: Backfin, number: int) -> dict[str, Any]:
    """A row of this moment, as the exchange sends it."""
    moment = app.clock.now().astimezone(IST).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    guid = f"{number:08x}-0000-4000-8000-{time.time_ns() % 10**12:012d}"
    return {
        "NEWSID": guid,
        "SCRIP_CD": 999001,
        "NEWSSUB": "Announcement under Regulation 30 (LODR)-Award_of_Order_Receipt_of_Order",
        "HEADLINE": f"Receipt of sample order {number:06d}",
        "NEWS_DT": moment,
        "DT_TM": moment,
        "DissemDT": moment,
        "News_submission_dt": moment,
        "CATEGORYNAME": "Company Update",
        "SUBCATNAME": "Award of Order / Receipt of Order",
        "ATTACHMENTNAME": f"{guid}.pdf",
        "PDFFLAG": 0,
        "SLONGNAME": "Example Works Ltd",
        "MORE": "",
    }


def file(name: str) -> bytes:
    """The document of a row."""
    return one_page_pdf(
        f"We have received an order worth Rs. {int(name[:8], 16) + 1}.50 crore from Example Rail Limited."
    )


def wait_until(is_so: Callable[[], bool], patience_s: float = 30.0) -> float:
    """The moment, on the monotonic clock, at which something is seen to be so."""
    end = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("nothing arrived on the console")
        time.sleep(0.001)
    return time.monotonic()


def sample(app: Backfin, server: ExchangeServer, log: Path, number: int) -> tuple[float, float, float]:
    """Seconds of one poll, and from its end to the flash and to the enriched line."""
    fresh = row(app, number)
    before = app.store.runs.last("scrape")
    offset = log.stat().st_size
    server.add_rows([fresh])
    started = time.monotonic()
    app.send([Next("backfin.scrape.bse", "bse")])

    def polled() -> bool:
        run = app.store.runs.last("scrape")
        return run is not None and run.state == "done" and (before is None or run.run_id != before.run_id)

    def said(words: bytes) -> bool:
        with log.open("rb") as console:
            console.seek(offset)
            return words in console.read()

    end_of_poll = wait_until(polled)
    flash = wait_until(lambda: said(f"sample order {number:06d}".encode()))
    enriched = wait_until(lambda: said(f"{number + 1}.50 crore".encode()))
    return end_of_poll - started, max(0.0, flash - end_of_poll), max(0.0, enriched - end_of_poll)


def figures(seconds: list[float]) -> dict[str, float]:
    """p50, p90 and the longest, in milliseconds."""
    ordered = sorted(seconds)
    p90 = ordered[int(len(ordered) * 0.9)]
    return {
        "p50": round(statistics.median(ordered) * 1000, 1),
        "p90": round(p90 * 1000, 1),
        "max": round(ordered[-1] * 1000, 1),
    }


def measure(samples: int, pause_s: float) -> dict[str, Any]:
    """All samples on one idle system."""
    with tempfile.TemporaryDirectory() as name, ExchangeServer([], file) as server:
        home = Path(name) / "home"
        bse = {"api_url": server.api_url, "files_url": server.files_url, "min_interval": 0.0}
        with EmbeddedServer(home) as redis:
            settings = load_settings(home=home, redis_url=redis.url, exchanges={"bse": bse})
            extra = {f"BACKFIN_EXCHANGES__BSE__{key.upper()}": str(value) for key, value in bse.items()}
            app = open_app_on_broker(settings)
            now = app.clock.now() - timedelta(seconds=1)
            watch = Watch(
                watch_id=watch_id("all"),
                name="all",
                rule="*",
                addresses=("console:",),
                phase=Phase.BOTH,
                created_at=now,
            )
            app.store.watches.put(watch)
            with workers(settings, redis.url, extra={"BACKFIN_HOME": str(home), **extra}):
                wait_until(app.has_workers)
                sample(app, server, home / "logs" / "worker.log", 0)
                times = []
                for number in range(1, samples + 1):
                    time.sleep(pause_s)
                    times.append(sample(app, server, home / "logs" / "worker.log", number))
            app.close()
    poll, flash, enriched = (list(column) for column in zip(*times, strict=True))
    return {"samples": samples, "poll": figures(poll), "flash": figures(flash), "enriched": figures(enriched)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--pause", type=float, default=1.5, help="seconds of idleness before each sample")
    parser.add_argument("--smoke", action="store_true", help="a few samples, to see that it runs")
    options = parser.parse_args()
    samples, pause_s = (3, 0.2) if options.smoke else (options.samples, options.pause)
    print(json.dumps(measure(samples, pause_s), indent=2))


if __name__ == "__main__":
    main()
