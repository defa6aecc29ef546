"""What README and docs show runs, and what they name is there.

A block that starts with ```` ```python runs ```` is run as a program of its own, in an empty folder.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from backfin.cli import app
from backfin.settings import Settings
from backfin.settings.keys import all_keys

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

FENCED = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELLS = {"", "console", "bash", "sh"}
INLINE = re.compile(r"`([^`\n]+)`")
#: ``backfin`` as a program, alone at the start of a line or after a prompt, ``&&`` or a variable.
COMMAND = re.compile(r"(?:^|&&|\$|[A-Z]=\S*)\s*backfin ((?:[a-z][\w-]*)(?: [a-z][\w-]*)?)", re.MULTILINE)
VARIABLE = re.compile(r"\bBACKFIN_[A-Z0-9_]*[A-Z0-9]\b")

#: Sections that plugins bring, so that their keys are not known here.
OPEN_SECTIONS = ("BACKFIN_PLUGIN__", "BACKFIN_EXCHANGES__NSE__")


def named_commands(text: str) -> set[str]:
    """Commands a page names, such as ``day`` or ``watch add``; a second word may be an argument."""
    shown = [code for language, code in FENCED.findall(text) if language in SHELLS]
    code = [*shown, *INLINE.findall(FENCED.sub("", text))]
    return {found for part in code for found in COMMAND.findall(part)}


def unknown_commands(names: set[str], commands: dict[str, set[str]]) -> set[str]:
    """Those of ``names`` that are neither a command nor a command of a group."""
    unknown = set()
    for name in names:
        first, _, second = name.partition(" ")
        inner = commands.get(first)
        if inner is None or (inner and second and second not in inner):
            unknown.add(name)
    return unknown


def existing_commands() -> dict[str, set[str]]:
    """Every command with the commands of its group."""
    top = typer.main.get_command(app).commands
    return {name: set(getattr(command, "commands", {})) for name, command in top.items()}


def existing_variables() -> set[str]:
    """Every setting and every section, as the environment spells it."""
    keys = [key[:length] for key in all_keys(Settings) for length in range(1, len(key) + 1)]
    return {"BACKFIN_" + "__".join(key).upper() for key in keys}


def runnable_blocks() -> list[Any]:
    """Every block that is marked as runnable, named by its page."""
    return [
        pytest.param(code, id=page.name)
        for page in PAGES
        for language, code in FENCED.findall(page.read_text(encoding="utf-8"))
        if language == "python runs"
    ]


@pytest.mark.parametrize("code", runnable_blocks())
def test_a_block_of_python_runs(code: str, tmp_path: Path) -> None:
    environment = {**os.environ, "BACKFIN_HOME": str(tmp_path / "home")}

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert unknown_commands(named_commands(text), existing_commands()) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_a_page_names_exists(page: Path) -> None:
    named = set(VARIABLE.findall(page.read_text(encoding="utf-8")))
    closed = {name for name in named if not name.startswith(OPEN_SECTIONS)}

    assert closed - existing_variables() == set()


def test_every_link_to_a_file_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_commands_are_found_wherever_a_page_names_them() -> None:
    text = (
        "Run `backfin demo --json`, not `a backfin thing`.\n"
        "```python\nbackfin = 1\n```\n"
        "```console\n$ backfin watch add mine '*'\npip install . && backfin up\n"
        "BACKFIN_HOME=x backfin day 2026-07-01\n```\n"
    )

    assert named_commands(text) == {"demo", "watch add", "up", "day"}


def test_a_command_that_does_not_exist_is_noticed() -> None:
    commands = {"day": set[str](), "watch": {"add"}}

    assert unknown_commands({"day today", "watch add"}, commands) == set()
    assert unknown_commands({"night", "watch forget"}, commands) == {"night", "watch forget"}
