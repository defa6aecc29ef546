"""Puts the results of a walk together: ``python tests/fault_walk/report.py faults.jsonl``."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

#: What is counted of each boundary.
COUNTS = ("cases", "broken", "unsure", "repeats")


def table(cases: Iterable[Mapping[str, Any]]) -> list[str]:
    """A table in Markdown: a line for each boundary and kind of fault, and one for all of them."""
    lines: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in cases:
        for key in ((case["boundary"], case["kind"]), ("all", "")):
            lines[key] += Counter(
                cases=1, broken=bool(case["broken"]), unsure=case["unsure"], repeats=case["repeats"]
            )
    head = ["| boundary | fault | cases | with a broken promise | unsure | repeated under its own id |"]
    head.append("|---|---|---|---|---|---|")
    order = sorted(lines, key=lambda key: (key[0] == "all", key))
    return head + [
        f"| {boundary} | {kind} | {' | '.join(str(lines[boundary, kind][name]) for name in COUNTS)} |"
        for boundary, kind in order
    ]


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    print("\n".join(table(map(json.loads, text.splitlines()))))
