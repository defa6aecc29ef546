"""``backfin queue``: what waits, what failed, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import one_of
from backfin.cli.asking import is_meant
from backfin.cli.output import Json, print_json, say, tell
from backfin.cli.session import open_app_on_broker, open_settings, user_name
from backfin.cli.tables import print_table
from backfin.clock import day_of, in_ist, time_in_ist
from backfin.errors import ConfigError

if TYPE_CHECKING:
    from backfin.queues import Filter, Queues

app = typer.Typer(
    help="See what waits in the queues; send it again, drop it, hold it back.", no_args_is_help=True
)

Name = Annotated[str | None, typer.Argument(metavar="QUEUE", help="A queue, e.g. read; all when left out.")]
Ids = Annotated[
    list[str] | None, typer.Option("--id", help="Id of a message or an item; may be given often.")
]
All = Annotated[bool, typer.Option("--all", help="All of them, where nothing else narrows it.")]
Actor = Annotated[str | None, typer.Option(help="Only messages of this actor, e.g. backfin.enrich.")]
Error = Annotated[str | None, typer.Option(help="Only those whose error holds these words.")]
OneState = Annotated[
    str | None, typer.Option("--state", help="Only those ready, running, delayed, dead or quarantined.")
]


@app.command()
def status(queue: Name = None, as_json: Json = False) -> None:
    """Counts what waits, runs and failed, queue by queue, and what came and went in a minute, lately."""
    from backfin.queues.entries import resting_sentence

    queues = open_queues()
    names = _names(queues, queue)
    rows = [row for row in queues.status() if row["queue"] in names]
    if as_json:
        print_json(rows)
        return
    columns = ("ready", "delayed", "running", "dead", "oldest_s", "in_per_min", "out_per_min", "paused")
    cells = [[row["queue"].removeprefix("backfin."), *(row[column] for column in columns)] for row in rows]
    heads = ["queue", *(column.replace("_per_", "/") for column in columns)]
    print_table(heads, cells, empty="There are no queues.")
    for pause in queues.pauses():
        tell(f"{pause.target} is paused since {in_ist(pause.paused_at)} by {pause.paused_by}")
    for name, rest in queues.resting().items():
        tell(resting_sentence(name, rest))


@app.command()
def peek(
    queue: Name = None,
    ids: Ids = None,
    state: OneState = None,
    actor: Actor = None,
    error: Error = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most rows.")] = 50,
    as_json: Json = False,
) -> None:
    """Shows messages with their item, their tries and the last error; with --id each try of what is quarantined."""
    queues = open_queues()
    found = queues.entries(_filter(queues, queue, ids, state, actor, error), limit)
    if as_json:
        print_json([entry.as_json() for entry in found])
        return
    columns = ("id", "actor", "item", "tries", "state", "error")
    rows = [[getattr(entry, column) for column in columns] for entry in found]
    print_table(columns, rows, wraps=("error",), empty="Nothing is there.")
    for entry in found if ids else ():
        for tried in entry.history:
            tell(
                f"{entry.item} {day_of(tried['at'])} {time_in_ist(tried['at'])} {tried['step']}: {tried['error']}"
            )


@app.command()
def retry(
    queue: Name = None,
    ids: Ids = None,
    every: All = False,
    state: Annotated[str | None, typer.Option(help="Only those dead, or quarantined.")] = None,
    actor: Actor = None,
    error: Error = None,
    as_json: Json = False,
) -> None:
    """Sends dead letters and quarantined items again, their tries forgotten."""
    from backfin.queues.entries import RETRIED

    queues = open_queues()
    state = one_of(state, RETRIED, "state") if state else None
    wanted = _filter(queues, queue, ids, state, actor, error, every=every)
    found = queues.entries(wanted)
    _refuse_unknown(wanted, found)
    done = queues.retry(found)
    left = len(found) - len([one for one in found if one.state in RETRIED])
    _tell_result("retried", done, as_json)
    if left and not every:
        tell(f"{left} others wait or run anyway and were left alone.")


@app.command()
def drop(
    queue: Name = None,
    ids: Ids = None,
    every: All = False,
    state: OneState = None,
    actor: Actor = None,
    error: Error = None,
    as_json: Json = False,
) -> None:
    """Takes messages and quarantined items out of their queue. Announcements stay failed until they are replayed."""
    queues = open_queues()
    wanted = _filter(queues, queue, ids, state, actor, error, every=every)
    found = queues.entries(wanted)
    _refuse_unknown(wanted, found)
    _tell_result("dropped", queues.drop(found, user_name()), as_json)
    running = sum(entry.state == "running" for entry in found)
    if running:
        tell(f"{running} run at this moment and were left alone.")


@app.command()
def pause(
    name: Annotated[str | None, typer.Argument(metavar="QUEUE|EXCHANGE", help="What is held back.")] = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Holds a queue, or all work on an exchange, back on every host. What is in hand is finished."""
    queues = open_queues()
    targets = _targets(queues, name, every, "pause")
    done = queues.pause(targets, user_name())
    _tell_result("paused", done, as_json)
    if name and not done:
        tell(f"{targets[0]} was paused already.")


