"""``backfin watch``: what someone wants to know."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from backfin.cli.arguments import past_day
from backfin.cli.choices import CadenceWord, PhaseWord
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_app, open_store
from backfin.cli.tables import print_table, told
from backfin.errors import ConfigError
from backfin.identity import watch_id

app = typer.Typer(help="Add, list, try and remove watches.", no_args_is_help=True)


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
    from backfin.notifications.addresses import check_address
    from backfin.notifications.rules import parse_rule

    if not name.strip():
        raise ConfigError("The name of the watch is empty; give it one, e.g. 'large orders'.")
    if cadence == "digest":
        raise ConfigError("Digests are not part of this version; use --cadence instant.")
    parse_rule(rule)
    backfin = open_app()
    for address in to:
        check_address(address, backfin.plugins.registry.notifiers.values())
    watch = Watch(
        watch_id=watch_id(name),
        name=name,
        rule=rule,
        addresses=tuple(to),
        phase=Phase(phase),
        created_at=backfin.clock.now(),
    )
    backfin.store.watches.put(watch)
    say(f"watching: {name}")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Lists the watches."""
    watches = open_store().watches.list()
    if as_json:
        print_json([watch.model_dump(mode="json") for watch in watches])
        return
    rows = [(item.name, item.phase.value, item.rule, item.addresses) for item in watches]
    columns = ("name", "phase", "rule", "to")
    print_table(
        columns, rows, wraps=columns[2:], empty="There are no watches; `backfin watch add` makes one."
    )


@app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the watch.")]) -> None:
    """Removes a watch; what it told is kept."""
    if not open_store().watches.remove(name):
        raise ConfigError(f"There is no watch {name!r}; `backfin watch list` shows them.")
    say(f"removed: {name}")


@app.command("test")
def try_out(
    watch: Annotated[str, typer.Argument(metavar="NAME_OR_RULE", help="A watch, or a rule as for add.")],
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD; a week ago if left out.")] = None,
    phase: Annotated[PhaseWord, typer.Option(help="When a rule speaks; a watch has its own.")] = "enriched",
    as_json: Json = False,
) -> None:
    """Lists what a watch would have sent of the announcements in the store, and how many a day. Sends nothing."""
    from backfin.cli.rehearsal import rehearse

    result = rehearse(open_app(), watch, past_day(since) if since else None, phase)
    if as_json:
        print_json(result)
    else:
        _show(result)


def _show(result: dict[str, Any]) -> None:
    rows = [(item["day"], item["phase"], item["category"], told(item)) for item in result["items"]]
    columns = ("day", "phase", "category", "headline")
    print_table(columns, rows, wraps=("headline",), empty="It would have sent nothing.")
    counts = [(day["day"], day["count"]) for day in result["days"]]
    if counts:
        say("")
        print_table(("day", "alerts"), counts, empty="")
