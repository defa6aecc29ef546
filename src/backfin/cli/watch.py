"""``backfin watch``: what someone wants to know."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin.cli.choices import CadenceWord, PhaseWord
from backfin.cli.output import BAD_USE, Json, console, errors, print_json, print_table, stop
from backfin.cli.session import open_app, open_store
from backfin.errors import ConfigError
from backfin.identity import watch_id

app = typer.Typer(help="Add, list and remove watches.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the watch; the same name again changes it.")],
    rule: Annotated[str, typer.Argument(help="Rule, e.g. 'event_type = order_win'; '*' matches everything.")],
    to: Annotated[list[str], typer.Option("--to", help="Address, e.g. mailto:a@b.in; may be given often.")],
    phase: Annotated[PhaseWord, typer.Option(help="When it speaks.")] = "enriched",
    cadence: Annotated[CadenceWord, typer.Option(help="One message a filing, or one a day.")] = "instant",
) -> None:
    """Adds a watch, or changes the one of that name."""
    from backfin.models import Phase, Watch
    from backfin.notifications.rules import parse_rule

    if cadence == "digest":
        raise ConfigError("Digests are not part of this version; use --cadence instant.")
    parse_rule(rule)
    backfin = open_app()
    for address in to:
        backfin.context.notifier(address).check(address)
    watch = Watch(
        watch_id=watch_id(name),
        name=name,
        rule=rule,
        addresses=tuple(to),
        phase=Phase(phase),
        created_at=backfin.clock.now(),
    )
    backfin.store.watches.put(watch)
    console.print(f"watching: {name}", highlight=False)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Lists the watches."""
    watches = open_store().watches.list()
    if as_json:
        print_json([watch.model_dump(mode="json") for watch in watches])
        return
    rows = [(item.name, item.rule, ", ".join(item.addresses), item.phase.value) for item in watches]
    print_table(("name", "rule", "to", "phase"), rows)


@app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the watch.")]) -> None:
    """Removes a watch; what it told is kept."""
    if not open_store().watches.remove(name):
        errors.print(
            f"backfin: there is no watch {name!r}; `backfin watch list` shows them.", highlight=False
        )
        stop(BAD_USE)
