"""A plugin's actor runs by its schedule, and its observer hears events, in real workers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from processes import Cli, Exchange, made_day, today, wait_until

PLUGIN = """
import json, os
from pathlib import Path

from backfin import hookimpl
from backfin.specs import ActorSpec, Next

NOTES = Path(os.environ["BACKFIN_HOME"]) / "notes.jsonl"


def note(**what):
    with NOTES.open("a") as file:
        file.write(json.dumps({"pid": os.getpid(), **what}) + "\\n")


def every_minute(ctx, key):
    note(actor="every_minute", zone_of_bse=ctx.exchange("bse").zone.key)
    return [Next("clockwork.after", "k1", {"number": 7})]


def after(ctx, key, number):
    note(actor="after", key=key, number=number)
    return []


@hookimpl
def backfin_actors():
    return [
        ActorSpec("clockwork.every_minute", every_minute, "clockwork", cron="* * * * *", zone="America/New_York"),
        ActorSpec("clockwork.after", after, "clockwork"),
        # Not in this hour of Kathmandu, wherever the machine stands: 45 minutes apart from every whole zone.
        ActorSpec("clockwork.never", every_minute, "clockwork", cron="0 0 31 12 *", zone="Asia/Kathmandu"),
    ]


@hookimpl
def backfin_on_event(event):
    note(event=type(event).__name__)
"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_schedules_and_observers_of_a_plugin_work_in_real_processes(
    cli: Cli, start_exchange: Callable[..., Exchange], tmp_path: Path
) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "clockwork.py").write_text(PLUGIN)
    exchange = start_exchange(*made_day(2, today()))
    cli.environment = exchange.environment | {"BACKFIN_PLUGINS__FOLDER": str(folder)}

    process = cli.start("backfin", "up", "--processes", "1", "--threads", "2")
    notes = cli.home / "notes.jsonl"

    def heard() -> list[dict[str, Any]]:
        return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []

    def is_all_there() -> bool:
        told = {one.get("actor") or one.get("event") for one in heard()}
        return told >= {"every_minute", "after", "AnnouncementStored", "DocumentRead", "EnrichmentStored"}

    wait_until("the plugin's actor ran and its observer heard", is_all_there, seconds=200)

    after = next(one for one in heard() if one.get("actor") == "after")
    assert (after["key"], after["number"]) == ("k1", 7)
    assert {one["zone_of_bse"] for one in heard() if "zone_of_bse" in one} == {"Asia/Kolkata"}
    assert process.pid not in {one["pid"] for one in heard()}, "it runs in a worker"
