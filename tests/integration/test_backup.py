"""Backup and restore: one moment of a store that others write to, and back without telling anything twice."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from backfin import Backfin
from backfin.cli.main import app as commands
from backfin.clock import SystemClock
from backfin.errors import BackfinError, ConfigError
from backfin.models import Cadence, DeliveryState
from backfin.restoring import check, database_of, restore
from backfin.settings import Settings
from backfin.storage import Archive, Store
from backfin.storage import backup as backups
from backfin.storage.backup import MANIFEST, make_backup
from backfin.storage.records import WorkerBeat
from backfin.storage.schema import HEAD
from backfin.testing import (
    FakeExchange,
    FrozenClock,
    RecordingNotifier,
    make_app,
    make_row,
    make_watch,
    run_exchange,
)
from backfin.testing.frozen_clock import NOON
from backfin.testing.pdf import one_page_pdf

#: Announcements with a file each, written by processes of their own until they are killed.
WRITER = """
import sys
from backfin.identity import document_id
from backfin.models import Document, Method, Page
from backfin.storage import Archive, Store
from backfin.testing import make_announcement
from backfin.testing.frozen_clock import NOON
database, archive, first = sys.argv[1], Archive(sys.argv[2]), int(sys.argv[3])
store = Store(database)
for number in range(first, first + 100000):
    key, data = f"bse:{number}", b"%PDF " + str(number).encode() * 500
    store.announcements.add([make_announcement(announcement_id=key, native_id=str(number))], due_at=NOON)
    archive.put(data, "pdf")
    text = (Page(number=1, text="x" * 500),)
    read = Document(document_id=document_id(data), media_type="application/pdf", size_bytes=len(data),
                    method=Method.TEXT, pages=text, page_count=1)
    store.documents.record(key, [read], filing_id=f"f{number}", due_at=NOON)
    print(number, flush=True)
