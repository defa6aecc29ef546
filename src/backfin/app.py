"""``Backfin``: settings, plugins and context in one object, bound to a broker without biting its owner."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.message import Message
from periodiq import cron

from backfin import broker as brokers
from backfin.bounds import BoundedReader, Bounds
from backfin.builtins import BUILT_INS
from backfin.by_hand import ByHand
from backfin.clock import Clock, SystemClock
from backfin.context import Context, WatchCache
from backfin.documents.reading import Reader
from backfin.errors import AlreadyDeclared, ConfigError, PermanentError, PluginConflict, TransientError
from backfin.notifications.signing import make_secret
from backfin.notifications.unsubscribe import SECRET_NAME, Unsubscription, read_token
from backfin.pipeline import BUILT_IN, Shell, exchange_specs, queue_of
from backfin.plugins.finding import BUILT_IN_ORIGIN
from backfin.plugins.host import PluginHost
from backfin.plugins.services import Services
from backfin.poison import Suspects
from backfin.progress import Progress
from backfin.settings import Settings, load_settings
from backfin.specs import BULK, ActorSpec, Next
from backfin.steps.breaking import StepBreakers
from backfin.storage.archive import Archive
from backfin.storage.pacer import StorePacer
from backfin.storage.store import Store
from backfin.telemetry import Telemetry
from backfin.tracing import recording

log = logging.getLogger("backfin")


class Backfin(ByHand):
    """Everything backfin is, in one object. Making it does no I/O and touches no global.

    Args:
        settings: Settings, or ``None`` to load them from file and environment.
        plugins: Plugin objects registered beside the installed ones.
        clock: Where the time comes from.
    """

    def __init__(
        self, settings: Settings | None = None, *, plugins: Sequence[object] = (), clock: Clock | None = None
    ) -> None:
        self.settings = settings or load_settings()
        self.clock = clock or SystemClock()
        self.bounds = Bounds()
        self.progress = Progress()
        self.suspects = Suspects()
        self._lock = threading.RLock()
        self._context: Context | None = None
        self._pid = os.getpid()
        self._plugins = tuple(plugins)
        self._host: PluginHost | None = None
        self._reader: Reader | None = None
        self._broker: dramatiq.Broker | None = None
        self._telemetry = Telemetry(self.settings, self._announcement_of)

    @property
    def broker(self) -> dramatiq.Broker | None:
        """The broker this app was declared on."""
        return self._broker

    @property
    def store(self) -> Store:
        """The store of this process."""
        return self.context.store

    @property
    def plugins(self) -> PluginHost:
        """The plugins, loaded at first use."""
        with self._lock:
            if self._host is None:
                self._store = Store(self.settings.effective_database_url, clock=self.clock)
                services = Services(
                    settings=self.settings,
                    pacer=StorePacer(self._store),
                    clock=self.clock,
                    secret=self._secret,
                    ledger=self._store.model_calls,
                    issuer=self._store.issuers.get,
                )
                self._host = PluginHost(self.settings, services, self.bounds.observe)
                self._host.load(BUILT_INS, self._plugins)
            return self._host

    @property
    def context(self) -> Context:
        """What steps are handed; opened at first use, once per process."""
        with self._lock:
            if self._context is None or self._pid != os.getpid():
                self._context = self._open_context()
                self._pid = os.getpid()
            return self._context

    @property
    def reader(self) -> Reader:
        """Reads files of any kind; its child processes start with the first file."""
        with self._lock:
            if self._reader is None:
                registry = self.plugins.registry
                readers = [
                    one if registry.is_built_in("reader", one.name) else BoundedReader(one, self.bounds)
                    for one in registry.readers
                ]
                self._reader = Reader(readers, self.settings.documents)
            return self._reader

    def open(self) -> None:
        """Opens the store and checks what a worker needs.

        Raises:
            ConfigError: A setting or the store's schema is wrong; the sentence says what to do.
        """
        context = self.context
        self._refuse_broken_built_ins()
        context.store.prepare()
        for enricher in context.registry.enrichers:
            check = getattr(enricher, "check", None)
            if check is not None:
                self._check(enricher.name, check)

    def close(self) -> None:
        """Closes what this process opened. It opens again at next use."""
        with self._lock:
            self._context = None
            if self._telemetry.is_open:
                self.bounds.close("telemetry", self._telemetry.close)
            if self._host is None:
                return
            if self._reader is not None:
                self._reader.close()
            opened = {id(offer.component): offer for offer in self._host.registry.offers("reader")}
            for offer in opened.values():
                close = getattr(offer.component, "close", None)
                if close is not None and offer.is_built_in:
                    close()
                elif close is not None:
                    self.bounds.close(f"{offer.kind} {offer.name}", close)
            self._store.close()

    @cached_property
    def _shell(self) -> Shell:
        return Shell(self.specs, self._send_or_leave, self.progress, StepBreakers(), self.suspects)

    @cached_property
    def _specs_by_name(self) -> dict[str, ActorSpec]:
        return {spec.name: spec for spec in self.specs}

    @property
    def specs(self) -> list[ActorSpec]:
        """Every actor: built in, one set per exchange, and those of plugins."""
        registry = self.plugins.registry
        return [*BUILT_IN, *exchange_specs(registry.exchanges.values()), *registry.actors.values()]

    def declare(self, broker: dramatiq.Broker) -> None:
        """Declares every actor on a broker: all of them, or none.

        The same app again is a no-op. Middleware our actors need is added where the broker lacks it.

        Raises:
            AlreadyDeclared: Another Backfin lives on this broker, or this one on another broker.
            PluginConflict: Two actors have one name, here or on the broker.
            ConfigError: An actor of a plugin cannot be declared anywhere.
        """
        other = Backfin.of(broker)
        if other is self:
            return
        if other is not None:
            raise AlreadyDeclared(
                "Another Backfin lives on this broker; use that one (`Backfin.of(broker)`)."
            )
        if self._broker is not None:
            raise AlreadyDeclared("This Backfin lives on another broker; make a second Backfin for this one.")
        taken = sorted({spec.name for spec in self.specs} & broker.get_declared_actors())
        if taken:
            raise PluginConflict(f"The broker already has actors named {', '.join(taken)}; rename those.")
        self._rehearse()
        self._declare_all(broker)
        self._broker = broker

    @staticmethod
    def of(broker: dramatiq.Broker) -> Backfin | None:
        """The Backfin that lives on a broker, or ``None``."""
        for item in broker.middleware:
            if isinstance(item, brokers.BackfinMiddleware):
                return item.app
        return None

    def message(self, actor: str, key: str = "", **options: Any) -> Message[Any]:
        """A message for an actor, to be enqueued by whoever has a broker; no actor is needed for that."""
        spec = self._specs_by_name.get(actor)
        if spec is None:
            raise ConfigError(f"There is no actor {actor!r}; known: {', '.join(self._specs_by_name)}.")
        return Message(
            queue_name=queue_of(spec, options),
            actor_name=actor,
            args=(key,),
            kwargs=dict(options),
            options={},
        )

    def send(self, following: Sequence[Next]) -> None:
        """Enqueues on the broker this app was declared on.

        Raises:
            ConfigError: It was declared on none.
            TransientError: The broker is gone.
        """
        if self._broker is None:
            raise ConfigError("This app is on no broker; call `app.declare(broker)` first.")
        messages = [(self.message(item.actor, item.key, **item.options), item.delay_s) for item in following]
        brokers.enqueue(self._broker, messages)

    def give_up(self, actor: str, key: str, why: str) -> None:
        """Ends what waits for a message that will not be tried again by itself."""
        self._shell.give_up(self.context, self._specs_by_name[actor], key, PermanentError(why))

    def run_inline(self, following: Sequence[Next]) -> None:
        """Runs steps and everything that follows them in this process, with no broker. Delays are not waited."""
        waiting = deque(following)
        shell = Shell(self.specs, waiting.extend)
        with recording(self._telemetry.recorder()):
            while waiting:
                item = waiting.popleft()
                shell.perform(self.context, item.actor, item.key, item.options)

    def read_unsubscribe_token(self, token: str) -> Unsubscription:
        """Who wants to hear no more of which watches, by the token of a mail's unsubscribe link.

        Raises:
            TokenInvalid: It was not made here.
        """
        return read_token(self._secret(SECRET_NAME), token)

    def has_workers(self) -> bool:
        """Whether some worker of any host beats on the broker this app was declared on."""
        return self._broker is not None and brokers.has_workers(self._broker)

    def _rehearse(self) -> None:
        """Declares everything on a broker that is thrown away, so that the real one sees all or nothing."""
        twice = sorted(name for name, count in Counter(spec.name for spec in self.specs).items() if count > 1)
        if twice:
            raise PluginConflict(f"There are two actors named {', '.join(twice)}; rename that of the plugin.")
        try:
            self._declare_all(StubBroker(middleware=[]))
        except ValueError as error:
            raise ConfigError(f"An actor cannot be declared: {error} Correct its plugin.") from error

    def _declare_all(self, broker: dramatiq.Broker) -> None:
        brokers.add_middleware(broker, self)
        for spec in self.specs:
            self._declare_actor(broker, spec)

    def _declare_actor(self, broker: dramatiq.Broker, spec: ActorSpec) -> None:
        periodic = {"periodic": cron("* * * * *")} if spec.name == "backfin.tick" else {}
        declare = dramatiq.actor(
            actor_name=spec.name,
            queue_name=spec.queue,
            priority=spec.priority,
            broker=broker,
            time_limit=spec.time_limit_s * 1000,
            max_retries=5,
            min_backoff=1000,
            max_backoff=60_000,
            **periodic,
        )
        declare(self._work(spec))
        if spec.has_bulk:
            broker.declare_queue(spec.queue + BULK)

    def _work(self, spec: ActorSpec) -> Callable[..., None]:
        def work(key: str = "", **options: Any) -> None:
            with recording(self._telemetry.recorder()):
                self._shell.perform(self.context, spec.name, key, options)

        work.__doc__ = spec.step.__doc__
        return work

    def _leave_to_workers(self, following: Sequence[Next]) -> None:
        if self._broker is not None and following:
            self._send_or_leave(list(following))

    def _send_or_leave(self, following: list[Next]) -> bool:
        """Sends; when the broker is gone the work stays in the store, where the sweep or the next tick finds it."""
        try:
            self.send(following)
        except TransientError as error:
            log.warning("%d messages were not sent: %s", len(following), error)
            return False
        return True

    def _refuse_broken_built_ins(self) -> None:
        """A plugin of ours fails for one reason only: a setting it cannot work with."""
        for record in self.plugins.records:
            if record.origin == BUILT_IN_ORIGIN and record.state == "failed":
                raise ConfigError(record.why)

    def _check(self, name: str, check: Callable[[], None]) -> None:
        """Asks an enricher whether it can work; only one of ours may stop a worker."""
        is_ours = self.plugins.registry.is_built_in("enricher", name)
        try:
            if is_ours:
                check()
            else:
                self.bounds.observe(f"enricher {name}, its check", check)
        except TransientError as error:
            log.warning("%s does not answer yet: %s", name, error)
        except Exception as error:
            if is_ours:
                raise
            log.warning("%s says that it cannot work: %s: %s", name, type(error).__name__, error)

    def _secret(self, name: str) -> str:
        chosen = self.settings.notifications.webhook_secret if name == "webhook" else None
        return chosen.get_secret_value() if chosen else self._store.secrets.get_or_make(name, make_secret)

    def _announcement_of(self, actor: str, key: str) -> str | None:
        """The announcement that an actor's item is about, if it is about one."""
        spec = self._specs_by_name.get(actor)
        if actor == "backfin.flash" or (spec is not None and spec.counts_tries):
            return key
        delivery = self._store.deliveries.find(key) if actor == "backfin.notify" else None
        return delivery.announcement_id if delivery is not None else None

    def _waiting(self, actor: str, options: Mapping[str, Any]) -> set[str]:
        spec = self._specs_by_name.get(actor)
        return (
            brokers.waiting(self._broker, queue_of(spec, options), actor) if self._broker and spec else set()
        )

    def _open_context(self) -> Context:
        host = self.plugins
        store = self._store
        return Context(
            settings=self.settings,
            clock=self.clock,
            store=store,
            archive=Archive(self.settings.effective_archive_url, before_put=store.removals.rescue),
            registry=host.registry,
            reader=self.reader,
            watches=WatchCache(store, self.settings.lists_folder),
            emit=host.emit,
            waiting=self._waiting,
            bounds=self.bounds,
        )
