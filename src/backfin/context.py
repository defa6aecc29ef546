"""What a step is handed: settings, store, archive, components by name, and the clock."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backfin.bounds import BoundedEnricher, BoundedExchange, BoundedNotifier, Bounds
from backfin.clock import Clock
from backfin.enrichment.prompts import sheet_of
from backfin.errors import ConfigError
from backfin.interfaces import Enricher, Exchange, Notifier, PromptSet
from backfin.models import Announcement, EventType, Watch
from backfin.notifications.addresses import no_channel, scheme_of
from backfin.notifications.index import WatchIndex
from backfin.notifications.lists import IssuerLists
from backfin.notifications.rules import Vocabulary
from backfin.plugins.registry import Registry
from backfin.settings import Settings
from backfin.storage.archive import Archive
from backfin.storage.store import Store

if TYPE_CHECKING:
    from backfin.documents.reading import Reader

log = logging.getLogger("backfin")


@dataclass(frozen=True, slots=True)
class Replay:
    """The replay a piece of bulk work belongs to, and whether it may tell anybody."""

    run_id: str
    notify: bool


class WatchCache:
    """The watches' index, built again when a watch changes, or a file that a rule names.

    Args:
        store: Where the watches are.
        lists: The folder of such files.
    """

    def __init__(self, store: Store, lists: Path) -> None:
        self._store = store
        self._folder = lists
        self._lists = IssuerLists(lists)
        self._lock = threading.Lock()
        self._version: Any = None
        self._index = WatchIndex(())

    def index(self) -> WatchIndex:
        """The index over the watches as they stand now."""
        version = self._store.watches.version()
        with self._lock:
            if version != self._version or self._lists.have_changed():
                self._lists = IssuerLists(self._folder)
                # Without the names plugins bring: a plugin that fails to load must not silence a watch.
                self._index = WatchIndex(tuple(self._store.watches.list()), Vocabulary(lists=self._lists))
                self._version = version
                self._report_broken()
            return self._index

    def _report_broken(self) -> None:
        for watch_id, error in self._index.broken.items():
            log.error("watch %s is skipped: %s", watch_id, error)

    def watches(self) -> list[Watch]:
        """All watches, as the store has them."""
        return list(self._store.watches.list())


@dataclass(frozen=True)
class Context:
    """Everything a step may use. One per process, and a copy of it per message.

    ``kept`` holds what the steps of one message share. ``waiting`` tells the keys of an actor's messages that
    wait, are delayed or run, in the lane that a message with such options goes to (none without a broker).
    ``bounds`` is the process's own: it ends calls of plugins' code that take too long.
    """

    settings: Settings
    clock: Clock
    store: Store
    archive: Archive
    registry: Registry
    reader: Reader
    watches: WatchCache
    emit: Callable[[Any], None]
    waiting: Callable[[str, Mapping[str, Any]], set[str]] = field(default=lambda actor, options: set())
    replay: Replay | None = None
    kept: dict[tuple[str, str], Any] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)

    def for_message(self, replay: Replay | None) -> Context:
        """The same context for one message: inside its replay, if any, and with nothing kept yet."""
        return replace(self, replay=replay, kept={})

    def exchange(self, name: str) -> Exchange:
        """The exchange of that name; each call of a plugin's is within a time.

        Raises:
            ConfigError: No plugin brings it.
        """
        exchange = self.registry.exchanges.get(name)
        if exchange is None:
            known = ", ".join(sorted(self.registry.exchanges)) or "none"
            raise ConfigError(
                f"There is no exchange {name!r}; known: {known}. Install its plugin or check the name."
            )
        is_ours = self.registry.is_built_in("exchange", name)
        return exchange if is_ours else BoundedExchange(exchange, self.bounds)

    def prompt_set_for(self, announcement: Announcement) -> PromptSet:
        """The first prompt set that wants an announcement; the default one takes the rest."""
        sets = list(self.registry.prompt_sets.values())
        for prompt_set in sets:
            if prompt_set.name != "core" and _wants(prompt_set, announcement):
                return prompt_set
        return self.registry.prompt_sets["core"]

    @property
    def vocabulary(self) -> Vocabulary:
        """What rules may name beside the built-in facts and fields."""
        sets = list(self.registry.prompt_sets.values())
        return Vocabulary(
            categories=_labels_of(sets),
            exchanges=tuple(sorted(self.registry.exchanges)),
            sheets=tuple(
                dict.fromkeys(sheet_of(one, event_type) for one in sets for event_type in EventType)
            ),
            lists=IssuerLists(self.settings.lists_folder),
        )

    @property
    def enrichers(self) -> list[Enricher]:
        """Enrichers in the order in which they are asked; each call of a plugin's is within a time."""
        is_ours = self.registry.is_built_in
        return [
            one if is_ours("enricher", one.name) else BoundedEnricher(one, self.bounds)
            for one in self.registry.enrichers
        ]

    @property
    def enriching_is_remote(self) -> bool:
        """Whether the first enricher calls a slow service, so that its step gets a message of its own."""
        return bool(self.enrichers) and self.enrichers[0].is_remote

    def notifier(self, address: str) -> Notifier:
        """The channel that serves an address; each call of a plugin's is within a time.

        Raises:
            ConfigError: It has no scheme, or no channel serves it.
        """
        scheme = scheme_of(address)
        notifier = self.registry.notifiers.get(scheme)
        if notifier is None:
            raise no_channel(scheme, sorted(self.registry.notifiers))
        is_ours = self.registry.is_built_in("notifier", scheme)
        return notifier if is_ours else BoundedNotifier(notifier, self.bounds)

    @property
    def due_at(self) -> datetime:
        """When an item without progress is given to the sweep."""
        return self.clock.now() + timedelta(seconds=self.settings.steps.deadline)

    @property
    def remote_due_at(self) -> datetime:
        """The same for an item that waits for a remote LLM."""
        return self.clock.now() + timedelta(seconds=self.settings.steps.remote_deadline)


def _labels_of(sets: Iterable[PromptSet]) -> tuple[str, ...]:
    """The categories of all sets; none, which refuses nothing, where one of them cannot say."""
    try:
        return tuple(dict.fromkeys(category.label for one in sets for category in one.categories))
    except (Exception, SystemExit) as error:
        log.warning("categories in rules are not checked: %s: %s", type(error).__name__, error)
        return ()


def _wants(prompt_set: PromptSet, announcement: Announcement) -> bool:
    """Whether a set wants an announcement; one that cannot say does not."""
    try:
        return bool(prompt_set.applies_to(announcement))
    except (Exception, SystemExit) as error:
        log.warning("prompt set %s is passed over: %s: %s", prompt_set.name, type(error).__name__, error)
        return False
