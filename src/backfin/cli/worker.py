"""``backfin worker``: who works where, and asking workers to hold back or to end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_app, user_name
from backfin.cli.tables import print_table

if TYPE_CHECKING:
    from backfin.fleet import Fleet

app = typer.Typer(help="See the workers of every host; let them finish, rest or end.", no_args_is_help=True)

Id = Annotated[str | None, typer.Argument(metavar="ID", help="A worker, by its id or the start of it.")]
Host = Annotated[str | None, typer.Option("--host", help="All workers of a host, by its name.")]


@app.command()
def status(as_json: Json = False) -> None:
    """Shows every worker process from its heartbeat. Exits with 1 when one is ill.

    One that has been silent for ten minutes is gone: others have taken its work over. --json still names it.
    """
    from backfin.fleet import is_gone, is_missed

    known = _fleet().status()
    rows = [row for row in known if not is_gone(row)]
    if as_json:
        print_json(known)
    else:
        columns = ("id", "host", "pid", "state", "running", "done", "failed", "last_progress_s", "memory_mib")
        cells = [[row[column] for column in columns] for row in rows]
        print_table(
            columns, cells, empty="No worker is about; `backfin up` or `dramatiq backfin.actors` runs some."
        )
        for row in rows:
            if is_missed(row):
                tell(f"{row['id']} on {row['host']} is not alive: {row['why']}.")
    if any(map(is_missed, rows)):
        stop(LOOK)


@app.command()
def drain(worker: Id = None, host: Host = None, as_json: Json = False) -> None:
    """Lets workers finish what is in hand and take no more. --host holds for those that start later there too."""
    fleet = _fleet()
    _show("draining", fleet.drain(fleet.chosen(worker, host), host, user_name()), as_json)


@app.command()
def resume(worker: Id = None, host: Host = None, as_json: Json = False) -> None:
    """Lets workers take messages again."""
    fleet = _fleet()
    _show("resumed", fleet.resume(fleet.chosen(worker, host), host), as_json)


@app.command("stop")
def stop_(worker: Id = None, host: Host = None, as_json: Json = False) -> None:
    """Lets workers finish what is in hand and end. What supervises them starts new ones: of a host, idle ones."""
    fleet = _fleet()
    _show("stopping", fleet.stop(fleet.chosen(worker, host), host, user_name()), as_json)


def _fleet() -> Fleet:
    from backfin.fleet import Fleet

    return Fleet(open_app())


def _show(word: str, ids: Sequence[str], as_json: bool) -> None:
    if as_json:
        print_json({word: len(ids), "ids": list(ids)})
    else:
        say(f"{word}: {', '.join(ids)}")
