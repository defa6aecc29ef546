"""The tutorial's code is what the command writes, its change keeps the tests green, the picture is a real run."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from pytest_httpserver import HTTPServer

from backfin import testing
from backfin.scaffold import PluginName, write_plugin

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "plugins.md").read_text(encoding="utf-8")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package of the tutorial."""
    return write_plugin("notifier", PluginName.of("slack"), tmp_path, year=2026)


def code_of(package: Path) -> Path:
    return package / "src" / "backfin_slack" / "__init__.py"


def test_the_page_shows_what_the_command_writes(package: Path) -> None:
    shown = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)[0]

    assert shown == code_of(package).read_text(encoding="utf-8")
    assert len(shown.splitlines()) <= 70


def changed(code: str) -> str:
    """The code after the change that the page tells to make: each line with ``-`` becomes those with ``+``."""
    (diff,) = re.findall(r"^```diff\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    steps = re.findall(r"^-(.*\n)((?:\+.*\n)+)", diff, flags=re.MULTILINE)
    assert "".join(f"-{old}{new}" for old, new in steps) == diff
    for old, new in steps:
        assert code.count(old) == 1
        code = code.replace(old, re.sub(r"^\+", "", new, flags=re.MULTILINE))
    return code


def test_the_tutorial_ends_with_the_package_that_is_shipped(package: Path) -> None:
    shipped = DOCS.parent / "plugins" / "backfin-slack" / "src" / "backfin_slack" / "__init__.py"
    code = shipped.read_text(encoding="utf-8")

    assert changed(code_of(package).read_text(encoding="utf-8")) == code
    assert len(code.splitlines()) <= 70


def test_the_change_of_the_tutorial_keeps_its_tests_green(package: Path) -> None:
    code_of(package).write_text(changed(code_of(package).read_text(encoding="utf-8")), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=package,
        env={**os.environ, "PYTHONPATH": str(package / "src")},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


def test_a_filing_reaches_the_chat_of_the_tutorial_through_the_installed_plugin(
    package: Path, httpserver: HTTPServer
) -> None:
    (script,) = re.findall(r"^```python\n(# try_slack.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    httpserver.expect_request("/T000/B000/XXXX").respond_with_data()
    info = package / "src" / "backfin_slack-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: backfin-slack\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[backfin]\nslack = backfin_slack\n")

    done = subprocess.run(
        [sys.executable, "-c", script.replace("http://127.0.0.1:8099", httpserver.url_for(""))],
        env={**os.environ, "PYTHONPATH": str(package / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    ((request, _),) = httpserver.log
    assert "Saraswati Cables Ltd" in request.get_json()["text"]


def test_the_page_names_every_helper_for_tests() -> None:
    told = {"lint_prompt_file", "lint_prompt_set", "NetworkUsed"}

    assert [name for name in testing.__all__ if f"`{name}" not in PAGE and name not in told] == []


def test_every_fixture_is_named() -> None:
    from backfin import _pytest_plugin

    fixtures = [
        name
        for name, value in vars(_pytest_plugin).items()
        if type(value).__name__ == "FixtureFunctionDefinition"
    ]

    assert len(fixtures) == 4
    assert [name for name in fixtures if f"`{name}`" not in PAGE] == []


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    """The script that draws the picture of the hooks."""
    spec = importlib.util.spec_from_file_location("draw_hooks", DOCS / "pictures" / "draw_hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["draw_hooks"] = module
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_what_a_run_shows(drawing: ModuleType) -> None:
    found = drawing.calls()

    assert (DOCS / "pictures" / "hooks.svg").read_text(encoding="utf-8") == drawing.draw(found)
    from backfin.plugins.admission import HOOKS

    assert {hook for _, hook, _ in found} >= set(HOOKS)
    assert inspect.getdoc(drawing)
