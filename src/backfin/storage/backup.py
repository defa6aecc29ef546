"""Backups of the embedded store: one file of it, the archive beside it, and a manifest that holds them together.

::

    TARGET/manifest.json       version, schema, counts, checksum; written last, so it always tells of a whole backup
    TARGET/store-<hash>.db     the store at one moment
    TARGET/archive/…           by hash, so that a second backup copies what is new

The store holds signing keys of webhooks: every file is its owner's alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from backfin import __version__
from backfin.errors import ConfigError, StoreUnavailable
from backfin.storage.archive import Archive

#: What the form of a backup is called.
FORM = 1

MANIFEST = "manifest.json"
ARCHIVE = "archive"

#: Tables whose rows a manifest counts.
COUNTED = ("announcements", "documents", "enrichments", "investors", "watches", "deliveries")

_COUNT = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in COUNTED)
_REFERENCES = (
    "SELECT document_id FROM documents WHERE size_bytes > 0{} UNION SELECT content_id FROM raw_answers"
)


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``missing`` files are referred to by the store, and the archive lacked them."""

    form: int
    version: str
    schema: str
    made_at: datetime
    store: str
    bytes: int
    sha256: str
    counts: dict[str, int]
    with_archive: bool
    files: int = 0
    new_files: int = 0
    missing: int = 0

    def as_json(self) -> dict[str, Any]:
        """The manifest as it is written."""
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a backup.

        Raises:
            ConfigError: There is no backup, or one of another form.
        """
        try:
            told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if told["form"] != FORM:
                raise ConfigError(
                    f"The backup in {folder} has form {told['form']}, this version reads {FORM}; "
                    f"restore it with backfin {told['version']}."
                )
            return cls(**told | {"made_at": datetime.fromisoformat(told["made_at"])})
        except FileNotFoundError as error:
            raise ConfigError(
                f"There is no backup in {folder}: it has no {MANIFEST}; `backfin backup` makes one."
            ) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"The manifest in {folder} cannot be read ({error}); take another backup."
            ) from error


def make_backup(database: Path, archive: Archive | None, target: Path) -> Manifest:
    """Copies a store while others write to it, and what is new in its archive.

    Args:
        database: The SQLite file.
        archive: Copied as well, unless ``None``.
        target: A folder that is empty, or holds an earlier backup, which this one replaces.

    Raises:
        ConfigError: The folder will not do.
        StoreUnavailable: The store or the archive does not answer.
    """
    with _taken(target):
        part = target / f".part-{uuid4().hex}"
        try:
            made_at = datetime.now(UTC)
            schema, counts, references = _copy_store(database, part)
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            # What the copy refers to was archived before it was stored: it is there by now.
            files, new_files, missing = _copy_archive(archive, target, references) if archive else (0, 0, 0)
            store = f"store-{digest[:16]}.db"
            size = part.stat().st_size
            _settle(part, target / store)
        finally:
            part.unlink(missing_ok=True)
        manifest = Manifest(
            form=FORM,
            version=__version__,
            schema=schema,
            made_at=made_at,
            store=store,
            bytes=size,
            sha256=digest,
            counts=counts,
            with_archive=archive is not None,
            files=files,
            new_files=new_files,
            missing=missing,
        )
        _write(target / MANIFEST, json.dumps(manifest.as_json(), default=_text, indent=2) + "\n")
        for old in target.glob("store-*.db"):
            if old.name != store:
                old.unlink()
    return manifest


def check_backup(folder: Path, manifest: Manifest) -> Path:
    """Reads the whole store of a backup and returns its file.

    Raises:
        ConfigError: It is not what the manifest says, or SQLite finds it broken.
    """
    file = folder / manifest.store
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise ConfigError(f"The backup in {folder} lacks {manifest.store}; take another one.") from error
    is_whole = digest == manifest.sha256 and _is_sound(file)
    if not is_whole:
        raise ConfigError(
            f"The backup in {folder} is broken: {manifest.store} is not what was written; take another one."
        )
    return file


def copy_private(source: Path, target: Path) -> None:
    """Copies a file for its owner alone; it is on the disk when this returns."""
    with source.open("rb") as read, _private(target) as written:
        while piece := read.read(1 << 20):
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())


def _copy_store(database: Path, part: Path) -> tuple[str, dict[str, int], set[str]]:
    """A copy of one moment. Writers go on: in WAL mode nobody waits for a reader."""
    _private(part).close()
    try:
        with closing(_open(database)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
            (schema,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            counts = dict(copy.execute(_COUNT).fetchall())
            references = _references(copy)
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"The store {database} cannot be copied ({error}); see `backfin doctor`."
        ) from error
    return schema, counts, references


def _references(store: sqlite3.Connection) -> set[str]:
    """Contents of the archive that a store of any schema refers to."""
    columns = {column[1] for column in store.execute("PRAGMA table_info(documents)")}
    kept = " AND file_gone_at IS NULL" if "file_gone_at" in columns else ""
    return {one for (one,) in store.execute(_REFERENCES.format(kept))}


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=30)


def _copy_archive(archive: Archive, target: Path, references: set[str]) -> tuple[int, int, int]:
    """Copies what the backup lacks: how many files it has, how many are new, how many are missing."""
    copy = Archive(str(target / ARCHIVE))
    there = set(copy.contents())
    before = len(there)
    for path in archive.stored():
        content_id = archive.copy_to(copy, path, known=there)
        if content_id is not None:
            there.add(content_id)
    return len(there), len(there) - before, len(references - there)


def _is_sound(file: Path) -> bool:
    try:
        with closing(_open(file)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


@contextmanager
def _taken(target: Path) -> Iterator[None]:
    """Holds a folder for one backup at a time.

    Raises:
        ConfigError: It holds something else, cannot be written, or another backup is being made there.
    """
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_other = any(target.iterdir()) and not (target / MANIFEST).exists()
        if is_other and not (target / ".lock").exists():
            raise ConfigError(f"{target} holds something else than a backup; name an empty or a new folder.")
        lock = os.open(target / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"{target} cannot be used ({error.strerror}); name a folder of yours.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in target.glob(".part-*"):
            left.unlink()
        yield
    except BlockingIOError as error:
        raise ConfigError(f"Another backup is being made in {target}; wait for it.") from error
    finally:
        os.close(lock)


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".part-{uuid4().hex}")
    with _private(part) as written:
        written.write(text.encode())
    _settle(part, file)


def _settle(part: Path, target: Path) -> None:
    """Gives a whole file its name; both are on the disk when this returns."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _text(value: Any) -> str:
    return str(value.isoformat())
