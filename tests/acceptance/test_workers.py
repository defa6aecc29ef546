"""Workers of a real command: seen from outside, held back, and ended by a wish in the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from processes import Cli, Exchange, made_day, processes_of, wait_until


def test_workers_are_seen_held_back_and_ended(cli: Cli, start_exchange: Callable[..., Exchange]) -> None:
    rows, files = made_day(3)
    exchange = start_exchange(rows, files)
    cli.environment |= exchange.environment
    cli.start("backfin", "up", "--no-web", "--processes", "2", "--threads", "2")

    found = wait_until("both tell of themselves", lambda: len(rows := workers(cli)) == 2 and rows)
    assert {row["alive"] for row in found} == {True}
    assert {(row["threads"], row["processes"]) for row in found} == {(2, 2)}
    pids = {row["pid"] for row in found}
    assert pids <= {process.pid for process in processes_of(cli.home)}

    assert cli.json("queue", "pause", "bse")["ids"] == ["exchange:bse"]
    refused = cli.run("queue", "clear", code=2)
    assert "--yes" in refused.stderr
    cli.json("worker", "stop", "--host", found[0]["host"])
    wait_until(
        "others took their places, and rest",
        lambda: (
            {row["state"] for row in workers(cli)} == {"drained"}
            and pids.isdisjoint(row["pid"] for row in workers(cli))
        ),
    )
    assert pids.isdisjoint(process.pid for process in processes_of(cli.home))
    assert "ended with code 0" in cli.log("backfin")
    cli.json("worker", "resume", "--host", found[0]["host"])
    assert cli.json("queue", "resume", "--all")["ids"] == ["exchange:bse"]


def workers(cli: Cli) -> list[dict[str, Any]]:
    """What workers tell of themselves."""
    found: list[dict[str, Any]] = cli.json("worker", "status", code=None)
    return found
