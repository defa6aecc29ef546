"""``docs/hooks.md``, the hook specifications and the host speak of the same hooks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from backfin.plugins import hookspecs
from backfin.plugins.admission import HOOKS
from backfin.plugins.contracts import KINDS
from backfin.plugins.record import State
from backfin.specs import API_VERSION

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")

#: Built-in plugins, fakes, and what new plugins start from.
SOURCES = [
    file for file in (ROOT / "src").rglob("*.*") if file.suffix in (".py", ".j2") and file.stem != "hookspecs"
]

#: Code of the packages in plugins/ and of the examples.
PACKAGES = [*(ROOT / "plugins").glob("*/src/**/*.py"), *(ROOT / "examples").rglob("*.py")]


def signature(hook: str) -> str:
    return f"{hook}({', '.join(inspect.signature(getattr(hookspecs, hook)).parameters)})"


def test_the_docs_list_every_hook_with_its_signature_and_no_other() -> None:
    listed = re.findall(r"^\| `(backfin_\w+\([^)]*\))`", DOCS, flags=re.MULTILINE)

    assert listed == [signature(hook) for hook in HOOKS]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_docs_name_what_each_hook_returns(hook: str) -> None:
    returned = getattr(hookspecs, hook).__annotations__["return"].replace("|", "\\|")

    assert re.search(rf"^\| `{hook}\(.*\| `{re.escape(returned)}` \|", DOCS, flags=re.MULTILINE)


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("part", ["Called", "Result", "If it raises", "New in"])
def test_every_hook_says_when_it_is_called_and_what_happens(hook: str, part: str) -> None:
    assert re.search(rf"^{part}: \S", inspect.getdoc(getattr(hookspecs, hook)) or "", flags=re.MULTILINE)


def used_in(files: Iterable[Path]) -> dict[str, set[str]]:
    """Hook → the arguments its implementations in some files take."""
    found: dict[str, set[str]] = {}
    for file in files:
        for hook, arguments in re.findall(r"def (backfin_\w+)\(([^)]*)\)", file.read_text(encoding="utf-8")):
            names = {part.partition(":")[0].strip() for part in arguments.split(",")} - {"", "self"}
            found.setdefault(hook, set()).update(names)
    return found


@pytest.mark.parametrize("hook", HOOKS)
def test_tests_and_plugins_use_every_hook_with_arguments_it_has(hook: str) -> None:
    tests = used_in(
        [ROOT / "tests" / "unit" / "test_plugin_host.py", ROOT / "src" / "backfin" / "testing" / "apps.py"]
    )
    plugins = used_in([*SOURCES, *PACKAGES])
    known = set(inspect.signature(getattr(hookspecs, hook)).parameters)

    assert hook in tests, "no test implements it"
    assert hook in plugins, "neither a built-in nor a package uses it"
    assert plugins[hook] <= known, "an implementation takes an argument that the hook has not"


def test_every_offer_hook_has_a_kind() -> None:
    assert {kind.hook for kind in KINDS} == set(HOOKS) - {"backfin_config_model", "backfin_on_event"}


def test_the_docs_name_every_state_kind_and_the_version() -> None:
    assert [state for state in get_args(State) if f"| `{state}` |" not in DOCS] == []
    assert [kind.name for kind in KINDS if f"`{kind.name}`" not in DOCS] == []
    assert f"version {API_VERSION} of the interface" in DOCS
