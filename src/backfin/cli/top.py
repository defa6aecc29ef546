"""``backfin top``: everything that runs, live."""

from __future__ import annotations

import contextlib
import select
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from backfin.cli.output import Json, console, print_json
from backfin.cli.session import open_app, open_settings

if TYPE_CHECKING:
    from backfin.observing.sight import Watchtower


def top(
    every: Annotated[float, typer.Option(min=0.2, max=60, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and stop, as into a pipe.")] = False,
    as_json: Json = False,
) -> None:
    """Shows queues, workers, today's completeness, freshness and failures, live. `q` ends it."""
    from backfin.cli.runtime import embedded_url
    from backfin.cli.top_frame import frame_of
    from backfin.observing.sight import Watchtower

    settings = open_settings()
    tower = Watchtower(open_app(settings), settings.redis_url or embedded_url(settings))
    try:
        if as_json:
            print_json(tower.look().as_json())
        elif once or not console.is_terminal:
            console.print(frame_of(tower.look()))
        else:
            _show(tower, every)
    finally:
        tower.close()


def _show(tower: Watchtower, every_s: float) -> None:
    """Shows frame after frame until `q` or Ctrl-C."""
    from rich.live import Live

    from backfin.cli.top_frame import frame_of

    live = Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop")
    with _keys(), contextlib.suppress(KeyboardInterrupt), live:
        is_over = False
        while not is_over:
            live.update(frame_of(tower.look()), refresh=True)
            is_over = _is_ended(every_s)


@contextlib.contextmanager
def _keys() -> Iterator[None]:
    """Hears single keys while the block lasts, where a person can press some."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _is_ended(seconds: float) -> bool:
    """Waits for so long at most; whether `q` was pressed meanwhile."""
    if not sys.stdin.isatty():
        time.sleep(seconds)
        return False
    end_s = time.monotonic() + seconds
    while (left_s := end_s - time.monotonic()) > 0:
        ready, _, _ = select.select([sys.stdin], [], [], left_s)
        if ready and sys.stdin.read(1) in ("q", "Q", ""):
            return True
    return False
