"""The shell: runs steps in place, sends what must wait, and decides what a failure means."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from backfin.bounds import Bounds
from backfin.context import Replay
from backfin.errors import ParseError, RateLimited, StoreUnavailable
from backfin.models import State
from backfin.pipeline import BUILT_IN, Shell
from backfin.settings import Settings
from backfin.specs import ActorSpec, Next, RetryPolicy


class FakeAnnouncements:
    def __init__(self) -> None:
        self.tries: dict[str, int] = {}
        self.failures: list[tuple[str, str, bool, bool]] = []
        self.stopped: set[str] = set()

    def begin(self, key: str, step: str, *, due_at: datetime) -> Any:
        self.tries[key] = self.tries.get(key, 0) + 1
        status = SimpleNamespace(tries=self.tries[key], state=State.STORED, filing_id=None)
        return SimpleNamespace(
            status=status, announcement=None, enrichment_id=None, was_stopped=key in self.stopped
        )

    def uncount(self, key: str) -> None:
        self.tries[key] -= 1

    def survived(self, key: str) -> None:
        self.tries[key] = 0

    def fail(self, key: str, step: str, error: str, *, due_at: Any, final: bool, forgive: bool) -> None:
        self.failures.append((key, step, final, forgive))


class FakeContext:
    """As much of a context as the shell itself touches."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.clock = self
        self.announcements = FakeAnnouncements()
        self.store = self
        self.replay: Replay | None = None
        self.events: list[Any] = []
        self.enriching_is_remote = False
        self.kept: dict[Any, Any] = {}
        self.bounds = Bounds()

    def together(self) -> AbstractContextManager[None]:
        return nullcontext()

    def now(self) -> datetime:
        return datetime(2026, 7, 15, 6, 0, tzinfo=UTC)

    @property
    def due_at(self) -> datetime:
        return self.now() + timedelta(seconds=120)

    def emit(self, event: Any) -> None:
        self.events.append(event)

    def for_message(self, replay: Replay | None) -> FakeContext:
        self.replay = replay
        return self


def spec(name: str, step: Any, **options: Any) -> ActorSpec:
    return ActorSpec(name, step, "backfin.test", RetryPolicy(max_tries=3, min_backoff_s=2), **options)


def failing(error: Exception) -> Any:
    def step(ctx: Any, key: str) -> list[Next]:
        raise error

    return step


@pytest.mark.parametrize(("was_sent", "expected"), [(None, ["a"]), (True, ["a"]), (False, [])])
def test_a_step_hears_that_what_follows_is_on_its_way(was_sent: bool | None, expected: list[str]) -> None:
    heard: list[str] = []
    first = spec("first", lambda ctx, key: [Next("later", key)], sent=lambda ctx, key: heard.append(key))
    shell = Shell([first, spec("later", None)], lambda following: was_sent)

    shell.perform(FakeContext(), "first", "a", {})  # type: ignore[arg-type]

    assert heard == expected


def test_an_inline_step_runs_in_place_and_the_others_are_sent() -> None:
    sent: list[Next] = []
    ran: list[str] = []

    def first(ctx: Any, key: str) -> list[Next]:
        return [Next("later", key), Next("second", key, inline=True)]

    def second(ctx: Any, key: str) -> list[Next]:
        ran.append(key)
        return []

    shell = Shell([spec("first", first), spec("second", second), spec("later", second)], sent.extend)
    shell.perform(FakeContext(), "first", "a", {})  # type: ignore[arg-type]

    assert ran == ["a"]
    assert [item.actor for item in sent] == ["later"]


def test_a_failing_inline_step_becomes_a_message_of_its_own() -> None:
    sent: list[Next] = []
    context = FakeContext()

    def first(ctx: Any, key: str) -> list[Next]:
        return [Next("second", key, inline=True)]

    shell = Shell([spec("first", first), spec("second", failing(StoreUnavailable("busy")))], sent.extend)
    shell.perform(context, "first", "a", {})  # type: ignore[arg-type]

    assert [(item.actor, item.key, item.delay_s) for item in sent] == [("second", "a", 2.0)]
    assert sent[0].options["tries"] == 2


def test_a_rate_limit_is_waited_for() -> None:
    sent: list[Next] = []

    shell = Shell([spec("only", failing(RateLimited("later", delay=900)))], sent.extend)
    shell.perform(FakeContext(), "only", "a", {})  # type: ignore[arg-type]

    assert [item.delay_s for item in sent] == [900.0]


