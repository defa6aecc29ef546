"""What the page on reliability names is there: sessions, files, commands, and figures that add up."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer.main

from backfin.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
SESSIONS = set(re.findall(r"nox -s (\w+)", PAGE))
FILES = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
COMMANDS = set(re.findall(r"`backfin ([^`]+)`", PAGE))


def test_its_sessions_and_files_are_there() -> None:
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")

    assert {"faults", "soak", "recovery"} <= SESSIONS
    assert [name for name in SESSIONS if f"def {name}(session" not in noxfile] == []
    assert len(FILES) >= 6
    assert [name for name in FILES if not (ROOT / name).is_file()] == []


def test_its_commands_are_there() -> None:
    assert len(COMMANDS) >= 4
    for command in COMMANDS:
        found: object = typer.main.get_command(app)
        for word in shlex.split(command):
            if word.startswith("-"):
                break
            found = found.commands[word]  # type: ignore[attr-defined]


def test_its_figures_add_up() -> None:
    lines = re.findall(r"^\| \w+ \| [\w ]* \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    *parts, total = [[int(number) for number in line] for line in lines]

    assert [sum(column) for column in zip(*parts, strict=True)] == total
    assert total[1] == 0, "a promise was broken"
