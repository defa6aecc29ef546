"""``backfin scrape``: one reading of one day, in this process."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.arguments import past_day
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_app
from backfin.clock import day_of


def scrape(
    exchange: Annotated[str, typer.Argument(help="Name of the exchange, e.g. bse.")],
    day: Annotated[str | None, typer.Option(help="Day as YYYY-MM-DD; today when left out.")] = None,
    as_json: Json = False,
) -> None:
    """Reads one day of an exchange and stores what is new. Nothing else is done with it."""
    from backfin.steps.scrape_day import scrape_day

    app = open_app()
    source = app.context.exchange(exchange)
    wanted = past_day(day, source.zone) if day else day_of(app.clock.now(), source.zone)
    result = scrape_day(app.context, source, wanted, full=day is not None).as_json()
    if as_json:
        print_json(result)
        return
    say(
        f"{result['exchange']} {result['day']}: {result['new']} new of {result['seen']} seen on {result['pages']} "
        f"pages; the exchange counts {result['expected']}."
    )
