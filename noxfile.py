"""Every check of the project. ``nox`` runs what a change must pass, ``nox -l`` lists the rest."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import nox
from packaging.requirements import Requirement

nox.options.default_venv_backend = "uv|venv"  # uv installs in seconds, where it is
nox.options.reuse_venv = "yes"
# Readers of documents write no bytecode, so that without it each of them would compile what it imports.
os.environ.setdefault("UV_COMPILE_BYTECODE", "1")
nox.options.sessions = ["lint", "types", "tests", "plugins", "build"]

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")

#: Where next to nothing of what is installed is run.
READ_ONLY = {"UV_COMPILE_BYTECODE": "0"}

#: Tiers of tests, cheapest first.
TIERS = ["unit", "contracts", "integration", "faults", "acceptance", "docs", "benchmarks"]

#: pytest's exit code when nothing was selected: usual where extra arguments choose a few tests.
NOTHING_SELECTED = 5

#: Pythons the package says it works with.
PYTHONS = [line.rpartition(" ")[2] for line in PROJECT["project"]["classifiers"] if "Python :: 3." in line]


def group(name: str) -> tuple[str, ...]:
    """Requirements of a dependency group."""
    return nox.project.dependency_groups(PROJECT, name)


def run_tiers(session: nox.Session, *tiers: str) -> None:
    """Installs the package as users get it and runs tiers of tests on it; extra arguments go to pytest.

    Tests run two by two; where they wait for processes and servers, six at once keep two cores busy. Those marked
    ``recovery`` come last: they mostly wait, and keep time while they do. A sixth of them is run, another one each
    day, unless arguments choose some; ``nox -s recovery`` runs all.
    """
    session.install(".[all]", *group("test"))
    for tier in tiers:
        files = [file.read_text(encoding="utf-8") for file in (ROOT / "tests" / tier).rglob("test_*.py")]
        wait = ["pytest.mark.recovery" in text for text in files]
        if not all(wait):
            run_pytest(session, tier, "-m", "not recovery")
        if any(wait):
            run_pytest(session, tier, "-m", "recovery")


def run_pytest(session: nox.Session, tier: str, *options: str, every: str = "6") -> None:
    """Runs tests of a tier; only where extra arguments choose tests may none be left."""
    codes = [0, NOTHING_SELECTED] if session.posargs else [0]
    sample = {} if session.posargs else {"RECOVERY_EVERY": os.environ.get("RECOVERY_EVERY", every)}
    at_once = "6" if tier in ("integration", "acceptance", "benchmarks") else "2"
    # A process that has nothing left to do takes tests over from one that is held up by long ones.
    selected = [f"tests/{tier}", "-n", at_once, "--dist", "worksteal", *options, *session.posargs]
    session.run("python", "-m", "pytest", *selected, env=sample, success_codes=codes)


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format of all code."""
    session.install(*group("lint"), env=READ_ONLY)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types of the package and of the examples, strictly; those of plugins/ are checked with their tests."""
    session.install(".[all]", *group("test"), env=READ_ONLY)
    session.run("mypy", "--num-workers", "2")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests on the installed package, tier by tier."""
    run_tiers(session, *TIERS)


@nox.session(default=False)
def unit(session: nox.Session) -> None:
    """Tests that touch nothing outside the process."""
    run_tiers(session, "unit", "contracts")


