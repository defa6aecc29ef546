"""``backfin investor``: who appears in filings."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.output import BAD_USE, Json, console, errors, print_json, print_table, stop
from backfin.cli.session import open_store

app = typer.Typer(help="List and show investors.", no_args_is_help=True)


@app.command("list")
def list_(
    query: Annotated[str | None, typer.Option(help="Part of a name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 50,
    as_json: Json = False,
) -> None:
    """Lists investors by name."""
    found = open_store().investors.list(limit=limit, query=query)
    if as_json:
        print_json(found)
        return
    rows = [(item["name"], item["kind"], item["status"], item["investor_id"]) for item in found]
    print_table(("name", "kind", "status", "id"), rows)


@app.command()
def show(name: Annotated[str, typer.Argument(help="Name or id.")], as_json: Json = False) -> None:
    """Shows one investor and every filing that names it."""
    found = open_store().investors.show(name)
    if found is None:
        errors.print(
            f"backfin: nobody is known as {name!r}; `backfin investor list` shows who is.", highlight=False
        )
        stop(BAD_USE)
    if as_json:
        print_json(found)
        return
    console.print(f"[bold]{found['name']}[/bold] ({found['kind']}, {found['status']})", highlight=False)
    rows = [
        (item["announcement_id"], item["role"], item["quantity"], item["amount_inr"])
        for item in found["mentions"]
    ]
    print_table(("announcement", "role", "quantity", "rupees"), rows)