"""

LETTER = one_page_pdf("The company received an order worth Rs. 12.5 crore from Example Rail Limited.")


def run(home: Path, *arguments: str, code: int = 0) -> Any:
    """Runs a command in a home, and reads what it prints as JSON where it is that."""
    done = CliRunner().invoke(commands, list(arguments), env={"BACKFIN_HOME": str(home)})
    if isinstance(done.exception, BackfinError):
        raise done.exception
    assert done.exit_code == code, done.output
    return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout


def filled(home: Path, count: int = 1) -> Settings:
    """A home with announcements that went all their way."""
    rows = [make_row(number, file=f"{number}.pdf") for number in range(count)]
    exchange = FakeExchange(rows, files={f"{number}.pdf": LETTER + b"\n" * number for number in range(count)})
    with make_app(exchanges=[exchange], notifiers=[RecordingNotifier()], home=home) as app:
        app.store.watches.put(make_watch())
        run_exchange(app, "fake")
    return Settings(home=home)


def back_up(settings: Settings, target: Path) -> backups.Manifest:
    return make_backup(database_of(settings), Archive(settings.effective_archive_url), target)


def contents(home: Path) -> dict[Path, bytes]:
    """All files of a home, without the empty ones that SQLite leaves and takes while it reads."""
    return {
        file: file.read_bytes()
        for file in home.rglob("*")
        if file.is_file() and not file.name.endswith(("-wal", "-shm"))
    }


def ids(settings: Settings) -> set[str]:
    store = Store(settings.effective_database_url)
    found = {item.announcement_id for item in store.announcements.select()}
    store.close()
    return found


def test_a_backup_while_others_write_is_one_moment_with_every_file_it_refers_to(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    store = Store(settings.effective_database_url)
    store.upgrade()
    store.close()
    places = [settings.effective_database_url, settings.effective_archive_url]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *places, str(first)], stdout=subprocess.PIPE, text=True
        )
        for first in (0, 1_000_000)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        made = [back_up(settings, tmp_path / "backup") for _ in range(3)]
        still_written = [writer.poll() is None for writer in writers]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()

    done = restore(Settings(home=tmp_path / "other"), tmp_path / "backup")

    there = Store(f"sqlite:///{tmp_path / 'other' / 'backfin.db'}")
    archive = Archive(str(tmp_path / "other" / "archive"))
    found = {item.announcement_id for item in there.announcements.select()}
    documents = [one for key in found for one in there.documents.of(key)]
    there.close()
    assert still_written == [True, True]
    assert [one.missing for one in made] == [0, 0, 0]
    assert made[0].counts["announcements"] <= made[-1].counts["announcements"] == len(found)
    assert len(documents) >= len(found) - 2, "at most what each writer had in hand has no document yet"
    assert [archive.get(one.document_id)[:4] for one in documents] == [b"%PDF"] * len(documents)
    assert done.counts == made[-1].counts


def test_a_second_backup_copies_what_is_new_and_takes_the_place_of_the_first(tmp_path: Path) -> None:
    target = tmp_path / "backup"
    first = back_up(filled(tmp_path / "home", 2), target)
    settings = filled(tmp_path / "home", 3)

    second = back_up(settings, target)

    assert (first.files, second.files) == (first.new_files, first.files + second.new_files)
    assert second.new_files >= 1
    assert [file.name for file in target.glob("store-*.db")] == [second.store]
    check(target)


def test_only_its_owner_can_read_a_backup_and_what_is_restored(tmp_path: Path) -> None:
    target = tmp_path / "backup"
    back_up(filled(tmp_path / "home"), target)

    restore(Settings(home=tmp_path / "other"), target)

    files = [file for file in (*target.rglob("*"), tmp_path / "other" / "backfin.db") if file.is_file()]
    assert len(files) > 3
    assert {file.name: stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files} == {
        file.name: 0 for file in files
    }


def _flip(target: Path) -> None:
    store = next(target.glob("store-*.db"))
    data = bytearray(store.read_bytes())
    data[len(data) // 2] ^= 1
    store.write_bytes(bytes(data))


def _say(**changes: Any) -> Callable[[Path], None]:
    def change(target: Path) -> None:
        told = json.loads((target / MANIFEST).read_text())
        (target / MANIFEST).write_text(json.dumps(told | changes))

    return change


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_flip, "is broken"),
        (lambda target: next(target.glob("store-*.db")).unlink(), "lacks store-"),
        (lambda target: (target / MANIFEST).unlink(), "no backup in"),
        (lambda target: (target / MANIFEST).write_text("{"), "cannot be read"),
        (_say(schema="9999", version="9.9"), "install backfin 9.9"),
        (_say(form=2), "has form 2"),
    ],
)
def test_a_backup_that_will_not_do_is_refused_and_nothing_is_touched(
    tmp_path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    settings = filled(tmp_path / "home")
    back_up(settings, tmp_path / "backup")
    before = contents(settings.home)
    spoil(tmp_path / "backup")

    with pytest.raises(ConfigError, match=sentence):
        run(settings.home, "restore", str(tmp_path / "backup"), "--yes")

    assert contents(settings.home) == before


def test_a_backup_that_is_cut_off_leaves_the_one_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    first = back_up(filled(tmp_path / "home"), target)
    monkeypatch.setattr(backups, "_write", lambda *_: (_ for _ in ()).throw(OSError("cut off")))

    with pytest.raises(OSError, match="cut off"):
        back_up(filled(tmp_path / "home", 2), target)

    manifest, _ = check(target)
    assert manifest == first


def test_a_folder_of_something_else_is_no_place_for_a_backup(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").touch()

    with pytest.raises(ConfigError, match="something else"):
        back_up(filled(tmp_path / "home"), tmp_path / "photos")


def test_a_store_in_postgresql_is_left_to_pg_dump() -> None:
    with pytest.raises(ConfigError, match="pg_dump"):
        database_of(Settings(database_url="postgresql://somebody@host/name"))


def test_a_store_that_is_there_is_put_aside_only_when_it_is_meant(tmp_path: Path) -> None:
    settings = filled(tmp_path / "home", 2)
    back_up(settings, tmp_path / "backup")
    filled(tmp_path / "home", 5)

    with pytest.raises(ConfigError, match=r"holds 5 announcements.*Add --yes"):
        run(settings.home, "restore", str(tmp_path / "backup"))
    before = ids(settings)
    done = run(settings.home, "restore", str(tmp_path / "backup"), "--yes", "--json")

    assert (len(before), len(ids(settings))) == (5, 2)
    assert ids(Settings(database_url=f"sqlite:///{done['kept']}")) == before
    assert sorted(path.name for path in settings.home.glob("*restoring*")) == []


def test_a_restore_waits_for_nobody_who_works_on_the_store(tmp_path: Path) -> None:
    settings = filled(tmp_path / "home")
    back_up(settings, tmp_path / "backup")
    store = Store(settings.effective_database_url)
    now = SystemClock().now()
    beat = WorkerBeat(
        worker_id="w", host="alpha", pid=7, parent_pid=1, queues=[], threads=1, started_at=now, beat_at=now,
        progress_at=now, running=[], done=0, failed=0, memory_bytes=None, fault=None, wish=None,
    )  # fmt: skip
    store.workers.beat(beat)

    with pytest.raises(ConfigError, match="alpha"):
        restore(settings, tmp_path / "backup")

    store.workers.leave("w")
    store.close()
    restore(settings, tmp_path / "backup")


def test_an_older_backup_is_brought_to_this_schema(tmp_path: Path) -> None:
    settings = filled(tmp_path / "home")
    store = Store(settings.effective_database_url)
    store.downgrade("0012")
    store.close()
    back_up(settings, tmp_path / "backup")

    done = restore(Settings(home=tmp_path / "other"), tmp_path / "backup")

    assert (done.upgraded_from, done.schema) == ("0012", HEAD)
    assert ids(Settings(home=tmp_path / "other")) == ids(settings)


class Scene:
    """An app in a home that is backed up, destroyed and restored, with what its channel heard of all that."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home)
        self.exchange = FakeExchange()
        self.channel = RecordingNotifier()
        self.clock = FrozenClock()

    def app(self) -> Any:
        return make_app(
            exchanges=[self.exchange], notifiers=[self.channel], clock=self.clock, home=self.settings.home
        )

    def publish(self, app: Backfin, number: int) -> None:
        """Lets time go to the moment of an announcement, which goes all its way."""
        self.clock.set(NOON + timedelta(seconds=number))
        self.exchange.rows.append(make_row(number))
        run_exchange(app, "fake")

    @property
    def heard(self) -> list[str]:
        return [alert.announcement.announcement_id for alert in self.channel.alerts]


