"""What commands print, and how errors end them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from backfin.clock import IST
from backfin.errors import BackfinError, ConfigError, NotConfigured, StoreUnavailable

#: Exit codes of every command.
DONE, LOOK, BAD_USE, NO_SERVICE = 0, 1, 2, 3

console = Console()
errors = Console(stderr=True)

#: The option every listing command has.
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]


@dataclass
class State:
    """Options given before the command."""

    debug: bool = False


state = State()


def print_json(value: Any) -> None:
    """Prints one JSON document on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str | None = None) -> None:
    """Prints a table for a person."""
    from rich.table import Table

    table = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


def as_ist(moment: datetime | str | None) -> str:
    """A moment as people of the exchange read it: ``2026-07-01 15:30`` in IST."""
    if moment is None:
        return ""
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{aware.astimezone(IST):%Y-%m-%d %H:%M}"


def day_of_text(text: str) -> date:
    """A day as typed.

    Raises:
        ConfigError: It is not ``YYYY-MM-DD``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text!r} is not a day; write it as YYYY-MM-DD, e.g. 2026-07-15.") from error


def stop(code: int) -> NoReturn:
    """Ends the command with an exit code."""
    raise typer.Exit(code)


def fail_with(error: Exception) -> int:
    """Prints one sentence on standard error; returns the exit code that fits the error."""
    if isinstance(error, BackfinError):
        sentence = str(error)
    else:
        sentence = f"{type(error).__name__}: {error} (run `backfin --debug …` for the traceback)"
    sys.stderr.write(f"backfin: {sentence}\n")
    if isinstance(error, StoreUnavailable) or (isinstance(error, BackfinError) and "service" in error.facts):
        return NO_SERVICE
    return BAD_USE if isinstance(error, ConfigError | NotConfigured) else LOOK


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
