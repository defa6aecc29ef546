"""Putting a backup in the place of the embedded store, with nothing touched before the backup has proved sound."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import make_url

from backfin.clock import SystemClock
from backfin.embedded import find_running_url
from backfin.errors import BackfinError, ConfigError
from backfin.heartbeat import SILENT_AFTER
from backfin.models import Cadence
from backfin.notifications.periods import Daily
from backfin.settings import Settings
from backfin.storage.archive import Archive
from backfin.storage.backup import ARCHIVE, COUNTED, Manifest, check_backup, copy_private
from backfin.storage.schema import HEAD
from backfin.storage.store import Store
from backfin.storage.turns import WriterTurn


@dataclass(frozen=True)
class Restored:
    """What a restore did. ``kept`` is where the store lies that was there before."""

    made_at: datetime
    schema: str
    upgraded_from: str | None
    told_until: datetime
    unsure: int
    counts: dict[str, int]
    new_files: int
    kept: str | None

    def as_json(self) -> dict[str, Any]:
        """The result as the command line prints it."""
        return asdict(self)


def database_of(settings: Settings) -> Path:
    """The file of the embedded store.

    Raises:
        ConfigError: The store is no file.
    """
    url = make_url(settings.effective_database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ConfigError(
            "The store is a PostgreSQL database: back it up with pg_dump and restore it with pg_restore; "
            "see docs/many-machines.md for the archive."
        )
    return Path(url.database).expanduser()


def refuse_while_working(settings: Settings) -> None:
    """Refuses where something works on the store of this home.

    Raises:
        ConfigError: It does; the sentence says what to stop.
    """
    if find_running_url(settings.home) is not None:
        raise ConfigError(
            f"backfin runs in {settings.home}; stop `backfin up` and every worker and scheduler first."
        )
    beats = [beat for beat in _beats(settings) if SystemClock().now() - beat.beat_at <= SILENT_AFTER]
    if beats:
        shown = ", ".join(sorted({f"{beat.host} (process {beat.pid})" for beat in beats}))
        raise ConfigError(f"Workers work on this store: {shown}; stop them and the scheduler first.")


def refuse_news_to_come(told_until: datetime | None) -> None:
    """Refuses a moment before which all news is taken for told, where some of that news is still to come.

    Raises:
        ConfigError: The moment has not come yet.
    """
    if told_until is not None and told_until > SystemClock().now():
        raise ConfigError(
            f"--told-until {told_until:%Y-%m-%dT%H:%M} has not come yet: all news until then would be told to nobody; "
            "give the moment of the crash."
        )


def cost_of(settings: Settings) -> str | None:
    """What a restore would put aside, in one sentence; ``None`` where there is no store yet."""
    database = database_of(settings)
    if not database.exists() or not database.stat().st_size:
        return None
    counts = _counts(database)
    if counts is None:
        return f"The store {database} cannot be read; it is put aside."
    held = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
    return f"The store {database} holds {held}; it is put aside."


def check(source: Path) -> tuple[Manifest, Path]:
    """The manifest and the store of a backup that can be restored by this version.

    Raises:
        ConfigError: There is none, it is broken, or a newer version made it.
    """
    manifest = Manifest.read(source)
    if manifest.schema > HEAD:
        raise ConfigError(
            f"The backup has schema {manifest.schema}, this version knows {HEAD}; "
            f"install backfin {manifest.version} or newer."
        )
    return manifest, check_backup(source, manifest)


def restore(settings: Settings, source: Path, told_until: datetime | None = None) -> Restored:
    """Puts a backup in the place of the store, and what the archive lacks into the archive.

    Args:
        settings: Where the store and the archive are.
        source: The folder of a backup.
        told_until: What was published before, and what waited when the backup was made, may have been told since
            and is not told by itself; now when left out.

    Raises:
        ConfigError: The backup will not do, something works on the store, or ``told_until`` has not come yet. Nothing
            has been changed.
        StoreUnavailable: The archive does not answer.
    """
    refuse_news_to_come(told_until)
    refuse_while_working(settings)
    database = database_of(settings)
    manifest, file = check(source)
    new_files = _copy_archive(source, Archive(settings.effective_archive_url)) if manifest.with_archive else 0
    until = told_until or SystemClock().now()
    staged = database.with_name(f".restoring-{uuid4().hex}.db")
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        copy_private(file, staged)
        unsure = _prepare(settings, staged, manifest, until)
        kept = _put_in_place(staged, database)
    finally:
        for left in (staged, *_beside(staged), staged.with_name(staged.name + "-turn")):
            left.unlink(missing_ok=True)
    return Restored(
        made_at=manifest.made_at,
        schema=HEAD,
        upgraded_from=manifest.schema if manifest.schema != HEAD else None,
        told_until=until,
        unsure=unsure,
        counts=_counts(database) or {},
        new_files=new_files,
        kept=None if kept is None else str(kept),
    )


def _prepare(settings: Settings, staged: Path, manifest: Manifest, until: datetime) -> int:
    """Brings the copy to this schema, and settles what may have been told since the backup."""
    store = Store(f"sqlite:///{staged}")
    try:
        store.upgrade()
        unsure = store.restores.begin(manifest.made_at, until, _digests(settings, store, manifest, until))
        store.workers.forget(SystemClock().now())
        return unsure
    finally:
        store.close()


def _digests(settings: Settings, store: Store, manifest: Manifest, until: datetime) -> Mapping[str, datetime]:
    """By watch, the last moment of its digest that lies between the backup and ``until``."""
    told = settings.notifications
    moments = {
        watch.watch_id: Daily.of(
            watch.digest_at or told.digest_at, watch.digest_zone or told.digest_zone
        ).last(until)
        for watch in store.watches.list()
        if watch.cadence is Cadence.DIGEST
    }
    return {watch_id: moment for watch_id, moment in moments.items() if moment > manifest.made_at}


def _put_in_place(staged: Path, database: Path) -> Path | None:
    """Gives the copy the store's name. At every moment there is a whole store under it; the old one is kept."""
    kept = None
    with closing(WriterTurn(database)) as turn, turn:
        if database.exists():
            _fold(database)
            kept = database.with_name(f"{database.stem}-replaced-{SystemClock().now():%Y%m%dT%H%M%SZ}.db")
            os.link(database, kept)
            for old in _beside(database):  # left behind by a crash, and of no use to the new store
                if old.exists():
                    old.replace(kept.with_name(kept.name + old.name.removeprefix(database.name)))
        _fold(staged)
        staged.replace(database)
    return kept


def _fold(database: Path) -> None:
    """Writes what lies in the log beside an SQLite file into the file, where it can be read."""
    with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _beside(database: Path) -> tuple[Path, ...]:
    return tuple(database.with_name(database.name + ending) for ending in ("-wal", "-shm"))


def _copy_archive(source: Path, archive: Archive) -> int:
    there = set(archive.contents())
    before = len(there)
    copy = Archive(str(source / ARCHIVE))
    there |= {content for path in copy.stored() if (content := copy.copy_to(archive, path, known=there))}
    return len(there) - before


def _counts(database: Path) -> dict[str, int] | None:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return {
                name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED
            }
    except sqlite3.Error:
        return None


def _beats(settings: Settings) -> list[Any]:
    database = database_of(settings)
    if not database.exists():
        return []
    store = Store(f"sqlite:///{database}")
    try:
        return list(store.workers.list())
    except BackfinError:
        return []  # of another schema, or broken: that is what a restore is for
    finally:
        store.close()
