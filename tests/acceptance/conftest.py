"""Real processes: the command line, workers, an exchange on loopback."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from processes import Cli, Exchange


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Commands in a home of their own."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return Cli(home)


@pytest.fixture
def start_exchange(tmp_path: Path) -> Iterator[Callable[..., Exchange]]:
    """Starts exchange servers from rows and files; ends them with the test."""
    with contextlib.ExitStack() as stack:

        def start(rows: list[dict[str, Any]], files: dict[str, bytes], *faults: str) -> Exchange:
            folder = tmp_path / "exchange"
            (folder / "files").mkdir(parents=True, exist_ok=True)
            (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
            for name, data in files.items():
                (folder / "files" / name).write_bytes(data)
            command = [sys.executable, "-m", "backfin.testing.exchange_server"]
            command += ["--rows", str(folder / "rows.jsonl"), "--files", str(folder / "files")]
            for fault in faults:
                command += ["--fault", fault]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            assert process.stdout is not None
            urls = json.loads(process.stdout.readline())
            return Exchange(
                process,
                {
                    "BACKFIN_EXCHANGES__BSE__API_URL": urls["api_url"],
                    "BACKFIN_EXCHANGES__BSE__FILES_URL": urls["files_url"],
                    "BACKFIN_EXCHANGES__BSE__MIN_INTERVAL": "0",
                    "BACKFIN_EXCHANGES__BSE__COOLDOWN": "1",
                },
            )

        yield start
