"""``backfin plugin new``: what it writes works at once, as a stranger would use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import backfin
from backfin.testing.contracts import checking
from processes import BIN, Cli

#: Most lines a plugin may need before it does something.
MOST_LINES = {"notifier": 60, "exchange": 150, "prompts": 60}

#: The command line, in whatever Python runs it.
COMMAND = "from backfin.cli import main; main()"

KINDS = ("exchange", "notifier", "prompts")


class Venv:
    """An environment of its own that sees the packages of this one, and what is installed into it."""

    def __init__(self, folder: Path) -> None:
        self.python = folder / "bin" / "python"
        run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        (site,) = folder.glob("lib/python*/site-packages")
        seen = (sysconfig.get_path("purelib"), str(Path(backfin.__file__).parents[1]))
        (site / "parent.pth").write_text("\n".join(seen))

    def install(self, package: Path) -> None:
        """Builds a package and installs its wheel, with nothing from outside."""
        options = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
        run([sys.executable, "-m", "pip", f"--python={self.python}", "install", *options, str(package)])

    def run(self, *command: str, cwd: Path) -> str:
        """Runs Python in it."""
        return run([str(self.python), *command], cwd=cwd)


def run(command: list[str], cwd: Path | None = None) -> str:
    """Runs a command that must succeed; what it prints."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "BACKFIN_HOME")}
    done = subprocess.run(
        command, cwd=cwd, env=kept, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_new_plugin_is_green_typed_clean_and_loaded_at_once(
    cli: Cli, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    venv = Venv(tmp_path / "venv")
    for kind in KINDS:
        with subtests.test(kind):
            cli.run("plugin", "new", kind, f"my-{kind}", "--into", str(tmp_path))
            package = tmp_path / f"backfin-my-{kind}"
            venv.install(package)

            tests = venv.run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=package)
            types = venv.run("-m", "mypy", "--cache-dir", str(tmp_path / "types"), cwd=package)
            run([str(BIN / "ruff"), "check", "."], cwd=package)
            run([str(BIN / "ruff"), "format", "--check", "."], cwd=package)
            plugins = venv.run("-c", COMMAND, "plugins", "--check", "--json", cwd=package)

            assert " passed" in tests
            assert "skipped" not in tests
            assert "no issues found" in types
            (mine,) = [one for one in json.loads(plugins) if one["name"] == f"my_{kind}"]
            assert mine["version"] == "0.1.0"
            assert mine["state"] == ("on" if kind == "prompts" else "off")
            code = package.glob("src/*/*.py")
            assert sum(len(file.read_text().splitlines()) for file in code) <= MOST_LINES[kind]


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
