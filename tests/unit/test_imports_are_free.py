"""Importing backfin does nothing: no network, no file, no environment, no broker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import backfin

PACKAGE = Path(backfin.__file__).parent

HEAVY = ("openai", "requests", "redis", "sqlalchemy", "dramatiq", "pypdfium2", "typer", "fastapi")

#: Prints which heavy packages ``import backfin`` brings in.
LIGHT = f"""
import sys, json
import backfin
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""

#: Imports one module and prints what it did on the way. Other people's packages are imported before, with the
#: standard library's lazy parts, because what those do is not ours to judge.
WATCH = '''
import contextlib, importlib, json, os, sys

others = """
alembic cronsim dramatiq.brokers.redis dramatiq.brokers.stub fastapi fsspec jinja2 openai parsel periodiq
pluggy prometheus_client.core psutil psycopg pyarrow pydantic_settings pypdfium2 redis requests rich sqlalchemy typer
uvicorn
"""
for name in others.split():
    with contextlib.suppress(ImportError):
        importlib.import_module(name)

import dramatiq.broker

package, modules = sys.argv[1], sys.argv[2:]
done = []
DEEDS = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "sqlite3.connect",
         "os.mkdir", "os.remove", "os.rename", "os.fork", "tempfile.mkdtemp", "tempfile.mkstemp")

def watch(event, arguments):
    if event in DEEDS:
        done.append(event)
    elif event == "open" and isinstance(arguments[0], str):
        path, flags = arguments[0], arguments[2]
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        is_data = path.startswith(package) and not path.endswith((".py", ".pyc"))
        if writes or is_data:
            done.append(f"open {path}")

class Environment(type(os.environ)):
    def __getitem__(self, key):
        if key.startswith("BACKFIN_") or key == "REDIS_URL":
            done.append(f"environment {key}")
        return super().__getitem__(key)

os.environ.__class__ = Environment
sys.addaudithook(watch)
faults = {}
for module in modules:
    done.clear()
    try:
        importlib.import_module(module)
    except ImportError as error:
        is_optional = isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("backfin")
        if not is_optional:
            done.append(repr(error))
    if dramatiq.broker.global_broker is not None:
        done.append("a global broker")
    if done:
        faults[module] = list(done)
print(json.dumps(faults))
'''


def run(code: str, *arguments: str) -> object:
    """What a fresh Python prints, as JSON."""
    command = [sys.executable, "-B", "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def modules() -> list[str]:
    """Every module that must be free to import: all but the one with an effect and the migration scripts."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if "migrations" not in parts and parts[-1] not in ("__main__", "actors"):
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def test_import_backfin_brings_in_nothing_heavy() -> None:
    assert run(LIGHT) == []


def test_importing_any_module_has_no_effect() -> None:
    assert run(WATCH, str(PACKAGE), *modules()) == {}


@pytest.mark.parametrize(
    ("line", "deed"),
    [
        ("import socket; socket.socket().bind(('127.0.0.1', 0))", "socket.bind"),
        ("open('note', 'w').close()", "open note"),
        ("import os; os.environ.get('BACKFIN_HOME')", "environment BACKFIN_HOME"),
        ("import dramatiq as d; d.set_broker(d.brokers.stub.StubBroker())", "global broker"),
    ],
)
def test_the_check_notices(line: str, deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "guilty.py").write_text(line)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    faults = run(WATCH, str(PACKAGE), "guilty")

    assert isinstance(faults, dict)
    assert deed in " ".join(faults["guilty"])


#: Opens the plugins as every command does, and prints whether the rules are loaded then and after a worker's check.
UNLOADED = """
import sys, json
from pathlib import Path
from backfin.testing.apps import isolated_settings
from backfin.app import Backfin
rules = "backfin.enrichment.rules.enricher"
enrichers = Backfin(isolated_settings(Path(sys.argv[1]), {})).plugins.registry.enrichers
before = rules in sys.modules
for enricher in enrichers:
    if enricher.name == "rules":
        enricher.check()
print(json.dumps([before, rules in sys.modules]))
"""


def test_rules_are_loaded_by_workers_and_not_by_every_command(tmp_path: Path) -> None:
    command = [sys.executable, "-c", UNLOADED, str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert [False, True] == json.loads(done.stdout)
