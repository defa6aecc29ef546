"""``backfin watch``: what someone wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import moment_of_text, past_day
from backfin.cli.choices import CadenceWord, PhaseWord
from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_app, open_store
from backfin.cli.tables import print_table, told
from backfin.cli.watch_options import doubts_about, limits_of, no_watch, when
from backfin.clock import SystemClock
from backfin.errors import ConfigError, NotConfigured
from backfin.identity import watch_id

if TYPE_CHECKING:
    from backfin.app import Backfin
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
    as_json: Json = False,
) -> None:
    """Adds a watch, or changes the one of that name."""
    from backfin.models import Cadence, Phase, Watch
    from backfin.notifications.rules import parse_rule

    _check_name(name)
    limits = limits_of(cadence, at=at, zone=zone, quiet=quiet, max_a_day=max_a_day, burst=burst)
    backfin = open_app()
    vocabulary = backfin.context.vocabulary
    doubts = doubts_about(parse_rule(rule, vocabulary), vocabulary)
    unready = _check_addresses(backfin, to, has_digests=cadence == "digest" or limits is not None)
    before = backfin.store.watches.find(name)
    watch = Watch(
        watch_id=watch_id(name),
        name=name,
        rule=rule,
        addresses=tuple(to),
        phase=Phase(phase),
        cadence=Cadence(cadence),
        digest_at=at,
        digest_zone=zone if cadence == "digest" else None,
        limits=limits,
        muted_until=before.muted_until if before else None,
        created_at=backfin.clock.now(),
    )
    stored = backfin.store.watches.put(watch)
    _tell(stored, "watching", as_json)
    for why, addresses in unready.items():
        tell(f"The watch is stored, but nothing can be sent to {', '.join(addresses)} yet: {why}")
    for doubt in doubts:
        tell(doubt)
    if unready or doubts:
        stop(LOOK)


def _check_name(name: str) -> None:
    if not name.strip():
        raise ConfigError("The name of the watch is empty; give it one, e.g. 'large orders'.")
    if not name.isprintable():
        raise ConfigError("The name of the watch has a control character in it; write it on one plain line.")


def _check_addresses(backfin: Backfin, addresses: list[str], *, has_digests: bool) -> dict[str, list[str]]:
    """Refuses bad addresses, and returns those whose channel cannot send yet, by the sentence that says why."""
    from backfin.notifications.addresses import check_address, mask, notifier_for
    from backfin.notifications.digests import refuse_digests

    notifiers = backfin.plugins.registry.notifiers.values()
    unready: dict[str, list[str]] = {}
    for address in addresses:
        try:
            check_address(address, notifiers)
        except NotConfigured as error:
            unready.setdefault(str(error), []).append(mask(address))
        if has_digests:
            refuse_digests(notifier_for(address, notifiers), address)
    return unready


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
    as_json: Json = False,
) -> None:
    """Keeps a watch still until a moment; what it matches is written down as muted, and not told later."""
    from backfin.steps.limits import zone_of

    backfin = open_app()
    watch = _found(backfin.store, name)
    zone = zone_of(backfin.context, watch)
    moment = moment_of_text(until, zone)
    if moment <= backfin.clock.now():
        raise ConfigError(f"{until} has passed in {zone.key}; give a later moment.")
    stored = backfin.store.watches.put(watch.model_copy(update={"muted_until": moment}))
    _tell(stored, f"muted until {moment:%Y-%m-%d %H:%M} {zone.key}", as_json)


@app.command()
def unmute(name: Annotated[str, typer.Argument(help="Name of the watch.")], as_json: Json = False) -> None:
    """Lets a muted watch speak again."""
    store = open_store()
    watch = _found(store, name)
    if watch.muted_until is None:
        raise ConfigError(f"The watch {watch.name!r} is not muted.")
    _tell(store.watches.put(watch.model_copy(update={"muted_until": None})), "speaks again", as_json)


def _tell(watch: Watch, what: str, as_json: bool) -> None:
    if as_json:
        print_json(watch.model_dump(mode="json"))
    else:
        say(f"{what}: {watch.name}")


def _found(store: Store, name: str) -> Watch:
    watch = store.watches.find(name)
    if watch is None:
        raise no_watch(name)
    return watch


@app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the watch.")], as_json: Json = False) -> None:
    """Removes a watch; what it told is kept."""
    store = open_store()
    watch = _found(store, name)
    store.watches.remove(watch.watch_id)
    _tell(watch, "removed", as_json)


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
