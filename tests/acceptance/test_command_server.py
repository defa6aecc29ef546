"""A command of these tests is what a user's would be, though it is forked."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import command_server
from processes import BIN, Cli

COMMAND = str(BIN / "backfin")


@pytest.mark.parametrize("arguments", [("config",), ("day", "yesterday"), ("watch", "--help"), ("nonsense",)])
def test_a_forked_command_says_and_ends_as_one_that_is_started(cli: Cli, arguments: tuple[str, ...]) -> None:
    started = subprocess.run(
        [COMMAND, *arguments], env=cli.env(), capture_output=True, text=True, timeout=100, check=False
    )

    forked = cli.run(*arguments, code=None)

    assert (started.returncode, started.stdout, started.stderr) == (
        forked.returncode,
        forked.stdout,
        forked.stderr,
    )


def test_it_has_the_environment_and_the_folder_of_its_caller(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cli.environment["BACKFIN_HOME"] = "here"

    cli.run("watch", "add", "a", "*", "--to", "console:")

    assert (tmp_path / "here" / "backfin.db").exists()
    assert os.environ["BACKFIN_HOME"] != "here"


def test_one_that_does_not_end_in_time_is_killed(cli: Cli) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        command_server.run([COMMAND, "eval"], cli.env(), timeout_s=0)
