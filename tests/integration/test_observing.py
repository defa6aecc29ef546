"""Everything at one moment, as commands and Prometheus see it: on a real server, over real sockets."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client import start_http_server
from prometheus_client.parser import text_string_to_metric_families

from backfin import Backfin
from backfin.broker import BackfinRedisBroker
from backfin.counters import Counters
from backfin.observing.metrics import registry_of
from backfin.observing.sight import Watchtower
from backfin.specs import Next
from backfin.storage.records import WorkerBeat
from backfin.testing import FakeExchange, make_app, make_row
from processes import BIN
from waiting import eventually

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def app(broker: BackfinRedisBroker) -> Iterator[Backfin]:
    """A day of three announcements of which two wait for what comes next, and a worker that says so."""
    with make_app(exchanges=[FakeExchange([make_row(number) for number in range(3)])]) as made:
        made.declare(broker)
        made.run_inline([Next("backfin.scrape.fake", "fake")])
        with made.progress.step("backfin.scrape.fake", "fake"):
            made.send([Next("backfin.read", "fake:1"), Next("backfin.read", "fake:2", delay_s=60)])
        now = made.clock.now()
        made.store.workers.beat(WorkerBeat("w1", "alpha", 1, 1, [], 8, now, now, now, [], 5, 1, 2**20))
        made.store.hosts.cool_down("api.example.in", 60, why="a block page")
        made.store.hosts.cool_down("telegram/0a1b2c", 60, why="too many")
        made.store.pauses.put(["backfin.match", "exchange:fake", "worker:w1"], "asha")
        made.store.slots.claim("sweep", now)
        Counters(broker.client, "backfin", made.progress).flush()
        yield made


@pytest.fixture
def tower(app: Backfin, server_url: str) -> Iterator[Watchtower]:
    made = Watchtower(app, server_url)
    yield made
    made.close()


def test_a_look_tells_of_queues_workers_today_and_what_is_held_back(tower: Watchtower) -> None:
    seen = tower.look()

    assert (seen.redis, seen.store, seen.tick_s) == (None, None, 0.0)
    (read,) = [row for row in seen.queues if row["queue"] == "backfin.read"]
    assert (read["ready"], read["delayed"], read["in_per_min"] > 0) == (1, 1, True)
    assert [(row["id"], row["alive"]) for row in seen.workers] == [("w1", True)]
    (fake,) = seen.exchanges
    assert (fake["stored"], fake["expected"], fake["missing"], fake["polled_s"]) == (3, 3, 0, 0.0)
    assert {row["way"] for row in seen.freshness} == {"seen", "enriched", "flash", "told"}
    assert {one["host"] for one in seen.cooldowns} == {"api.example.in", "telegram/0a1b2c"}
    json.dumps(seen.as_json(), default=str)


def test_a_redis_that_is_away_hides_nothing_but_itself(app: Backfin) -> None:
    tower = Watchtower(app, "unix:///nowhere/at/all.sock")

    seen = tower.look()

    assert seen.redis == "None runs here; `backfin up` brings one."
    assert seen.queues == []
    assert [row["id"] for row in seen.workers] == ["w1"]


def test_what_is_slow_is_asked_for_now_and_then(app: Backfin, tower: Watchtower) -> None:
    tower.look()
    app.store.gaps.open("fake", app.clock.now().date(), expected=3, stored=2)
    app.store.pauses.put(["backfin.read"], "asha")

    seen = tower.look()

    assert seen.exchanges[0]["gaps"] == []
    assert "backfin.read" in [pause["target"] for pause in seen.pauses]


def scraped(tower: Watchtower) -> dict[tuple[str, ...], float]:
    """What Prometheus reads, by name of the figure and values of its labels."""
    server, _ = start_http_server(0, addr="127.0.0.1", registry=registry_of(tower.look))
    try:
        answer = requests.get(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10)
    finally:
        server.shutdown()
        server.server_close()
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_prometheus_reads_all_of_it_from_one_endpoint(tower: Watchtower) -> None:
    found = scraped(tower)

    assert found["backfin_dependency_up", "redis"] == found["backfin_dependency_up", "store"] == 1
    assert found["backfin_queue_messages", "live", "backfin.read", "ready"] == 1
    assert found["backfin_queue_messages", "live", "backfin.read", "delayed"] == 1
    assert found["backfin_messages_in_total", "backfin.read"] == 1
    assert found["backfin_steps_total", "backfin.scrape.fake", "done"] == 1
    assert found["backfin_step_duration_seconds_bucket", "backfin.scrape.fake", "+Inf"] == 1
    assert found["backfin_step_duration_seconds_count", "backfin.scrape.fake"] == 1
    assert (found["backfin_workers_alive",], found["backfin_worker_memory_bytes",]) == (1, 2**20)
    assert found["backfin_announcements_today", "fake", "matched"] == 3
    assert found["backfin_scrape_age_seconds", "fake"] == 0
    assert found["backfin_cooldown_remaining_seconds", "telegram"] == 60
    assert found["backfin_pauses", "exchange"] == found["backfin_pauses", "queue"] == 1
    assert not any("w1" in key or "fake:1" in key for key in found)


def test_an_exchange_that_was_never_read_is_infinitely_old(
    broker: BackfinRedisBroker, server_url: str
) -> None:
    with make_app(exchanges=[FakeExchange()]) as app:
        found = scraped(Watchtower(app, server_url))

    assert found["backfin_scrape_age_seconds", "fake"] == float("inf")
    assert found["backfin_scheduler_tick_age_seconds",] == float("inf")


def test_a_redis_that_is_away_is_a_figure_and_no_error(app: Backfin) -> None:
    found = scraped(Watchtower(app, "unix:///nowhere/at/all.sock"))

    assert (found["backfin_dependency_up", "redis"], found["backfin_dependency_up", "store"]) == (0, 1)
    assert not any(key[0].startswith("backfin_queue") for key in found)
    assert found["backfin_workers_alive",] == 1


def test_every_figure_is_documented_and_every_documented_one_exists(tower: Watchtower) -> None:
    families = {family.name: family.type for family in registry_of(tower.look).collect()}
    exposed = {f"{name}_total" if kind == "counter" else name for name, kind in families.items()}
    exposed = {f"{name}_info" if families.get(name) == "info" else name for name in exposed}
    page = (DOCS / "observing.md").read_text(encoding="utf-8")

    written = re.findall(r"^\| `(backfin_\w+)`", page, flags=re.MULTILINE)

    assert sorted(written) == sorted(exposed)


def test_every_alert_names_figures_that_exist_and_says_what_to_do(tower: Watchtower) -> None:
    from ruamel.yaml import YAML

    exposed = {sample.name for family in registry_of(tower.look).collect() for sample in family.samples}
    (group,) = YAML(typ="safe").load((DOCS / "operations/backfin.rules.yml").read_text())["groups"]

    named = [re.findall(r"backfin_\w+", rule["expr"]) for rule in group["rules"]]

    assert all(named)
    # An empty store has no sample of what is counted by channel or by day.
    lazy = {"backfin_deliveries"}
    assert {name for names in named for name in names} - exposed - lazy == set()
    assert all(rule["annotations"].keys() == {"summary", "action"} for rule in group["rules"])


def environment(tmp_path: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}
    return kept | {"BACKFIN_HOME": str(tmp_path), "BACKFIN_REDIS_URL": url, "COLUMNS": "80", "TERM": "xterm"}


def command(tmp_path: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "backfin"), *arguments],
        env=environment(tmp_path, url),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_top_prints_one_frame_into_a_pipe_and_its_data_as_json(tmp_path: Path, server_url: str) -> None:
    frame = command(tmp_path, server_url, "top")
    data = command(tmp_path, server_url, "top", "--json")

    assert frame.returncode == data.returncode == 0
    assert frame.stdout.startswith("backfin  ")
    assert "\x1b" not in frame.stdout
    assert {"at", "queues", "workers", "exchanges", "freshness"} <= json.loads(data.stdout).keys()


def test_top_goes_on_until_q_and_leaves_the_terminal_as_it_was(tmp_path: Path, server_url: str) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [str(BIN / "backfin"), "top", "--every", "0.3"],
        env=environment(tmp_path, server_url),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""

    def frames() -> bool:
        nonlocal shown
        if select.select([ours], [], [], 0)[0]:
            with contextlib.suppress(OSError):  # the other end is closed with its program
                shown += os.read(ours, 65536)
        return shown.count(b"workers") >= 2

    try:
        assert eventually(frames, 60)
        os.write(ours, b"q")
        assert eventually(lambda: (frames(), process.poll())[1] is not None, 30)
    finally:
        process.kill()
        os.close(ours)
    assert process.returncode == 0
    assert shown.count(b"\x1b[?1049h") == shown.count(b"\x1b[?1049l") == 1  # its own screen, come and gone


def test_metrics_are_served_on_loopback_and_say_what_another_host_means(
    tmp_path: Path, server_url: str
) -> None:
    here = command(tmp_path, server_url, "metrics", "--port", "0", "--for", "0.5")
    open_to_all = command(tmp_path, server_url, "metrics", "--host", "0.0.0.0", "--port", "0", "--for", "0.5")

    assert here.returncode == open_to_all.returncode == 0
    assert "http://127.0.0.1:" in here.stderr
    assert "Everybody" not in here.stderr
    assert "Everybody who reaches 0.0.0.0 can read the figures" in open_to_all.stderr


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path, server_url: str) -> None:
    server, _ = start_http_server(0, addr="127.0.0.1")
    try:
        done = command(tmp_path, server_url, "metrics", "--port", str(server.server_port))
    finally:
        server.shutdown()
        server.server_close()

    assert done.returncode == 2
    assert "Nothing can listen at 127.0.0.1" in done.stderr


@pytest.mark.parametrize("arguments", [["metrics"], ["up", "--metrics-port", "9999"]])
def test_without_the_extra_one_sentence_says_what_to_install(
    tmp_path: Path, server_url: str, arguments: list[str]
) -> None:
    code = (
        "import sys; sys.modules['prometheus_client'] = None\n"
        f"sys.argv = ['backfin', *{arguments!r}]\n"
        "from backfin.cli import main; main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path, server_url),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert (done.returncode, done.stderr) == (
        2,
        "backfin: Metrics need an extra: run `pip install 'backfin[metrics]'`.\n",
    )
