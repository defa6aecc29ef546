"""Runs the benchmarks at full size; writes ``docs/performance.json`` and the tables of ``docs/performance.md``.

``python benchmarks/report`` runs all, ``python benchmarks/report side_by_side pipeline`` some, and ``--render`` none:
it writes the tables anew from the figures that are there.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tables import write_tables

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"

#: By the name of its table, what is run.
RUNS = {
    "side_by_side": "side_by_side.py --rounds 3 --samples 50 --plot docs/pictures/side_by_side.svg",
    "store_sqlite": "store_growth.py --sizes 10000 100000 1000000",
    "store_postgres": "store_growth.py --sizes 10000 100000 1000000 --postgres",
    "pipeline": "pipeline.py --sizes 500 5000 50000",
    "season": "season.py --count 6000 --plot docs/pictures/season.svg",
    "replay_year": "replay_year.py --count 300000",
    "replay_lane": "replay_lane.py",
    "idle_cpu": "idle_cpu.py --seconds 60",
    "idle_latency": "idle_latency.py --samples 100",
    "delivery": "delivery.py --seconds 60",
    "pdf_text": "pdf_text.py",
    "rules": "rules.py",
    "watch_match": "watch_match.py",
}


def run(command: str) -> dict[str, Any]:
    """Runs one benchmark from the project's folder; what it printed, and how busy the machine was before."""
    name, *arguments = command.split()
    load = os.getloadavg()[0]
    full = [sys.executable, str(ROOT / "benchmarks" / name), *arguments]
    done = subprocess.run(full, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return {
        "command": f"python benchmarks/{command}",
        "at": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        "load_before": round(load, 1),
        "found": json.loads(done.stdout),
    }


def main() -> None:
    """Runs what was asked for and writes figures and tables after each, so that nothing is lost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(RUNS)}; all by default")
    parser.add_argument("--render", action="store_true", help="run nothing")
    options = parser.parse_args()
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for name in [] if options.render else options.names or RUNS:
        figures[name] = run(RUNS[name])
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(write_tables(PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")


if __name__ == "__main__":
    main()