def test_what_was_told_after_the_backup_is_not_told_again_and_later_news_is(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "home")
    with scene.app() as app:
        app.store.watches.put(make_watch())
        scene.publish(app, 1)
        back_up(scene.settings, tmp_path / "backup")
        scene.publish(app, 2)
    shutil.rmtree(scene.settings.home)
    scene.clock.forward(600)

    done = restore(scene.settings, tmp_path / "backup", scene.clock.now())
    with scene.app() as app:
        run_exchange(app, "fake")
        again = app.store.deliveries.search(states=[DeliveryState.EXPIRED])
        scene.publish(app, 700)

    assert done.kept is None
    assert scene.heard == ["fake:1", "fake:2", "fake:700"]
    assert [(one.announcement_id, "delivery resend" in (one.error or "")) for one in again] == [
        ("fake:2", True)
    ]


def test_what_waited_when_the_backup_was_made_becomes_unsure_where_it_may_have_gone(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "home")
    with scene.app() as app:
        for name, at in (("early", "12:30"), ("late", "23:30")):
            app.store.watches.put(
                make_watch(rule="*", name=name, watch_id=name, cadence=Cadence.DIGEST, digest_at=at)
            )
        app.store.watches.put(make_watch(rule="*", name="now", watch_id="now"))
        scene.publish(app, 1)
        with app.store._database.write() as connection:
            connection.exec_driver_sql("UPDATE deliveries SET state = 'pending' WHERE watch_id = 'now'")
        manifest = back_up(scene.settings, tmp_path / "backup")

    # The backup was made now, by the computer's clock; the story is told from noon of the frozen one.
    told = json.loads((tmp_path / "backup" / MANIFEST).read_text())
    (tmp_path / "backup" / MANIFEST).write_text(json.dumps(told | {"made_at": NOON.isoformat()}))
    done = restore(Settings(home=tmp_path / "other"), tmp_path / "backup", NOON + timedelta(hours=1))

    store = Store(Settings(home=tmp_path / "other").effective_database_url)
    states = {one.watch_id: one.state for one in store.deliveries.search()}
    store.close()
    assert manifest.counts["deliveries"] == 3
    assert done.unsure == 2
    assert states == {"now": "unsure", "early": "unsure", "late": "collected"}


def test_news_that_is_still_to_come_cannot_have_been_told(tmp_path: Path) -> None:
    back_up(filled(tmp_path / "home"), tmp_path / "backup")

    with pytest.raises(ConfigError, match="until 9999-01-01T10:00 has not come yet"):
        run(tmp_path / "other", "restore", str(tmp_path / "backup"), "--told-until", "9999-01-01T10:00")
    to_come = SystemClock().now() + timedelta(minutes=1)
    with pytest.raises(ConfigError, match="has not come yet"):
        restore(Settings(home=tmp_path / "other"), tmp_path / "backup", to_come)

    assert not (tmp_path / "other" / "backfin.db").exists()


def test_a_restored_home_runs_on(tmp_path: Path) -> None:
    settings = filled(tmp_path / "home", 2)
    run(settings.home, "backup", str(tmp_path / "backup"), "--json")
    other = tmp_path / "other"

    run(other, "restore", str(tmp_path / "backup"), "--told-until", "2026-07-01T13:00")

    again = filled(other, 4)
    assert len(ids(again)) == 4
    shown = run(other, "backup", str(tmp_path / "backup"), "--no-archive")
    assert "no files" in shown
