"""What commands print: sentences and JSON, on standard output or on standard error."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

log = logging.getLogger("backfin")

#: Exit codes of every command.
DONE, LOOK, BAD_USE, NO_SERVICE = 0, 1, 2, 3

#: Exit code of a command that Ctrl-C ended, as shells have it.
INTERRUPTED = 130

#: The option every listing command has.
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")]


class _Console(Console):
    """A console that takes text as it is, and does its work to the end when nobody reads any more."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, highlight=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Throws away what is still printed: the reader, such as ``head``, has seen enough."""
        drop_output()


console = _Console()
errors = _Console(stderr=True)


@dataclass
class State:
    """Options given before the command."""

    debug: bool = False


state = State()


def say(text: str, *, style: str | None = None, wrap: bool = False) -> None:
    """Prints a text on standard output.

    Args:
        text: The text, printed as it is.
        style: How a terminal shows it, e.g. ``bold``.
        wrap: Break it between words at a terminal's edge; a path or an address must stay whole.
    """
    console.print(text, style=style, soft_wrap=not (wrap and console.is_terminal))


def tell(text: str) -> None:
    """Prints a sentence on standard error."""
    errors.print(text, soft_wrap=True)


def announce(text: str, log_format: str, level: int = logging.INFO) -> None:
    """Says how a command that stays is doing: on standard error, as a line of the log where that is for machines."""
    if log_format == "json":
        log.log(level, text)
    else:
        tell(text)


def print_json(value: Any) -> None:
    """Prints one JSON document on standard output, and nothing else."""
    try:
        sys.stdout.write(_text(value, 2) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def print_json_stream(
    head: Mapping[str, Any], name: str, items: Iterable[Any], tail: Callable[[], Mapping[str, Any]]
) -> None:
    """Prints one JSON object with a list that is never held whole.

    Args:
        head: What stands before the list.
        name: Name of the list.
        items: Its entries.
        tail: What stands behind it, asked for when the list has ended; not empty.
    """
    try:
        sys.stdout.write("{" + "".join(f"{_member(key, value)}, " for key, value in head.items()))
        sys.stdout.write(f"{_text(name)}: [")
        for number, item in enumerate(items):
            sys.stdout.write((",\n" if number else "\n") + _text(item))
        sys.stdout.write("\n], " + ", ".join(_member(key, value) for key, value in tail().items()) + "}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def _member(key: str, value: Any) -> str:
    return f"{_text(key)}: {_text(value)}"


def _text(value: Any, indent: int | None = None) -> str:
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(value, default=_plain, ensure_ascii=not is_unicode, indent=indent)


def prepare_streams() -> None:
    """Makes standard output and error fit for any text, also where they are closed or not Unicode."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Sends all further standard output nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def stop(code: int) -> NoReturn:
    """Ends the command with an exit code."""
    raise typer.Exit(code)


def _nowhere() -> Any:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
