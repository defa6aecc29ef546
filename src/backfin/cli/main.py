"""Assembles the commands, and turns errors into one sentence and an exit code."""

from __future__ import annotations

from typing import Annotated

import typer

from backfin import __version__
from backfin.cli import (
    announcements,
    backup,
    config,
    day,
    db,
    delivery,
    demo,
    digest,
    doctor,
    evaluate,
    export,
    freshness,
    investor,
    metrics,
    plugin_new,
    plugins,
    queue,
    replay,
    retention,
    run,
    scrape,
    top,
    try_file,
    up,
    watch,
    worker,
)
from backfin.cli.failures import fail_with
from backfin.cli.leaving import leave
from backfin.cli.output import DONE, INTERRUPTED, prepare_streams, state

app = typer.Typer(
    name="backfin",
    help="Announcements of listed companies: read, understood, stored, matched and told.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command("demo")(demo.demo)
app.command("up")(up.up)
app.command("top")(top.top)
app.command("metrics")(metrics.metrics)
app.command("scrape")(scrape.scrape)
app.command("replay")(replay.replay)
app.command("day")(day.day)
app.command("try")(try_file.try_file)
app.command("announcements")(announcements.announcements)
app.command("digest")(digest.digest)
app.command("export")(export.export)
app.command("freshness")(freshness.freshness)
app.command("config")(config.config)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("doctor")(doctor.doctor)
app.command("eval")(evaluate.evaluate)
app.command("plugins")(plugins.plugins)
app.add_typer(plugin_new.app, name="plugin")
app.add_typer(db.app, name="db")
app.add_typer(queue.app, name="queue")
app.add_typer(run.app, name="run")
app.add_typer(watch.app, name="watch")
app.add_typer(worker.app, name="worker")
app.add_typer(delivery.app, name="delivery")
app.add_typer(retention.app, name="retention")
app.add_typer(investor.app, name="investor")


@app.callback(invoke_without_command=True)
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Options of every command."""
    state.debug = debug
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Runs the command line.

    Exit codes: 0 done, 1 look at something, 2 bad use, 3 a service is missing, 130 stopped by Ctrl-C.
    """
    prepare_streams()
    try:
        code = app(prog_name="backfin", standalone_mode=False)
        if code == INTERRUPTED:
            fail_with(KeyboardInterrupt())
    except (Exception, KeyboardInterrupt) as error:
        code = fail_with(error)
    leave(code or DONE)
