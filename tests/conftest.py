"""Fixtures every tier shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from new_stores import migrated_once

# A busy machine is no defect of what is tested.
settings.register_profile("backfin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "backfin")

_FOREIGN = ("REDIS_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT")
for _name in [name for name in os.environ if name.startswith("BACKFIN_") or name in _FOREIGN]:
    del os.environ[_name]

#: Recorded material that is never part of the project; tests that use it are skipped where it is absent.
SHARED = Path(__file__).resolve().parents[2] / "shared"


#: One in so many of the tests marked ``recovery`` is run, another one each day; all processes of a run mean one day.
EVERY = int(os.environ.get("RECOVERY_EVERY", "1"))
DAY = int(os.environ.setdefault("RECOVERY_DAY", str(datetime.now(UTC).toordinal())))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begins with the slow ones: at the end they would be waited for while all else is done."""
    left_out = _of_other_days(items)
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _of_other_days(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests of recovery that this run leaves out."""
    marked = [(item, item.get_closest_marker("recovery")) for item in items]
    sampled = [item for item, mark in marked if mark and not mark.kwargs.get("with_each_change")]
    return [item for number, item in enumerate(sampled) if (number + DAY) % EVERY]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded rows and documents."""
    if not SHARED.is_dir():
        pytest.skip("no recorded material beside the project")
    return SHARED


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's own home of backfin."""
    monkeypatch.setenv("BACKFIN_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session", autouse=True)
def _stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The stores of apps are not migrated one by one."""
    with migrated_once(tmp_path_factory.mktemp("store")):
        yield
