"""The commands as a user runs them, in processes of their own, with the plugin installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from backfin.testing.pdf import one_page_pdf

from backfin_nse.testing import NseServer
from nse_rows import LISTS, rows, small_row

DAY = "2026-07-01"

Run = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[NseServer]:
    files = {
        f"file-{n}.pdf": one_page_pdf(f"Letter {n}: we received an order worth Rs. {n}.5 crore.")
        for n in range(30)
    }
    with NseServer({"equities": rows(30), "sme": [small_row()]}, files, LISTS, needs_cookie=True) as made:
        yield made


@pytest.fixture
def run(server: NseServer, tmp_path: Path) -> Run:
    """Runs a command with ``--json`` to its end and returns its document."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BACKFIN_", "OPENAI_"))},
        "BACKFIN_HOME": str(tmp_path / "home"),
        "BACKFIN_EXCHANGES__BSE__ENABLED": "false",
        "BACKFIN_EXCHANGES__NSE__API_URL": server.api_url,
        "BACKFIN_EXCHANGES__NSE__FILES_URL": server.files_url,
        "BACKFIN_EXCHANGES__NSE__MIN_INTERVAL": "0",
    }

    def run(*arguments: str, code: int = 0) -> Any:
        command = [str(Path(sys.executable).parent / "backfin"), *arguments, "--json"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=110, check=False
        )
        assert done.returncode == code, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return json.loads(done.stdout)

    return run


def test_the_plugin_is_on(run: Run) -> None:
    (found,) = [one for one in run("plugins") if one["name"] == "nse"]

    assert found["state"] == "on"


def test_a_day_is_replayed_read_and_proved_whole(run: Run) -> None:
    replayed = run("replay", DAY, "--exchange", "nse", "--wait")
    (report,) = run("day", DAY, "--exchange", "nse")
    again = run("replay", DAY, "--exchange", "nse", "--wait")

    assert (replayed["new"], replayed["done"], replayed["failed"]) == (31, 31, 0)
    assert (report["stored"], report["missing"], report["complete"], report["basis"]) == (
        31,
        0,
        True,
        "sweep",
    )
    assert again["selected"] == 0


def test_a_day_of_which_a_segment_is_missing_is_not_called_whole(run: Run, server: NseServer) -> None:
    run("scrape", "nse", "--day", DAY)
    spoilt, shown = server.site.spoilt, server.site.announcements
    server.site.announcements = (  # type: ignore[method-assign]
        lambda asked: spoilt("error_500", asked) if asked["index"] == "sme" else shown(asked)
    )

    (report,) = run("day", DAY, "--exchange", "nse", code=1)

    assert (report["stored"], report["complete"]) == (31, False)
