"""``backfin db``: migrations of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.output import Json, console, print_json
from backfin.cli.session import open_settings

if TYPE_CHECKING:
    from backfin.storage.store import Store

app = typer.Typer(help="Upgrade, downgrade or show the store's schema.", no_args_is_help=True)


def _store() -> Store:
    from backfin.storage.store import Store

    return Store(open_settings().effective_database_url)


@app.command()
def upgrade() -> None:
    """Brings the store to the schema this version knows."""
    store = _store()
    store.upgrade()
    console.print(f"schema {store.current()}", highlight=False)


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="Revision to go back to, e.g. -1.")] = "-1",
) -> None:
    """Goes back to an older schema."""
    store = _store()
    store.downgrade(revision)
    console.print(f"schema {store.current()}", highlight=False)


@app.command()
def current(as_json: Json = False) -> None:
    """Shows the store's schema."""
    revision = _store().current()
    if as_json:
        print_json({"revision": revision})
    else:
        console.print(revision or "no schema yet; run `backfin db upgrade`", highlight=False)
