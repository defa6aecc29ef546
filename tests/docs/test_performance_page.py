"""The tables of docs/performance.md are those of the recorded figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
FIGURES = ROOT / "docs" / "performance.json"

#: Prints the page as the figures make it.
RENDER = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tables import write_tables
figures = json.loads(Path(sys.argv[3]).read_text("utf-8")) if Path(sys.argv[3]).exists() else {}
sys.stdout.buffer.write(write_tables(Path(sys.argv[2]).read_text("utf-8"), figures).encode())
"""


def rendered(page: Path, figures: Path) -> str:
    """The page with tables made anew."""
    command = [sys.executable, "-c", RENDER, str(ROOT / "benchmarks" / "report"), str(page), str(figures)]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def test_no_number_of_the_page_is_typed_by_hand() -> None:
    assert PAGE.read_text(encoding="utf-8") == rendered(PAGE, FIGURES)


@pytest.mark.parametrize(("load", "is_shared"), [(0.2, False), (3.0, True)])
def test_a_table_tells_its_command_and_whether_the_machine_was_shared(
    load: float, is_shared: bool, tmp_path: Path
) -> None:
    page, figures = tmp_path / "page.md", tmp_path / "figures.json"
    page.write_text("<!-- figures: one -->\nold\n<!-- end -->\n")
    found = '{"ratio": 0.5, "sizes": [{"rows": 10000, "new": {"per_s": 7}}]}'
    figures.write_text(
        '{"one": {"command": "python benchmarks/one.py", "at": "2026-07-01", "machine": "2 cores", '
        f'"load_before": {load}, "found": {found}}}}}'
    )

    made = rendered(page, figures)

    assert "$ python benchmarks/one.py" in made
    assert "| 10,000 | 7 |" in made
    assert "old" not in made
    assert is_shared == ("other work ran on it" in made)