@pytest.mark.parametrize(("error", "tries"), [(ParseError("no"), 1), (ZeroDivisionError(), 3)])
def test_a_permanent_error_or_the_last_try_gives_the_item_up(error: Exception, tries: int) -> None:
    sent: list[Next] = []
    given_up: list[str] = []
    context = FakeContext()

    def give_up(ctx: Any, key: str, cause: Exception) -> None:
        given_up.append(key)

    shell = Shell([spec("only", failing(error), counts_tries=True, give_up=give_up)], sent.extend)
    shell.perform(context, "only", "a", {"tries": tries})  # type: ignore[arg-type]

    assert sent == []
    assert given_up == ["a"]
    assert context.announcements.failures == [("a", "only", True, False)]
    assert [type(event).__name__ for event in context.events] == ["ItemFailed"]


def test_an_outside_failure_does_not_count_towards_quarantine() -> None:
    context = FakeContext()

    shell = Shell([spec("only", failing(StoreUnavailable("busy")), counts_tries=True)], lambda items: None)
    shell.perform(context, "only", "a", {})  # type: ignore[arg-type]

    assert context.announcements.failures == [("a", "only", False, True)]


def test_an_item_that_stopped_its_worker_too_often_is_kept_aside() -> None:
    ran: list[str] = []
    context = FakeContext()
    context.announcements.tries["a"] = context.settings.steps.max_tries

    def step(ctx: Any, key: str) -> list[Next]:
        ran.append(key)
        return []

    Shell([spec("only", step, counts_tries=True)], lambda items: None).perform(context, "only", "a", {})  # type: ignore[arg-type]

    assert ran == []
    assert context.announcements.failures == [("a", "only", True, False)]


def test_of_items_whose_runs_ended_with_their_worker_one_runs_at_a_time() -> None:
    ran: list[str] = []
    sent: list[Next] = []
    context = FakeContext()
    context.announcements.stopped = {"a", "b"}
    context.announcements.tries = {"a": 2, "b": 2, "c": 2}

    def step(ctx: Any, key: str) -> list[Next]:
        ran.append(key)
        if key == "a":
            for other in "bc":
                shell.perform(ctx, "only", other, {"tries": 2})
        return []

    shell = Shell([spec("only", step, counts_tries=True)], sent.extend)
    shell.perform(context, "only", "a", {})  # type: ignore[arg-type]

    assert ran == ["a", "c"]
    assert [(one.actor, one.key, one.options) for one in sent] == [("only", "b", {"tries": 2})]
    assert 1.0 <= sent[0].delay_s <= 5.0
    assert context.announcements.tries == {"a": 0, "b": 2, "c": 0}
    shell.perform(context, "only", "b", {"tries": 2})  # type: ignore[arg-type]
    assert ran == ["a", "c", "b"]


def test_messages_that_come_again_and_again_do_not_quarantine_what_survives_them() -> None:
    context = FakeContext()
    shell = Shell([spec("only", lambda ctx, key: [], counts_tries=True)], lambda items: None)

    for _ in range(3 * context.settings.steps.max_tries):
        shell.perform(context, "only", "a", {})  # type: ignore[arg-type]

    assert context.announcements.failures == []


def test_messages_of_a_replay_carry_its_run_on_actors_with_a_bulk_lane() -> None:
    sent: list[Next] = []

    def step(ctx: Any, key: str) -> list[Next]:
        return [Next("bulk", key), Next("live", key)]

    specs = [spec("only", step), spec("bulk", step, has_bulk=True), spec("live", step)]
    Shell(specs, sent.extend).perform(FakeContext(), "only", "a", {"run": "r1", "notify": True})  # type: ignore[arg-type]

    assert [dict(item.options) for item in sent] == [{"run": "r1", "notify": True}, {}]


def test_a_replay_that_cannot_begin_says_so_within_a_minute_of_waiting() -> None:
    (replay,) = [spec for spec in BUILT_IN if spec.name == "backfin.replay"]

    waits_s = [replay.retry.delay_s(tried) for tried in range(1, replay.retry.max_tries)]

    assert waits_s
    assert sum(waits_s) <= 60


@pytest.mark.parametrize(("fault", "tries"), [("queue", 3), ("cool_down", None)])
def test_waiting_behind_our_own_others_is_no_try(fault: str, tries: int | None) -> None:
    sent: list[Next] = []
    context = FakeContext()
    full = RateLimited("Come back later.", delay=5, fault=fault)
    shell = Shell([spec("first", failing(full))], sent.extend)

    shell.perform(context, "first", "a", {"tries": 3})  # type: ignore[arg-type]

    assert [item.options.get("tries") for item in sent] == ([] if tries is None else [tries])
