"""A day of recorded rows and documents, through the whole pipeline, while faults are injected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from processes import DAY, Cli, Exchange, made_day, recorded_day

FAULTS = ("html_200:23", "no_record:29", "empty_object:31", "reset:37", "error_500:41", "block_page:97")


@pytest.mark.slow
def test_a_recorded_day_with_faults_is_stored_whole_and_proved_complete(
    shared: Path, cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    rows, files = recorded_day(shared)
    # Reading the scans takes minutes and is tested by itself; here it would only hide a slow pipeline.
    cli.environment = {**start_exchange(rows, files, *FAULTS).environment, "BACKFIN_DOCUMENTS__OCR": "false"}
    told = cli.home / "told.jsonl"
    cli.run("watch", "add", "everything", "*", "--to", f"file:{told}")

    replayed = cli.json("replay", DAY, "--notify", "--wait", timeout_s=400)
    (report,) = cli.json("day", DAY)

    distinct = {row["NEWSID"] for row in rows}
    assert (len(distinct), 0) == (replayed["done"], replayed["failed"])
    assert (len(distinct), 0, True) == (report["expected"], report["missing"], report["complete"])
    ids = [json.loads(line)["delivery_id"] for line in told.read_text().splitlines()]
    assert len(set(ids)) == len(ids) == replayed["notified"]


def test_a_second_replay_finds_nothing_to_do_and_tells_nobody(
    cli: Cli, start_exchange: Callable[..., Exchange]
) -> None:
    cli.environment = start_exchange(*made_day(60)).environment
    told = cli.home / "told.jsonl"
    cli.run("watch", "add", "everything", "*", "--to", f"file:{told}")

    first = cli.json("replay", DAY, "--notify", "--wait")
    second = cli.json("replay", DAY, "--notify", "--wait")
    third = cli.json("replay", DAY, "--only", "all", "--wait")

    assert (60, 60, 60) == (first["selected"], first["new"], first["notified"])
    assert (0, 0, 0) == (second["selected"], second["new"], second["notified"])
    assert (60, 0, 0) == (third["selected"], third["changed"], third["notified"])
    assert 60 == len(told.read_text().splitlines())
