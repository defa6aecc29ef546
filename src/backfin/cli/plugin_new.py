"""``backfin plugin new``: a package to start a plugin from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backfin.cli.choices import PluginKind
from backfin.cli.output import Json, print_json, say

app = typer.Typer(help="Write a new plugin.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Write a new plugin."""


@app.command()
def new(
    kind: Annotated[PluginKind, typer.Argument(help="What it brings.")],
    name: Annotated[str, typer.Argument(help="Its name, e.g. my-desk.")],
    into: Annotated[
        Path, typer.Option("--into", "--folder", help="Folder in which the package's folder is made.")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Writes a package whose tests are green at once."""
    from backfin.clock import SystemClock
    from backfin.scaffold import PluginName, write_plugin

    folder = write_plugin(kind, PluginName.of(name), into, year=SystemClock().now().year)
    if as_json:
        print_json({"kind": kind, "name": name, "folder": folder})
        return
    say(f"{folder} is ready. Next:\n\n  cd {folder}\n  pip install -e '.[dev]'\n  pytest\n  backfin plugins")
