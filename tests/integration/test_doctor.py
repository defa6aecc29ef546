"""What the doctor says of each thing that can ail, and that an idle install is well."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from redis import Redis

from backfin import Backfin
from backfin.diagnosis import diagnose
from backfin.diagnosis.exchanges import exchange_finding, shape_faults
from backfin.diagnosis.parts import notifications_finding
from backfin.diagnosis.redis import finding_of, redis_finding
from backfin.diagnosis.running import gaps_finding, pauses_finding, scheduler_finding, workers_finding
from backfin.diagnosis.storing import clock_finding, disk_finding, store_finding
from backfin.embedded import EmbeddedServer
from backfin.exchanges.bse_parse import ROW_SHAPE
from backfin.settings import Settings
from backfin.storage.records import WorkerBeat
from backfin.testing import FakeExchange, make_app, make_row, make_watch
from processes import made_day

WELL = {"maxmemory-policy": "noeviction", "appendonly": "yes"}
FIGURES = {"used_memory": 50 * 2**20, "maxmemory": 0, "rdb_last_bgsave_status": "ok"}


@pytest.fixture
def app() -> Iterator[Backfin]:
    with make_app(exchanges=[FakeExchange([make_row(1)])]) as app:
        yield app


def beat(app: Backfin, **changes: Any) -> None:
    now = app.clock.now()
    told = WorkerBeat("w1", "alpha", 1, 1, [], 8, now, now, now, [], 5, 1, 2**20)
    app.store.workers.beat(replace(told, **changes))


def test_an_idle_install_has_nothing_that_ails(app: Backfin) -> None:
    settings = app.settings.model_copy(update={"plugins": app.settings.plugins})

    findings = diagnose(settings)

    assert [(one.name, one.detail) for one in findings if not one.ok] == []
    assert {"redis", "store", "archive", "clock", "llm", "notifications", "plugins"} <= {
        one.name for one in findings
    }
    assert {"disk", "workers", "scheduler", "gaps"} <= {one.name for one in findings}


@pytest.mark.parametrize(
    ("config", "info", "says", "fix"),
    [
        ({"maxmemory-policy": "allkeys-lru"}, {}, "eviction allkeys-lru", "noeviction"),
        ({"appendonly": "no"}, {}, "append-only no", "appendonly yes"),
        ({}, {"rdb_last_bgsave_status": "err"}, "last snapshot could not be written", "Make room"),
        ({}, {"aof_last_write_status": "err"}, "append-only file could not be written", "Make room"),
        ({}, {"maxmemory": 52 * 2**20}, "50 MiB of 52; nearly full", "Raise `maxmemory`"),
    ],
)
def test_a_redis_that_will_lose_or_refuse_messages_is_told(
    config: dict[str, str], info: dict[str, Any], says: str, fix: str
) -> None:
    finding = finding_of(WELL | config, FIGURES | info)

    assert not finding.ok
    assert says in finding.detail
    assert fix in finding.fix


def test_a_redis_that_runs_well_is_well(app: Backfin, tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        own = redis_finding(app.settings.model_copy(update={"home": tmp_path}))
        named = redis_finding(app.settings.model_copy(update={"redis_url": server.url}))

    assert own.ok
    assert own.detail.startswith("embedded, eviction noeviction, append-only yes")
    assert (named.ok, named.detail) == (True, own.detail.removeprefix("embedded, "))


def test_an_embedded_redis_that_hangs_is_not_taken_for_one_that_does_not_run(
    app: Backfin, tmp_path: Path
) -> None:
    settings = app.settings.model_copy(update={"home": tmp_path})
    with EmbeddedServer(tmp_path) as server:
        pid = int(Redis.from_url(server.url).info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        try:
            hangs = redis_finding(settings)
        finally:
            os.kill(pid, signal.SIGCONT)
    ended = redis_finding(settings)

    assert (hangs.ok, ended.ok) == (False, True)
    assert "Timeout" in hangs.detail
    assert ended.detail.startswith("embedded, not running now")


def test_a_full_disk_is_told_before_it_is_full(app: Backfin, monkeypatch: pytest.MonkeyPatch) -> None:
    well = disk_finding(app.settings)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: SimpleNamespace(free=2**30))

    ill = disk_finding(app.settings)

    assert "free" in well.detail
    assert (ill.ok, ill.detail) == (False, "home 1.0 GiB free")
    assert "less than 2.0 GiB" in ill.fix
    assert (well.as_json()["fix"], ill.as_json()["fix"]) == ("", ill.fix)


def test_the_store_says_its_size_and_an_sqlite_file_has_no_clock(app: Backfin) -> None:
    assert "MiB" in store_finding(app).detail
    assert clock_finding(app).detail == "no other clock to compare with"


def test_a_postgres_store_says_its_size_and_its_clock(postgres_url: str) -> None:
    with make_app(settings={"database_url": postgres_url}) as app:
        assert "MiB" in store_finding(app).detail
        assert "s from the clock of PostgreSQL" in clock_finding(app).detail


def test_workers_are_told_of_and_none_is_well(app: Backfin) -> None:
    none = workers_finding(app)
    beat(app)
    one = workers_finding(app)
    beat(app, worker_id="w2", beat_at=app.clock.now() - timedelta(seconds=60))
    silent = workers_finding(app)
    beat(app, worker_id="w2", beat_at=app.clock.now() - timedelta(hours=1))

    assert none.ok
    assert "`backfin up`" in none.detail
    assert (one.ok, one.detail) == (True, "1 alive on 1 host, 0 of 8 threads busy")
    assert not silent.ok
    assert "w2 on alpha: it has said nothing for 60 s" in silent.detail
    assert workers_finding(app).ok  # others have long taken its place


def test_a_scheduler_is_missed_only_where_workers_wait_for_it(app: Backfin) -> None:
    idle = scheduler_finding(app)
    beat(app)
    missed = scheduler_finding(app)
    app.store.slots.claim("sweep", app.clock.now())
    ticking = scheduler_finding(app)

    assert (idle.ok, missed.ok, ticking.ok) == (True, False, True)
    assert "periodiq" in missed.fix
    assert ticking.detail == "last ticked 0 s ago"


def test_each_failure_has_a_fix_of_its_own_and_nobody_is_sent_to_the_doctor(tmp_path: Path) -> None:
    (tmp_path / "backfin.db").write_text("no database" * 100)
    (tmp_path / "file").write_text("no folder")

    findings = diagnose(Settings(home=tmp_path, archive_url=str(tmp_path / "file")))
    found = {one.name: one for one in findings if not one.ok}

    assert "BACKFIN_HOME" in found["store"].fix
    assert "BACKFIN_ARCHIVE_URL" in found["archive"].fix
    assert "`store`" in found["gaps"].fix
    assert not [one for one in found.values() if "backfin doctor" in one.detail]


def test_what_a_person_holds_back_is_told_with_what_lets_it_go_on(app: Backfin) -> None:
    assert pauses_finding(app).ok

    app.store.pauses.put(["backfin.read", "host:alpha", "worker:w1", "exchange:fake"], "asha")
    finding = pauses_finding(app)

    assert not finding.ok
    assert "backfin.read since" in finding.detail
    assert "exchange:fake" not in finding.detail
    for command in ("queue resume read", "worker resume --host alpha", "worker resume w1"):
        assert f"`backfin {command}`" in finding.fix


def test_open_gaps_are_named_with_the_command_that_fills_them(app: Backfin) -> None:
    assert gaps_finding(app).ok
    app.store.gaps.open("fake", date(2026, 6, 30), expected=10, stored=7)

    finding = gaps_finding(app)

    assert (finding.ok, finding.detail) == (False, "fake 2026-06-30 lacks 3 of 10")
    assert "`backfin replay 2026-06-30 --wait`" in finding.fix


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (lambda row: row, []),
        (lambda row: row | {"More": row.pop("MORE")}, ["MORE is gone, new is More"]),
        (lambda row: {k: v for k, v in row.items() if k != "DissemDT"}, ["DissemDT is gone"]),
        (lambda row: row | {"SLONGNAME": 7}, ["SLONGNAME is int, it was str"]),
        (lambda row: row | {"SCRIP_CD": "500325", "CATEGORYNAME": None}, []),
    ],
)
def test_a_row_that_changed_is_told_by_the_key(change: Any, faults: list[str]) -> None:
    rows, _ = made_day(3)

    assert shape_faults([change(row) for row in rows], ROW_SHAPE) == faults


def test_one_odd_row_is_no_new_shape() -> None:
    rows, _ = made_day(3)
    del rows[1]["MORE"]
    rows[2]["SLONGNAME"] = None

    assert shape_faults(rows, ROW_SHAPE) == []


def test_an_exchange_whose_rows_changed_is_told() -> None:
    exchange = FakeExchange([make_row(1)])
    exchange.row_shape = {"no_such_key": (str,)}  # type: ignore[attr-defined]
    with make_app(exchanges=[exchange]) as app:
        finding = exchange_finding(app, exchange)

    assert not finding.ok
    assert "no_such_key is gone" in finding.detail


def test_a_day_of_which_a_part_is_missing_is_no_other_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = FakeExchange([make_row(1)])
    exchange.row_shape = {"no_such_key": (str,)}  # type: ignore[attr-defined]
    fetch = exchange.fetch_day
    part = {"is_whole": False, "faults": ("block_page", "rss")}
    monkeypatch.setattr(exchange, "fetch_day", lambda day: (replace(page, **part) for page in fetch(day)))
    with make_app(exchanges=[exchange]) as app:
        finding = exchange_finding(app, exchange)

    assert not finding.ok
    assert finding.detail == "answers in part only (block_page, rss); 1 rows today; never read yet"


def test_a_mail_server_that_is_away_is_told_where_a_watch_mails() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        smtp = {"host": "127.0.0.1", "port": taken.getsockname()[1], "sender": "a@b.in", "starttls": False}
        with make_app(settings={"notifications": {"smtp": smtp}}) as app:
            unused = notifications_finding(app)
            app.store.watches.put(make_watch("mails", "*", "mailto:asha@example.in"))
            used = notifications_finding(app)

    assert unused.ok
    assert not used.ok
    assert used.detail.startswith("email: ")
