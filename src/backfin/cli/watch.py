"""``backfin watch``: what someone wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import past_day
from backfin.cli.choices import CadenceWord, PhaseWord
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_app, open_store
from backfin.cli.tables import print_table, told
from backfin.clock import time_of_text, zone_of_text
from backfin.errors import ConfigError
from backfin.identity import watch_id

if TYPE_CHECKING:
    from backfin.models import Watch

app = typer.Typer(help="Add, list, try and remove watches.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the watch; the same name again changes it.")],
    rule: Annotated[str, typer.Argument(help="Rule, e.g. 'event_type = order_win'; '*' matches everything.")],
    to: Annotated[list[str], typer.Option("--to", help="Address, e.g. mailto:a@b.in; may be given often.")],
    phase: Annotated[PhaseWord, typer.Option(help="When it speaks.")] = "enriched",
    cadence: Annotated[CadenceWord, typer.Option(help="One message a filing, or one a day.")] = "instant",
    at: Annotated[str | None, typer.Option(help="Time of the digest, HH:MM; as set if left out.")] = None,
    zone: Annotated[str | None, typer.Option(help="Its zone, e.g. Asia/Kolkata; as set if left out.")] = None,
) -> None:
    """Adds a watch, or changes the one of that name."""
    from backfin.models import Cadence, Phase, Watch
    from backfin.notifications.addresses import check_address, notifier_for
    from backfin.notifications.digests import refuse_digests
    from backfin.notifications.rules import parse_rule

    if not name.strip():
        raise ConfigError("The name of the watch is empty; give it one, e.g. 'large orders'.")
    if cadence != "digest" and (at or zone):
        raise ConfigError(
            "--at and --zone are the time of a digest; add --cadence digest, or leave them out."
        )
    parse_rule(rule)
    backfin = open_app()
    notifiers = backfin.plugins.registry.notifiers.values()
    for address in to:
        check_address(address, notifiers)
        if cadence == "digest":
            refuse_digests(notifier_for(address, notifiers), address)
    watch = Watch(
        watch_id=watch_id(name),
        name=name,
        rule=rule,
        addresses=tuple(to),
        phase=Phase(phase),
        cadence=Cadence(cadence),
        digest_at=_checked(time_of_text, at),
        digest_zone=_checked(zone_of_text, zone),
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
    rows = [(item.name, item.phase.value, _cadence(item), item.rule, item.addresses) for item in watches]
    columns = ("name", "phase", "cadence", "rule", "to")
    print_table(
        columns, rows, wraps=columns[3:], empty="There are no watches; `backfin watch add` makes one."
    )


def _cadence(watch: Watch) -> str:
    """``instant``, or ``digest`` with what of its time is its own."""
    return " ".join(part for part in (watch.cadence.value, watch.digest_at, watch.digest_zone) if part)


def _checked(read: Callable[[str], object], text: str | None) -> str | None:
    """The text, if there is one.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        if text is not None:
            read(text)
    except ValueError as error:
        raise ConfigError(f"{error}.") from error
    return text


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
