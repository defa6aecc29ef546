"""Workers of a real command: seen from outside, held back, and ended by a wish in the store."""

from __future__ import annotations

from collections.abc import Callable

from processes import Cli, Exchange, made_day, processes_of, wait_until


def test_workers_are_seen_held_back_and_ended(cli: Cli, start_exchange: Callable[..., Exchange]) -> None:
    rows, files = made_day(3)
    exchange = start_exchange(rows, files)
    cli.environment |= exchange.environment
    cli.start("backfin", "up", "--no-web", "--processes", "1", "--threads", "2")

    (worker,) = wait_until("a worker tells of itself", lambda: cli.json("worker", "status", code=None))
    assert worker["alive"]
    assert worker["threads"] == 2
    assert worker["pid"] in {process.pid for process in processes_of(cli.home)}

    assert cli.json("queue", "pause", "bse")["ids"] == ["exchange:bse"]
    refused = cli.run("queue", "clear", code=2)
    assert "--yes" in refused.stderr
    cli.json("worker", "stop", worker["id"])
    wait_until(
        "another worker took its place",
        lambda: [row["id"] for row in cli.json("worker", "status", code=None)] not in ([], [worker["id"]]),
    )
    assert worker["pid"] not in {process.pid for process in processes_of(cli.home)}
    assert cli.json("queue", "resume", "--all")["ids"] == ["exchange:bse"]
