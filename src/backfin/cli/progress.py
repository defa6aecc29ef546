"""A progress bar on standard error."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from backfin.cli.output import errors
from backfin.cli.waiting import OnProgress


@contextlib.contextmanager
def bar(*, quiet: bool, what: str = "announcements") -> Iterator[OnProgress]:
    """Shows a bar while the block lasts; yields what hears of progress.

    Args:
        quiet: Show none.
        what: Of what it is.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    is_seen = errors.is_terminal and not quiet
    with Progress(*columns, console=errors, disable=not is_seen, transient=True) as progress:
        task = progress.add_task(what, total=None)

        def on_progress(done: int, selected: int) -> None:
            progress.update(task, completed=done, total=selected)

        yield on_progress
