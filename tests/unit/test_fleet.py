"""Which workers count as alive, from what they told last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backfin import Backfin
from backfin.cli.main import app as commands
from backfin.clock import SystemClock
from backfin.errors import ConfigError
from backfin.fleet import Fleet, is_missed
from backfin.storage.records import WorkerBeat
from backfin.testing import make_app


@pytest.fixture
def app() -> Iterator[Backfin]:
    with make_app() as made:
        yield made


@pytest.fixture
def beat(app: Backfin) -> WorkerBeat:
    now = app.clock.now()
    return WorkerBeat("w1", "alpha", 11, 10, ["backfin.read"], 8, now, now, now, [], 5, 1, 3 * 2**20)


def running(beat: WorkerBeat, actor: str, seconds: float) -> WorkerBeat:
    since = beat.beat_at.timestamp() - seconds
    return replace(beat, running=[{"actor": actor, "item": "bse:1", "since": since}])


def test_an_idle_worker_is_alive_however_long_it_had_nothing_to_do(app: Backfin, beat: WorkerBeat) -> None:
    app.store.workers.beat(replace(beat, progress_at=beat.beat_at - timedelta(hours=9)))

    (row,) = Fleet(app).status()

    assert (row["alive"], row["state"], row["why"]) == (True, "idle", None)
    assert (row["last_progress_s"], row["memory_mib"], row["processes"]) == (32400.0, 3.0, 1)


def test_a_worker_that_says_nothing_is_not_alive(app: Backfin, beat: WorkerBeat) -> None:
    app.store.workers.beat(replace(beat, beat_at=beat.beat_at - timedelta(seconds=40)))

    (row,) = Fleet(app).status()

    assert (row["alive"], row["why"]) == (False, "it has said nothing for 40 s")


def test_a_worker_that_was_killed_is_ill_for_ten_minutes_and_then_gone(
    app: Backfin, beat: WorkerBeat
) -> None:
    for number, minutes in enumerate([9, 11]):
        silent = replace(beat, worker_id=f"w{number}", beat_at=app.clock.now() - timedelta(minutes=minutes))
        app.store.workers.beat(silent)

    rows = {row["id"]: row for row in Fleet(app).status()}

    assert {name: (row["state"], is_missed(row)) for name, row in rows.items()} == {
        "w0": ("ill", True),
        "w1": ("gone", False),
    }
    assert not rows["w1"]["alive"]


@pytest.mark.parametrize(("minutes", "code", "shown"), [(9, 1, True), (11, 0, False)])
def test_only_a_worker_that_is_missed_makes_its_status_one(
    tmp_path: Path, beat: WorkerBeat, minutes: int, code: int, shown: bool
) -> None:
    environment = {"BACKFIN_HOME": str(tmp_path), "COLUMNS": "200"}
    with make_app(home=tmp_path, settings={"database_url": f"sqlite:///{tmp_path}/backfin.db"}) as app:
        silent_since = SystemClock().now() - timedelta(minutes=minutes)
        app.store.workers.beat(replace(beat, worker_id="killed", beat_at=silent_since))

    seen = CliRunner().invoke(commands, ["worker", "status"], env=environment)
    told = CliRunner().invoke(commands, ["worker", "status", "--json"], env=environment)

    assert (seen.exit_code, told.exit_code) == (code, code)
    assert ("killed" in seen.output) is shown
    assert [row["id"] for row in json.loads(told.stdout)] == ["killed"]


def test_a_worker_that_beats_and_does_not_get_on_is_not_alive(app: Backfin, beat: WorkerBeat) -> None:
    app.store.workers.beat(running(beat, "backfin.read", 320))
    app.store.workers.beat(replace(running(beat, "backfin.read", 340), worker_id="w2"))
    app.store.workers.beat(replace(beat, worker_id="w3", fault="2 of 8 threads have ended"))

    first, second, third = Fleet(app).status()

    assert (first["alive"], first["state"]) == (True, "working")
    assert (second["alive"], second["why"]) == (False, "backfin.read of bse:1 runs for 340 s")
    assert (third["alive"], third["why"]) == (False, "2 of 8 threads have ended")


def test_processes_of_one_command_are_counted_together(app: Backfin, beat: WorkerBeat) -> None:
    for number, (host, parent) in enumerate([("alpha", 10), ("alpha", 10), ("alpha", 20), ("beta", 10)]):
        app.store.workers.beat(replace(beat, worker_id=f"w{number}", host=host, parent_pid=parent))

    assert [row["processes"] for row in Fleet(app).status()] == [2, 2, 1, 1]


def test_a_stop_is_asked_of_whom_it_is_meant_for(app: Backfin, beat: WorkerBeat) -> None:
    for number, host in enumerate(["alpha", "alpha", "beta"]):
        app.store.workers.beat(replace(beat, worker_id=f"w{number}", host=host))
    fleet = Fleet(app)

    fleet.stop(fleet.chosen(None, "alpha"), "alpha", "asha")
    app.store.workers.beat(replace(beat, worker_id="w0"))

    assert [app.store.workers.wish_of(f"w{number}") for number in range(3)] == ["stop", "stop", None]
    assert [pause.target for pause in app.store.pauses.list()] == ["host:alpha"]
    fleet.resume(fleet.chosen(None, "alpha"), "alpha")
    assert app.store.pauses.list() == []


def test_one_that_was_asked_to_end_and_is_silent_has_ended(app: Backfin, beat: WorkerBeat) -> None:
    silent = replace(beat, beat_at=beat.beat_at - timedelta(seconds=60))
    app.store.workers.beat(silent)
    app.store.workers.beat(replace(silent, worker_id="w2"))
    app.store.workers.ask(["w1"], "stop")

    assert [row["id"] for row in Fleet(app).status()] == ["w2"]
    with pytest.raises(ConfigError, match="no such worker"):
        Fleet(app).chosen("w2", None)


def test_a_host_whose_workers_are_gone_can_be_resumed(app: Backfin, beat: WorkerBeat) -> None:
    app.store.workers.beat(beat)
    fleet = Fleet(app)
    fleet.drain(fleet.chosen(None, "alpha"), "alpha", "asha")
    app.store.workers.leave("w1")

    fleet.resume(fleet.chosen(None, "alpha"), "alpha")

    assert app.store.pauses.list() == []


@pytest.mark.parametrize(
    ("worker", "host", "sentence"),
    [
        (None, None, "--host NAME"),
        ("x", None, "known: w1 on alpha"),
        ("w", None, "several"),
        (None, "beta", "known"),
        ("w1", "alpha", "not both"),
    ],
)
def test_who_is_meant_must_be_there(
    app: Backfin, beat: WorkerBeat, worker: str | None, host: str | None, sentence: str
) -> None:
    app.store.workers.beat(beat)
    if sentence == "several":
        app.store.workers.beat(replace(beat, worker_id="w2"))

    with pytest.raises(ConfigError, match=sentence):
        Fleet(app).chosen(worker, host)


def test_workers_long_silent_are_forgotten(app: Backfin, beat: WorkerBeat) -> None:
    app.store.workers.beat(beat)

    assert app.store.workers.forget(beat.beat_at) == 0
    assert app.store.workers.forget(beat.beat_at + timedelta(seconds=1)) == 1
    assert app.store.workers.list() == []


@pytest.mark.parametrize("goes", ["leaves", "is silent"])
def test_what_held_back_one_worker_is_gone_with_it(app: Backfin, beat: WorkerBeat, goes: str) -> None:
    app.store.workers.beat(beat)
    app.store.workers.beat(replace(beat, worker_id="w2", beat_at=beat.beat_at + timedelta(seconds=9)))
    fleet = Fleet(app)
    for worker in ("w1", "w2"):
        fleet.drain(fleet.chosen(worker, None), None, "asha")
    app.store.pauses.put(["backfin.read", "host:alpha"], "asha")

    if goes == "leaves":
        app.store.workers.leave("w1")
    else:
        app.store.workers.forget(beat.beat_at + timedelta(seconds=1))

    assert [pause.target for pause in app.store.pauses.list()] == ["backfin.read", "host:alpha", "worker:w2"]