@nox.session(default=False, python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """Unit and contract tests on each Python that the package claims and that is on PATH."""
    run_tiers(session, "unit", "contracts")


@nox.session(default=False)
def integration(session: nox.Session) -> None:
    """Tests with real servers, stores and processes."""
    run_tiers(session, "integration")


@nox.session(default=False)
def acceptance(session: nox.Session) -> None:
    """Tests of the commands as a user runs them."""
    run_tiers(session, "acceptance")


@nox.session(default=False)
def recovery(session: nox.Session) -> None:
    """Everything that can be killed, cut off, emptied or full is, in real processes; all of these tests."""
    session.install(".[all]", *group("test"))
    run_pytest(session, "acceptance", "-m", "recovery", every="1")


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Ten thousand announcements go through while workers, scheduler, Redis and receiver are killed at random.

    ``SOAK_EVENTS`` and ``SOAK_SEED`` choose another number, and the same order of kills again.
    """
    session.install(".[all]", *group("test"))
    events = {"SOAK_EVENTS": os.environ.get("SOAK_EVENTS", "10000")}
    session.run("python", "-m", "pytest", "tests/acceptance/test_soak.py", "-s", *session.posargs, env=events)


@nox.session(default=False)
def dramatiq_tests(session: nox.Session) -> None:
    """Dramatiq's own tests of its Redis broker, from the source of the installed version, on ours."""
    session.install(".", *group("test"))
    folder = Path(session.create_tmp()) / "dramatiq"
    shutil.rmtree(folder, ignore_errors=True)
    version = str(session.run("python", "-c", DRAMATIQ_VERSION, silent=True)).strip()
    source = ["--no-deps", "--no-binary", "dramatiq", f"dramatiq=={version}"]
    session.run("python", "-m", "pip", "download", "--quiet", "--dest", str(folder), *source)
    with tarfile.open(folder / f"dramatiq-{version}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    tests = folder / f"dramatiq-{version}" / "tests"
    for file in (ROOT / "tests" / "of_dramatiq").glob("*.py"):
        shutil.copy(file, tests)
    (tests / "__init__.py").touch()
    with session.chdir(tests.parent):
        options = ["-c", os.devnull, "--rootdir", ".", "-p", "no:cacheprovider", "-n", "3", "-v"]
        env = {"PYTHONPATH": str(ROOT / "tests")}
        session.run("python", "-m", "pytest", *options, "tests/test_redis.py", *session.posargs, env=env)


#: Prints which dramatiq is installed.
DRAMATIQ_VERSION = "import importlib.metadata as m; print(m.version('dramatiq'))"


@nox.session(default=False)
def faults(session: nox.Session) -> None:
    """Every touch of store, archive, broker, exchange, model and channel fails once in every way it can.

    ``FAULTS_EVERY=10`` takes each tenth of some thousand cases. The results are put together in ``faults.jsonl`` of the
    session's folder.
    """
    session.install(".[all]", *group("test"))
    report = Path(session.create_tmp()) / "faults.jsonl"
    report.unlink(missing_ok=True)
    walk = {"FAULTS_EVERY": os.environ.get("FAULTS_EVERY", "1"), "FAULTS_REPORT": str(report)}
    session.run("python", "-m", "pytest", "tests/faults", "-n", "2", *session.posargs, env=walk)
    session.run("python", "tests/fault_walk/report.py", str(report))


@nox.session(default=False)
def fleet(session: nox.Session) -> None:
    """Three hosts over shared services: one stands still or is cut off, a scheduler dies; takes some minutes."""
    session.install(".[all]", *group("test"))
    command = ["pytest", "tests/acceptance/test_many_hosts.py", "-n", "0", *session.posargs]
    session.run("python", "-m", *command, env={"FLEET": "1"})


@nox.session(default=False)
def schemas(session: nox.Session) -> None:
    """The way up from every schema with rows in it, and down again, on SQLite and on PostgreSQL."""
    session.install(".[all]", *group("test"))
    command = ["pytest", "tests/integration/test_migrations.py", "-n", "2", *session.posargs]
    session.run("python", "-m", *command, env={"EVERY_SCHEMA": "1"})


@nox.session(default=False)
def docs(session: nox.Session) -> None:
    """What README and docs show and name is there and runs."""
    run_tiers(session, "docs")


@nox.session(default=False)
def accuracy(session: nox.Session) -> None:
    """Figures on the sample day, and on real filings where their texts are, held against their floors."""
    session.install(".")
    command = ["backfin", "eval", "--enricher", "rules", "--floors", "tests/gold/floors.json"]
    session.run(*command, *session.posargs)
    session.run(*command, "--xbrl")
    texts = ROOT.parent / "shared" / "fixtures"
    if not texts.is_dir():
        session.log("There are no texts of real filings beside the project.")
        return
    for split in ("tune", "held_out"):
        report = ["--report", f"{session.create_tmp()}/{split}.html"]
        gold = ["--gold", "tests/gold", "--texts", str(texts), "--split", split]
        session.run(*command, *gold, *report)


@nox.session
def plugins(session: nox.Session) -> None:
    """Types and tests of every package in plugins/, built as wheels, against the built wheel of backfin."""
    session.install("build", *group("test"))
    backfin = built(session, ROOT)
    session.install(str(backfin))
    # A wheel of the same version would be taken for the one that is there.
    session.install("--force-reinstall", "--no-deps", str(backfin))
    types_known = str(Path(session.create_tmp()) / "mypy")  # of backfin and what it needs, for all packages
    for folder in packages():
        project = nox.project.load_toml(folder / "pyproject.toml")
        # One beside another would be loaded in the other's tests.
        session.run("python", "-m", "pip", "uninstall", "--yes", "--quiet", *names_of_packages())
        package = built(session, folder)
        extras = ",".join(project["project"].get("optional-dependencies", {}))
        with_extras = f"{package}[{extras}]" if extras else str(package)
        session.install(with_extras, *own_group(project))
        session.install("--force-reinstall", "--no-deps", str(package))
        session.run("python", "-c", NOT_THE_CHECKOUT)
        with session.chdir(folder):
            session.run("mypy", "--strict", "--num-workers", "2", "--cache-dir", types_known)
            session.run("python", "-m", "pytest", "-n", "4", "--dist", "worksteal", *session.posargs)


#: Ends with an error when backfin is imported from the source tree.
NOT_THE_CHECKOUT = "import backfin; assert 'site-packages' in backfin.__file__, backfin.__file__"


def packages() -> list[Path]:
    """Folders of the packages in plugins/."""
    return sorted(file.parent for file in (ROOT / "plugins").glob("*/pyproject.toml"))


def names_of_packages() -> list[str]:
    """Names under which the packages in plugins/ are installed."""
    projects = [nox.project.load_toml(folder / "pyproject.toml") for folder in packages()]
    return [project["project"]["name"] for project in projects]


def built(session: nox.Session, folder: Path) -> Path:
    """The wheel of a package, built anew."""
    target = Path(session.create_tmp()) / "wheels" / folder.name
    shutil.rmtree(target, ignore_errors=True)
    options = ["--wheel", "--no-isolation", "--outdir", str(target)]
    session.run("python", "-m", "build", *options, str(folder), silent=True)
    (wheel,) = target.glob("*.whl")
    return wheel


def own_group(project: dict[str, Any]) -> tuple[str, ...]:
    """What the tests of a package need beside those of backfin."""
    has_one = "test" in project.get("dependency-groups", {})
    return nox.project.dependency_groups(project, "test") if has_one else ()


@nox.session(reuse_venv=False)
def build(session: nox.Session) -> None:
    """The package has every file of the source tree once installed, and works with nothing beside it."""
    session.install(".")
    with session.chdir(session.create_tmp()):
        check_contents(session)
        session.run("python", "-c", NOT_THE_CHECKOUT)
        session.run("backfin", "--version")
        session.run("backfin", "plugins")


def check_contents(session: nox.Session) -> None:
    """Fails when a file of the source tree is not among those installed."""
    tree = ROOT / "src"
    files = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    wanted = {name for name in files if "__pycache__" not in name}
    installed = session.run("python", "-c", INSTALLED_FILES, silent=True)
    missing = sorted(wanted - set(str(installed).splitlines()))
    if missing:
        session.error(f"not installed: {', '.join(missing)}")
    session.log("%d files are installed, py.typed and data among them", len(wanted))


#: Prints every file that the installed package brought.
INSTALLED_FILES = "import importlib.metadata as m; print(*m.files('backfin'), sep='\\n')"


@nox.session(default=False)
def min_deps(session: nox.Session) -> None:
    """Unit tests with the oldest versions the package says it works with."""
    oldest = [lowest(requirement) for requirement in PROJECT["project"]["dependencies"]]
    session.install(".[web,postgres,parquet]", *oldest, *group("test"))
    session.run("python", "-m", "pytest", "tests/unit", "-n", "2", *session.posargs)


def lowest(requirement: str) -> str:
    """A requirement pinned to its lower bound.

    >>> lowest("jinja2>=3.1.6,<4")
    'jinja2==3.1.6'
    """
    parsed = Requirement(requirement)
    for bound in parsed.specifier:
        if bound.operator == ">=":
            extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
            marker = f"; {parsed.marker}" if parsed.marker else ""
            return f"{parsed.name}{extras}=={bound.version}{marker}"
    return requirement


@nox.session(default=False)
def benchmarks(session: nox.Session) -> None:
    """Every benchmark once, on its smallest size."""
    run_tiers(session, "benchmarks")


@nox.session(default=False)
def benchmarks_report(session: nox.Session) -> None:
    """Benchmarks at full size, for docs/performance.md: on a quiet machine, for hours; arguments choose some."""
    session.install(".[all]", *group("test"))
    session.run("python", "benchmarks/report", *session.posargs)
