"""Binding to a broker: an app joins a host's broker without biting it, and carries its own settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from dramatiq import Worker
from dramatiq import broker as dramatiq_broker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Retries, TimeLimit
from periodiq import PeriodiqMiddleware

from backfin import Backfin
from backfin.broker import BackfinMiddleware, WorkerRefused
from backfin.errors import AlreadyDeclared, ConfigError, PluginConflict
from backfin.models import State
from backfin.poison import PoisonMessages
from backfin.specs import ActorSpec, Next
from backfin.testing import FakeExchange, FakePlugin, RecordingNotifier, make_app, make_row, make_watch
from backfin.testing.apps import isolated_settings
from brokers import emptied

OURS = {"backfin.read", "backfin.enrich", "backfin.match", "backfin.notify", "backfin.tick", "backfin.replay"}


def nothing(*_: Any, **__: Any) -> None:
    """The host's own work."""


def host_broker(*names: str, middleware: list[Any] | None = None) -> StubBroker:
    """A broker of a host application with actors of its own."""
    broker = StubBroker(middleware=middleware)
    broker.emit_after("process_boot")
    for name in names or ("shop.greet",):
        dramatiq.actor(nothing, actor_name=name, queue_name="shop", broker=broker)
    return broker


def facts(broker: dramatiq.Broker) -> dict[str, Any]:
    """Everything of a broker that declaring may change."""
    return {
        "actors": dict(broker.actors),
        "queues": set(broker.get_declared_queues()),
        "delay queues": set(broker.get_declared_delay_queues()),
        "middleware": list(broker.middleware),
        "options": set(broker.actor_options),
    }


@pytest.fixture
def app() -> Iterator[Backfin]:
    with make_app(exchanges=[FakeExchange([make_row(1)])]) as made:
        yield made


@contextmanager
def working(broker: dramatiq.Broker) -> Iterator[Worker]:
    worker = Worker(broker, worker_timeout=20, worker_threads=2)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def drain(broker: StubBroker, worker: Worker) -> None:
    """Returns when no message waits or runs."""
    for _ in range(2):
        for queue in list(broker.get_declared_queues()):
            broker.join(queue, timeout=20_000)
        worker.join()


# Joining a host


def test_actors_join_the_hosts_broker_beside_its_own(app: Backfin) -> None:
    broker = host_broker()

    app.declare(broker)

    assert set(broker.actors) >= OURS | {"shop.greet", "backfin.scrape.fake", "backfin.close_day.fake"}
    assert {"backfin.read", "backfin.read.bulk"} <= set(broker.get_declared_queues())
    assert Backfin.of(broker) is app
    assert dramatiq_broker.global_broker is None


def test_declaring_again_changes_nothing(app: Backfin) -> None:
    broker = host_broker()
    app.declare(broker)
    before = facts(broker)

    app.declare(broker)

    assert facts(broker) == before


def test_a_broker_carries_no_app_before_one_is_declared() -> None:
    assert Backfin.of(host_broker()) is None


def test_another_app_on_the_same_broker_is_refused(app: Backfin) -> None:
    broker = host_broker()
    app.declare(broker)
    before = facts(broker)

    with make_app() as other, pytest.raises(AlreadyDeclared, match=r"Backfin\.of\(broker\)"):
        other.declare(broker)

    assert facts(broker) == before
    assert Backfin.of(broker) is app


def test_one_app_lives_on_one_broker(app: Backfin) -> None:
    app.declare(host_broker())
    second = host_broker()
    before = facts(second)

    with pytest.raises(AlreadyDeclared, match="second Backfin"):
        app.declare(second)

    assert facts(second) == before


def test_a_name_the_host_has_taken_leaves_its_broker_as_it_was(app: Backfin) -> None:
    broker = host_broker("shop.greet", "backfin.match", middleware=[])
    before = facts(broker)

    with pytest.raises(PluginConflict, match=r"backfin\.match"):
        app.declare(broker)

    assert facts(broker) == before
    assert Backfin.of(broker) is None
    free = host_broker()
    app.declare(free)
    assert Backfin.of(free) is app


@pytest.mark.parametrize("name", ["mine.work", "mine.other"])
def test_a_plugins_actor_that_the_host_has_too_leaves_its_broker_as_it_was(name: str) -> None:
    broker = host_broker("mine.work", "mine.other", middleware=[])
    before = facts(broker)

    with make_app(plugins=[FakePlugin("mine", actors=[ActorSpec(name, nothing, "mine")])]) as app:
        with pytest.raises(PluginConflict, match=name):
            app.declare(broker)

    assert facts(broker) == before


