"""Processes are killed at any moment; everything ends stored once, and told once."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections.abc import Callable

import psutil
import pytest

from processes import BIN, DAY, Cli, Exchange, made_day

pytestmark = pytest.mark.recovery

COUNT = 300


def workers_of(home: str) -> list[psutil.Process]:
    """Worker processes (not their masters) that belong to a home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if not any("dramatiq" in part for part in line) and not any("spawn_main" in part for part in line):
            continue
        try:
            if process.environ().get("BACKFIN_HOME") == home:
                found.append(process)
        except psutil.Error:
            continue
    return found


def kill_now_and_then(cli: Cli, over: threading.Event, killed: list[int]) -> None:
    chance = random.Random(7)
    while not over.wait(chance.uniform(2.0, 4.0)):
        victims = workers_of(str(cli.home))
        if victims and len(killed) < 4:
            victim = chance.choice(victims)
            killed.append(victim.pid)
            victim.kill()


def test_killing_workers_during_a_replay_loses_and_doubles_nothing(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    rows, files = made_day(COUNT)
    cli.environment = start_exchange(rows, files, "slow:9").environment
    cli.environment["BACKFIN_STEPS__DEADLINE"] = "10"
    told = cli.home / "told.jsonl"
    cli.run("watch", "add", "everything", "*", "--to", f"file:{told}")
    over, killed = threading.Event(), []
    killer = threading.Thread(target=kill_now_and_then, args=(cli, over, killed))
    killer.start()

    try:
        replayed = cli.json("replay", DAY, "--notify", "--wait", timeout_s=240)
    finally:
        over.set()
        killer.join()
    (report,) = cli.json("day", DAY)

    assert killed, "no worker was killed, so nothing was tested"
    assert (COUNT, 0) == (replayed["done"], replayed["failed"])
    assert (COUNT, COUNT, True) == (report["expected"], report["stored"], report["complete"])
    ids = [json.loads(line)["delivery_id"] for line in told.read_text().splitlines()]
    assert COUNT == len(ids) == len(set(ids))


def test_an_emptied_redis_is_made_up_for_by_the_sweep(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(COUNT), "slow:9").environment
    cli.environment["BACKFIN_STEPS__DEADLINE"] = "5"
    command = [str(BIN / "backfin"), "replay", DAY, "--wait", "--json"]
    with subprocess.Popen(command, env=cli.env(), stdout=subprocess.PIPE, text=True) as replay:
        flushed = flush_when_busy(cli)
        output, _ = replay.communicate(timeout=240)

    result = json.loads(output)

    assert flushed > 0
    assert (COUNT, 0) == (result["done"], result["failed"])


def flush_when_busy(cli: Cli) -> int:
    """Empties the embedded Redis once messages wait in it; returns how many keys it held."""
    import redis

    values = {row["key"]: row["value"] for row in cli.json("config")}
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            client = redis.Redis.from_url(values["redis_url"])
            if client.llen("backfin:backfin.read.bulk") > 20:
                size = int(client.dbsize())
                client.flushall()
                return size
        except redis.RedisError:
            pass
        time.sleep(0.05)
    return 0
