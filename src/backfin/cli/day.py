"""``backfin day``: is a day complete?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backfin.cli.output import LOOK, Json, day_of_text, print_json, print_table, stop
from backfin.cli.session import open_app


def day(
    day: Annotated[str, typer.Argument(help="Day as YYYY-MM-DD, in the exchange's zone.")],
    exchange: Annotated[str | None, typer.Option(help="One exchange; all when left out.")] = None,
    offline: Annotated[bool, typer.Option(help="Use the last recorded count instead of asking.")] = False,
    list_ids: Annotated[bool, typer.Option("--list", help="Add the ids of failed announcements.")] = False,
    as_json: Json = False,
) -> None:
    """Holds a day against the exchange's own count. A gap is read again; what stays open ends with code 1."""
    from backfin.steps.close_day import hold_day

    app = open_app()
    wanted = day_of_text(day)
    names = [exchange] if exchange else sorted(app.plugins.registry.exchanges)
    reports: list[dict[str, Any]] = []
    for name in names:
        report, _ = hold_day(app.context, app.context.exchange(name), wanted, offline=offline)
        row = report.as_json()
        if list_ids:
            row["failed_ids"] = sorted(app.store.announcements.failed_of_day(name, wanted))
        reports.append(row)
    if as_json:
        print_json(reports)
    else:
        columns = ("exchange", "day", "expected", "stored", "missing", "failed", "complete", "basis")
        print_table(columns, [[row[name] for name in columns] for row in reports])
    if not all(row["complete"] for row in reports):
        stop(LOOK)
