"""Traces as a collector gets them: one for each announcement, over a real socket."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker

from backfin import Backfin
from backfin.context import Context
from backfin.errors import PermanentError
from backfin.settings import MASK
from backfin.specs import ActorSpec, Next
from backfin.steps.replay import start
from backfin.steps.replay_request import ReplayRequest
from backfin.telemetry import trace_ids_of
from backfin.testing import FakeExchange, FakePlugin, make_app, make_row, make_watch
from backfin.tracing import span
from collector import Collector, Span
from races import at_once

KEY = "sk-hush-hush"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        yield server


def failing(ctx: Context, key: str) -> list[Next]:
    with span("inside"):
        raise PermanentError(f"the key {KEY} was refused at https://u:hunter22@example.in/")


def made(collector: Collector) -> AbstractContextManager[Backfin]:
    actors = [ActorSpec("spam.work", failing, "spam")]
    return make_app(
        exchanges=[FakeExchange([make_row(1), make_row(2)])],
        plugins=[FakePlugin("mine", actors=actors)],
        settings={
            "telemetry": {"otlp_endpoint": collector.url},
            "notifications": {"smtp": {"password": KEY}},
        },
    )


@pytest.fixture
def app(collector: Collector) -> Iterator[Backfin]:
    with made(collector) as app:
        yield app


def steps_of(spans: list[Span]) -> list[str]:
    return [one.name for one in spans if one.name.startswith("backfin.")]


def test_the_steps_of_an_announcement_lie_in_one_trace_under_one_root(
    app: Backfin, collector: Collector, tmp_path: Path
) -> None:
    app.store.watches.put(make_watch("all", "*", f"file:{tmp_path}/told.jsonl"))

    app.run_inline([Next("backfin.scrape.fake", "fake")])
    app.close()

    trace = f"{trace_ids_of('fake:1').trace:032x}"
    found = collector.of(trace)
    (root,) = [one for one in found if one.name == "announcement"]
    assert sorted(steps_of(found)) == [
        "backfin.enrich",
        "backfin.flash",
        "backfin.investors",
        "backfin.match",
        "backfin.notify",
        "backfin.read",
    ]
    assert root.parent == ""
    assert {one.parent for one in found if one.name.startswith("backfin.")} == {root.id}
    (send,) = [one for one in found if one.name == "send file"]
    (notify,) = [one for one in found if one.name == "backfin.notify"]
    assert send.parent == notify.id
    assert {one.attributes["backfin.exchange"] for one in found if one.name.startswith("backfin.")} == {
        "fake"
    }
    scrape = next(one for one in collector.spans if one.name == "backfin.scrape.fake")
    assert scrape.trace not in {trace, f"{trace_ids_of('fake:2').trace:032x}"}
    assert scrape.attributes["backfin.exchange"] == "fake"


def test_a_replay_is_a_trace_of_its_own(app: Backfin, collector: Collector) -> None:
    app.run_inline([Next("backfin.scrape.fake", "fake")])
    run_id = start(app.context, ReplayRequest(ids=("fake:1",), from_step="match", only="all"))
    app.run_inline([Next("backfin.replay", run_id)])
    app.close()

    replayed = collector.of(f"{trace_ids_of('fake:1', run_id).trace:032x}")
    assert {one.name for one in replayed} == {"announcement", "backfin.match"}
    (step,) = [one for one in replayed if one.name == "backfin.match"]
    assert step.attributes["backfin.run"] == run_id


def test_what_fails_says_why_without_secrets(app: Backfin, collector: Collector) -> None:
    app.run_inline([Next("spam.work", "x", {"tries": 3})])
    app.close()

    inside, step = collector.spans
    assert (inside.name, inside.parent) == ("inside", step.id)
    assert step.error == f"the key {MASK} was refused at https://u:{MASK}@example.in/"
    assert step.attributes["error.type"] == "PermanentError"
    assert step.attributes["backfin.tries"] == 3
    assert not any(secret in one.text for one in collector.spans for secret in (KEY, "hunter22"))


def test_a_message_says_how_long_it_waited(app: Backfin, collector: Collector) -> None:
    broker = StubBroker()
    app.declare(broker)
    broker.emit_after("process_boot")
    message = app.message("backfin.sweep")
    broker.enqueue(message.copy(message_timestamp=message.message_timestamp - 5000))
    worker = Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    broker.join("backfin.scrape")
    worker.stop()

    (sweep,) = [one for one in collector.spans if one.name == "backfin.sweep"]
    assert 5 <= sweep.attributes["backfin.queue_wait_s"] < 60


def test_nothing_is_imported_and_nothing_recorded_unless_asked_for() -> None:
    code = (
        "import sys\n"
        "from backfin.specs import Next\n"
        "from backfin.testing import FakeExchange, make_app, make_row\n"
        "with make_app(exchanges=[FakeExchange([make_row(1)])]) as app:\n"
        "    app.run_inline([Next('backfin.scrape.fake', 'fake')])\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry.exporter')]\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_the_extra_work_goes_on_and_one_line_says_what_to_install(
    collector: Collector, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with made(collector) as app, caplog.at_level(logging.WARNING, "backfin"):
        for _ in range(2):
            app.run_inline([Next("backfin.scrape.fake", "fake")])

        assert app.store.announcements.known(["fake:1"]) == {"fake:1"}
    assert [one for one in caplog.messages if "backfin[otel]" in one] == [
        "no traces are sent: run `pip install 'backfin[otel]'` to have them."
    ]


def test_a_collector_that_is_away_holds_nothing_up(collector: Collector) -> None:
    url = collector.url
    collector.stop()
    settings = {"telemetry": {"otlp_endpoint": url}}

    with make_app(exchanges=[FakeExchange([make_row(1)])], settings=settings) as app:
        app.run_inline([Next("backfin.scrape.fake", "fake")])

        assert app.store.announcements.known(["fake:1"]) == {"fake:1"}


def test_the_first_steps_of_all_threads_are_recorded(app: Backfin, collector: Collector) -> None:
    at_once(lambda number: app.run_inline([Next("spam.work", f"x{number}", {"tries": 1})]), range(8))
    app.close()

    assert len([one for one in collector.spans if one.name == "spam.work"]) == 8