def test_missing_middleware_is_added(app: Backfin) -> None:
    broker = host_broker(middleware=[])

    app.declare(broker)

    kinds = [type(item) for item in broker.middleware]
    assert kinds == [TimeLimit, Retries, PeriodiqMiddleware, BackfinMiddleware, PoisonMessages]


def test_middleware_the_host_has_stays_and_is_not_doubled(app: Backfin) -> None:
    retries, limit = Retries(max_retries=1), TimeLimit(time_limit=1234)
    broker = host_broker(middleware=[retries, limit])

    app.declare(broker)

    assert broker.middleware[:2] == [retries, limit]
    assert sum(isinstance(item, Retries) for item in broker.middleware) == 1
    assert sum(isinstance(item, TimeLimit) for item in broker.middleware) == 1


# Work on a broker


def test_a_scrape_on_a_hosts_broker_ends_with_a_person_who_was_told() -> None:
    channel = RecordingNotifier()
    exchange = FakeExchange([make_row(n) for n in (1, 2, 3)])
    broker = host_broker()
    with make_app(exchanges=[exchange], notifiers=[channel]) as app:
        app.store.watches.put(make_watch())
        app.declare(broker)

        with working(broker) as worker:
            broker.enqueue(app.message("backfin.scrape.fake", "fake"))
            drain(broker, worker)

            states = {item.state for item in app.store.announcements.select()}
        assert states == {State.MATCHED}
        assert sorted(alert.announcement.native_id for alert in channel.alerts) == ["1", "2", "3"]


def test_two_apps_on_two_brokers_in_one_process_keep_two_stores() -> None:
    first_broker, second_broker = host_broker(), host_broker()
    first_feed, second_feed = FakeExchange([make_row(1)]), FakeExchange([make_row(2)])
    with make_app(exchanges=[first_feed]) as first, make_app(exchanges=[second_feed]) as second:
        first.declare(first_broker)
        second.declare(second_broker)

        with working(first_broker) as one, working(second_broker) as two:
            first_broker.enqueue(first.message("backfin.scrape.fake", "fake"))
            second_broker.enqueue(second.message("backfin.scrape.fake", "fake"))
            drain(first_broker, one)
            drain(second_broker, two)

            assert [item.announcement_id for item in first.store.announcements.select()] == ["fake:1"]
            assert [item.announcement_id for item in second.store.announcements.select()] == ["fake:2"]


def test_settings_reach_actors_through_their_broker() -> None:
    heard: list[tuple[str, int]] = []

    def step(ctx: Any, key: str) -> list[Next]:
        heard.append((key, ctx.settings.steps.max_tries))
        return []

    plugin = FakePlugin("mine", actors=[ActorSpec("mine.work", step, "mine")])
    brokers = [host_broker(), host_broker()]
    with (
        make_app(plugins=[plugin], settings={"steps": {"max_tries": 3}}) as three,
        make_app(plugins=[plugin], settings={"steps": {"max_tries": 7}}) as seven,
    ):
        for app, broker in zip((three, seven), brokers, strict=True):
            app.declare(broker)
            with working(broker) as worker:
                broker.actors["mine.work"].send("key")
                drain(broker, worker)

    assert heard == [("key", 3), ("key", 7)]


def test_a_worker_whose_settings_are_wrong_does_not_start(tmp_path: Path) -> None:
    broker = host_broker()
    app = Backfin(isolated_settings(tmp_path, {"llm": {"api_key": "sk-test"}}))
    app.declare(broker)
    worker = Worker(broker, worker_threads=1)

    with pytest.raises(WorkerRefused, match="BACKFIN_LLM__MODEL"):
        worker.start()


def test_a_worker_does_not_start_on_a_store_of_another_version(tmp_path: Path) -> None:
    broker = host_broker()
    app = Backfin(isolated_settings(tmp_path, {}))
    app.store.upgrade("0001")
    app.declare(broker)
    worker = Worker(broker, worker_threads=1)

    with pytest.raises(WorkerRefused, match="backfin db upgrade"):
        worker.start()

    app.close()


def test_a_worker_that_ends_closes_what_components_opened() -> None:
    closed: list[str] = []

    class Feed(FakeExchange):
        def close(self) -> None:
            closed.append(self.name)

    broker = host_broker()
    with make_app(exchanges=[Feed()]) as app:
        app.declare(broker)

        with working(broker):
            assert closed == []

        assert closed == ["fake"]


def test_an_app_that_was_closed_opens_again(app: Backfin) -> None:
    app.run_inline([Next("backfin.scrape.fake", "fake")])
    app.close()

    app.run_inline([Next("backfin.scrape.fake", "fake")])

    assert app.store.announcements.status("fake:1").state is State.MATCHED


def test_sending_without_a_broker_says_what_to_do(app: Backfin) -> None:
    with pytest.raises(ConfigError, match=r"app\.declare\(broker\)"):
        app.send([Next("backfin.read", "fake:1")])


