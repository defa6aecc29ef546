"""New SQLite stores that are copies of one that was migrated: the way there is the same for all, and takes a while."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backfin.storage import Store


@contextmanager
def migrated_once(folder: Path) -> Iterator[None]:
    """Lets this process prepare new stores by copying, while the block lasts; other processes migrate theirs."""
    migrated = folder / "migrated.db"
    store = Store(f"sqlite:///{migrated}")
    store.upgrade()
    store.close()
    prepare = Store.prepare

    def prepare_by_copying(store: Store) -> None:
        url = store._database.url
        if url.get_backend_name() == "sqlite" and not str(url.database).startswith("file:"):
            with contextlib.suppress(OSError):  # the store says so itself
                _copy(migrated, Path(str(url.database)))
        prepare(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "prepare", prepare_by_copying)
        yield


def _copy(migrated: Path, path: Path) -> None:
    """Makes the file, whole at once; nothing where there is one, or no folder for it."""
    if path.exists() or not path.parent.is_dir():
        return
    number, name = tempfile.mkstemp(dir=path.parent)
    os.close(number)
    try:
        shutil.copyfile(migrated, name)
        os.link(name, path)
    finally:
        Path(name).unlink()
