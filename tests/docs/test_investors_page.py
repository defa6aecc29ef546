"""The commands that the page on investors shows run in the order in which it shows them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "investors.md"
COMMANDS = re.findall(r"^\$ (backfin .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("name,alias\nPine Oak Ltd,POL Traders\n", encoding="utf-8")
    environment = {**os.environ, "BACKFIN_HOME": str(tmp_path / "home")}
    told = []
    for command in COMMANDS:
        _, *arguments = shlex.split(command)
        program = [str(Path(sys.executable).parent / "backfin"), *arguments]
        done = subprocess.run(
            program, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        told.append(done.stdout)

    assert len(COMMANDS) == 15
    assert "Ashok Kumar Mehra (person, verified)" in told[2]
    assert "that is his uncle" in told[4]
    assert json.loads(told[6]) == []
    assert "promoter" in told[9]
    assert json.loads(told[11]) == []
    assert "1 would be added" in told[12]
    assert "Ashok Kumar Mehra" in (tmp_path / "book.csv").read_text(encoding="utf-8")
