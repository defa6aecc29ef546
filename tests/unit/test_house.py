"""Rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import backfin

PACKAGE = Path(backfin.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 60

#: Besides the settings, the one that hands this process's environment on to its children.
MAY_READ_THE_ENVIRONMENT = ("settings", "guard.py")

#: Folders and files that speak to a terminal.
MAY_PRINT = ("cli", "demo", "testing", "notifications/channels/console.py")

#: Calls that give a time without a zone when nothing, or no zone, is handed in.
NAIVE_CALLS = {"datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today", "date.today"}
NAIVE_WITHOUT_ZONE = {"datetime.now": 1, "datetime.fromtimestamp": 2}

EMOJI = re.compile("[\U0001f000-\U0001faff\u2705\u274c\u2728\u2b50\u26a0\u2757\ufe0f]")


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every source file, by its path in the package."""
    for path in SOURCES:
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def naive_times(tree: ast.AST) -> list[int]:
    """Lines that ask for a time without a zone."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _is_naive(call)]


def _is_naive(call: ast.Call) -> bool:
    name = ".".join(ast.unparse(call.func).split(".")[-2:])
    given = len(call.args) + len(call.keywords)
    return name in NAIVE_CALLS or given < NAIVE_WITHOUT_ZONE.get(name, 0)


def environment_reads(tree: ast.AST) -> list[int]:
    """Lines that read the environment."""
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.ImportFrom)]
    return [node.lineno for node in read if _is_environment(node)]


def _is_environment(node: ast.Attribute | ast.ImportFrom) -> bool:
    if isinstance(node, ast.Attribute):
        return ast.unparse(node) in {"os.environ", "os.environb", "os.getenv"}
    return node.module == "os" and any(alias.name in {"environ", "getenv"} for alias in node.names)


def prints(tree: ast.AST) -> list[int]:
    """Lines that print."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def long_functions(tree: ast.AST) -> list[str]:
    """Functions that are too long, with their lines."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    return [f"{name}: {lines}" for name, lines in lengths.items() if lines > MOST_LINES_IN_A_FUNCTION]


def test_no_time_is_without_a_zone() -> None:
    assert [f"{name}:{line}" for name, tree in trees() for line in naive_times(tree)] == []


def test_only_the_settings_read_the_environment() -> None:
    found = [
        f"{name}:{line}"
        for name, tree in trees()
        if not name.startswith(MAY_READ_THE_ENVIRONMENT)
        for line in environment_reads(tree)
    ]

    assert found == []


def test_only_what_speaks_to_a_terminal_prints() -> None:
    found = [
        f"{name}:{line}" for name, tree in trees() if not name.startswith(MAY_PRINT) for line in prints(tree)
    ]

    assert found == []


def test_every_file_is_short() -> None:
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_IN_A_FILE} == {}


def test_every_function_is_short() -> None:
    assert [f"{name}: {long}" for name, tree in trees() for long in long_functions(tree)] == []


def test_no_source_has_emoji() -> None:
    assert [path.name for path in SOURCES if EMOJI.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", backfin.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(backfin, name) is not None


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = backfin.no_such_name


def test_the_checks_find_what_they_look_for() -> None:
    tree = ast.parse(
        "import os\nfrom os import environ\ndatetime.now()\ndt.datetime.utcnow()\nos.getenv('A')\nprint(1)\n"
        "datetime.now(UTC)\n"
    )

    assert naive_times(tree) == [3, 4]
    assert sorted(environment_reads(tree)) == [2, 5]
    assert prints(tree) == [6]
    assert long_functions(ast.parse("def f():\n" + "    pass\n" * 60)) == ["f: 61"]
    assert EMOJI.search("done \U0001f389")
