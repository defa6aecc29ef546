"""Help for tests that run real processes: the command line, workers, and days to feed them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from backfin.testing.pdf import one_page_pdf

#: The commands beside the running Python: what a user gets by installing the package.
BIN = Path(sys.executable).parent

DAY = "2026-07-15"


@dataclass
class Exchange:
    """A running exchange server and the settings that point at it."""

    process: subprocess.Popen[str]
    environment: dict[str, str]


@dataclass
class Cli:
    """Runs commands in one home."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def env(self) -> dict[str, str]:
        """The environment of every command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}
        return {**kept, "BACKFIN_HOME": str(self.home), **self.environment}

    def run(
        self, *arguments: str, timeout_s: float = 120, code: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end; ``code`` is the exit code it must have."""
        command = [str(BIN / "backfin"), *arguments]
        done = subprocess.run(
            command, env=self.env(), capture_output=True, text=True, timeout=timeout_s, check=False
        )
        if code is not None and done.returncode != code:
            pytest.fail(
                f"{command} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            )
        return done

    def json(self, *arguments: str, timeout_s: float = 120, code: int | None = 0) -> Any:
        """Runs one command with ``--json`` and returns its document."""
        return json.loads(self.run(*arguments, "--json", timeout_s=timeout_s, code=code).stdout)

    def start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command in a process group of its own."""
        log = (self.home / f"{program}.log").open("a")
        with log:
            return subprocess.Popen(
                [str(BIN / program), *arguments],
                env=self.env(),
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )


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
