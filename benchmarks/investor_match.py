"""One name against many known ones: the keys held against comparing with every name.

Run ``python benchmarks/investor_match.py``; it prints one JSON document. Names are invented, persons and bodies in
equal parts, with given names and surnames as unevenly common as in life. Those asked for are known names written
another way, and names nobody has. ``ratio`` is the naive loop's median processor time over that of the keys, the loop
timed on a sample and scaled up; ``p95_ms`` is by the clock and feels other programs. ``found`` is the share of known
names that came back first.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from backfin.investors import normal_form
from backfin.investors.candidates import Candidate, NamesInMemory, find_candidates
from backfin.investors.compare import compare_forms

STARTS = "ab ach adi aka ama ani anu ara ars ash bha bhu cha dee dha din gan gau gir har hem jag jay kam kar kir kum"
STARTS += " lal lak mad mah man mee moh mur nan nar nav nee nir om pad pan par pra pri pus rag raj ram rat rav rit roh"
STARTS += (
    " sah sai san sar sat shi shu sid sub sud sum sun sur tan tar tej uma vai vas ven vid vij vik vin yas yog"
)
ENDS = "ash esh endra it an ika ima deep dev nath pal veer want jit raj kant mohan priya lata wati ini ani esha ata"
TRADES = (
    "Capital Textiles Infra Ventures Traders Finance Chemicals Agro Steel Exports Realty Foods Power Holdings"
)
FORMS = ("Private Limited", "Limited", "LLP")

#: The naive loop compares with so many names.
SAMPLE = 2_000


#: The greater, the more even: with 10 the commonest of 3,000 given names is one in sixty.
_EVEN = 10


def word(number: int) -> str:
    """An invented given name, surname or word of a firm."""
    starts, ends = STARTS.split(), ENDS.split()
    middle = (
        starts[number // (len(starts) * len(ends)) % len(starts)] if number >= len(starts) * len(ends) else ""
    )
    return (starts[number % len(starts)] + middle + ends[number // len(starts) % len(ends)]).title()


def uneven(dice: random.Random, count: int) -> int:
    """A number below ``count``; low ones far more often."""
    return int(_EVEN * ((count + _EVEN) / _EVEN) ** dice.random()) - _EVEN


def make_name(dice: random.Random) -> str:
    """A person's or a body's name."""
    if dice.random() < 0.5:
        middle = f" {word(uneven(dice, 3_000))}" if dice.random() < 0.7 else ""
        return f"{word(uneven(dice, 3_000))}{middle} {word(uneven(dice, 8_000) + 1)}"
    first = f"{word(uneven(dice, 60_000))} {word(uneven(dice, 60_000))}"
    return f"{first} {dice.choice(TRADES.split())} {dice.choice(FORMS)}"


def written_otherwise(name: str, dice: random.Random) -> str:
    """A name as another filing may write it."""
    words = name.split()
    if words[-1] in ("Limited", "LLP"):
        return f"M/s {name.upper().replace('PRIVATE LIMITED', '(P) LTD.')}"
    if len(words) > 2 and dice.random() < 0.5:
        return f"Shri {words[0]} {words[1][0]}. {words[-1]}"
    return f"{words[-1]} {' '.join(words[:-1])}".upper()


class NamesInTable:
    """Known names as a store would hold them: one row per key and name, in a SQLite file."""

    def __init__(self, path: Path, forms: Sequence[str], known: NamesInMemory) -> None:
        self._link = sqlite3.connect(path)
        self._link.executescript(
            "CREATE TABLE names (number INTEGER PRIMARY KEY, form TEXT NOT NULL);"
            "CREATE TABLE keys (key INTEGER, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;"
        )
        self._link.executemany("INSERT INTO names VALUES (?, ?)", enumerate(forms))
        self._link.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", known.rows())
        self._link.commit()

    def bearers(self, key: int, most: int) -> Sequence[int]:
        """At most so many of the names under a key."""
        wanted = "SELECT number FROM keys WHERE key = ? ORDER BY number LIMIT ?"
        return [number for (number,) in self._link.execute(wanted, (key, most))]

    def forms(self, names: Sequence[int]) -> Sequence[str]:
        """The normal forms of names."""
        wanted = f"SELECT number, form FROM names WHERE number IN ({','.join('?' * len(names))})"
        found: dict[int, str] = dict(self._link.execute(wanted, tuple(names)).fetchall())
        return [found[name] for name in names]


def timings_ms(ask: Callable[[str], object], names: Sequence[str]) -> tuple[list[float], list[float]]:
    """How long each answer takes by the clock, and of the processor's time; sorted."""
    clock, processor = [], []
    for name in names:
        start, worked = time.perf_counter(), time.thread_time()
        ask(name)
        clock.append((time.perf_counter() - start) * 1000)
        processor.append((time.thread_time() - worked) * 1000)
    return sorted(clock), sorted(processor)


