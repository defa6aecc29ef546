"""``backfin db``: migrations of the store."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from backfin.cli.asking import is_meant
from backfin.cli.output import LOOK, Json, print_json, say, stop
from backfin.cli.session import find_store

app = typer.Typer(help="Upgrade, downgrade or show the store's schema.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Brings the store to the schema this version knows."""
    with closing(find_store()) as store:
        store.upgrade()
        say(f"schema {store.current() or 'empty'}")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, e.g. -1.")] = "-1",
    yes: Annotated[bool, typer.Option("--yes", help="Lose what the older schema cannot hold.")] = False,
) -> None:
    """Goes back to an older schema; asks first where something would be lost."""
    with closing(find_store()) as store:
        lost = store.losses(revision)
        if lost and not yes:
            cost = f"This loses {', '.join(f'{name} ({count})' for name, count in lost.items())}."
            if not is_meant(f"{cost} Go back?", f"{cost} `backfin backup` keeps it; add --yes to go back."):
                stop(LOOK)
        store.downgrade(revision)
        say(f"schema {store.current() or 'empty'}")


@app.command()
def current(as_json: Json = False) -> None:
    """Shows the store's schema."""
    with closing(find_store()) as store:
        revision = store.current()
    if as_json:
        print_json({"revision": revision})
    else:
        say(revision or "no schema yet; run `backfin db upgrade`")
