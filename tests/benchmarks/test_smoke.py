"""Every benchmark runs, on its smallest size, and prints one JSON document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
SCRIPTS = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_it_runs_on_its_smallest_size(script: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(script), "--smoke"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_the_readme_names_every_benchmark() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")

    missing = [script.name for script in SCRIPTS if f"benchmarks/{script.name}" not in readme]

    assert missing == []
