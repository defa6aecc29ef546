"""``backfin-telegram``: makes a link for a watch, and reads what people write to the bot."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import Annotated

import typer

from backfin import Backfin, Watch
from backfin.cli.failures import fail_with
from backfin.cli.output import LOOK, say, stop, tell
from backfin.cli.session import open_app
from backfin.errors import ConfigError, TransientError
from backfin.identity import watch_id
from backfin_telegram.desk import Desk
from backfin_telegram.notifier import TelegramNotifier

#: Seconds for which Telegram holds an answer back until somebody writes, and of a pause after a failure.
_POLL_S, _PAUSE_S = 25, 3.0

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def link(
    watch: Annotated[str, typer.Argument(help="Name of the watch.")],
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="How long the link can be used.")] = 15,
    group: Annotated[bool, typer.Option("--group", help="For a group instead of a person.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until the link was used.")] = True,
) -> None:
    """Prints a link; whoever opens it first is told what the watch finds. Give it to nobody else."""
    backfin = open_app()
    desk, found = _desk(backfin), _watch(backfin, watch)
    say(desk.link(found, timedelta(minutes=minutes), group=group))
    if not wait:
        return
    tell(f"waiting until it is opened, at most {minutes} minutes; Ctrl-C stops waiting")
    until, reader = time.monotonic() + 60 * minutes, _Reader(backfin, desk)
    while len(_watch(backfin, watch).addresses) <= len(found.addresses):
        if time.monotonic() >= until:
            tell("The link was not opened in time; make a new one.")
            stop(LOOK)
        reader.take(min(_POLL_S, until - time.monotonic()))
    say(f"linked: {watch}")


@app.command()
def listen(
    seconds: Annotated[
        float | None, typer.Option("--for", min=0, help="Stop after so many seconds; 0 reads what waits.")
    ] = None,
) -> None:
    """Reads and answers what people write to the bot, at once, until Ctrl-C."""
    backfin = open_app()
    desk = _desk(backfin)
    if seconds == 0:
        desk.take_all(backfin.store.watches)
        return
    until, reader = time.monotonic() + seconds if seconds is not None else None, _Reader(backfin, desk)
    while until is None or time.monotonic() < until:
        reader.take(_POLL_S if until is None else min(_POLL_S, until - time.monotonic()))


class _Reader:
    """Reads again and again, and says each trouble once: most often a worker just reads too, and goes first."""

    def __init__(self, backfin: Backfin, desk: Desk) -> None:
        self._backfin = backfin
        self._desk = desk
        self._said = ""

    def take(self, wait_s: float) -> None:
        """Answers what comes within a time."""
        try:
            self._desk.take(self._backfin.store.watches, wait_s=max(0, int(wait_s)))
        except TransientError as error:
            if str(error) != self._said:
                self._said = str(error)
                tell(self._said)
            time.sleep(_PAUSE_S)


def _desk(backfin: Backfin) -> Desk:
    notifier = backfin.plugins.registry.notifiers.get("telegram")
    if isinstance(notifier, TelegramNotifier):
        return notifier.desk
    why = next((one.why for one in backfin.plugins.records if one.name == "telegram"), "it is not loaded")
    raise ConfigError(f"Telegram cannot be used: {why}")


def _watch(backfin: Backfin, name: str) -> Watch:
    found = backfin.store.watches.get(watch_id(name))
    if found is None:
        raise ConfigError(f"There is no watch {name!r}; `backfin watch list` shows them.")
    return found


def main() -> None:
    """Runs the command line. Exit codes are those of ``backfin``."""
    try:
        code = app(prog_name="backfin-telegram", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        code = fail_with(error)
    sys.exit(code or 0)
