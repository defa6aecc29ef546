"""``backfin retention``: what is no longer kept, and taking it away now."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_app
from backfin.cli.tables import print_table
from backfin.clock import as_ist

app = typer.Typer(help="What is kept for how long, and what would go.", no_args_is_help=True)


@app.command()
def show(as_json: Json = False) -> None:
    """Shows each rule: rows, bytes, the oldest, and what the next night takes away."""
    from backfin.steps.retain import plans

    opened = open_app()
    try:
        _print(plans(opened.context), opened.store.space.room()._asdict(), as_json)
    finally:
        opened.close()


@app.command()
def apply(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would go, as `show` does.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Takes away now what the next night would. Workers may run meanwhile."""
    from backfin.steps.retain import STAGES, steps

    if dry_run:
        show(as_json)
        return
    opened = open_app()
    taken = dict.fromkeys(STAGES[:-1], 0)
    try:
        for step in steps(opened.context):
            if step.stage in taken:
                taken[step.stage] += step.taken
    finally:
        opened.close()
    if as_json:
        print_json(taken)
    else:
        went = ", ".join(f"{count} of {name}" for name, count in taken.items() if count)
        say(f"{went or 'Nothing'} went.")


def _print(plans: list[Any], room: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json({"rules": [plan.as_json() for plan in plans], "store": room})
        return
    columns = ("rule", "table", "kept", "rows", "MiB", "oldest IST", "goes", "why")
    rows = [
        (
            plan.name,
            plan.table,
            "for ever" if plan.days is None else f"{plan.days} days",
            plan.rows,
            _mib(plan.bytes),
            as_ist(plan.oldest),
            plan.goes,
            plan.why,
        )
        for plan in plans
    ]
    print_table(columns, rows, empty="There are no rules.", wraps=("why",))
    free = "" if room["free"] is None else f", of them {_mib(room['free'])} MiB free"
    back = " (given back to the disk at night)" if room["is_given_back"] else ""
    say(f"The store takes {_mib(room['total'])} MiB{free}{back}.")


def _mib(size: int | None) -> str | None:
    return None if size is None else f"{size / 2**20:.1f}"
