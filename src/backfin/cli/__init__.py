"""The ``backfin`` command: one file per group of commands."""

from __future__ import annotations

from backfin.cli.main import app, main

__all__ = ["app", "main"]
