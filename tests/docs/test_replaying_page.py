"""``docs/replaying.md`` shows commands that are there, and the figures that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from backfin.broker import PILE
from backfin.cli.main import app
from backfin.cli.replay_options import DRY_LIMIT
from backfin.settings import Settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "replaying.md").read_text(encoding="utf-8")
COMMAND = typer.main.get_command(app)


def options_of(*path: str) -> set[str]:
    command = COMMAND
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    return {text for parameter in command.params for text in (*parameter.opts, *parameter.secondary_opts)}


def test_every_option_of_a_replay_is_told_and_no_other() -> None:
    table = {
        text
        for line in PAGE.splitlines()
        if line.startswith("|")
        for text in re.findall(r"--[a-z][a-z-]*", line)
    }
    told = table | set(
        re.findall(r"--[a-z][a-z-]*", PAGE.split("## What would change")[1].split("## The ledger")[0])
    )

    there = {text for text in options_of("replay") if text.startswith("--")} - {"--json", "--help"}
    assert told == there


@pytest.mark.parametrize("line", sorted(set(re.findall(r"^\$ backfin (.+)$", PAGE, re.MULTILINE))))
def test_every_command_shown_is_there(line: str) -> None:
    words = line.split()
    path = words[:2] if words[0] == "run" else words[:1]

    assert {word for word in words if word.startswith("--")} <= options_of(*path)


def test_the_figures_are_the_defaults() -> None:
    settings = Settings()
    bse = settings.exchanges.bse
    assert (bse.poll_in_session, bse.poll_by_day, bse.poll_at_night, bse.poll_on_holidays) == (
        20,
        60,
        300,
        120,
    )
    assert f"`catch_up_days` ({bse.catch_up_days})" in PAGE
    assert f"more than {PILE} live messages" in PAGE
    assert f"({DRY_LIMIT:,} if not said)" in PAGE
    assert settings.steps.bulk_processes == 1