# Only sending


def test_a_sender_needs_no_actor(app: Backfin, server_url: str) -> None:
    sender: RedisBroker = RedisBroker(url=server_url, namespace="backfin")
    with emptied(sender):
        sender.enqueue(app.message("backfin.read", "fake:1"))
        sender.enqueue(app.message("backfin.read", "fake:2", run="r_1", notify=False))
        assert sender.actors == {}

        live = next(iter(sender.consume("backfin.read", timeout=2000)))
        bulk = next(iter(sender.consume("backfin.read.bulk", timeout=2000)))

    assert (live.actor_name, live.args, live.kwargs) == ("backfin.read", ("fake:1",), {})
    assert (bulk.args, bulk.kwargs) == (("fake:2",), {"run": "r_1", "notify": False})


def test_a_message_for_nobody_is_refused_with_the_names_there_are(app: Backfin) -> None:
    with pytest.raises(ConfigError, match=r"backfin\.replay"):
        app.message("backfin.reed", "fake:1")


# The ready-made module

IMPORT = """
import json, logging, sys
logging.basicConfig(level=logging.INFO, stream=sys.stderr)
import dramatiq
from dramatiq import broker as brokers
{before}
from backfin import Backfin
import backfin.actors as ready
{after}
print(json.dumps({{
    "broker": type(ready.broker).__name__,
    "is_global": brokers.global_broker is ready.broker,
    "carries": Backfin.of(ready.broker) is ready.app,
    "actors": sorted(ready.broker.actors),
    "handle": ready.replay.actor_name,
}}))
"""
HOST = """
from dramatiq.brokers.stub import StubBroker
host = StubBroker()
dramatiq.set_broker(host)
dramatiq.actor(lambda: None, actor_name={name!r}, broker=host)
"""


def imported(
    home: Path, before: str = "", after: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Imports the module in a fresh process."""
    settings = {"BACKFIN_HOME": str(home), "BACKFIN_PLUGINS": "", **environment}
    return subprocess.run(
        [sys.executable, "-c", IMPORT.format(before=before, after=after)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_importing_the_actors_adopts_the_global_broker(tmp_path: Path) -> None:
    done = imported(tmp_path, HOST.format(name="shop.greet"), "assert ready.broker is host")

    found = told(done)
    assert (found["broker"], found["is_global"], found["carries"]) == ("StubBroker", True, True)
    assert set(found["actors"]) >= OURS | {"shop.greet", "backfin.scrape.bse"}
    assert f"{len(found['actors']) - 1} actors on StubBroker, adopted" in done.stderr


def test_importing_the_actors_keeps_an_app_that_was_declared_already(tmp_path: Path) -> None:
    before = HOST.format(name="shop.greet") + "import backfin\nmine = backfin.Backfin()\nmine.declare(host)\n"

    found = told(imported(tmp_path, before, "assert ready.app is mine"))

    assert found["carries"]


def test_importing_the_actors_again_changes_nothing(tmp_path: Path) -> None:
    again = "\n".join(
        (
            "import importlib",
            "app, actors = ready.app, dict(ready.broker.actors)",
            "importlib.reload(ready)",
            "assert ready.app is app and ready.broker.actors == actors",
        )
    )

    assert told(imported(tmp_path, HOST.format(name="shop.greet"), again))["is_global"]


def test_importing_the_actors_builds_a_redis_broker_where_there_is_none(
    tmp_path: Path, server_url: str
) -> None:
    done = imported(tmp_path, BACKFIN_REDIS_URL=server_url)

    found = told(done)
    assert (found["broker"], found["is_global"], found["carries"]) == ("BackfinRedisBroker", True, True)
    assert found["handle"] == "backfin.replay"
    assert f"{len(found['actors'])} actors on BackfinRedisBroker, built" in done.stderr


def test_importing_the_actors_touches_no_store(tmp_path: Path, server_url: str) -> None:
    home = tmp_path / "home"

    told(imported(home, REDIS_URL=server_url))

    assert not home.exists()


def test_an_unreachable_redis_is_an_import_error_that_says_how_to_start_one(tmp_path: Path) -> None:
    done = imported(tmp_path, BACKFIN_REDIS_URL="redis://127.0.0.1:1/0")

    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: Redis does not answer")
    for way in ("docker compose", "BACKFIN_REDIS_URL", "backfin up"):
        assert way in last


def test_a_clash_with_the_hosts_actors_is_an_import_error_with_the_name(tmp_path: Path) -> None:
    done = imported(tmp_path, HOST.format(name="backfin.read"))

    assert done.returncode != 0
    assert "ImportError: The broker already has actors named backfin.read" in done.stderr