@app.command()
def resume(
    name: Annotated[str | None, typer.Argument(metavar="QUEUE|EXCHANGE", help="What goes on.")] = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Lets a queue or an exchange go on. What was missed is caught up with."""
    queues = open_queues()
    everything = [one.target for one in queues.pauses() if not one.target.startswith(("host:", "worker:"))]
    targets = everything if every and not name else _targets(queues, name, every, "resume")
    done = queues.resume(targets)
    _tell_result("resumed", done, as_json)
    if name and not done:
        tell(f"{targets[0]} was not paused.")


@app.command()
def clear(
    queue: Name = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Removes every message that waits in a queue, or in all. The store keeps the work and sends it again."""
    queues = open_queues()
    names = _names(queues, queue)
    waiting, dead = queues.clearable(names)
    cost = (
        f"{waiting} waiting messages and {dead} dead letters of {len(names)} queues will be removed. Announcements and "
        "alerts that are not done are sent again within some minutes; polls come with the next minute."
    )
    if not yes and not is_meant(f"{cost} Remove them?", f"{cost} Add --yes to do it."):
        say("Nothing was removed.")
        return
    removed = queues.clear(names)
    if as_json:
        print_json({"removed": removed, "queues": names})
    else:
        say(f"removed: {removed}")


def open_queues() -> Queues:
    """The queues on the Redis in use: the configured one, or the embedded one where some process runs it.

    Raises:
        ConfigError: Redis does not answer.
    """
    from backfin.broker import BackfinRedisBroker
    from backfin.cli.runtime import find_redis
    from backfin.queues import Queues

    settings = open_settings()
    backfin = open_app_on_broker(settings.model_copy(update={"redis_url": find_redis(settings)}))
    assert isinstance(backfin.broker, BackfinRedisBroker)
    return Queues(backfin, backfin.broker)


def _names(queues: Queues, name: str | None) -> list[str]:
    return [queues.named(name)] if name else queues.names


def _targets(queues: Queues, name: str | None, every: bool, command: str) -> list[str]:
    if name:
        return [queues.target(name)]
    if every:
        return queues.names
    raise ConfigError(
        f"Say which queue or exchange is meant, e.g. `backfin queue {command} enrich`, or give --all."
    )


def _filter(
    queues: Queues,
    queue: str | None,
    ids: list[str] | None,
    state: str | None,
    actor: str | None,
    error: str | None,
    *,
    every: bool = True,
) -> Filter:
    from backfin.queues import Filter
    from backfin.queues.entries import STATES

    names = _names(queues, queue)
    if "" in (ids or ()):
        raise ConfigError("An id is empty; `backfin queue peek` shows them.")
    if not (every or ids or actor or error or state):
        raise ConfigError("Say which ones with --id, --state, --actor or --error, or give --all.")
    states = (one_of(state, STATES, "state"),) if state else STATES
    if actor:
        actor = one_of(actor, queues.actors, "actor")
    return Filter(tuple(names), frozenset(ids or ()), states, actor, error)


def _refuse_unknown(wanted: Filter, found: list[Any]) -> None:
    met = {key for entry in found for key in (entry.id, entry.item)}
    unknown = sorted(wanted.ids - met)
    if unknown:
        raise ConfigError(f"No queue holds {', '.join(unknown)}; `backfin queue peek` shows what is there.")


def _tell_result(word: str, done: list[str], as_json: bool) -> None:
    if as_json:
        print_json({word: len(done), "ids": done})
    else:
        say(f"{word}: {', '.join(done) if 0 < len(done) <= 10 else len(done)}")
