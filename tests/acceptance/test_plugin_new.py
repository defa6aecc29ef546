"""``backfin plugin new``: what it writes works at once, as a stranger would use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backfin.testing.contracts import checking
from processes import BIN, Cli

#: Most lines a plugin may need before it does something.
MOST_LINES = {"notifier": 60, "exchange": 150, "prompts": 60}

#: The command line, in whatever Python runs it.
COMMAND = "from backfin.cli import main; main()"

KINDS = ("exchange", "notifier", "prompts")


def run(command: list[str], cwd: Path | None = None, **variables: str) -> str:
    """Runs a command that must succeed; what it prints."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "BACKFIN_HOME")}
    done = subprocess.run(
        command, cwd=cwd, env=kept | variables, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def install(packages: list[Path], site: Path) -> None:
    """Builds packages and installs their wheels into a folder, with nothing from outside."""
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", f"--target={site}"]
    run([sys.executable, "-m", "pip", "install", *options, *map(str, packages)])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_new_plugins_are_green_typed_clean_and_loaded_at_once(cli: Cli, tmp_path: Path) -> None:
    """All kinds in one test: the types of backfin, which take longest, are then worked out once."""
    site, types = tmp_path / "site", tmp_path / "types"
    packages = {kind: tmp_path / f"backfin-my-{kind}" for kind in KINDS}
    for kind in KINDS:
        cli.run("plugin", "new", kind, f"my-{kind}", "--into", str(tmp_path))
    install(list(packages.values()), site)

    for kind, package in packages.items():
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        tests = run(command, cwd=package, PYTHONPATH=str(site))
        run([sys.executable, "-m", "mypy", "--cache-dir", str(types)], cwd=package, MYPYPATH=str(site))
        run([str(BIN / "ruff"), "check", "."], cwd=package)
        run([str(BIN / "ruff"), "format", "--check", "."], cwd=package)
        assert " passed" in tests
        assert "skipped" not in tests
        assert (site / f"backfin_my_{kind}" / "py.typed").exists()
        lines = sum(len(file.read_text().splitlines()) for file in package.glob("src/*/*.py"))
        assert lines <= MOST_LINES[kind]

    shown = run(
        [sys.executable, "-c", COMMAND, "plugins", "--check", "--json"], tmp_path, PYTHONPATH=str(site)
    )
    mine = {one["name"]: one for one in json.loads(shown) if one["name"].startswith("my_")}
    assert {name: (one["version"], one["state"]) for name, one in mine.items()} == {
        "my_exchange": ("0.1.0", "off"),
        "my_notifier": ("0.1.0", "on"),
        "my_prompts": ("0.1.0", "on"),
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["x", "a-name-of-23-characters"])
def test_a_new_plugin_of_any_name_is_clean(kind: str, name: str, cli: Cli, tmp_path: Path) -> None:
    cli.run("plugin", "new", kind, name, "--folder", str(tmp_path))

    run([str(BIN / "ruff"), "check", "."], cwd=tmp_path / f"backfin-{name}")
    run([str(BIN / "ruff"), "format", "--check", "."], cwd=tmp_path / f"backfin-{name}")


@pytest.mark.parametrize("name", ["My Desk", "1st", "../etc", "class", "x" * 30, "", "desk-"])
def test_a_name_that_no_package_can_bear_is_refused(name: str, cli: Cli, tmp_path: Path) -> None:
    done = cli.run("plugin", "new", "notifier", name, "--into", str(tmp_path / "new"), code=2)

    assert "is no name for a plugin" in done.stderr
    assert not (tmp_path / "new").exists()


def test_what_is_there_is_not_written_over(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "backfin-desk").mkdir()

    done = cli.run("plugin", "new", "notifier", "desk", "--into", str(tmp_path), code=2)

    assert "is there already" in done.stderr


def test_the_contracts_watch_the_network_and_the_disk() -> None:
    with pytest.raises(AssertionError), checking.nothing_is_touched():
        Path("/etc/hosts").read_text()
