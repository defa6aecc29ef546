"""One name against all investors of a store: the table of keys held against comparing with every name.

Run ``python benchmarks/investor_store.py [--names 1000000] [--url postgresql://…]``; it prints one JSON document.
Names are those of ``investor_match.py``. Each name asked for is looked up as the step does it when it meets the name
for the first time: its keys in one statement, then the comparisons, and the decision. ``ratio`` is the naive loop's
median processor time over that of the store; ``p95_ms`` is by the clock and feels other programs.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from investor_match import make_name, make_names, timings_ms, written_otherwise
from sqlalchemy import insert

from backfin.investors.candidates import Step, keys_to_ask
from backfin.investors.compare import compare_forms
from backfin.investors.decide import decide
from backfin.investors.names import normal_form
from backfin.investors.resolve import investor_of
from backfin.models import Party
from backfin.storage import Store
from backfin.storage.known_names import NamesInStore, add_keys
from backfin.storage.tables import investors

#: The naive loop compares with so many names.
SAMPLE = 2_000

#: Investors stored in one transaction.
BATCH = 5_000


def fill(store: Store, names: Sequence[str]) -> Iterator[float]:
    """Puts investors into a store, each alone; gives the seconds since the start after each batch."""
    start = time.perf_counter()
    for place in range(0, len(names), BATCH):
        met = [investor_of(Party(name_as_written=name, role="")) for name in names[place : place + BATCH]]
        rows = [one.model_dump(exclude={"names"}) | {"survivor_id": one.investor_id} for one in met]
        with store._database.write() as connection:
            connection.execute(insert(investors), rows)
            add_keys(connection, met)
        yield time.perf_counter() - start


def step_of(store: Store, name: str) -> Step:
    """What the store decides on a name met for the first time."""
    with store._database.read() as connection:
        book = NamesInStore(connection)
        book.look_up(keys_to_ask(name))
        return decide(investor_of(Party(name_as_written=name, role="")), book).step


def loop(name: str, forms: Sequence[str]) -> int:
    """The naive way: the name compared with every other."""
    form = normal_form(name)
    return sum(compare_forms(form, each).same for each in forms)


def measure(url: str, count: int, asked: int) -> dict[str, object]:
    """Times names that are known in another spelling, and new ones."""
    dice = random.Random(7)
    forms, names = make_names(dice, count)
    store = Store(url)
    store.upgrade()
    *_, built_s = fill(store, names)
    old = [written_otherwise(dice.choice(names), dice) for _ in range(asked)]
    new = [make_name(dice) for _ in range(asked)]
    for name in (*old[:20], *new[:20]):
        step_of(store, name)
    clock, processor = timings_ms(lambda name: step_of(store, name), old + new)
    sample = dice.sample(forms, min(SAMPLE, count))
    loop_ms = (
        statistics.median(timings_ms(lambda name: loop(name, sample), old[:20])[1]) * count / len(sample)
    )
    store.close()
    late = int(len(clock) * 0.95)
    return {
        "names": count,
        "asked": len(clock),
        "build_s": round(built_s, 1),
        "p50_ms": round(statistics.median(clock), 3),
        "p95_ms": round(clock[late], 3),
        "p50_cpu_ms": round(statistics.median(processor), 3),
        "p95_cpu_ms": round(processor[late], 3),
        "loop_ms": round(loop_ms),
        "ratio": round(loop_ms / statistics.median(processor)),
    }


def main() -> None:
    """Measures one size and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=1_000)
    parser.add_argument("--url", help="of an empty database; a SQLite file of its own if left out")
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it runs")
    wanted = parser.parse_args()
    if wanted.smoke:
        wanted.names, wanted.asked = 1_000, 20
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        measured = measure(wanted.url or f"sqlite:///{path}", wanted.names, wanted.asked)
        if not wanted.url:
            measured["file_mb"] = round(path.stat().st_size / 2**20)
    print(json.dumps({"benchmark": "investor_store"} | measured, indent=2))


if __name__ == "__main__":
    main()
