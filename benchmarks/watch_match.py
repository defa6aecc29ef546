"""Watches an announcement is meant for: the index held against asking every watch.

Run ``python benchmarks/watch_match.py``; it prints one JSON document. ``ratio`` is the naive loop's median
time over the index's; ``p95_ms`` is for one announcement, its folding included; ``index_mib`` is what the process
grows by when the index is built, the watches themselves not counted.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psutil

from backfin.models import Announcement, Enrichment, EventType, Fact, Money, Party, Phase, Watch
from backfin.notifications.fold import isin_with_check_digit
from backfin.notifications.index import WatchIndex
from backfin.notifications.rules import match_input, parse_rule

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
CATEGORIES = ("New Order", "Buyback", "Financial Results", "Credit Rating", "Open Offer", "Expansion")
STEMS = ("pine", "oak", "ash", "elm", "fir", "yew", "larch", "cedar", "maple", "birch")
ISSUERS = 5_000

#: Words filings use; watches ask for one in ten of them.
VOCABULARY = 50_000


def isin(number: int) -> str:
    """An invented ISIN, with the check digit that rules are held to."""
    return isin_with_check_digit(f"INE{number:06d}010")


def word(number: int) -> str:
    """An invented word."""
    return STEMS[number % 10] + STEMS[number // 10 % 10] + str(number)


def make_rule(dice: random.Random) -> str:
    """A rule of the kind people write, by share: issuers, words, events, facts, investors, lists."""
    number, kind = dice.randrange(ISSUERS), dice.random()
    if kind < 0.45:
        return f"isin = {isin(number)}"
    if kind < 0.6:
        return f"symbol = S{number} and materiality >= {dice.randrange(100)}"
    if kind < 0.75:
        return f'"{word(number)} {word(dice.randrange(ISSUERS))}" or {word(number)}'
    if kind < 0.85:
        return f"investor : {word(number)}"
    if kind < 0.95:
        return f"isin in ({', '.join(isin(dice.randrange(ISSUERS)) for _ in range(10))}) and not buyback"
    if kind < 0.99:
        return f'category = "{dice.choice(CATEGORIES)}" and order_value > {dice.randrange(1, 5000)} crore'
    return f"order_value > {dice.randrange(1, 5000)} crore"


def make_watches(count: int) -> list[Watch]:
    """So many watches, the same at every run."""
    dice = random.Random(7)
    return [
        Watch(
            watch_id=f"w_{number}",
            name=f"watch {number}",
            rule=make_rule(dice),
            addresses=("console:",),
            phase=Phase.BOTH,
            created_at=NOW,
        )
        for number in range(count)
    ]


def make_subject(number: int) -> tuple[Announcement, Enrichment]:
    """An announcement of about 300 words, with its enrichment."""
    dice = random.Random(number)
    issuer = dice.randrange(ISSUERS)
    item = Announcement(
        announcement_id=f"bse:{number}",
        exchange="bse",
        native_id=str(number),
        isin=isin(issuer),
        symbol=f"S{issuer}",
        issuer_name=f"{word(issuer)} Ltd",
        subject="Receipt of order",
        body=" ".join(word(dice.randrange(VOCABULARY)) for _ in range(300)),
        disseminated_at=NOW,
    )
    enrichment = Enrichment(
        enrichment_id=f"e_{number}",
        announcement_id=item.announcement_id,
        category=dice.choice(CATEGORIES),
        event_type=EventType.ORDER_WIN,
        headline="An order",
        summary="An order was won.",
        materiality=dice.randrange(100),
        facts={"order_value": Fact(value=Money(amount=Decimal(dice.randrange(1, 5000)) * 10**7))},
        parties=tuple(
            Party(name_as_written=f"{word(dice.randrange(ISSUERS))} Mehra", role="allottee") for _ in range(5)
        ),
        enricher="rules",
        created_at=NOW,
    )
    return item, enrichment


def timings_ms(ask: Callable[[Any], object], subjects: list[Any]) -> list[float]:
    """How long each answer takes, sorted."""
    found = []
    for subject in subjects:
        start = time.perf_counter()
        ask(subject)
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def measure(count: int, subjects: list[tuple[Announcement, Enrichment]]) -> dict[str, float]:
    """The index and the loop at one number of watches."""
    watches = make_watches(count)
    before = resident()
    start = time.perf_counter()
    index = WatchIndex(watches)
    build_s = time.perf_counter() - start
    taken = resident() - before
    rules = [parse_rule(watch.rule) for watch in watches]
    indexed = timings_ms(lambda pair: index.match(match_input(*pair), Phase.ENRICHED), subjects)
    few = subjects[: max(3, 300_000 // count)]
    looped = timings_ms(lambda pair: _loop(rules, match_input(*pair)), few)
    return {
        "watches": count,
        "build_s": round(build_s, 2),
        "index_mib": round(taken / 2**20, 1),
        "p50_ms": round(statistics.median(indexed), 3),
        "p95_ms": round(indexed[int(len(indexed) * 0.95)], 3),
        "loop_p50_ms": round(statistics.median(looped), 3),
        "ratio": round(statistics.median(looped) / statistics.median(indexed), 1),
    }


def resident() -> int:
    """Bytes of memory that this process has now."""
    gc.collect()
    return psutil.Process().memory_info().rss


def _loop(rules: list[Any], subject: Any) -> int:
    return sum(rule.matches(subject) for rule in rules)


def main() -> None:
    """Measures every size and prints the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--announcements", type=int, default=200)
    parser.add_argument("--smoke", action="store_true", help="one small round, to see that it runs")
    wanted = parser.parse_args()
    if wanted.smoke:
        wanted.sizes, wanted.announcements = [1_000], 20
    subjects = [make_subject(number) for number in range(wanted.announcements)]
    sizes = [measure(count, subjects) for count in wanted.sizes]
    print(
        json.dumps(
            {"benchmark": "watch_match", "announcements": wanted.announcements, "sizes": sizes}, indent=2
        )
    )


if __name__ == "__main__":
    main()
