"""Asking a person whether a command is meant."""

from __future__ import annotations

import sys

import typer

from backfin.errors import ConfigError


def is_meant(question: str, otherwise: str) -> bool:
    """The answer to a question, asked on standard error: what is on standard output is the command's result.

    Args:
        question: Asked in a terminal.
        otherwise: The sentence where there is none to ask in; it says how to do without.

    Raises:
        ConfigError: There is no terminal.
    """
    if not sys.stdin.isatty():
        raise ConfigError(otherwise)
    return typer.confirm(question, err=True)
