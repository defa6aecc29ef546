"""Counts in how many company names each word stands, and writes ``company_words.txt`` for the comparison.

Run ``python tests/gold/names/count_words.py FOLDER`` with the folder of the exchanges' masters (the lists of listed
securities). Only words of the normal form and their counts are written, and only words of five names or more.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from backfin.investors import normal_form

TARGET = Path(__file__).parents[3] / "src" / "backfin" / "investors" / "company_words.txt"
LEAST = 5

#: A master, and the column that holds the name.
TABLES = (
    ("NSE_EQUITY_L_2026-08-08.csv", "NAME OF COMPANY"),
    ("BSE_security_list_2024-07.csv", "security_name"),
    ("isin_bse_nse_map.csv", "newname"),
    ("isin_bse_nse_map.csv", "oldname"),
)


def names_in(folder: Path) -> Iterator[str]:
    """Every company name of the masters, repeated ones too."""
    for file, column in TABLES:
        with (folder / file).open(encoding="utf-8", errors="replace", newline="") as rows:
            yield from (row[column] or "" for row in csv.DictReader(rows))
    for row in json.loads((folder / "BSE_NSE_scrips_2026.json").read_text(encoding="utf-8")):
        yield row["IssuerName"] or row["ScripName"]


def main() -> None:
    """Counts and writes."""
    names = {form for name in names_in(Path(sys.argv[1])) if (form := normal_form(name))}
    counts = Counter(word for name in names for word in set(name.split()))
    lines = [f"{word} {count}" for word, count in counts.most_common() if count >= LEAST]
    TARGET.write_text("\n".join([f"* {len(names)}", *sorted(lines)]) + "\n", encoding="utf-8")
    print(f"{len(names)} names, {len(lines)} of {len(counts)} words kept")


if __name__ == "__main__":
    main()
