"""The pipeline: every built-in actor on one screen, and the shell that runs them.

::

    tick ──▶ scrape ──▶ flash ──────────────▶ notify
      │         └─────▶ read ▶ enrich ▶ investors ▶ match ──▶ notify
      ├───▶ sweep       (whatever stalled, at the step it waits for)
      ├───▶ close_day   (what was missing)
      ├───▶ digest      (what was collected or held back) ──▶ notify
      ├───▶ retain      (at night: what is no longer needed)
      └───▶ issuers
    replay ──▶ the same steps, on the bulk queues

A step that succeeds is followed in place by the next step of the same item; a step that fails becomes a
message of its own, with its own delay. Every step stores its result before the next begins, so each can be
repeated alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from backfin.context import Context, Replay
from backfin.errors import BackfinError, ConfigError, PermanentError, RateLimited, TransientError
from backfin.interfaces import Exchange
from backfin.lanes import Lanes
from backfin.models import State
from backfin.models.events import ItemFailed
from backfin.poison import Suspects, apart_s
from backfin.progress import Progress
from backfin.specs import BULK, ActorSpec, Next, RetryPolicy
from backfin.steps.breaking import StepBreakers
from backfin.steps.close_day import close_day
from backfin.steps.digest import digest
from backfin.steps.enrich import enrich
from backfin.steps.investors import investors
from backfin.steps.issuers import refresh_issuers
from backfin.steps.item import keep, keep_begun
from backfin.steps.match import flash, match
from backfin.steps.notify import notify
from backfin.steps.read import read
from backfin.steps.replay import give_up, replay
from backfin.steps.replay_items import finish_item, take, told_beside
from backfin.steps.retain import retain
from backfin.steps.scrape import scrape
from backfin.steps.sweep import sweep
from backfin.steps.tick import mark_sent, tick
from backfin.storage.records import Begun
from backfin.tracing import step_span
from backfin.work import working_on

log = logging.getLogger("backfin")

#: Never tried again: the next tick comes by itself.
ONCE = RetryPolicy(max_tries=1)
#: Outages of an exchange or a service last minutes to hours.
PATIENT = RetryPolicy(max_tries=20, min_backoff_s=2.0, max_backoff_s=900.0)
#: Our own work: only the store can be busy.
BRISK = RetryPolicy(max_tries=10, min_backoff_s=1.0, max_backoff_s=60.0)

#: A replay is waited for: an exchange that stays away is said to within a minute or two.
WAITED_FOR = RetryPolicy(max_tries=4, min_backoff_s=2.0, max_backoff_s=30.0)

#: Start of the names of built-in actors.
OURS = "backfin."

#: A plugin's actor is left behind at most so many seconds before the broker would interrupt it.
SPARE_S = 5.0

#: Steps that compute in the worker process itself.
_COMPUTING = frozenset({f"{OURS}{name}" for name in ("enrich", "investors", "match", "flash", "notify")})

#: Tries of one step inside a replay.
REPLAY_TRIES = 8

BUILT_IN = (
    ActorSpec("backfin.tick", tick, "backfin.scrape", ONCE, time_limit_s=50, sent=mark_sent),
    ActorSpec("backfin.sweep", sweep, "backfin.scrape", ONCE, time_limit_s=120),
    ActorSpec(
        "backfin.read", read, "backfin.read", PATIENT, 300, has_bulk=True, counts_tries=True, priority=20
    ),
    ActorSpec(
        "backfin.enrich",
        enrich,
        "backfin.enrich",
        PATIENT,
        300,
        has_bulk=True,
        counts_tries=True,
        priority=20,
    ),
    ActorSpec(
        "backfin.investors", investors, "backfin.investors", BRISK, 60, has_bulk=True, counts_tries=True
    ),
    ActorSpec("backfin.match", match, "backfin.match", BRISK, 60, has_bulk=True, counts_tries=True),
    ActorSpec("backfin.flash", flash, "backfin.match", BRISK, 60, has_bulk=True, priority=5),
    ActorSpec("backfin.digest", digest, "backfin.notify", ONCE, time_limit_s=120),
    ActorSpec("backfin.notify", notify, "backfin.notify", BRISK, 120, priority=5),
    ActorSpec("backfin.retain", retain, "backfin.replay", ONCE, time_limit_s=300, priority=60),
    ActorSpec("backfin.replay", replay, "backfin.replay", WAITED_FOR, 3600, priority=50, give_up=give_up),
)


def exchange_specs(exchanges: Iterable[Exchange]) -> list[ActorSpec]:
    """The actors every exchange has."""
    specs = []
    for exchange in exchanges:
        name = exchange.name
        specs += [
            ActorSpec(f"backfin.scrape.{name}", scrape, "backfin.scrape", ONCE, time_limit_s=600),
            ActorSpec(f"backfin.close_day.{name}", close_day, "backfin.scrape", PATIENT, time_limit_s=1800),
            ActorSpec(
                f"backfin.issuers.{name}", refresh_issuers, "backfin.scrape", PATIENT, time_limit_s=600
            ),
        ]
    return specs


#: Hands messages over; ``False`` says that it could not.
Send = Callable[[list[Next]], bool | None]


class Shell:
    """Runs steps and sends what follows. It knows no broker: ``send`` takes what must wait its turn.

    Without ``breakers`` no step ever rests.
    """

    def __init__(
        self,
        specs: Iterable[ActorSpec],
        send: Send,
        progress: Progress | None = None,
        breakers: StepBreakers | None = None,
        suspects: Suspects | None = None,
    ) -> None:
        self.specs = {spec.name: spec for spec in specs}
        self._send = send
        self._progress = progress or Progress()
        self._breakers = breakers
        self._lanes = Lanes()
        self._suspects = suspects or Suspects()

    def perform(self, ctx: Context, name: str, key: str, options: Mapping[str, Any]) -> None:
        """Runs one message: its step, and in place the steps that follow on the same item."""
        visible, hidden = _split(options)
        ctx = ctx.for_message(hidden.replay)
        first, tries = Next(name, key, visible), hidden.tries
        keep(ctx, key, tries=tries)
        with working_on(name, key, ctx.replay.run_id if ctx.replay else None):
            self._perform(ctx, first, tries)

    def _perform(self, ctx: Context, step: Next, tries: int) -> None:
        if self._has_to_wait(ctx, step, tries):
            return
        if not self.specs[step.actor].counts_tries:
            self._run_all(ctx, step, tries)
            return
        with ExitStack() as stack:
            try:
                wanted = take(ctx, step.actor, step.key)
                if wanted is None:
                    return
                step = replace(step, actor=wanted)
                begun = self._begin(ctx, step.actor, step.key, stack)
            except TransientError as error:
                self._failed(ctx, self.specs[step.actor], step, error, tries)
                return
            if begun is None:
                self._send([self._marked(ctx, replace(step, delay_s=apart_s()), tries)])
            elif self._may_run(ctx, step.actor, step.key, begun):
                self._run_begun(ctx, step, tries, begun)

    def _run_begun(self, ctx: Context, step: Next, tries: int, begun: Begun) -> None:
        self._pass_on(ctx, told_beside(ctx, step.key) if tries == 1 else [])
        self._run_all(ctx, step, tries)
        if begun.status.tries > 1 and not ctx.kept.get((step.key, "failed")):
            ctx.store.announcements.survived(step.key)

    def _run_all(self, ctx: Context, step: Next, tries: int) -> None:
        """Runs a step, and in place those of the same item that follow it."""
        following = self._run(ctx, step, tries)
        while following is not None and not self._has_to_wait(ctx, following, 1):
            with working_on(following.actor, following.key, ctx.replay.run_id if ctx.replay else None):
                following = self._run(ctx, following, 1)

    def _has_to_wait(self, ctx: Context, step: Next, tries: int) -> bool:
        """Sends a message again for later while its step rests. That is no try."""
        if self._breakers is None or ctx.replay is not None:
            return False  # a replay is waited for, and tells what does not work
        wait_s = self._breakers.wait_s(ctx, step.actor, step.key)
        if wait_s is None:
            return False
        log.debug("%s of %s waits %.0f s, because the step rests", step.actor, step.key, wait_s)
        if self.specs[step.actor].counts_tries:
            with suppress(BackfinError):
                due_at = _due_at(ctx, step.actor) + timedelta(seconds=wait_s)
                ctx.store.announcements.defer([step.key], due_at)
        self._send([self._marked(ctx, replace(step, delay_s=wait_s), tries)])
        return True

    def _begin(self, ctx: Context, name: str, key: str, stack: ExitStack) -> Begun | None:
        """Counts the run before it starts; ``None`` while it has to keep apart from another, which is no run.

        It keeps apart until the stack is left.
        """
        begun = ctx.store.announcements.begin(key, name, due_at=_due_at(ctx, name))
        most = ctx.settings.steps.max_tries
        may_run = stack.enter_context(
            self._suspects.apart(begun.status.tries, most, was_stopped=begun.was_stopped)
        )
        if not may_run:
            ctx.store.announcements.uncount(key)
            return None
        keep_begun(ctx, key, begun)
        return begun

    def _may_run(self, ctx: Context, name: str, key: str, begun: Begun) -> bool:
        """Whether an item did not stop too many workers; one that did is quarantined."""
        if begun.status.state is State.FAILED and ctx.replay is None:
            return False  # kept aside: a message that was still on its way must not take it up
        limit = ctx.settings.steps.max_tries
        if begun.status.tries <= limit:
            return True
        sentence = f"{name} stopped its worker {limit} times; the item is kept aside until it is replayed."
        self.give_up(ctx, self.specs[name], key, PermanentError(sentence))
        return False

    def _run(self, ctx: Context, step: Next, tries: int) -> Next | None:
        spec = self.specs[step.actor]
        run_id = ctx.replay.run_id if ctx.replay else None
        try:
            span = step_span(spec.name, step.key, run_id, tries)
            with self._lane(ctx, spec), self._progress.step(spec.name, step.key), span as follow:
                following = self._following(ctx, spec, step)
                follow(following)
        except Exception as error:
            self._failed(ctx, spec, step, error, tries)
            return None
        if self._breakers is not None:
            self._breakers.ended_well(ctx, spec.name, step.key)
        inline = next((item for item in following if item.inline), None)
        is_sent = self._pass_on(ctx, [item for item in following if item is not inline])
        if is_sent and spec.sent is not None:
            spec.sent(ctx, step.key)
        return inline

    def _lane(self, ctx: Context, spec: ActorSpec) -> AbstractContextManager[None]:
        """Where a step computes here, the lane it does so in. Reading and remote enriching wait for others."""
        is_remote = spec.name == "backfin.enrich" and ctx.enriching_is_remote
        if spec.name not in _COMPUTING or is_remote:
            return nullcontext()
        return self._lanes.live() if ctx.replay is None else self._lanes.bulk()

    def _following(self, ctx: Context, spec: ActorSpec, step: Next) -> list[Next]:
        """What a step says comes next. A plugin's is held to its time, and to the actors there are."""
        if spec.name.startswith(OURS):
            return spec.step(ctx, step.key, **step.options)

        def overdue(sentence: str, **_: Any) -> TransientError:
            return TransientError(sentence)

        limit_s = max(0.9 * spec.time_limit_s, spec.time_limit_s - SPARE_S)
        found: object = ctx.bounds.call(
            f"actor {spec.name}",
            limit_s,
            overdue,
            lambda: spec.step(ctx, step.key, **step.options),
            slow_s=limit_s,
        )
        return self._checked(spec, found)

    def _checked(self, spec: ActorSpec, found: object) -> list[Next]:
        if found is None:
            return []
        if not isinstance(found, list | tuple) or not all(isinstance(item, Next) for item in found):
            raise PermanentError(f"{spec.name} returned {found!r:.100}; it must return a list of Next.")
        unknown = sorted({item.actor for item in found} - self.specs.keys())
        if unknown:
            raise PermanentError(f"{spec.name} wants {', '.join(unknown)} to follow; no plugin brings that.")
        return list(found)

    def _pass_on(self, ctx: Context, following: list[Next]) -> bool:
        """Sends what follows; returns whether it is on its way."""
        waiting = [self._marked(ctx, item, 1) for item in following]
        return not waiting or self._send(waiting) is not False

    def _marked(self, ctx: Context, item: Next, tries: int) -> Next:
        """The message with what later runs must know: its replay, and how often it was tried."""
        options = dict(item.options)
        if ctx.replay is not None and self.specs[item.actor].has_bulk:
            options |= {"run": ctx.replay.run_id, "notify": ctx.replay.notify}
        if tries > 1:
            options["tries"] = tries
        return replace(item, options=options, inline=False)

    def _failed(self, ctx: Context, spec: ActorSpec, step: Next, error: Exception, tries: int) -> None:
        keep(ctx, step.key, failed=True)
        if self._breakers is not None:
            self._breakers.failed(ctx, spec.name, step.key, error)
        if not isinstance(error, BackfinError):
            log.error("%s raised %s", spec.name, type(error).__name__, exc_info=error)
        # What time heals never ends a live announcement: it is tried on at the longest back-off. A replay is
        # waited for, so it says what it could not do; the next one does it.
        is_live = ctx.replay is None and spec.counts_tries and isinstance(error, TransientError)
        most = spec.retry.max_tries if ctx.replay is None else min(spec.retry.max_tries, REPLAY_TRIES)
        is_used_up = tries >= most and not is_live and not _is_queue(error)
        if isinstance(error, PermanentError | ConfigError) or is_used_up:
            self.give_up(ctx, spec, step.key, error)
            return
        delay_s = spec.retry.delay_s(tries)
        if isinstance(error, RateLimited):
            delay_s = max(delay_s, float(error.delay))
        log.warning("%s of %s is tried again in %.0f s: %s", spec.name, step.key or "-", delay_s, error)
        self._note(ctx, spec, step.key, error, delay_s)
        tries = min(tries + (not _is_queue(error)), spec.retry.max_tries)
        self._send([self._marked(ctx, replace(step, delay_s=delay_s), tries)])

    def _note(self, ctx: Context, spec: ActorSpec, key: str, error: Exception, delay_s: float) -> None:
        """Writes the failure down, where the store can be reached; the message alone carries it otherwise."""
        if not spec.counts_tries:
            return
        try:
            ctx.store.announcements.fail(
                key,
                spec.name,
                str(error),
                due_at=_due_at(ctx, spec.name) + timedelta(seconds=delay_s),
                final=False,
                forgive=isinstance(error, TransientError),
            )
        except BackfinError as failure:
            log.warning("the failure of %s could not be written down: %s", key, failure)

    def give_up(self, ctx: Context, spec: ActorSpec, key: str, error: Exception) -> None:
        """Ends the tries of a step at an item, and tells of it."""
        # Who is left alone for a while is asked again by itself: nothing is wrong on this side.
        level = logging.WARNING if isinstance(error, RateLimited) else logging.ERROR
        log.log(level, "%s gives up on %s: %s", spec.name, key or "-", error)
        if spec.counts_tries:
            ctx.store.announcements.fail(key, spec.name, str(error), due_at=None, final=True, forgive=False)
            finish_item(ctx, key, error=str(error))
        if spec.give_up is not None:
            spec.give_up(ctx, key, error)
        ctx.emit(ItemFailed(at=ctx.clock.now(), key=key, step=spec.name, error=str(error)))


class _Hidden:
    """What a message carries for the shell, not for the step."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.tries = int(options.get("tries", 1))
        run = options.get("run")
        self.replay = Replay(run, bool(options.get("notify"))) if run else None


def _split(options: Mapping[str, Any]) -> tuple[dict[str, Any], _Hidden]:
    visible = {name: value for name, value in options.items() if name not in ("run", "notify", "tries")}
    return visible, _Hidden(options)


def _is_queue(error: Exception) -> bool:
    """Whether a step only found no turn behind our own others, which is no try of it."""
    return isinstance(error, RateLimited) and error.facts.get("fault") == "queue"


def _due_at(ctx: Context, name: str) -> Any:
    is_remote = name == "backfin.enrich" and ctx.enriching_is_remote
    return ctx.remote_due_at if is_remote else ctx.due_at


def queue_of(spec: ActorSpec, options: Mapping[str, Any]) -> str:
    """The queue a message goes to: the bulk one inside a replay."""
    return spec.queue + BULK if spec.has_bulk and options.get("run") else spec.queue
