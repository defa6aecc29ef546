"""``backfin export``: tables as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backfin.cli.arguments import span
from backfin.cli.choices import ExportFormat, ExportKind
from backfin.cli.output import Json, print_json, tell
from backfin.cli.session import open_store


def export(
    kind: Annotated[ExportKind, typer.Argument(help="Which table.")],
    output: Annotated[Path, typer.Option(help="File to write.")],
    format_: Annotated[ExportFormat, typer.Option("--format", help="File format.")] = "jsonl",
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, YYYY-MM-DD.")] = None,
    as_json: Json = False,
) -> None:
    """Writes a table to a file; the file appears whole or not at all."""
    from backfin.storage.export import write_export

    first, last = span(since, until)
    columns, rows = open_store().exports.export(kind, first, last)
    count = write_export(columns, rows, output, format_)
    if as_json:
        print_json({"table": kind, "format": format_, "output": output, "rows": count})
    else:
        tell(f"{count} rows in {output}")
