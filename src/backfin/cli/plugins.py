"""``backfin plugins``: what is loaded, in which state, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.output import LOOK, Json, print_json, stop
from backfin.cli.session import open_settings
from backfin.cli.tables import print_table


def plugins(
    check: Annotated[bool, typer.Option("--check", help="End with code 1 when a plugin is broken.")] = False,
    as_json: Json = False,
) -> None:
    """Lists plugins with their state and the reason for it."""
    from backfin.app import Backfin

    records = Backfin(open_settings()).plugins.records
    if as_json:
        keys = ("name", "version", "state", "why", "hooks", "components")
        print_json([{key: getattr(record, key) for key in keys} for record in records])
    else:
        rows = [(r.name, r.version, r.state, r.why or ", ".join(r.components)) for r in records]
        columns = ("name", "version", "state", "components, or why there are none")
        print_table(columns, rows, wraps=columns[3:], empty="There are no plugins.")
    if check and any(record.state in ("failed", "incompatible") for record in records):
        stop(LOOK)
