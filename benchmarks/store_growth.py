"""How the store keeps its speed as it grows, against the plain driver on the same database in the same run.

``python benchmarks/store_growth.py --sizes 10000 100000 1000000 [--url postgresql://…]`` prints one JSON document for
an SQLite file, or for an empty PostgreSQL database; ``--postgres`` starts a private server for it. At each size:

- ``new`` and ``known``: rows a second in pages of 50, one transaction each, that say which were new; pages of the
  store and of the driver take turns on one table, so both meet the same indexes.
- ``search``: milliseconds of the newest 20 that match, p50 and p95 over many words, ISINs and months; ``driver_p95`` is
  the full-text index alone, without filter, joining and rows.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from store import PAGE, START, PlainPages, compare, make, rate

from backfin.clock import day_of
from backfin.models import Announcement
from backfin.storage import Store

#: Rows that the driver puts in at once where nothing is measured.
BULK = 500

#: Different words of bodies; the nth is met about as often as 1 / (n + 10).
VOCABULARY = 50_000
_WEIGHTS = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

#: A word that one filing in so many has.
RARE_EVERY = 40_000

#: Words of a body, and seconds between two filings: a million are three years.
WORDS, PACE_S = 60, 90

CATEGORIES = ("New Order", "Buyback", "Financial Results", "Credit Rating", "Open Offer", None)
ISSUERS = 5_000


def announcement(number: int) -> Announcement:
    """One of a long row of made-up announcements, each with words of its own."""
    dice = random.Random(number)
    words = [f"w{rank}" for rank in dice.choices(range(VOCABULARY), cum_weights=_WEIGHTS, k=WORDS)]
    body = f"The company rare{number % RARE_EVERY} informs the exchange of {' '.join(words)}."
    at = START + timedelta(seconds=number * PACE_S)
    return make(number).model_copy(
        update={"body": body, "submitted_at": at, "disseminated_at": at, "raw": {"NEWSID": str(number)}}
    )


class Growing:
    """A store that is filled on and on, by itself and by the driver."""

    def __init__(self, store: Store, plain: PlainPages) -> None:
        self.store, self.plain = store, plain
        self.count = 0

    def pages(self, count: int, size: int = PAGE) -> Iterator[list[Announcement]]:
        """So many rows more, in pages."""
        while count > 0:
            page = [announcement(number) for number in range(self.count, self.count + min(size, count))]
            self.count += len(page)
            count -= len(page)
            yield page

    def fill(self, until: int) -> None:
        """Brings the table to a size by the driver; every sixth row has no category yet."""
        for page in self.pages(until - self.count, BULK):
            self.plain.add(page, [CATEGORIES[number % len(CATEGORIES)] for number in range(len(page))])

    def writes(self, pages: int) -> dict[str, Any]:
        """Rows a second, new ones and the same again; pages of both take turns."""
        times: dict[str, tuple[list[float], list[float]]] = {"new": ([], []), "known": ([], [])}
        due_at = START + timedelta(days=9999)

        def ours(page: Sequence[Announcement]) -> Any:
            return self.store.announcements.add(page, due_at=due_at)

        for _ in range(pages):
            mine, theirs = self.pages(PAGE), self.pages(PAGE)
            first, second = list(mine), list(theirs)
            for kind in times:
                times[kind][0].append(rate(ours, first, PAGE))
                times[kind][1].append(rate(self.plain.add, second, PAGE))
        return {kind: compare(*pair) for kind, pair in times.items()}

    def searches(self, samples: int) -> dict[str, Any]:
        """Milliseconds of every kind of query with every filter."""
        dice = random.Random(11)
        return {
            name: {
                "driver_p95": self._driver(query, dice, samples),
                **{kind: self._ours(query, narrow, dice, samples) for kind, narrow in self.filters().items()},
            }
            for name, query in QUERIES.items()
        }

    def filters(self) -> dict[str, Callable[[random.Random], dict[str, Any]]]:
        """What a search may be narrowed by, each drawn anew."""

        def month(dice: random.Random) -> dict[str, Any]:
            first = START + timedelta(seconds=dice.randrange(self.count) * PACE_S)
            return {"since": day_of(first), "until": day_of(first + timedelta(days=30))}

        def isin(dice: random.Random) -> dict[str, Any]:
            return {"isin": make(dice.randrange(ISSUERS)).isin}

        def category(dice: random.Random) -> dict[str, Any]:
            return {"category": dice.choice(CATEGORIES[:-1])}

        return {"alone": lambda _: {}, "isin": isin, "month": month, "category": category}

    def _ours(
        self,
        query: Callable[[random.Random], str],
        narrow: Callable[[random.Random], dict[str, Any]],
        dice: random.Random,
        samples: int,
    ) -> dict[str, float]:
        drawn = [(query(dice), narrow(dice)) for _ in range(samples)]
        times = [
            seconds(lambda: self.store.announcements.search(query=text, limit=20, **narrowed))  # noqa: B023
            for text, narrowed in drawn
        ]
        return {"p50": round(statistics.median(times) * 1000, 2), "p95": p95_ms(times)}

    def _driver(self, query: Callable[[random.Random], str], dice: random.Random, samples: int) -> float:
        texts = [query(dice) for _ in range(samples)]
        return p95_ms([seconds(lambda: self.plain.newest(text)) for text in texts])  # noqa: B023


def common(dice: random.Random) -> str:
    """A word of one filing in two to ten."""
    return f"w{dice.randrange(20)}"


#: A query of each kind.
QUERIES: dict[str, Callable[[random.Random], str]] = {
    "rare word": lambda dice: f"rare{dice.randrange(RARE_EVERY)}",
    "word that nobody used": lambda dice: f"never{dice.randrange(RARE_EVERY)}",
    "word of every filing": lambda dice: "company",
    "common word": common,
    "two words": lambda dice: f"{common(dice)} w{dice.randrange(100, 1000)}",
}


def seconds(work: Callable[[], Any]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def p95_ms(times: list[float]) -> float:
    """The 95th hundredth, in milliseconds."""
    return round(sorted(times)[min(int(len(times) * 0.95), len(times) - 1)] * 1000, 2)


@contextmanager
def database(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    """URL of an empty database."""
    if options.postgres:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
        from postgres_server import new_database, postgres_server, programs_or_skip

        with postgres_server(programs_or_skip()) as server, new_database(server.url) as url:
            yield url
    else:
        yield options.url or f"sqlite:///{folder}/store.db"


def measure(options: argparse.Namespace, url: str) -> dict[str, Any]:
    """Every size, one after the other, on one database that grows."""
    store = Store(url)
    store.upgrade()
    growing = Growing(store, PlainPages.of(url))
    found = []
    for size in options.sizes:
        growing.fill(size - 2 * options.pages * PAGE)
        growing.plain.settle()
        writes = growing.writes(options.pages)
        growing.plain.settle()
        found.append({"rows": growing.count, **writes, "search": growing.searches(options.samples)})
        print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    growing.plain.close()
    store.close()
    return {"benchmark": "store_growth", "backend": url.partition(":")[0], "sizes": found}


def main() -> None:
    """Runs the benchmark and prints its figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--pages", type=int, default=50, help="pages of each side at each size")
    parser.add_argument("--samples", type=int, default=100, help="queries of each kind")
    parser.add_argument("--url", help="an empty database, instead of an SQLite file")
    parser.add_argument("--postgres", action="store_true", help="a private PostgreSQL server")
    parser.add_argument("--smoke", action="store_true", help="one small size, to see that it runs")
    options = parser.parse_args()
    if options.smoke:
        options.sizes, options.pages, options.samples = [2_000], 3, 5
    with tempfile.TemporaryDirectory() as folder, database(options, Path(folder)) as url:
        print(json.dumps(measure(options, url), indent=2))


if __name__ == "__main__":
    main()
