"""The compose file has the right shape, and nothing in it is open to the network by accident."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backfin.settings import Settings
from backfin.settings.keys import all_keys
from backfin.settings.sources import variable_of

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.redis.yml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    loaded: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return loaded


def check(file: Path) -> subprocess.CompletedProcess[str]:
    """Holds a compose file against the published schema."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_file_fits_the_schema_of_compose_files() -> None:
    done = check(FILE)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_refuses_a_wrong_file(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yml"
    wrong.write_text("services: {redis: {imagine: valkey}}\n")

    assert check(wrong).returncode != 0


def test_every_part_is_there_and_starts_again(compose: dict[str, Any]) -> None:
    services = compose["services"]

    assert set(services) == {"redis", "postgres", "schema", "worker", "scheduler"}
    assert {name for name, one in services.items() if one["restart"] == "unless-stopped"} == {
        "redis",
        "postgres",
        "worker",
        "scheduler",
    }


def test_redis_keeps_everything_and_evicts_nothing(compose: dict[str, Any]) -> None:
    command = compose["services"]["redis"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))

    assert {"--appendonly": "yes", "--maxmemory-policy": "noeviction"}.items() <= options.items()


def test_every_part_of_ours_is_one_image_from_the_one_dockerfile(compose: dict[str, Any]) -> None:
    built = {name: one for name, one in compose["services"].items() if "build" in one}

    assert set(built) == {"schema", "worker", "scheduler"}
    assert {(one["build"], one["image"]) for one in built.values()} == {(".", "backfin")}
    assert [file.name for file in ROOT.glob("*Dockerfile*")] == ["Dockerfile"]


def test_every_part_of_ours_shares_one_redis_one_store_and_one_archive(compose: dict[str, Any]) -> None:
    parts = [compose["services"][name] for name in ("schema", "worker", "scheduler")]
    environment = parts[0]["environment"]

    assert [part["environment"] for part in parts] == [environment] * 3
    assert {variable_of(key) for key in all_keys(Settings)} >= environment.keys()
    assert any(
        environment["BACKFIN_ARCHIVE_URL"].startswith(volume.split(":")[1]) for volume in parts[1]["volumes"]
    )


def test_every_image_of_others_is_pinned_and_watched(compose: dict[str, Any]) -> None:
    others = [service for service in compose["services"].values() if "build" not in service]

    assert all(re.search(r":\d+\.\d+", service["image"]) for service in others)
    assert all("healthcheck" in service for service in others)


def test_only_loopback_ports_are_open(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_workers_wait_for_healthy_services_and_the_schema(compose: dict[str, Any]) -> None:
    for name in ("worker", "scheduler"):
        waits = {part: how["condition"] for part, how in compose["services"][name]["depends_on"].items()}

        assert waits == {
            "redis": "service_healthy",
            "postgres": "service_healthy",
            "schema": "service_completed_successfully",
        }


def test_everything_kept_lies_in_a_named_volume(compose: dict[str, Any]) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }

    assert used == set(compose["volumes"])


def test_the_image_runs_without_root() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()

    assert "USER backfin" in lines
    assert lines.index("USER backfin") < next(n for n, line in enumerate(lines) if line.startswith("CMD"))
