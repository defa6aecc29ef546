"""How a command ends that could not do its work: one sentence, and an exit code."""

from __future__ import annotations

import sys
import traceback

import typer

from backfin.cli.output import BAD_USE, INTERRUPTED, LOOK, NO_SERVICE, state
from backfin.errors import BackfinError, ConfigError, NotConfigured, TransientError


def fail_with(error: BaseException) -> int:
    """Prints one sentence on standard error; returns the exit code that fits the error."""
    if state.debug and not isinstance(error, typer.TyperException | KeyboardInterrupt):
        traceback.print_exception(error)
    sentence = _sentence(error)
    if sentence:
        sys.stderr.write(f"backfin: {sentence}\n")
    return _code(error)


def _sentence(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "Stopped; everything stored is kept, and the same command goes on from there."
    if isinstance(error, typer.TyperException):
        return _bad_use(error)
    if isinstance(error, BackfinError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}; check rights and space there."
    return f"{type(error).__name__}: {error} (run `backfin --debug …` for the traceback)"


def _bad_use(error: typer.TyperException) -> str:
    """The sentence for a wrong command line; empty when help was asked for by giving nothing."""
    said = error.format_message().replace("Value error, ", "").rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "backfin"
    return said and f"{said}{'' if said.endswith('?') else '.'} See `{command} --help`."


def _code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, TransientError) or (isinstance(error, BackfinError) and "service" in error.facts):
        return NO_SERVICE
    is_bad_use = isinstance(error, ConfigError | NotConfigured | typer.TyperException)
    return BAD_USE if is_bad_use else LOOK
