"""One frame of ``backfin top``, drawn at the width of an old terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from backfin.cli.top_frame import frame_of
from backfin.models import State
from backfin.observing.sight import Sight

NOW = datetime(2026, 7, 15, 6, 0, tzinfo=UTC)


def queue(name: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("ready", "delayed", "running", "dead"), 0)
    rates = dict.fromkeys(("in_per_min", "out_per_min", "in_per_min_15m", "out_per_min_15m"), 0.0)
    row |= {"queue": name, "lane": "live", "oldest_s": None, "paused": False, "paused_exchanges": []}
    return row | rates | changes


def worker(**changes: Any) -> dict[str, Any]:
    row = {"id": "ab12cd34ef56", "host": "alpha", "threads": 8, "running": 1, "done": 12345, "failed": 2}
    row |= {"alive": True, "state": "working", "why": None, "memory_mib": 212.4, "beat_s": 1.0}
    return row | {"current": [{"actor": "backfin.read", "item": "bse:1", "for_s": 3.2}]} | changes


SEEN = Sight(
    at=NOW,
    tick_s=12.0,
    queues=[
        queue("backfin.read", ready=1200, oldest_s=75.0, in_per_min=310.5, out_per_min=88.0),
        queue("backfin.notify", paused=True),
        queue("backfin.match"),
    ],
    workers=[
        worker(),
        worker(id="ffffffffffff", alive=False, state="ill", why="it has said nothing for 40 s", beat_s=40.0),
        worker(id="eeeeeeeeeeee", alive=False, state="gone", why="gone for long", beat_s=700.0),
    ],
    exchanges=[
        {
            "exchange": "bse",
            "day": date(2026, 7, 15),
            "stored": 97,
            "expected": 100,
            "missing": 3,
            "failed": 1,
            "states": {state.value: 0 for state in State} | {"matched": 90, "failed": 1},
            "polled_s": 31.0,
            "gaps": [date(2026, 7, 14)],
        }
    ],
    freshness=[
        {"exchange": "bse", "way": "seen", "count": 97, "p50": 21.5, "p90": 55.0, "p99": 61.0, "max": 61.5},
        {"exchange": "bse", "way": "told", "count": 0, "p50": None, "p90": None, "p99": None, "max": None},
    ],
    failures=[{"item": "bse:2", "step": "backfin.enrich", "error": "a \x1b[31mlong\nerror " + 30 * "word "}],
    cooldowns=[{"host": "api.example.in", "until": NOW + timedelta(minutes=5), "why": "a block page"}],
    pauses=[{"target": "backfin.notify", "paused_at": NOW, "paused_by": "asha"}],
    llm={"calls": 3, "tokens": 900, "cost_usd": 0.05},
)


def drawn(sight: Sight, width: int = 80) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, markup=False, highlight=False, emoji=False).print(frame_of(sight))
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 132])
def test_a_frame_shows_what_a_person_looks_for(width: int) -> None:
    text = drawn(SEEN, width)

    assert max(map(len, text.splitlines())) <= width
    assert "backfin  2026-07-15 11:30:00 IST  redis ok  store ok  tick 12 s ago" in text
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line}
    assert rows["read"] == ["read", "1200", "0", "0", "0", "75", "s", "310.5", "88"]
    assert rows["notify"][:2] == ["notify", "(paused)"]
    assert "1 more are empty and still" in text
    assert rows["ab12cd34"][2:7] == ["working", "1/8", "12345", "2", "212"]
    assert rows["ffffffff"][2] == "ill"
    assert "eeeeeeee" not in rows
    assert ["bse", "97", "100", "3", "6", "1", "31", "s", "ago", "1"] in [
        line.split() for line in text.splitlines()
    ]
    assert "models: 3 calls, 900 tokens, $0.05" in text
    assert "seen" in text
    assert "told" not in text
    assert "api.example.in is left alone until 11:35:00 IST" in text
    assert "backfin.notify is paused since 2026-07-15 11:30 IST by asha" in text


def test_text_of_strangers_neither_breaks_lines_nor_colours_them() -> None:
    text = drawn(SEEN)

    assert "\x1b" not in text
    (line,) = [line for line in text.splitlines() if line.startswith("bse:2")]
    assert len(line) <= 80


@pytest.mark.parametrize(("name", "other"), [("redis", "store"), ("store", "redis")])
def test_what_is_away_is_said_and_the_rest_is_shown(name: str, other: str) -> None:
    text = drawn(replace(SEEN, **{name: "Connection refused."}))

    assert f"{name} away" in text
    assert f"{other} ok" in text
    assert f"{name}: Connection refused." in text
    assert "queues" not in text
    assert ("workers" in text) is (name == "redis")


def test_an_install_that_never_ran_is_no_wall_of_zeros() -> None:
    text = drawn(Sight(at=NOW, queues=[queue("backfin.read")]))

    assert "tick never" in text
    assert "1 are empty and still" in text
    assert "none is about; `backfin up` runs some" in text
    assert "no exchange is switched on" in text
