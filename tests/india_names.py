"""Measures ``compare`` on IndiaNames, the labelled pairs of names in ``tests/gold/names``.

Run ``python tests/india_names.py``; ``--misses`` lists the pairs of the tuning half that went wrong. Those of the
held-out half are never shown: nobody may tune on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from backfin.investors import compare

FOLDER = Path(__file__).parent / "gold" / "names"
HALVES = ("tune", "held_out")
_HEAD = re.compile(r"\[(\w+)\] (.+)")

#: From one bearer's names, so many are held against each neighbour's.
_NAMES_AGAINST_NEIGHBOURS = 2


@dataclass(frozen=True)
class Pair:
    """Two names, and whether one person or body bears both."""

    kind: str
    topic: str
    one: str
    other: str
    same: bool


@dataclass(frozen=True)
class Block:
    """Bearers that are easily confused, each with its names."""

    kind: str
    topic: str
    bearers: tuple[tuple[str, ...], ...]

    @property
    def half(self) -> str:
        """Decided by the first name alone, so that no block can be moved to the convenient side."""
        name = self.bearers[0][0]
        return HALVES[1 - int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2]

    def pairs(self) -> Iterator[Pair]:
        """Every two names of one bearer, and the first names of every two neighbours."""
        for names in self.bearers:
            bare = [name.removeprefix("~") for name in names]
            for one, other in combinations(bare, 2):
                yield Pair(self.kind, self.topic, one, other, True)
        for left, right in combinations(self.bearers, 2):
            for one in _telling(left):
                for other in _telling(right):
                    yield Pair(self.kind, self.topic, one, other, False)


@dataclass(frozen=True)
class Figures:
    """How right the comparison is on some pairs; shares from 0 to 1."""

    pairs: int
    f1: float
    precision: float
    recall: float
    auto_precision: float
    auto_recall: float
    review_share: float


def _telling(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not name.startswith("~")][:_NAMES_AGAINST_NEIGHBOURS]


def read_blocks(half: str) -> list[Block]:
    """The blocks of one half."""
    text = (FOLDER / f"{half}.txt").read_text(encoding="utf-8")
    return [_block(part.splitlines()) for part in text.strip().split("\n\n")]


def _block(lines: list[str]) -> Block:
    head = _HEAD.fullmatch(lines[0])
    if head is None:
        raise ValueError(f"A block begins with “[kind] topic”, not with “{lines[0]}”.")
    bearers = tuple(tuple(name.strip() for name in line.split("|")) for line in lines[1:])
    return Block(head[1], head[2], bearers)


def read_pairs(half: str) -> list[Pair]:
    """Every labelled pair of one half."""
    return [pair for block in read_blocks(half) for pair in block.pairs()]


def measure(pairs: Iterable[Pair], told_kind: bool = True) -> Figures:
    """Compares every pair, with its kind told or not."""
    counts: Counter[str] = Counter()
    for pair in pairs:
        found = compare(pair.one, pair.other, pair.kind if told_kind else None)
        counts["pairs"] += 1
        counts["same"] += pair.same
        counts["taken"] += found.same
        counts["right"] += found.same and pair.same
        counts[found.tier] += 1
        counts["auto_right"] += found.tier == "auto" and pair.same
    precision, recall = _share(counts["right"], counts["taken"]), _share(counts["right"], counts["same"])
    return Figures(
        pairs=counts["pairs"],
        f1=_share(2 * precision * recall, precision + recall),
        precision=precision,
        recall=recall,
        auto_precision=_share(counts["auto_right"], counts["auto"]),
        auto_recall=_share(counts["auto_right"], counts["same"]),
        review_share=_share(counts["review"], counts["pairs"]),
    )


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def misses(half: str, told_kind: bool) -> Iterator[str]:
    """One line for every pair that was decided wrongly, or linked without asking though it should not."""
    for pair in read_pairs(half):
        found = compare(pair.one, pair.other, pair.kind if told_kind else None)
        if found.same != pair.same or (found.tier == "auto" and not pair.same):
            want = "same" if pair.same else "apart"
            yield f"{want:5} {found.score:.2f} {pair.kind}: {pair.one} | {pair.other}: {found.explanation}"


def main() -> None:
    """Prints the figures of both halves, or the misses of the tuning half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list the wrong pairs of the tuning half")
    parser.add_argument("--no-kind", action="store_true", help="do not tell compare what the bearers are")
    wanted = parser.parse_args()
    if wanted.misses:
        print("\n".join(misses("tune", not wanted.no_kind)))
        return
    for half in HALVES:
        pairs = read_pairs(half)
        groups = {"all": pairs} | {kind: [p for p in pairs if p.kind == kind] for kind in _kinds(pairs)}
        for name, group in groups.items():
            print(half, name, json.dumps(vars(measure(group, not wanted.no_kind))))


def _kinds(pairs: list[Pair]) -> list[str]:
    return sorted({pair.kind for pair in pairs})


if __name__ == "__main__":
    main()
