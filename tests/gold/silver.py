"""Holds our labels against the silver ones that some sources carry, and lists where the two differ.

``python tests/gold/silver.py FOLDER_OF_TEXTS`` prints the counts of docs/accuracy.md; ``--list`` adds the rows.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from backfin.evaluation.gold import Truth, load_gold
from backfin.evaluation.sources import key_of, load_sources

HERE = Path(__file__).parent

#: Silver label → the labels of the default taxonomy that it may stand for. Labels that only say where a filing
#: was put ("Regulatory", "Other", "Press Release") say nothing that could be wrong, and are left out.
MEANS = {
    "Fund Raising": "Debt & Financing|Fundraise - Preferential Issue|Fundraise - Rights Issue|Fundraise - QIP|DRHP",
    "Acquisition": "Mergers/Acquisitions|Incorporation/Cessation of Subsidiary",
    "Results": "Financial Results",
    "Financial Results": "Financial Results",
    "Subsidiary": "Incorporation/Cessation of Subsidiary",
    "Merger/Demerger": "Mergers/Acquisitions|Demerger",
    "New Order": "New Order",
    "Joint Venture": "Joint Ventures",
    "SAST/Insider": "Procedural/Administrative",
    "Divestment": "Divestitures",
    "Clarification": "Clarifications/Confirmations",
    "Business Expansion": "Expansion",
    "Expansion": "Expansion",
    "Open Offer": "Open Offer",
    "Capital Structure": (
        "Bonus/Stock Split|Consolidation of Shares|Increase in Share Capital|Reduction in Share Capital"
    ),
    "Allotment": "Fundraise - Preferential Issue|Fundraise - Rights Issue|Fundraise - QIP|Increase in Share Capital",
    "Warrants": "Fundraise - Preferential Issue",
    "Corporate Guarantee": "Debt & Financing",
    "Litigation": "Litigation & Notices",
    "Delisting": "Delisting",
    "Buyback": "Buyback",
    "Investor Presentation": "Investor Presentation",
    "Dividend": "Procedural/Administrative",
    "Change in Directors": "Procedural/Administrative|Change in KMP",
    "Rating": "Credit Rating",
    "Concall Transcript": "Concall Transcript",
    "Award of Order": "New Order",
}


def silver_labels(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Source, key and silver label of every row that carries one."""
    sources = load_sources(HERE / "sources.json")
    for name, column in (("both-2026", "category"), ("bse-subjects", "Category"), ("bse-orders", "")):
        for pattern in sources[name].files:
            for file in sorted(folder.glob(pattern)):
                for row in _rows(file):
                    yield name, key_of(sources[name], row), row.get(column) or "Award of Order"


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
    else:
        yield from (json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line)


def differences(folder: Path) -> tuple[Counter[tuple[str, str]], list[tuple[str, str, Truth]]]:
    """How often each silver label was met, by source, and every row on which ours is not among its meanings."""
    ours = {(entry.source, entry.key): entry for entry in load_gold(HERE)}
    met: Counter[tuple[str, str]] = Counter()
    apart = []
    for source, key, silver in silver_labels(folder):
        entry = ours.pop((source, key), None)
        if entry is not None:
            met[source, silver] += 1
            if silver in MEANS and not set(entry.categories) & set(MEANS[silver].split("|")):
                apart.append((source, silver, entry))
    return met, apart


def main() -> None:
    """Prints the counts."""
    met, apart = differences(Path(sys.argv[1]))
    wrong = Counter((source, silver) for source, silver, _ in apart)
    for (source, silver), count in sorted(met.items()):
        said = f"{wrong[source, silver]} apart" if silver in MEANS else "says nothing"
        print(f"{source:13} {silver:22} {count:4} {said}")
    print(f"{sum(met[one] for one in met if one[1] in MEANS)} rows with a telling label, {len(apart)} apart")
    if "--list" in sys.argv:
        for source, silver, entry in apart:
            print(f"{source} | {silver} | {entry.category} | {entry.key}")


if __name__ == "__main__":
    main()
