"""The broker: built from settings, or adopted from a host application, and the messages on it."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from typing import TYPE_CHECKING, Any, cast

import dramatiq
from dramatiq.broker import Consumer
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import current_millis, dq_name, q_name
from dramatiq.message import Message
from dramatiq.middleware import Middleware, MiddlewareError, Retries, TimeLimit
from periodiq import PeriodiqMiddleware
from redis import Redis
from redis.exceptions import RedisError

from backfin.consumer import DelayConsumer, WakingConsumer, closed_if_gone
from backfin.counters import Counters
from backfin.errors import BackfinError, ConfigError, TransientError
from backfin.heartbeat import Heartbeat
from backfin.lanes import BulkShare, Role
from backfin.orphan import end_with_command, end_without_the_rest, is_child_of_command
from backfin.poison import PoisonMessages
from backfin.presence import Presence, dispatch_args
from backfin.settings import Settings
from backfin.specs import BULK
from backfin.storage.statements import chunks
from backfin.tracing import waited
from backfin.work import Work, take_up

if TYPE_CHECKING:
    from backfin.app import Backfin

log = logging.getLogger("backfin")

#: Where Redis is looked for when no setting names it.
DEFAULT_REDIS_URL = "redis://127.0.0.1:6379/0"

#: A dead worker's messages come back after this long, in milliseconds: three missed heartbeats.
HEARTBEAT_TIMEOUT_MS = 15_000

#: How many fetches in a million look for messages of dead workers; more cost Redis a good part of its time under load.
#: Queues without load are looked at by the clock.
MAINTENANCE_CHANCE = 300_000

#: Whose heartbeat moves again after so many seconds is a worker: each of its consumers sees to it before it waits for a
#: second. One is looked for so long, and so often, in seconds.
_MOVES_FOR_S, _LOOKED_FOR_S, _LOOKED_AT_S = 0.9, 2.5, 0.25

#: Exit codes of a worker process that must not start: bad configuration, or a service that is not there.
_BAD_CONFIG, _NO_SERVICE = 2, 3

#: What still runs when a worker has stopped gets so many seconds.
_REST_S = 10.0

#: How long a thread of a worker computes before another one may, in seconds. Live work that comes back from Redis, the
#: store or the network waits so long each time while others compute; Python's own 5 ms add up to a tenth of a second.
SWITCH_S = 0.0005

#: Live messages that wait in one queue beyond which bulk work rests, and seconds between two looks at them.
PILE, _LOOK_S = 50, 1.0

#: Messages sent to Redis in one round trip.
BATCH = 500


class BackfinRedisBroker(RedisBroker):
    """Dramatiq's Redis broker whose idle consumers are woken, and that enqueues many messages at once.

    It also takes back what a broken connection left behind: messages that Redis counts as in this process's hands and
    that it does not have. Dramatiq brings them back only when the process ends.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        #: Ids of the messages that this process has and has not settled, by queue.
        self._in_hand: dict[str, set[str]] = defaultdict(set)
        self._presence = Presence(self)
        self._looked_s = float("-inf")
        self._live_waiting = 0
        #: What this process may have in hand of the bulk lane.
        self.bulk_share = BulkShare()

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        """Consumes a queue, or a delay queue.

        Raises:
            ConnectionClosed: Redis is gone.
        """
        is_delayed = queue_name.endswith(".DQ")
        # Dramatiq forgets the delayed messages it holds when its connection breaks: a new consumer has none in hand.
        self._take_back(queue_name, set() if is_delayed else self._in_hand[queue_name])
        if is_delayed:
            return DelayConsumer(self, queue_name, prefetch, timeout, self._presence)
        share = self.bulk_share if queue_name.endswith(BULK) else None
        in_hand = self._in_hand[queue_name]
        return WakingConsumer(
            self, queue_name, prefetch, timeout, self._presence, self._is_held, in_hand, share
        )

    def _take_back(self, queue_name: str, in_hand: Set[str]) -> None:
        """Puts back what Redis counts as in our hands and is not: an answer or an acknowledgement was lost."""
        with closed_if_gone():
            # One that is settled meanwhile is passed over by the script.
            left = fetched_by(self, self.broker_id, queue_name) - in_hand
            for part in chunks(sorted(left), BATCH):
                self.do_requeue(queue_name, *part)
        if left:
            log.warning(
                "%d messages of %s that a broken connection left behind are taken back", len(left), queue_name
            )

    def _is_held(self, queue_name: str) -> bool:
        return any(item.holds(queue_name) for item in self.middleware if isinstance(item, BackfinMiddleware))

    def live_piles_up(self) -> bool:
        """Whether so many live messages wait that every process is wanted for them. Redis is asked once a second."""
        now_s = time.monotonic()
        if now_s - self._looked_s > _LOOK_S:
            self._looked_s = now_s
            live = [name.removesuffix(BULK) for name in self.queues if name.endswith(BULK)]
            pipe = cast(Redis, self.client).pipeline(transaction=False)
            for name in live:
                pipe.llen(f"{self.namespace}:{name}")
            with contextlib.suppress(RedisError):  # the fetch that follows says it
                self._live_waiting = max(pipe.execute(), default=0)
        return self._live_waiting > PILE

    def enqueue_many(self, messages: Sequence[Message[Any]]) -> None:
        """Enqueues messages without a delay, a batch to one round trip, through the broker's own script."""
        for part in chunks(messages, BATCH):
            self._enqueue_batch(part)

    def _enqueue_batch(self, messages: Sequence[Message[Any]]) -> None:
        pipe = self.client.pipeline(transaction=False)
        for message in messages:
            copy = message.copy(options={"redis_message_id": message.message_id})
            self.emit_before("enqueue", copy, None)
            args = dispatch_args(self, "enqueue", copy.queue_name, message.message_id, copy.encode())
            self.scripts["dispatch"](args=args, keys=[self.namespace], client=pipe)
            self.emit_after("enqueue", copy, None)
        pipe.execute()


