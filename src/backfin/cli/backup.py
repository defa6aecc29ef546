"""``backfin backup`` and ``backfin restore``: the embedded store, whole, somewhere else and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from backfin.cli.arguments import moment_of_text
from backfin.cli.asking import is_meant
from backfin.cli.output import LOOK, Json, print_json, say, stop, tell
from backfin.cli.session import open_settings
from backfin.clock import IST, in_ist
from backfin.errors import ConfigError


def backup(
    target: Annotated[Path, typer.Argument(help="Folder of the backup; an earlier one in it is replaced.")],
    archive: Annotated[
        bool, typer.Option("--archive/--no-archive", help="Whether files and raw answers are copied too.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Copies the embedded store, while workers run, and of the archive what the backup lacks. Keep it private."""
    from backfin.restoring import database_of
    from backfin.storage.archive import Archive
    from backfin.storage.backup import make_backup

    settings = open_settings()
    database = database_of(settings)
    if not database.exists():
        raise ConfigError(f"There is no store at {database} yet; set BACKFIN_HOME to the one you mean.")
    kept = Archive(settings.effective_archive_url) if archive else None
    manifest = make_backup(database, kept, target.expanduser())
    if as_json:
        print_json(manifest.as_json())
        return
    files = f", {manifest.new_files} new of {manifest.files} files" if archive else ", no files"
    say(f"{target}: the store of {in_ist(manifest.made_at)}, {manifest.bytes / 2**20:.1f} MiB{files}.")
    if manifest.missing:
        tell(
            f"{manifest.missing} files that the store refers to are not in the archive, or damaged; "
            "a replay fetches them."
        )


def restore(
    source: Annotated[Path, typer.Argument(help="Folder of the backup.")],
    told_until: Annotated[
        str | None,
        typer.Option(
            "--told-until",
            help="YYYY-MM-DDTHH:MM in IST: what was published before may have been told, and is not told by itself. "
            "Now, when left out.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Put aside the store that is there, without asking.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Puts a backup in the place of the embedded store. Workers and scheduler must not run."""
    from backfin.restoring import check, cost_of, refuse_news_to_come, refuse_while_working
    from backfin.restoring import restore as put_back

    settings = open_settings()
    until = moment_of_text(told_until, IST) if told_until else None
    refuse_news_to_come(until)
    folder = source.expanduser()
    refuse_while_working(settings)
    manifest, _ = check(folder)
    cost = cost_of(settings)
    if cost is not None and not yes:
        question = f"{cost} The backup is of {in_ist(manifest.made_at)}."
        if not is_meant(f"{question} Restore it?", f"{question} Add --yes to restore it."):
            stop(LOOK)
    done = put_back(settings, folder, until)
    if as_json:
        print_json(done.as_json())
        return
    say(f"The store is that of {in_ist(done.made_at)}, with {done.counts['announcements']} announcements.")
    if done.upgraded_from:
        say(f"It had schema {done.upgraded_from} and was brought to {done.schema}.")
    if done.kept:
        say(f"The one before it lies at {done.kept}; delete it when you are content.")
    say(
        f"What was published before {in_ist(done.told_until)} and is found again is not told by itself, "
        f"and {done.unsure} deliveries that waited are unsure; `backfin delivery list --state unsure` shows them."
    )
