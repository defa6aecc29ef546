"""A replay through the death of everything, through a pause and a cancellation, as its ledger tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backfin.storage import Store
from backfin.storage.records import Progress
from processes import DAY, Cli, Exchange, kill_group, made_day, processes_of, wait_until

pytestmark = [pytest.mark.recovery, pytest.mark.timeout(600)]

COUNT = 120


def progress_of(cli: Cli, run_id: str) -> Progress:
    """Straight from the store: a command takes longer to start than a replay of this size to end."""
    store = Store(f"sqlite:///{cli.home / 'backfin.db'}")
    try:
        return store.runs.progress(run_id)
    finally:
        store.close()


def run_of(cli: Cli, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = cli.json("run", "show", run_id)
    return found


def test_a_machine_that_dies_in_the_middle_of_a_replay_goes_on_by_itself(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(COUNT), "slow:2").environment
    cli.environment |= {"BACKFIN_STEPS__DEADLINE": "10", "BACKFIN_STEPS__REPLAY_WINDOW": "40"}
    told = cli.home / "told.jsonl"
    cli.run("watch", "add", "everything", "*", "--to", f"file:{told}")
    machine = cli.start("backfin", "up", "--no-web", "--processes", "2", "--threads", "4")
    wait_until("its Redis is there", lambda: cli.run("queue", "status", code=None).returncode == 0)
    run_id = cli.json("replay", DAY, "--exchange", "bse", "--notify")["run_id"]
    wait_until("some is done", lambda: progress_of(cli, run_id).done > 5, seconds=180)

    kill_group(machine)
    wait_until("all of it is dead", lambda: not processes_of(cli.home), seconds=60)
    cut_off = run_of(cli, run_id)
    cli.start("backfin", "up", "--no-web", "--processes", "2", "--threads", "4")
    wait_until("the run is closed", lambda: run_of(cli, run_id)["state"] == "done", seconds=300)

    ended = run_of(cli, run_id)
    assert cut_off["state"] == "running"
    assert cut_off["pending"] > 0
    assert (COUNT, COUNT, 0, 0) == (ended["selected"], ended["done"], ended["failed"], ended["pending"])
    wait_until("all is told", lambda: len(told.read_text().splitlines()) >= COUNT, seconds=60)
    ids = [json.loads(line)["delivery_id"] for line in told.read_text().splitlines()]
    assert COUNT == len(ids) == len(set(ids))


def test_a_replay_is_paused_and_cancelled_from_outside(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(COUNT)).environment
    cli.environment["BACKFIN_STEPS__REPLAY_WINDOW"] = "20"
    cli.json("replay", DAY, "--wait", timeout_s=300)
    planned = cli.json("replay", DAY, "--only", "all", "--from-step", "read", "--dry-run", "--limit", "7")
    cli.start("backfin", "up", "--no-web", "--processes", "1", "--threads", "1")
    wait_until("its Redis is there", lambda: cli.run("queue", "status", code=None).returncode == 0)
    run_id = cli.json("replay", DAY, "--only", "all", "--from-step", "read")["run_id"]

    wait_until("its items are selected", lambda: run_of(cli, run_id)["selected"] == COUNT)
    paused = cli.json("run", "pause", run_id)
    refused = cli.run("replay", DAY, "--only", "all", "--from-step", "read", code=2)
    cli.json("run", "cancel", run_id)
    wait_until("it has ended", lambda: run_of(cli, run_id)["state"] == "cancelled", seconds=120)

    ended = run_of(cli, run_id)
    assert (COUNT, 7, COUNT - 7) == (planned["selected"], planned["looked_at"], planned["not_looked_at"])
    assert len(planned["diff"]) == 7
    assert planned["changed"] == 0
    assert paused["state"] == "paused"
    assert f"backfin run resume {run_id}" in refused.stderr
    assert (ended["pending"], ended["done"] + ended["cancelled"]) == (0, COUNT)
    assert ended["cancelled"] > 0
    (day,) = cli.json("day", DAY)
    states = {item["state"] for item in cli.json("announcements", "--limit", str(COUNT))["items"]}
    assert day["complete"]
    assert states == {"matched"}