def memory_mb() -> float:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_names(dice: random.Random, count: int) -> tuple[list[str], list[str]]:
    """So many names of which no two have one normal form: the forms, and the names."""
    by_form: dict[str, str] = {}
    while len(by_form) < count:
        name = make_name(dice)
        by_form[normal_form(name)] = name
    return list(by_form), list(by_form.values())


def share_found(found: Sequence[list[Candidate]], true: Sequence[str]) -> float:
    """How many of the names asked for came back first, or level with the first."""
    hits = 0
    for candidates, form in zip(found, true, strict=True):
        best = candidates[0].comparison.score if candidates else 0.0
        hits += any(each.form == form and each.comparison.score == best for each in candidates)
    return round(hits / len(true), 4)


def measure(count: int, asked: int, has_table: bool) -> dict[str, object]:
    """The keys and the loop at one number of names."""
    dice = random.Random(7)
    forms, names = make_names(dice, count)
    before, start = memory_mb(), time.perf_counter()
    known = NamesInMemory(forms)
    built: dict[str, object] = {
        "names": count,
        "keys_per_name": round(known.key_count / count, 2),
        "build_s": round(time.perf_counter() - start, 1),
        "build_peak_mb": round(memory_mb() - before),
        "kept_mb": round(known.key_count * 8 / 2**20),
    }
    picked = [dice.randrange(count) for _ in range(asked)]
    old = [written_otherwise(names[number], dice) for number in picked]
    new = [make_name(dice) for _ in range(asked)]
    found = [find_candidates(name, known) for name in old]
    built["found"] = share_found(found, [forms[number] for number in picked])
    sample = dice.sample(forms, min(SAMPLE, count))
    loop_ms = (
        statistics.median(timings_ms(lambda name: _loop(name, sample), old[:20])[1]) * count / len(sample)
    )
    built["memory"] = _figures(timings_ms(lambda name: find_candidates(name, known), old + new), loop_ms)
    if has_table:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "names.sqlite"
            table = NamesInTable(path, forms, known)
            built["sqlite"] = _figures(
                timings_ms(lambda name: find_candidates(name, table), old + new), loop_ms
            )
            built["sqlite_mb"] = round(path.stat().st_size / 2**20)
    built["loop_ms"] = round(loop_ms)
    return built


def _figures(timings: tuple[list[float], list[float]], loop_ms: float) -> dict[str, float]:
    clock, processor = timings
    late = int(len(clock) * 0.95)
    return {
        "p50_ms": round(statistics.median(clock), 3),
        "p95_ms": round(clock[late], 3),
        "p50_cpu_ms": round(statistics.median(processor), 3),
        "p95_cpu_ms": round(processor[late], 3),
        "ratio": round(loop_ms / statistics.median(processor)),
    }


def _loop(name: str, forms: Sequence[str]) -> int:
    form = normal_form(name)
    return sum(compare_forms(form, each).same for each in forms)


def main() -> None:
    """Measures every size and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--asked", type=int, default=1_000)
    parser.add_argument("--no-table", action="store_true", help="leave SQLite out")
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it runs")
    wanted = parser.parse_args()
    if wanted.smoke:
        wanted.sizes, wanted.asked = [1_000], 20
    sizes = [measure(count, wanted.asked, not wanted.no_table) for count in wanted.sizes]
    print(json.dumps({"benchmark": "investor_match", "asked": 2 * wanted.asked, "sizes": sizes}, indent=2))


if __name__ == "__main__":
    main()
