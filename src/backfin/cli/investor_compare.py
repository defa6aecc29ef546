"""``backfin investor compare``: investors that were never compared, held against all others."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_store


def compare(
    limit: Annotated[
        int | None, typer.Option(min=1, help="Stop after about so many; the next run goes on behind them.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Holds investors of an older store against all others: links what is surely one, asks where it may be."""
    from backfin.cli.progress import bar
    from backfin.storage.comparisons import Compared

    comparisons = open_store().comparisons
    total, found = comparisons.waiting(), Compared()
    with bar(quiet=as_json, what="investors") as on_progress:
        for batch in comparisons.run():
            found += batch
            on_progress(found.investors, total)
            if limit is not None and found.investors >= limit:
                break
    waiting = comparisons.waiting()
    if as_json:
        print_json(asdict(found) | {"waiting": waiting})
        return
    say(
        f"{found.investors} investors compared, {found.linked} linked, {found.reviews} pairs put up for review."
    )
    if found.reviews:
        say("`backfin investor review` shows the pairs.")
    if waiting:
        say(f"{waiting} are left; run it again.")
