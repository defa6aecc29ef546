"""The house has floors: a module imports from lower floors, and beside itself only within its own folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import backfin

PACKAGE = Path(backfin.__file__).parent

#: File or folder right under the package, by floor. A new one gets its floor here.
FLOORS = {
    name: floor
    for floor, names in {
        0: "errors clock identity guard orphan hosts progress work tracing suggest breakers lanes",
        1: "models calendar",
        2: "settings interfaces specs egress http_faults pacing model_limits presence",
        3: "plugins http log consumer counters telemetry investors poison",
        4: "bounds exchanges documents enrichment notifications storage",
        5: "builtins schedules context heartbeat",
        6: "steps",
        7: "pipeline broker embedded supervisor by_hand",
        8: "app",
        9: "evaluation scaffold queues fleet freshness restoring run_ledger",
        10: "observing diagnosis",
        11: "actors cli web __main__",
    }.items()
    for name in names.split()
}

#: Beside the house: they may import anything, and only ``cli`` may import them, for the command ``demo``.
SIDE = {"testing", "demo", "_pytest_plugin"}
MAY_IMPORT_SIDE = SIDE | {"cli"}


@dataclass(frozen=True)
class Import:
    """One import of our own, and where it stands."""

    place: str
    importer: str
    imported: str


def imports_in(source: str, module: str) -> Iterator[tuple[int, str]]:
    """Line and full name of every ``backfin`` import that runs, also inside functions."""
    tree = ast.parse(source)
    unread = {id(inner) for node in ast.walk(tree) if _is_for_type_checkers(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, name) for name in _names(node, module))


def _is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _names(node: ast.ImportFrom, module: str) -> list[str]:
    base = node.module or ""
    if node.level:
        parents = module.split(".")[: -node.level]
        base = ".".join([*parents, base] if base else parents)
    return [f"backfin.{alias.name}" for alias in node.names] if base == "backfin" else [base]


def module_name(path: Path) -> str:
    """Dotted name under the package; a folder's ``__init__`` keeps that word, so that dots count right."""
    return ".".join(["backfin", *path.relative_to(PACKAGE).with_suffix("").parts])


def own_imports() -> list[Import]:
    """Every import of our own in the package, the public face left out."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = module_name(path)
        if module == "backfin.__init__":
            continue
        for line, name in imports_in(path.read_text(encoding="utf-8"), module):
            if name.split(".")[0] == "backfin" and name != "backfin.__version__":
                place = f"{path.relative_to(PACKAGE.parent)}:{line}"
                found.append(Import(place, module.split(".")[1], name.partition(".")[2].partition(".")[0]))
    return found


def fault(found: Import) -> str | None:
    """What is wrong with an import, or ``None``."""
    importer, imported = found.importer, found.imported
    if imported in SIDE:
        wrong = None if importer in MAY_IMPORT_SIDE else f"nothing above may import {imported!r}"
    elif imported not in FLOORS:
        wrong = f"{imported!r} is no module of the package; import from the module that defines it"
    elif importer in SIDE or importer == imported or FLOORS.get(importer, -1) > FLOORS[imported]:
        wrong = None
    else:
        wrong = f"{importer!r} (floor {FLOORS.get(importer)}) imports {imported!r} (floor {FLOORS[imported]})"
    return wrong and f"{found.place}: {wrong}"


def test_every_file_and_folder_has_a_floor() -> None:
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or any(path.glob("**/*.py"))}

    assert there - set(FLOORS) - SIDE - {"__init__"} == set()


def test_every_import_goes_to_a_lower_floor() -> None:
    faults = [wrong for found in own_imports() if (wrong := fault(found))]

    assert faults == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("models", "storage"),
        ("storage", "notifications"),
        ("steps", "pipeline"),
        ("app", "testing"),
        ("actors", "cli"),
        ("storage", "Settings"),
    ],
)
def test_the_check_finds_an_import_upwards_or_sideways(importer: str, imported: str) -> None:
    assert fault(Import("somewhere.py:1", importer, imported)) is not None


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("storage", "models"), ("storage", "storage"), ("demo", "app"), ("cli", "demo")],
)
def test_the_check_allows_imports_downwards_and_beside(importer: str, imported: str) -> None:
    assert fault(Import("somewhere.py:1", importer, imported)) is None


def test_the_check_reads_every_spelling_of_an_import() -> None:
    source = (
        "import backfin.app\n"
        "from backfin import broker\n"
        "from backfin.steps.read import read\n"
        "def late():\n    from . import tables\n    from ..app import Backfin\n"
        "if TYPE_CHECKING:\n    from backfin.cli import app\n"
    )

    names = [name for _, name in imports_in(source, "backfin.storage.store")]

    assert names == [
        "backfin.app",
        "backfin.broker",
        "backfin.steps.read",
        "backfin.storage",
        "backfin.app",
    ]
