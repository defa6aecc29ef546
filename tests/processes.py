"""Help for tests that run real processes: the command line, workers, and days to feed them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

import command_server
from backfin.clock import IST
from backfin.embedded import socket_path
from backfin.testing.pdf import one_page_pdf

#: The commands beside the running Python: what a user gets by installing the package.
BIN = Path(sys.executable).parent

DAY = "2026-07-15"


@dataclass
class Exchange:
    """A running exchange server and the settings that point at it."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    folder: Path

    def land(self, rows: list[dict[str, Any]]) -> None:
        """Publishes more rows."""
        with (self.folder / "rows.jsonl").open("a") as file:
            file.write("".join(json.dumps(row) + "\n" for row in rows))


@dataclass
class Cli:
    """Runs commands in one home."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def env(self) -> dict[str, str]:
        """The environment of every command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}
        return {**kept, "BACKFIN_HOME": str(self.home), **self.environment}

    def run(
        self, *arguments: str, timeout_s: float = 120, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end; ``code`` is the exit code it must have."""
        command = [str(BIN / "backfin"), *arguments]
        done = command_server.run(command, self.env(), timeout_s)
        if code is not None and done.returncode != code:
            pytest.fail(
                f"{command} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            )
        return done

    def json(self, *arguments: str, timeout_s: float = 120, code: int | None = 0) -> Any:
        """Runs one command with ``--json`` and returns its document."""
        return json.loads(self.run(*arguments, "--json", timeout_s=timeout_s, code=code).stdout)

    def start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command in a process group of its own; its output goes to :meth:`log`."""
        with self._log(program).open("a") as log:
            process = subprocess.Popen(
                [str(BIN / program), *arguments],
                env=self.env(),
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def log(self, program: str) -> str:
        """What every start of a command has said."""
        return self._log(program).read_text()

    def end(self) -> None:
        """Kills whatever was started here and still runs."""
        for process in self.started:
            kill_group(process)
        wait_until("its processes are gone", lambda: not processes_of(self.home), seconds=30)

    def _log(self, program: str) -> Path:
        return self.home / f"{program}.log"


def kill_group(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """Sends a signal to a command and to everything in its process group; collects it when it was killed."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    if number == signal.SIGKILL:
        process.wait()


def processes_of(home: Path, part: str = "") -> list[psutil.Process]:
    """Processes of any depth that work for a home and whose command line holds ``part``."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            # The private server overwrites its environment with its title, which names the socket.
            is_ours = process.environ().get("BACKFIN_HOME") == str(home) or str(socket_path(home)) in command
            if is_ours and process.status() != psutil.STATUS_ZOMBIE and part in command:
                found.append(process)
    return found


def wait_until(what: str, holds: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Looks again and again until something is true, and returns it; fails with ``what`` when it never is.

    It rests much longer than a look takes: whoever looks all the time slows down what is waited for.
    """
    deadline = time.monotonic() + seconds
    while True:
        began_s = time.monotonic()
        if found := holds():
            return found
        looked_s = time.monotonic()
        if looked_s > deadline:
            pytest.fail(f"after {seconds:.0f} s it is still not so that {what}")
        time.sleep(min(max(0.05, 9 * (looked_s - began_s)), 0.5))


def today() -> str:
    """Today as the exchange counts days."""
    return datetime.now(IST).date().isoformat()


def made_day(count: int, day: str = DAY) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Rows of one day and a one-page PDF for each, all of our own making."""
    rows, files = [], {}
    for number in range(count):
        guid = f"{number:08x}-0000-4000-8000-000000000000"
        moment = f"{day}T{9 + number // 3600 % 12:02}:{number // 60 % 60:02}:{number % 60:02}"
        text = f"Receipt of order number {number} worth Rs. {number + 1}.50 crore from Example Rail Limited."
        files[f"{guid}.pdf"] = one_page_pdf(text)
        rows.append(
            {
                "NEWSID": guid,
                "SCRIP_CD": 999001 + number % 40,
                "NEWSSUB": "Announcement under Regulation 30 (LODR)-Award_of_Order_Receipt_of_Order",
                "HEADLINE": f"Receipt of order number {number}",
                "NEWS_DT": moment,
                "DT_TM": moment,
                "DissemDT": moment,
                "News_submission_dt": moment,
                "CATEGORYNAME": "Company Update",
                "SUBCATNAME": "Award of Order / Receipt of Order",
                "ATTACHMENTNAME": f"{guid}.pdf",
                "PDFFLAG": 0,
                "SLONGNAME": f"Example Works {number % 40} Ltd",
                "MORE": "",
            }
        )
    return rows, files


def recorded_day(shared: Path, day: str = DAY) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The recorded rows, all moved to one day, with recorded PDFs as their attachments."""
    pdfs = [path.read_bytes() for path in sorted((shared / "fixtures/pdf").glob("*.pdf"))]
    rows, files = [], {}
    for path in sorted((shared / "fixtures/bse").glob("AnnGetData_*.json")):
        rows += json.loads(path.read_text())["Table"]
    for number, row in enumerate(rows):
        for name in ("NEWS_DT", "DT_TM", "DissemDT", "News_submission_dt"):
            if row.get(name):
                row[name] = day + row[name][10:]
        if row["ATTACHMENTNAME"]:
            files[row["ATTACHMENTNAME"]] = pdfs[number % len(pdfs)]
    return rows, files


def children_of(folder: Path) -> list[psutil.Process]:
    """Processes under this one whose command line names a folder; those of other tests are left out."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if str(folder) in " ".join(process.cmdline()):
                found.append(process)
    return found
