"""``backfin run``: the ledger of polls, day closes and replays, and telling a replay to rest, go on or end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from backfin.cli.arguments import one_of
from backfin.cli.output import Json, print_json, print_json_stream, say, tell
from backfin.cli.session import open_app, open_app_on_broker, open_settings
from backfin.cli.tables import print_table
from backfin.clock import as_ist, in_ist
from backfin.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backfin.app import Backfin
    from backfin.specs import Next
    from backfin.storage.records import Run

app = typer.Typer(help="See what ran and runs; let a replay rest, go on or end.", no_args_is_help=True)

#: What a run may be: a replay, a poll, the count of a day that is over, a look at the list of issuers.
RUN_KINDS = ("replay", "scrape", "count", "issuers")

Id = Annotated[str, typer.Argument(metavar="RUN_ID", help="A run, by its id or the start of it.")]


@app.command("list")
def list_(
    kind: Annotated[str, typer.Option(help=f"Only runs of this kind: {', '.join(RUN_KINDS)}.")] = "replay",
    every: Annotated[bool, typer.Option("--all", help="Runs of every kind.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Most runs.")] = 20,
    as_json: Json = False,
) -> None:
    """Lists runs, newest first; replays alone unless --kind or --all says otherwise."""
    from backfin.run_ledger import told

    kind = one_of(kind, RUN_KINDS, "kind")
    found = open_app()
    rows = [told(found, run) for run in found.store.runs.list(limit, None if every else kind)]
    if as_json:
        print_json(rows)
        return
    columns = (
        "run_id",
        "kind",
        "state",
        "started_at",
        "selected",
        "done",
        "failed",
        "pending",
        "rate_per_s",
        "ends_at",
    )
    cells = [
        [as_ist(row.get(name)) if name.endswith("_at") else row.get(name) for name in columns] for row in rows
    ]
    what = "Nothing" if every else f"No {kind}"
    heads = [name.replace("_at", "_IST") for name in columns]
    print_table(heads, cells, empty=f"{what} has run yet; `backfin replay DAY` starts a replay.")


@app.command()
def show(
    run_id: Id,
    diff: Annotated[bool, typer.Option("--diff", help="What it changed, item by item.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Which items failed, and why.")] = False,
    as_json: Json = False,
) -> None:
    """Shows one run: how far it is, how fast, what it changed."""
    from backfin.run_ledger import differences, failures, told

    found, run = _found(run_id)
    row = told(found, run)
    if as_json and (diff or failed):
        name, items = ("diff", differences(found, run)) if diff else ("failures", failures(found, run))
        print_json_stream(row, name, items, lambda: {"notified": found.store.runs.notified(run.run_id)})
        return
    if as_json:
        print_json(row)
        return
    _print(row)
    if diff:
        _print_differences(differences(found, run))
    if failed:
        for one in failures(found, run):
            say(f"{one['announcement_id']}: {one['error']}")


@app.command()
def pause(run_id: Id, as_json: Json = False) -> None:
    """Holds a replay back; what it has begun ends, live work and other replays go on."""
    from backfin.steps.run_control import pause as pause_run

    found, run = _found(run_id)
    pause_run(found.context, run)
    _tell_state(found, run, as_json)


@app.command()
def resume(run_id: Id, as_json: Json = False) -> None:
    """Lets a paused replay go on."""
    from backfin.steps.run_control import resume as resume_run

    found, run = _found(run_id)
    _send(resume_run(found.context, run))
    _tell_state(found, run, as_json)


@app.command()
def cancel(run_id: Id, as_json: Json = False) -> None:
    """Ends a replay; what it has begun is finished, the rest stays as it is."""
    from backfin.steps.run_control import cancel as cancel_run

    found, run = _found(run_id)
    _send(cancel_run(found.context, run))
    _tell_state(found, run, as_json)


def _found(text: str) -> tuple[Backfin, Run]:
    from backfin.steps.run_control import find_run

    found = open_app()
    return found, find_run(found.context, text)


def _send(following: Sequence[Next]) -> None:
    """Sends at once where Redis answers; the sweep does it within a minute otherwise."""
    from backfin.cli.runtime import find_redis

    if not following:
        return
    settings = open_settings()
    try:
        open_app_on_broker(settings.model_copy(update={"redis_url": find_redis(settings)})).send(following)
    except ConfigError as error:
        tell(f"{error.sentence} Until then nothing moves; the next sweep takes it up.")


def _tell_state(found: Backfin, run: Run, as_json: bool) -> None:
    from backfin.run_ledger import told

    row = told(found, found.store.runs.get(run.run_id))
    if as_json:
        print_json(row)
    else:
        say(f"{row['run_id']} is {row['state']}: {_progress(row)}")


def _print(row: dict[str, Any]) -> None:
    say(f"{row['run_id']}  {row['kind']}  {row['state']}", style="bold")
    asked = ", ".join(f"{name} {value}" for name, value in row["options"].items() if value)
    say(f"started {in_ist(row['started_at'])}, {row['seconds']} s; {asked}", wrap=True)
    if row["kind"] == "replay":
        say(_progress(row))
    else:
        say(f"expected {row['expected']}, seen {row['seen']}, new {row['new']}, pages {row['pages']}")
    if row["error"]:
        say(row["error"], wrap=True)


def _progress(row: dict[str, Any]) -> str:
    if row["selected"] is None:
        return "it still selects"
    ends = f", ends about {in_ist(row['ends_at'])}" if row["ends_at"] else ""
    left = f", {row['cancelled']} left as they were" if row["cancelled"] else ""
    return (
        f"{row['done']} of {row['selected']} done, {row['failed']} failed, {row['pending']} pending "
        f"({row['under_way']} under way){left}, {row['changed']} changed, "
        f"{row['first_read']} read for the first time, {row['rate_per_s']}/s{ends}"
    )


def _print_differences(found: Any) -> None:
    from backfin.cli.differences import print_difference

    for one in found:
        say(f"{one['announcement_id']}  {one['issuer_name']}", style="bold")
        print_difference(one)
        for alert in one["alerts"]:
            say(f"  alert {alert['delivery_id']} ({alert['phase']}, {alert['state']}) to {alert['address']}")
