"""Where things are kept: store, archive, disks, and the clocks of the servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from backfin.app import Backfin
from backfin.clock import SystemClock
from backfin.diagnosis.finding import Finding
from backfin.errors import TransientError, UnknownSchema
from backfin.settings import Settings, mask_url
from backfin.storage.archive import Archive
from backfin.storage.schema import HEAD
from backfin.storage.store import Store

#: A clock that is off by more than this orders announcements wrongly, in seconds.
MAX_SKEW_S = 5.0

#: Less free space than this is told, in bytes: a busy day brings about as much.
LEAST_FREE_BYTES = 2 * 2**30


def store_finding(app: Backfin) -> Finding:
    """Whether the store opens, with which schema, and its size."""
    store = Store(app.settings.effective_database_url)
    try:
        store.prepare()
        size = store.overview.size_bytes()
    except UnknownSchema as error:
        return Finding("store", False, str(error), "Run `backfin db upgrade`.")
    except TransientError as error:
        fix = (
            "Start the database, or correct BACKFIN_DATABASE_URL or BACKFIN_HOME; "
            "`backfin restore` takes the place of a broken file."
        )
        return Finding.of("store", error, fix)
    finally:
        store.close()
    return Finding("store", True, f"{store.shown_url}, schema {HEAD}, {_shown(size)}")


def archive_finding(app: Backfin) -> Finding:
    """Whether the archive gives back what it is given."""
    fix = "Check rights and space of the archive, and BACKFIN_ARCHIVE_URL."
    archive = Archive(app.settings.effective_archive_url)
    try:
        content_id = archive.put(b"backfin doctor", "txt")
        well = archive.get(content_id) == b"backfin doctor"
    except TransientError as error:
        return Finding.of("archive", error, fix)
    return Finding("archive", well, mask_url(app.settings.effective_archive_url), fix)


def disk_finding(settings: Settings) -> Finding:
    """Free space of the disks that home, store and archive lie on."""
    free = {name: shutil.disk_usage(place).free for name, place in _places(settings)}
    if not free:
        return Finding("disk", True, "nothing is kept on a disk of this machine")
    detail = ", ".join(f"{name} {_shown(one)} free" for name, one in free.items())
    return Finding(
        "disk",
        min(free.values()) >= LEAST_FREE_BYTES,
        detail,
        f"Make room: less than {_shown(LEAST_FREE_BYTES)} is little for a busy day.",
    )


def _places(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Folders of this machine that are written to, or the nearest one above that exists; each disk once."""
    named = {"home": settings.home}
    if "://" not in settings.effective_archive_url:
        named["archive"] = Path(settings.effective_archive_url)
    seen: set[int] = set()
    for name, folder in named.items():
        place = folder.expanduser().absolute()
        there = next(one for one in (place, *place.parents) if one.exists())
        if there.stat().st_dev not in seen:
            seen.add(there.stat().st_dev)
            yield name, there


def clock_finding(app: Backfin) -> Finding:
    """How far this machine's clock is from those of Redis and of PostgreSQL."""
    clocks = {"Redis": _redis_time(app.settings), "PostgreSQL": _database_time(app)}
    known = {name: skew for name, skew in clocks.items() if skew is not None}
    if not known:
        return Finding("clock", True, "no other clock to compare with")
    detail = ", ".join(f"{skew:.1f} s from the clock of {name}" for name, skew in known.items())
    return Finding("clock", max(known.values()) <= MAX_SKEW_S, detail, "Run a time service (NTP).")


def _redis_time(settings: Settings) -> float | None:
    if settings.redis_url is None:
        return None
    client = Redis.from_url(settings.redis_url, socket_timeout=5)
    try:
        seconds, micros = client.time()
    except RedisError:
        return None
    finally:
        client.close()
    return _skew_s(datetime.fromtimestamp(seconds + micros / 1e6, UTC))


def _database_time(app: Backfin) -> float | None:
    try:
        found = app.context.store.overview.server_time()
    except TransientError:
        return None
    return None if found is None else _skew_s(found)


def _skew_s(theirs: datetime) -> float:
    return abs((SystemClock().now() - theirs).total_seconds())


def _shown(size_bytes: int) -> str:
    gib = size_bytes / 2**30
    return f"{gib:.1f} GiB" if gib >= 1 else f"{size_bytes / 2**20:.1f} MiB"
