"""A results evening: filings arrive along a curve with peaks of 50 a second, and we look how long each one waits.

``python benchmarks/season.py --plot season.svg`` prints JSON. Real Valkey, 2 processes x 8 threads, SQLite, rules
enricher, one-page PDFs from the exchange server over HTTP, a poll every 5 s.

The evening (15:30 to 22:00 IST) is compressed, its peaks are not: each peak keeps its true speed of so many filings
a second, and what arrives between the peaks is spread over the seconds that are left, by the shape of a recorded day
where its rows lie beside the project (``shared/fixtures/bse``), else by two humps at 16:30 and 19:00. Politeness is
off (``--min-interval 0``): it shows what backfin holds, not what one request a second leaves of it.

``bare`` is a dramatiq actor that sleeps five times 2 ms, on the same server, sent the first peak in the same way.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from backfin.app import Backfin
from backfin.cli.runtime import workers
from backfin.cli.session import open_app_on_broker
from backfin.clock import IST
from backfin.embedded import EmbeddedServer
from backfin.settings import load_settings
from backfin.specs import Next
from backfin.storage.tables import announcements, enrichments
from backfin.testing.pdf import one_page_pdf

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "fixtures" / "bse"

#: First and last minute of the evening, after midnight in India.
EVENING = (15 * 60 + 30, 22 * 60)

#: Minutes of one step of the evening's shape.
STEP = 15

BARE = """
import os, time, dramatiq
from dramatiq.brokers.redis import RedisBroker
dramatiq.set_broker(RedisBroker(url=os.environ["BARE_URL"], namespace="bare"))
@dramatiq.actor(queue_name="bare")
def work(sent_s):
    for _ in range(5):
        time.sleep(0.002)
    fd = os.open(os.environ["BARE_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, f"{sent_s} {time.time()}\\n".encode())
    os.close(fd)
"""

SEND = """
import json, sys, time, bare
start = time.time()
for at in json.loads(sys.stdin.read()):
    time.sleep(max(0.0, start + at - time.time()))
    bare.work.send(time.time())
"""


def shape_of_evening() -> tuple[list[float], str]:
    """The weight of each quarter of an hour, and where it comes from."""
    steps = (EVENING[1] - EVENING[0]) // STEP
    counts = [0] * steps
    for path in sorted(RECORDED.glob("AnnGetData_*.json")):
        for row in json.loads(path.read_text())["Table"]:
            moment = datetime.fromisoformat(row["NEWS_DT"])
            step = (moment.hour * 60 + moment.minute - EVENING[0]) // STEP
            if 0 <= step < steps:
                counts[step] += 1
    if sum(counts) >= 10 * steps:
        return [count / sum(counts) for count in counts], f"{sum(counts)} recorded rows of these hours"
    middles = [EVENING[0] + STEP * (step + 0.5) for step in range(steps)]
    humps = [sum(math.exp(-(((at - top) / 50) ** 2)) for top in (16.5 * 60, 19 * 60)) for at in middles]
    return [hump / sum(humps) for hump in humps], "a model: two humps at 16:30 and 19:00"


def arrivals(options: argparse.Namespace, shape: Sequence[float]) -> tuple[list[float], list[float]]:
    """Seconds from the start at which filings arrive, in order, and those at which the peaks begin."""
    chance = random.Random(6000)
    each = min(options.rate * options.peak_s, options.count // max(1, options.peaks))
    begins = [options.seconds * (peak + 0.5) / options.peaks for peak in range(options.peaks)]
    times = [begin + n / options.rate for begin in begins for n in range(each)]
    steps = chance.choices(range(len(shape)), weights=shape, k=options.count - len(times))
    times += [(step + chance.random()) * options.seconds / len(shape) for step in steps]
    return sorted(times), begins


def row(number: int) -> dict[str, Any]:
    """A row of this moment."""
    guid = f"{number:08x}-0000-4000-8000-000000000000"
    moment = datetime.now(IST).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    return {
        "NEWSID": guid,
        "SCRIP_CD": 999001 + number % 4000,
        "NEWSSUB": "Announcement under Regulation 30 (LODR)-Award_of_Order_Receipt_of_Order",
        "HEADLINE": f"Receipt of order number {number}",
        **dict.fromkeys(("NEWS_DT", "DT_TM", "DissemDT", "News_submission_dt"), moment),
        "CATEGORYNAME": "Company Update",
        "SUBCATNAME": "Award of Order / Receipt of Order",
        "ATTACHMENTNAME": f"{guid}.pdf",
        "PDFFLAG": 0,
        "SLONGNAME": f"Example Works {number % 4000} Ltd",
        "MORE": "",
    }


def write_files(folder: Path, count: int) -> None:
    """A one-page document for each filing."""
    folder.mkdir()
    for number in range(count):
        text = f"We have received an order worth Rs. {number + 1}.50 crore from Example Rail Limited, number {number}."
        (folder / f"{number:08x}-0000-4000-8000-000000000000.pdf").write_bytes(one_page_pdf(text))


def publish(rows: Path, times: Sequence[float]) -> None:
    """Lets rows land in the feed, each at its time."""
    start = time.monotonic()
    with rows.open("a") as file:
        for number, at in enumerate(times):
            time.sleep(max(0.0, start + at - time.monotonic()))
            file.write(json.dumps(row(number)) + "\n")
            file.flush()


def poll(app: Backfin, every_s: float, is_over: threading.Event) -> None:
    """Asks the exchange again and again, as the tick does."""
    while not is_over.wait(every_s):
        app.send([Next("backfin.scrape.bse", "bse")])


def evening(
    home: Path, url: str, options: argparse.Namespace, times: Sequence[float]
) -> list[tuple[float, ...]]:
    """Runs the evening; of each filing, when it was published, seen and enriched, in seconds since 1970."""
    rows = home.parent / "rows.jsonl"
    rows.touch()
    write_files(home.parent / "files", len(times))
    command = [sys.executable, "-m", "backfin.testing.exchange_server", "--rows", str(rows)]
    command += ["--files", str(home.parent / "files")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        urls = json.loads(server.stdout.readline())
        settings = load_settings(home=home, redis_url=url)
        environment = {
            "BACKFIN_HOME": str(home),
            "BACKFIN_EXCHANGES__BSE__API_URL": urls["api_url"],
            "BACKFIN_EXCHANGES__BSE__FILES_URL": urls["files_url"],
            "BACKFIN_EXCHANGES__BSE__MIN_INTERVAL": str(options.min_interval),
        }
        app = open_app_on_broker(settings)
        is_over = threading.Event()
        with workers(settings, url, processes=options.processes, threads=options.threads, extra=environment):
            while not app.has_workers():
                time.sleep(0.1)
            poller = threading.Thread(target=poll, args=(app, options.poll, is_over), daemon=True)
            poller.start()
            publish(rows, times)
            end = time.monotonic() + options.patience
            while len(found := stored(app)) < len(times) and time.monotonic() < end:
                time.sleep(1.0)
            is_over.set()
            poller.join()
        app.close()
        server.terminate()
    return found


def stored(app: Backfin) -> list[tuple[float, ...]]:
    """What is enriched by now."""
    a, e = announcements.c, enrichments.c
    query = select(a.disseminated_at, a.first_seen_at, e.created_at).join_from(
        announcements, enrichments, a.enrichment_id == e.enrichment_id
    )
    with app.store._database.read() as connection:
        return [tuple(moment.timestamp() for moment in moments) for moments in connection.execute(query)]


def bare(url: str, folder: Path, options: argparse.Namespace) -> list[tuple[float, float]]:
    """When each message of one peak was sent and done."""
    (folder / "bare.py").write_text(BARE)
    log = folder / "bare.log"
    log.touch()
    environment = {**os.environ, "BARE_URL": url, "BARE_LOG": str(log), "PYTHONPATH": str(folder)}
    count = options.rate * options.peak_s
    command = [str(Path(sys.executable).parent / "dramatiq"), "bare"]
    command += ["-p", str(options.processes), "-t", str(options.threads)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as worker:
        times = json.dumps([number / options.rate for number in range(count)])
        subprocess.run([sys.executable, "-c", SEND], input=times, text=True, env=environment, check=True)
        while len(log.read_text().splitlines()) < count:
            time.sleep(0.1)
        worker.terminate()
    return [(float(sent), float(done)) for sent, done in map(str.split, log.read_text().splitlines())]


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p90, p99 and the longest, in seconds."""
    cuts = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else [*values] * 99
    named = {"p50": cuts[49], "p90": cuts[89], "p99": cuts[98], "max": max(values)}
    return {name: round(value, 3) for name, value in named.items()}


def course(found: Sequence[tuple[float, ...]], start_s: float) -> list[dict[str, float]]:
    """Second by second: filings that wait to be enriched, how long the oldest waits, and how fresh the enriched are."""
    last = math.ceil(max(done for *_, done in found) - start_s)
    points = []
    for second in range(last + 1):
        now = start_s + second
        waiting = [seen for _, seen, done in found if seen <= now < done]
        fresh = [done - published for published, _, done in found if now - 1 < done <= now]
        points.append(
            {
                "second": second,
                "waiting": len(waiting),
                "queue_age_s": round(now - min(waiting), 2) if waiting else 0.0,
                "freshness_s": round(statistics.median(fresh), 2) if fresh else 0.0,
            }
        )
    return points


def plot(points: Sequence[dict[str, float]], title: str) -> str:
    """Queue age and freshness over the run, as one SVG without script or font."""
    width, height, margin = 720, 260, 44
    most_s = max(1.0, *(max(one["queue_age_s"], one["freshness_s"]) for one in points))
    last = max(1.0, points[-1]["second"])

    def at(second: float, value: float) -> str:
        x = margin + (width - 2 * margin) * second / last
        return f"{x:.1f},{height - margin - (height - 2 * margin) * value / most_s:.1f}"

    lines = ""
    for name, colour, place in (("queue_age_s", "#b4460f", 60), ("freshness_s", "#1f5fa8", 300)):
        path = " ".join(at(one["second"], one[name]) for one in points)
        lines += f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{path}"/>'
        text = {
            "queue_age_s": "age of the oldest that waits",
            "freshness_s": "published to enriched, median",
        }[name]
        lines += f'<text x="{place}" y="20" fill="{colour}" font-size="12">{text}</text>'
    for value in (0, most_s / 2, most_s):
        x, y = at(0, value).split(",")
        lines += f'<text x="{float(x) - 6}" y="{y}" font-size="11" text-anchor="end">{value:.1f} s</text>'
    lines += (
        f'<text x="{width - margin}" y="{height - 14}" font-size="11" text-anchor="end">{last:.0f} s</text>'
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}" font-family="sans-serif" '
        f'xmlns="http://www.w3.org/2000/svg"><rect width="{width}" height="{height}" fill="white"/>{lines}</svg>\n'
    )


def measure(options: argparse.Namespace) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """Both on one server; the figures, and the course of the evening."""
    shape, source = shape_of_evening()
    times, begins = arrivals(options, shape)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedServer(folder / "home") as server:
            plain = bare(server.url, folder, options)
            found = evening(folder / "home", server.url, options, times)
    points = course(found, min(published for published, *_ in found))
    enriched = percentiles([done - published for published, _, done in found])
    baseline = percentiles([done - sent for sent, done in plain])
    quiet_s = options.seconds - len(begins) * options.peak_s
    figures = {
        "filings": len(times),
        "enriched": len(found),
        "seconds": options.seconds,
        "peaks": {"number": len(begins), "seconds": options.peak_s, "per_s": options.rate},
        "compressed_between_peaks": round((EVENING[1] - EVENING[0]) * 60 / quiet_s, 1),
        "shape": source,
        "poll_s": options.poll,
        "min_interval_s": options.min_interval,
        "published_to_seen_s": percentiles([seen - published for published, seen, _ in found]),
        "published_to_enriched_s": enriched,
        "seen_to_enriched_s": percentiles([done - seen for _, seen, done in found]),
        "longest_queue_age_s": max(one["queue_age_s"] for one in points),
        "most_waiting": max(one["waiting"] for one in points),
        "caught_up_after_s": round(points[-1]["second"] - times[-1], 1),
        "bare_sent_to_done_s": baseline,
    }
    return figures, points


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=6000, help="filings of the evening")
    parser.add_argument("--seconds", type=float, default=300.0, help="seconds that it is compressed to")
    parser.add_argument("--peaks", type=int, default=6)
    parser.add_argument("--peak-s", type=int, default=10, help="seconds of one peak")
    parser.add_argument("--rate", type=int, default=50, help="filings a second in a peak")
    parser.add_argument("--poll", type=float, default=5.0, help="seconds between two polls")
    parser.add_argument("--min-interval", type=float, default=0.0, help="seconds between two requests")
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds to catch up at the end")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--plot", type=Path, help="an SVG of the course")
    parser.add_argument("--course", action="store_true", help="print every second of it as well")
    parser.add_argument("--smoke", action="store_true", help="one small evening, to see that it runs")
    options = parser.parse_args()
    if options.smoke:
        options.count, options.seconds, options.peaks, options.peak_s, options.poll = 60, 6.0, 1, 1, 1.0
    figures, points = measure(options)
    if options.plot:
        options.plot.write_text(
            plot(points, "Queue age and freshness in a results evening"), encoding="utf-8"
        )
    print(json.dumps(figures | ({"course": points} if options.course else {}), indent=2))


if __name__ == "__main__":
    main()
