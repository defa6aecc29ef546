"""``backfin export``: tables as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from backfin.cli.output import day_of_text, errors
from backfin.cli.session import open_app
from backfin.storage.export import write_export


class Kind(StrEnum):
    """What can be exported."""

    ANNOUNCEMENTS = "announcements"
    ENRICHMENTS = "enrichments"
    MENTIONS = "mentions"
    DELIVERIES = "deliveries"


class Format(StrEnum):
    """File formats."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def export(
    kind: Annotated[Kind, typer.Argument(help="Which table.")],
    output: Annotated[Path, typer.Option(help="File to write.")],
    format_: Annotated[Format, typer.Option("--format", help="File format.")] = Format.JSONL,
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
) -> None:
    """Writes a table to a file; the file appears whole or not at all."""
    store = open_app().store
    first = day_of_text(since) if since else None
    columns, rows = store.exports.export(kind.value, first)
    count = write_export(columns, rows, output, format_.value)
    errors.print(f"{count} rows in {output}", highlight=False)