class WorkerRefused(MiddlewareError):
    """A worker that must not start: its settings or its store are wrong."""


class BackfinMiddleware(Middleware):
    """Carries the app on its broker, opens it when a worker boots, and closes it with the worker.

    It also notes which of our messages a thread has in hand until it is settled, so that what dramatiq says of a
    message, or of a retry, is said of its item too; and it counts the messages that come and go.
    """

    def __init__(self, app: Backfin) -> None:
        self.app = app
        self._names = {spec.name for spec in app.specs}
        self._counters: Counters | None = None
        self._heartbeat: Heartbeat | None = None

    def holds(self, queue_name: str) -> bool:
        """Whether no messages of a queue are taken: a person has paused it, this host or this worker, or its lane is
        another process's at the moment."""
        if self._heartbeat is None:
            return False
        return self._heartbeat.holds(queue_name) or self._lane_holds(queue_name, self._heartbeat.role)

    def _lane_holds(self, queue_name: str, role: Role) -> bool:
        broker = self.app.broker
        if not isinstance(broker, BackfinRedisBroker):
            return False
        return role.holds(
            is_bulk=queue_name.endswith(BULK),
            has_bulk_in_hand=broker.bulk_share.is_used,
            live_piles_up=broker.live_piles_up,
        )

    def counters(self, broker: dramatiq.Broker) -> Counters | None:
        """What counts on a broker; ``None`` where it is not Redis."""
        if self._counters is None and isinstance(broker, RedisBroker):
            self._counters = Counters(cast(Redis, broker.client), broker.namespace, self.app.progress)
        return self._counters

    def hand_over_counts(self, broker: dramatiq.Broker) -> None:
        """Hands counts over after a batch, in a process that has no worker to do it."""
        counters = self.counters(broker)
        if counters is not None:
            counters.flush_unless_started()

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Opens store and components; a wrong setting stops the worker with one sentence."""
        if is_child_of_command():
            end_with_command()
            sys.setswitchinterval(SWITCH_S)
        try:
            self.app.open()
        except BackfinError as error:
            log.critical("The worker does not start: %s", error)
            if is_child_of_command():  # it prints a traceback, which would bury the sentence
                raise SystemExit(_NO_SERVICE if isinstance(error, TransientError) else _BAD_CONFIG) from None
            raise WorkerRefused(str(error)) from error
        if isinstance(broker, BackfinRedisBroker):
            chosen = self.app.settings.steps.bulk_threads
            broker.bulk_share.most = chosen or max(1, worker.worker_threads // 2)
        self._heartbeat = Heartbeat(
            self.app.store,
            worker,
            self.app.progress,
            bulk_processes=self.app.settings.steps.bulk_processes,
        )

    def after_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Begins to tell of the worker."""
        if self._heartbeat is not None:
            self._heartbeat.start()
        counters = self.counters(broker)
        if counters is not None:
            counters.start()

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        """Takes a message of ours up."""
        if message.actor_name in self._names:
            item = str(message.args[0]) if message.args else ""
            take_up(Work(message.actor_name, item, message.kwargs.get("run")))
            waited(max(current_millis() - message.message_timestamp, 0) / 1000)

    def after_enqueue(self, broker: dramatiq.Broker, message: Any, delay: int | None) -> None:
        """Counts a message of ours that became ready; a delayed one is enqueued anew when it is due."""
        counters = self.counters(broker)
        if counters is not None and delay is None and message.actor_name in self._names:
            counters.came(message.queue_name)

    def after_ack(self, broker: dramatiq.Broker, message: Any) -> None:
        """Puts a message down, and counts it."""
        take_up(None)
        counters, queue = self.counters(broker), message.queue_name
        if counters is not None and message.actor_name in self._names and queue == q_name(queue):
            counters.went(queue)

    after_nack = after_ack

    def before_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Tells that the worker ends."""
        if self._heartbeat is not None:
            self._heartbeat.stopping()

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Closes what this process opened, and ends a process that is a worker and nothing else."""
        if self._heartbeat is not None:
            self._heartbeat.end()
        if self._counters is not None:
            self._counters.end()
            self._counters = None
        self.app.close()
        if is_child_of_command() and "backfin.actors" in sys.modules:
            end_without_the_rest(_REST_S, 0, log.warning)


