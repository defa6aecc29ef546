"""``backfin freshness``: how long it took until the news was there, understood and told."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.arguments import check_order, past_day
from backfin.cli.output import Json, print_json
from backfin.cli.session import open_app
from backfin.cli.tables import print_table


def freshness(
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD; today if left out.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, included; today if left out.")] = None,
    exchange: Annotated[str | None, typer.Option(help="One exchange; all when left out.")] = None,
    as_json: Json = False,
) -> None:
    """Shows percentiles of the seconds from the publication of announcements to us, day by day."""
    from backfin.clock import day_of
    from backfin.freshness import WAYS, freshness_of

    backfin = open_app()
    names = [exchange] if exchange else sorted(backfin.plugins.registry.exchanges)
    rows = []
    for source in [backfin.context.exchange(name) for name in names]:
        today = day_of(backfin.clock.now(), source.zone)
        last = past_day(until, source.zone) if until else today
        first = past_day(since, source.zone) if since else min(last, today)
        check_order(first, last)
        rows += freshness_of(backfin, source.name, first, last)
    if as_json:
        print_json(rows)
        return
    columns = ("exchange", "day", "way", "count", "p50", "p90", "p99", "max")
    cells = [
        [row["exchange"], row["day"], way, *(row[way][name] for name in columns[3:])]
        for row in rows
        for way in WAYS
    ]
    print_table(columns, cells, empty="The store holds no announcement of these days.")
