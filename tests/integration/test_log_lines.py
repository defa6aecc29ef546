"""Every line that is logged while a message is worked on says of what, whoever logs it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker

from backfin.context import Context
from backfin.embedded import EmbeddedServer
from backfin.errors import TransientError
from backfin.log import configure
from backfin.specs import ActorSpec, Next, RetryPolicy
from backfin.testing import FakePlugin, make_app
from backfin.work import in_hand

#: What `periodiq` does before it imports the actors, and a line of one of them afterwards.
SCHEDULER = """
import logging
from dramatiq.cli import LOGFORMAT

logging.basicConfig(level=logging.INFO, format=LOGFORMAT)
logging.getLogger().setLevel(logging.INFO)
import backfin.actors
logging.getLogger("backfin").error("no tick with hunter2secret")
"""


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root, ours = logging.getLogger(), logging.getLogger("backfin")
    before = (list(root.handlers), root.level, ours.level)
    yield stream
    root.handlers[:], root.level, ours.level = before
    logging.Logger.manager._clear_cache()  # type: ignore[attr-defined]


def failing(ctx: Context, key: str) -> list[Next]:
    logging.getLogger("some.library").warning("on the way")
    if key == "crash":
        raise SystemError("out of hand")
    raise TransientError("not now")


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("run", [None, "r_1"])
def test_lines_of_a_step_of_the_shell_and_of_a_library_say_the_item(
    written: io.StringIO, run: str | None
) -> None:
    spec = ActorSpec("spam.work", failing, "spam", RetryPolicy(max_tries=1), has_bulk=True)
    broker = StubBroker()
    options = {"run": run, "notify": False} if run else {}

    with make_app(plugins=[FakePlugin("mine", actors=[spec])]) as app:
        configure(app.settings.model_copy(update={"log_format": "json"}), written)
        app.declare(broker)
        broker.emit_after("process_boot")
        broker.enqueue(app.message("spam.work", "bse:1", **options))
        run_until_empty(broker, "spam.bulk" if run else "spam")

    lines = lines_of(written.getvalue())
    assert {"on the way", "spam.work gives up on bse:1: not now"} <= {line["message"] for line in lines}
    assert {(line["actor"], line["item"], line.get("run")) for line in lines if line["logger"] != "root"} == {
        ("spam.work", "bse:1", run)
    }


def test_lines_of_dramatiq_about_a_message_say_the_item(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ActorSpec("spam.work", failing, "spam", RetryPolicy(max_tries=1))
    broker = StubBroker()

    with make_app(plugins=[FakePlugin("mine", actors=[spec])]) as app:
        configure(app.settings.model_copy(update={"log_format": "json"}), written)
        app.declare(broker)
        broker.emit_after("process_boot")
        monkeypatch.setattr(app._shell, "perform", lambda *_: 1 / 0)
        message = app.message("spam.work", "bse:1")
        broker.enqueue(message.copy(options={"max_retries": 0}))
        run_until_empty(broker, "spam")

    theirs = [line for line in lines_of(written.getvalue()) if line["logger"].startswith("dramatiq")]
    assert {line["logger"].split(".")[1] for line in theirs} >= {"worker", "middleware"}
    assert {(line["actor"], line["item"]) for line in theirs} == {("spam.work", "bse:1")}


def test_a_thread_that_is_done_works_on_nothing(written: io.StringIO) -> None:
    seen: list[object] = []
    broker = StubBroker()

    def look() -> None:
        seen.append(in_hand())

    with make_app(
        plugins=[FakePlugin("mine", actors=[ActorSpec("spam.work", lambda ctx, key: [], "spam")])]
    ) as app:
        app.declare(broker)
        broker.emit_after("process_boot")
        other = dramatiq.actor(actor_name="host.own", queue_name="spam", broker=broker)(look)
        broker.enqueue(app.message("spam.work", "bse:1"))
        broker.enqueue(other.message())
        run_until_empty(broker, "spam")

    assert seen == [None]


def run_until_empty(broker: StubBroker, queue: str) -> None:
    worker = Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    try:
        broker.join(queue, fail_fast=False)
        worker.join()
    finally:
        worker.stop()


def test_lines_of_the_scheduler_have_the_chosen_form_and_no_secrets(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKFIN_")}
    with EmbeddedServer(tmp_path) as server:
        ours = {"HOME": str(tmp_path), "REDIS_URL": server.url, "LOG_FORMAT": "json"}
        ours |= {"NOTIFICATIONS__SMTP__PASSWORD": "hunter2secret"}
        environment = kept | {f"BACKFIN_{name}": value for name, value in ours.items()}
        done = subprocess.run(
            [sys.executable, "-c", SCHEDULER],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )

    assert [line["message"] for line in lines_of(done.stderr)][-1].startswith("no tick with ")
    assert "hunter2secret" not in done.stderr
