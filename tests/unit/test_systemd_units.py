"""The systemd units of the docs run what the compose file runs, and systemd can read them."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))

#: Which service of the compose file a unit stands for.
SERVICES = {"backfin-worker@.service": "worker", "backfin-scheduler.service": "scheduler"}


def unit(file: Path) -> configparser.ConfigParser:
    """A unit as its sections."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(file, encoding="utf-8")
    return parser


def test_there_is_a_unit_for_everything_that_runs_for_ever() -> None:
    assert {file.name for file in UNITS} == set(SERVICES)


@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_a_unit_runs_what_the_compose_file_runs_and_starts_it_again(file: Path) -> None:
    compose = YAML(typ="safe").load((ROOT / "docker-compose.redis.yml").read_text(encoding="utf-8"))
    wanted = compose["services"][SERVICES[file.name]]["command"]
    service = unit(file)["Service"]

    program, *arguments = service["ExecStart"].split()

    assert [Path(program).name, *arguments] == wanted
    assert (service["Restart"], service["User"]) == ("always", "backfin")
    assert unit(file)["Install"]["WantedBy"] == "multi-user.target"


def test_workers_get_longer_to_end_than_they_take() -> None:
    service = unit(ROOT / "docs" / "systemd" / "backfin-worker@.service")["Service"]
    words = service["ExecStart"].split()

    grace_ms = int(words[words.index("--worker-shutdown-timeout") + 1])

    assert grace_ms / 1000 < float(service["TimeoutStopSec"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_systemd_takes_the_unit(file: Path, tmp_path: Path) -> None:
    # The programs and the user are those of the machine it is meant for.
    text = (
        file.read_text(encoding="utf-8")
        .replace("/opt/backfin/bin/", "/bin/")
        .replace("User=backfin", "User=root")
    )
    for program in ("dramatiq", "periodiq"):
        text = text.replace(f"/bin/{program}", "/bin/true")
    copy = tmp_path / file.name.replace("@", "@1")
    copy.write_text(text, encoding="utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", str(copy)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr.strip()) == (0, "")