def build_broker(settings: Settings) -> BackfinRedisBroker:
    """A Redis broker tuned for quick recovery: a dead worker's messages come back after seconds, not minutes.

    It does not connect yet.
    """
    build: Callable[..., BackfinRedisBroker] = BackfinRedisBroker
    return build(
        url=settings.redis_url or DEFAULT_REDIS_URL,
        namespace="backfin",
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        maintenance_chance=MAINTENANCE_CHANCE,
    )


def check_redis(broker: RedisBroker) -> None:
    """Raises unless Redis answers.

    Raises:
        ConfigError: With what to start or set.
    """
    try:
        cast(Redis, broker.client).ping()
    except RedisError as error:
        raise ConfigError(
            f"Redis does not answer ({error}). Start one (`docker compose -f docker-compose.redis.yml up -d redis`), "
            "set BACKFIN_REDIS_URL to the one you have, or unset it and run `backfin up`, which brings its own.",
            service="redis",
        ) from error


def current_broker() -> dramatiq.Broker | None:
    """The process's global broker, or ``None``. Unlike ``dramatiq.get_broker`` it never makes one."""
    from dramatiq import broker as dramatiq_broker

    return dramatiq_broker.global_broker


def add_middleware(broker: dramatiq.Broker, app: Backfin) -> None:
    """Adds what our actors need and the broker lacks."""
    for kind in (TimeLimit, Retries, PeriodiqMiddleware):
        if not any(isinstance(item, kind) for item in broker.middleware):
            broker.add_middleware(kind())
    broker.add_middleware(BackfinMiddleware(app))
    uncounted = {spec.name for spec in app.specs if not spec.counts_tries}
    broker.add_middleware(PoisonMessages(uncounted, app.settings.steps.max_tries, app.suspects, app.give_up))


def enqueue(broker: dramatiq.Broker, messages: Sequence[tuple[Message[Any], float]]) -> None:
    """Enqueues messages, each with its delay in seconds; those without one go in batches where they can.

    Raises:
        TransientError: The broker is gone. The store knows the work, and the sweep sends it again.
    """
    prompt = [message for message, delay_s in messages if not delay_s]
    try:
        if isinstance(broker, BackfinRedisBroker) and len(prompt) > 1:
            broker.enqueue_many(prompt)
        else:
            for message in prompt:
                broker.enqueue(message)
        for message, delay_s in messages:
            if delay_s:
                broker.enqueue(message, delay=int(delay_s * 1000))
    except (RedisError, dramatiq.BrokerConnectionError) as error:
        raise TransientError(
            f"The broker does not take messages ({error}); the sweep sends them again."
        ) from error
    for item in broker.middleware:
        if isinstance(item, BackfinMiddleware):
            item.hand_over_counts(broker)


def has_workers(broker: dramatiq.Broker) -> bool:
    """Whether a worker of any host consumes from the broker's Redis; that there is none takes 2.5 seconds to know.

    Producers leave a heartbeat too, but only a worker's moves all the time.
    """
    if not isinstance(broker, RedisBroker):
        return False
    before, first_moved_s, began_s = heartbeats(broker), dict[str, float](), time.monotonic()
    while time.monotonic() - began_s < _LOOKED_FOR_S:
        time.sleep(_LOOKED_AT_S)
        now, now_s = heartbeats(broker), time.monotonic()
        moved = {name for name, at in now.items() if at > before.get(name, 0)} - {broker.broker_id}
        if any(now_s - first_moved_s.setdefault(name, now_s) >= _MOVES_FOR_S for name in moved):
            return True
        before = now
    return False


def heartbeats(broker: RedisBroker) -> dict[str, float]:
    """When each broker of any process last spoke to Redis, by its id, in milliseconds since 1970."""
    client = cast(Redis, broker.client)
    found = cast(
        list[tuple[bytes, float]], client.zrange(f"{broker.namespace}:__heartbeats__", 0, -1, withscores=True)
    )
    return {name.decode(): at for name, at in found}


def fetched_by(broker: RedisBroker, broker_id: str, queue: str) -> set[str]:
    """Ids of the messages of a queue that Redis counts as in the hands of a broker."""
    acks = f"{broker.namespace}:__acks__.{broker_id}.{queue}"
    return {one.decode() for one in cast(set[bytes], cast(Redis, broker.client).smembers(acks))}


def waiting(broker: dramatiq.Broker, queue: str, actor: str) -> set[str]:
    """Keys of an actor's messages that wait, are delayed or run on a queue; none where the broker cannot tell."""
    if not isinstance(broker, RedisBroker):
        return set()
    client = cast(Redis, broker.client)
    keys: set[str] = set()
    try:
        for name in (queue, dq_name(queue)):
            for _, data in client.hscan_iter(f"{broker.namespace}:{name}.msgs", count=BATCH):
                message = Message.decode(cast(bytes, data))
                if message.actor_name == actor and message.args:
                    keys.add(str(message.args[0]))
    except RedisError:
        return set()
    return keys
