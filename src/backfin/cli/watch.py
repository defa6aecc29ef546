"""``backfin watch``: what someone wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import moment_of_text, past_day
from backfin.cli.choices import CadenceWord, PhaseWord
from backfin.cli.output import Json, print_json, say
from backfin.cli.session import open_app, open_store
from backfin.cli.tables import print_table, told
from backfin.cli.watch_options import limits_of, no_watch, when
from backfin.clock import SystemClock
from backfin.errors import ConfigError
from backfin.identity import watch_id

if TYPE_CHECKING:
    from backfin.models import Watch
    from backfin.storage.store import Store

app = typer.Typer(help="Add, list, try, mute and remove watches.", no_args_is_help=True)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the watch; the same name again changes it.")],
    rule: Annotated[str, typer.Argument(help="Rule, e.g. 'event_type = order_win'; '*' matches everything.")],
    to: Annotated[list[str], typer.Option("--to", help="Address, e.g. mailto:a@b.in; may be given often.")],
    phase: Annotated[PhaseWord, typer.Option(help="When it speaks.")] = "enriched",
    cadence: Annotated[CadenceWord, typer.Option(help="One message a filing, or one a day.")] = "instant",
    at: Annotated[str | None, typer.Option(help="Time of the digest, HH:MM; as set if left out.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="Zone of its times and days, e.g. Asia/Kolkata; as set if left out.")
    ] = None,
    quiet: Annotated[
        str | None, typer.Option(help="Hours in which it keeps still, e.g. 22:00-07:00; told when they end.")
    ] = None,
    max_a_day: Annotated[
        int | None, typer.Option(help="Most alerts a day; the rest is one message at its end.")
    ] = None,
    burst: Annotated[
        str | None, typer.Option(help="Most alerts within minutes, e.g. 5/10; the rest is one message.")
    ] = None,
) -> None:
    """Adds a watch, or changes the one of that name."""
    from backfin.models import Cadence, Phase, Watch
    from backfin.notifications.addresses import check_address, notifier_for, plain_address
    from backfin.notifications.digests import refuse_digests
    from backfin.notifications.rules import parse_rule

    if not name.strip():
        raise ConfigError("The name of the watch is empty; give it one, e.g. 'large orders'.")
    if not name.isprintable():
        raise ConfigError("The name of the watch has a control character in it; write it on one plain line.")
    limits = limits_of(cadence, at=at, zone=zone, quiet=quiet, max_a_day=max_a_day, burst=burst)
    backfin = open_app()
    parse_rule(rule, backfin.context.vocabulary)
    notifiers = backfin.plugins.registry.notifiers.values()
    for address in to:
        check_address(address, notifiers)
        if cadence == "digest" or limits is not None:
            refuse_digests(notifier_for(address, notifiers), address)
    before = backfin.store.watches.find(name)
    watch = Watch(
        watch_id=watch_id(name),
        name=name,
        rule=rule,
        addresses=tuple(dict.fromkeys(plain_address(address) for address in to)),
        phase=Phase(phase),
        cadence=Cadence(cadence),
        digest_at=at,
        digest_zone=zone if cadence == "digest" else None,
        limits=limits,
        muted_until=before.muted_until if before else None,
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
    now = SystemClock().now()
    rows = [(one.name, one.phase.value, when(one, now), one.rule, one.addresses) for one in watches]
    columns = ("name", "phase", "when", "rule", "to")
    print_table(
        columns, rows, wraps=columns[3:], empty="There are no watches; `backfin watch add` makes one."
    )


@app.command()
def mute(
    name: Annotated[str, typer.Argument(help="Name of the watch.")],
    until: Annotated[str, typer.Option(help="When it speaks again, YYYY-MM-DD or YYYY-MM-DDTHH:MM.")],
) -> None:
    """Keeps a watch still until a moment; what it matches is written down as muted, and not told later."""
    from backfin.steps.limits import zone_of

    backfin = open_app()
    watch = _found(backfin.store, name)
    zone = zone_of(backfin.context, watch)
    moment = moment_of_text(until, zone)
    if moment <= backfin.clock.now():
        raise ConfigError(f"{until} has passed in {zone.key}; give a later moment.")
    backfin.store.watches.put(watch.model_copy(update={"muted_until": moment}))
    say(f"muted until {moment:%Y-%m-%d %H:%M} {zone.key}: {watch.name}")


@app.command()
def unmute(name: Annotated[str, typer.Argument(help="Name of the watch.")]) -> None:
    """Lets a muted watch speak again."""
    store = open_store()
    watch = _found(store, name)
    if watch.muted_until is None:
        raise ConfigError(f"The watch {watch.name!r} is not muted.")
    store.watches.put(watch.model_copy(update={"muted_until": None}))
    say(f"speaks again: {watch.name}")


def _found(store: Store, name: str) -> Watch:
    watch = store.watches.find(name)
    if watch is None:
        raise no_watch(name)
    return watch


@app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the watch.")]) -> None:
    """Removes a watch; what it told is kept."""
    if not open_store().watches.remove(name):
        raise no_watch(name)
    say(f"removed: {name}")


@app.command("test")
def try_out(
    watch: Annotated[str, typer.Argument(metavar="NAME_OR_RULE", help="A watch, or a rule as for add.")],
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD; a week ago if left out.")] = None,
    phase: Annotated[PhaseWord, typer.Option(help="When a rule speaks; a watch has its own.")] = "enriched",
    as_json: Json = False,
) -> None:
    """Lists what a watch would have sent of what is stored, how many a day, and what it just missed. Sends nothing."""
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
    if result["near_misses"]:
        _show_misses(result)


def _show_misses(result: dict[str, Any]) -> None:
    say("")
    rows = [(item["day"], told(item), item["why"]) for item in result["near_misses"]]
    columns = ("day", "headline", "why")
    print_table(columns, rows, wraps=columns[1:], empty="", title="Missed by one condition:")
    say("")
    counts = [(one["condition"], one["count"]) for one in result["near_miss_counts"]]
    print_table(("condition", "missed by it alone"), counts, wraps=("condition",), empty="")
