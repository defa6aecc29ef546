"""Help, version and commands that only look things up load nothing they do not need."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, get_args

import pytest

from backfin.cli import choices
from backfin.models import Cadence, Phase
from backfin.steps import replay_request as replay
from backfin.storage.export import WRITERS
from backfin.storage.export_rows import KINDS

HEAVY = ("openai", "sqlalchemy", "requests", "dramatiq", "pypdfium2", "parsel")

#: Runs one command line and prints which heavy packages it brought in.
PROBE = f"""
import contextlib, io, json, sys
from backfin.cli import app
with contextlib.redirect_stdout(io.StringIO()):
    app(sys.argv[1:], standalone_mode=False)
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""


def loaded_by(*arguments: str) -> list[str]:
    """Heavy packages that a fresh process has loaded when the command is done."""
    command = [sys.executable, "-c", PROBE, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    return list(json.loads(done.stdout))


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("replay", "--help"), ("watch", "add", "--help"), ("config",)],
    ids=" ".join,
)
def test_help_version_and_settings_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) == []


@pytest.mark.parametrize(
    "arguments",
    [("announcements",), ("watch", "list"), ("investor", "list"), ("db", "current")],
    ids=" ".join,
)
def test_looking_things_up_loads_the_store_alone(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) == ["sqlalchemy"]


@pytest.mark.parametrize(
    ("offered", "owned"),
    [
        (choices.FromStep, get_args(replay.FromStep)),
        (choices.Only, get_args(replay.Only)),
        (choices.PhaseWord, tuple(Phase)),
        (choices.CadenceWord, tuple(Cadence)),
        (choices.ExportKind, KINDS),
        (choices.ExportFormat, tuple(WRITERS)),
    ],
)
def test_options_offer_the_words_their_owners_know(offered: Any, owned: tuple[str, ...]) -> None:
    assert get_args(offered) == owned
