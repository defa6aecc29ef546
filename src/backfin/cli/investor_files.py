"""``backfin investor`` import and export: lists of investors as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.arguments import one_of
from backfin.cli.investor_judge import By, named
from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_store
from backfin.cli.tables import print_table

if TYPE_CHECKING:
    from backfin.storage.intake import Intake


def import_(
    file: Annotated[Path, typer.Argument(help="CSV: name, other names, kind, numbers.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try all of it and keep nothing.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Adds the investors of a list to the book, and reports what was joined or refused, line by line."""
    from backfin.investors.listing import read_listing

    lines = read_listing(file)
    found = open_store().intakes.take(lines, by=named(by), source=file.name, is_dry=dry_run)
    if as_json:
        print_json(_report(found) | {"dry_run": dry_run})
    else:
        rows = [(one["line"], one["what"], one["name"], one["why"]) for one in found.lines]
        if rows:
            print_table(("line", "what", "name", "why"), rows, wraps=("name", "why"), empty="")
        would = "would be " if dry_run else ""
        say(
            f"{found.added} {would}added, {found.joined} joined, {found.known} known already, {found.refused} refused"
        )
    if found.refused:
        stop(LOOK)


def export(
    output: Annotated[Path, typer.Option(help="File to write.")],
    format_: Annotated[str, typer.Option("--format", help="csv, parquet, jsonl or ftm.")] = "jsonl",
    as_json: Json = False,
) -> None:
    """Writes all investors with their names, numbers and groups; ftm is FollowTheMoney's JSON lines, with holdings."""
    from backfin.storage.export import WRITERS, write_export
    from backfin.storage.investor_export import COLUMNS

    chosen = one_of(format_, [*WRITERS, "ftm"], "format")
    exports = open_store().investor_exports
    if chosen == "ftm":
        count = write_export(["id", "schema", "properties"], exports.entities(), output, "jsonl")
    else:
        count = write_export(COLUMNS, exports.rows(), output, chosen)
    if as_json:
        print_json({"table": "investors", "format": chosen, "output": output, "rows": count})
    else:
        tell(f"{count} {'entities' if chosen == 'ftm' else 'rows'} in {output}")


def _report(found: Intake) -> dict[str, object]:
    return {name: getattr(found, name) for name in ("added", "joined", "known", "refused", "lines")}
