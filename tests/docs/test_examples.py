"""Every example does what its README shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/README.md"))
SHOWN = re.compile(r"```console\n\$ python (?P<script>\S+)\n(?P<output>.*?)```", re.DOTALL)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_the_example_prints_what_its_readme_shows(folder: Path) -> None:
    shown = SHOWN.search((folder / "README.md").read_text(encoding="utf-8"))
    assert shown is not None, f"{folder.name}/README.md shows no run of a script"

    done = subprocess.run(
        [sys.executable, str(ROOT / shown["script"])], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == shown["output"]
