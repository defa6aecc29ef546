"""``backfin day``: is a day complete?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backfin.cli.arguments import past_day
from backfin.cli.output import LOOK, Json, print_json, say, stop
from backfin.cli.session import open_app
from backfin.cli.tables import print_table


def day(
    day: Annotated[str, typer.Argument(help="Day as YYYY-MM-DD, in the exchange's zone.")],
    exchange: Annotated[str | None, typer.Option(help="One exchange; all when left out.")] = None,
    offline: Annotated[bool, typer.Option(help="Use the last recorded count instead of asking.")] = False,
    list_ids: Annotated[
        bool,
        typer.Option(
            "--list", help="Add the ids of failed announcements, and of those that are tried again and why."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Holds a day against the exchange's own count. A gap is read again; what stays open ends with code 1."""
    from backfin.steps.close_day import hold_day

    app = open_app()
    names = [exchange] if exchange else sorted(app.plugins.registry.exchanges)
    reports: list[dict[str, Any]] = []
    for source in [app.context.exchange(name) for name in names]:
        wanted = past_day(day, source.zone)
        report, _ = hold_day(app.context, source, wanted, offline=offline)
        row = report.as_json()
        if list_ids:
            row["failed_ids"] = sorted(app.store.announcements.failed_of_day(source.name, wanted))
            under_way = app.store.announcements.open_of_day(source.name, wanted)
            row["tried_again"] = {one: error for one, error in under_way.items() if error}
        reports.append(row)
    if as_json:
        print_json(reports)
    else:
        _show(reports)
    if not all(row["complete"] for row in reports):
        stop(LOOK)


def _show(reports: list[dict[str, Any]]) -> None:
    columns = ("exchange", "day", "expected", "stored", "missing", "waiting", "failed", "complete", "basis")
    rows = [[report[name] for name in columns] for report in reports]
    print_table(columns, rows, empty="No exchange is switched on.")
    for report in reports:
        for one in report.get("failed_ids", ()):
            say(f"failed: {one}")
        for one, error in report.get("tried_again", {}).items():
            say(f"tried again: {one}: {error}")
