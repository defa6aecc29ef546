"""The ``backfin`` command: one file per group of commands.

A module of a command imports at its top only what its options need; what does the work is imported inside the
function, so that help, version and mistakes are answered at once.
"""

from __future__ import annotations

from backfin.cli.main import app, main

__all__ = ["app", "main"]
