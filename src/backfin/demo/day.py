"""The sample day: everything a demo, a test or an evaluation needs of it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from backfin.demo.attachments import attachment_of
from backfin.demo.companies import Company, load_companies
from backfin.demo.filings import Filing, load_filings
from backfin.demo.rows import ROWS_PER_PAGE, row_of


@dataclass(frozen=True, slots=True)
class SampleWatch:
    """A watch worth trying on the sample day.

    ``{home}`` in an address stands for a folder of the caller's choice.
    """

    name: str
    rule: str
    addresses: tuple[str, ...]
    phase: str = "enriched"


@dataclass(frozen=True, slots=True)
class DayPaths:
    """Where ``write_day`` put things."""

    rows: Path
    issuers: Path
    files: Path


@dataclass(frozen=True)
class DemoDay:
    """2026-07-15 on the exchange, with fictional companies. Files are made at first use, in about a second."""

    filings: tuple[Filing, ...]
    companies: dict[str, Company]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Attachments by the name the exchange gives them."""
        return {
            filing.attachment: attachment_of(filing, self.companies[filing.company])
            for filing in self.filings
            if filing.attachment and not filing.same_file_as
        }

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Raw rows of the market-wide query, newest first."""
        pages = -(-len(self.filings) // ROWS_PER_PAGE)
        return [
            row_of(
                filing,
                self.companies[filing.company],
                size_bytes=len(self.files.get(filing.attachment, b"")),
                pages=pages,
            )
            for filing in self.filings
        ]

    @property
    def issuers(self) -> list[dict[str, Any]]:
        """Raw rows of the exchange's list of scrips: active, suspended and delisted ones."""
        return [company.as_issuer() for company in self.companies.values()]

    @cached_property
    def truth(self) -> dict[str, dict[str, Any]]:
        """What each filing really says, by ``NEWSID``; ``truth.md`` beside it explains the fields."""
        return dict(json.loads(_data("truth.json")))

    @cached_property
    def watches(self) -> list[SampleWatch]:
        """Watches that find something on this day."""
        tables = tomllib.loads(_data("watches.toml"))["watch"]
        return [SampleWatch(**table | {"addresses": tuple(table["addresses"])}) for table in tables]


def load_day() -> DemoDay:
    """The sample day."""
    return DemoDay(tuple(load_filings()), load_companies())


def write_day(folder: Path) -> DayPaths:
    """Writes ``rows.jsonl``, ``issuers.json`` and ``files/`` for the exchange server; returns where they are."""
    day = load_day()
    paths = DayPaths(folder / "rows.jsonl", folder / "issuers.json", folder / "files")
    paths.files.mkdir(parents=True, exist_ok=True)
    for name, data in day.files.items():
        (paths.files / name).write_bytes(data)
    lines = (json.dumps(row, ensure_ascii=False) for row in day.rows)
    paths.rows.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    paths.issuers.write_text(json.dumps(day.issuers, ensure_ascii=False, indent=1), encoding="utf-8")
    return paths


def _data(name: str) -> str:
    return resources.files("backfin.demo").joinpath(name).read_text(encoding="utf-8")
