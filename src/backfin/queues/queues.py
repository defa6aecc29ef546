"""The queues of an app: what waits in them, and sending it again, dropping it, holding it back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dramatiq.brokers.redis import RedisBroker

from backfin.app import Backfin
from backfin.counters import Rates
from backfin.errors import ConfigError
from backfin.queues.entries import DEAD, DELAYED, QUARANTINED, STATES, Entry, quarantined, resting_sentence
from backfin.queues.messages import Messages
from backfin.specs import BULK, Next
from backfin.steps.item import STATE_BEFORE
from backfin.storage.records import Cooldown, Pause
from backfin.storage.statements import chunks
from backfin.suggest import nearest

#: The step that an announcement is sent to when no actor has the name of the one that gave it up any more.
_FIRST = "backfin.read"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are meant: those that meet every condition given.

    Args:
        queues: Names of queues.
        ids: Ids of messages or of items.
        states: States of entries.
        actor: Name of their actor.
        error: Words in their error, whatever the capitals.
    """

    queues: Sequence[str]
    ids: frozenset[str] = frozenset()
    states: Sequence[str] = STATES
    actor: str | None = None
    error: str | None = None

    def holds(self, entry: Entry) -> bool:
        """Whether an entry is meant."""
        return (
            (not self.ids or not self.ids.isdisjoint((entry.id, entry.item)))
            and self.actor in (None, entry.actor)
            and (self.error or "").casefold() in (entry.error or "").casefold()
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing but queues and states is asked for."""
        return not (self.ids or self.actor or self.error)


class Queues:
    """Reads and changes the queues of an app on its Redis broker.

    Args:
        app: The app.
        broker: The broker it was declared on.
    """

    def __init__(self, app: Backfin, broker: RedisBroker) -> None:
        self._app = app
        self._messages = Messages(broker)
        self._queue_of = {spec.name: spec.queue for spec in app.specs}
        bulk = {spec.queue + BULK for spec in app.specs if spec.has_bulk}
        self.names = sorted({*self._queue_of.values(), *bulk})

    @property
    def actors(self) -> list[str]:
        """Names of the actors whose messages may lie here."""
        return sorted(self._queue_of)

    def named(self, name: str) -> str:
        """A queue's full name.

        Raises:
            ConfigError: There is none of that name; the sentence suggests the nearest.
        """
        for known in self.names:
            if name in (known, known.removeprefix("backfin.")):
                return known
        raise _unknown("queue", name, self.names)

    def target(self, name: str) -> str:
        """What a pause of that name holds back: a queue, or an exchange.

        Raises:
            ConfigError: There is neither.
        """
        exchanges = sorted(self._app.plugins.registry.exchanges)
        if name in exchanges:
            return f"exchange:{name}"
        try:
            return self.named(name)
        except ConfigError:
            raise _unknown("queue or exchange", name, [*self.names, *exchanges]) from None

    def status(self) -> list[dict[str, Any]]:
        """One row a queue: ``queue, lane, ready, delayed, running, dead, oldest_s, paused, paused_exchanges, resting``,
        and ``in_per_min, out_per_min, in_per_min_15m, out_per_min_15m``.

        ``dead`` counts dead letters and quarantined items, ``oldest_s`` is the age of what waits longest. Paused
        exchanges stand at the queue of polls. ``resting`` are sentences about the steps that rest after failures. Rates
        are messages a minute that became ready and that were settled, over the last minute and over the last quarter of
        an hour.
        """
        paused = {pause.target for pause in self._app.store.pauses.list()}
        kept, rates = self._quarantined_counts(), self._messages.rates()
        resting = self._resting_by_queue()
        rows = []
        for name in self.names:
            counts = self._messages.counts(name)
            age_s = None if counts.oldest_s is None else round(max(time.time() - counts.oldest_s, 0.0), 1)
            row: dict[str, Any] = {"queue": name, "lane": "bulk" if name.endswith(BULK) else "live"}
            row |= {"ready": counts.ready, "delayed": counts.delayed, "running": counts.running}
            row |= {"dead": counts.dead + kept.get(name, 0), "oldest_s": age_s, "paused": name in paused}
            polls = name == self._queue_of["backfin.tick"]
            row["paused_exchanges"] = sorted(_exchanges(paused)) if polls else []
            row["resting"] = [] if name.endswith(BULK) else resting.get(name, [])
            rate = rates.get(name, Rates())
            row |= {"in_per_min": rate.came, "out_per_min": rate.went}
            row |= {"in_per_min_15m": rate.came_15m, "out_per_min_15m": rate.went_15m}
            rows.append(row)
        return rows

    def entries(self, wanted: Filter, most: int | None = None) -> list[Entry]:
        """What lies in some queues, by queue and state.

        Args:
            wanted: Which entries.
            most: At most so many.
        """
        found: list[Entry] = []
        for queue in wanted.queues:
            for state in wanted.states:
                limit = most - len(found) if most is not None and wanted.is_open else None
                met = self._with_errors(self._in_state(queue, state, limit))
                found += [entry for entry in met if wanted.holds(entry)]
                if most is not None and len(found) >= most:
                    return found[:most]
        return found

    def retry(self, entries: Iterable[Entry]) -> list[str]:
        """Sends dead letters and quarantined items again, their tries forgotten; returns the ids of those sent."""
        chosen = list(entries)
        done: list[str] = []
        for queue in {entry.queue for entry in chosen}:
            dead = [entry.id for entry in chosen if entry.queue == queue and entry.state == DEAD]
            done += self._messages.revive(queue, dead) if dead else []
        return done + self._release([entry for entry in chosen if entry.state == QUARANTINED])

    def drop(self, entries: Iterable[Entry], by: str) -> list[str]:
        """Takes entries out of their queue for good; returns the ids of those that were still there.

        An announcement stays in the store as failed until it is replayed, an alert stays there as failed until it
        is sent by hand; to a replay its items have failed. What runs is left alone.

        Args:
            entries: Which ones.
            by: Who does it.
        """
        chosen = [entry for entry in entries if entry.state in (*_WAITING, QUARANTINED)]
        why = f"Taken out of the queue by {by}; `backfin replay --only failed` does it after all."
        items = {entry.item for entry in chosen if entry.actor in STATE_BEFORE}
        # The store first: a message that is still on its way then finds nothing to do.
        dropped = set(self._app.store.quarantine.drop(items, why))
        for run in {entry.run for entry in chosen if entry.run and entry.actor in STATE_BEFORE}:
            self._app.store.runs.drop_items(run, (entry.item for entry in chosen if entry.run == run), why)
        for entry in chosen:
            if entry.actor == "backfin.notify":
                self._app.store.deliveries.fail(entry.item, f"Taken out of the queue by {by}.")
        done = self._messages.remove(chosen)
        return done + [one.id for one in chosen if one.state == QUARANTINED and one.item in dropped]

    def clear(self, queues: Iterable[str]) -> int:
        """Removes every message that waits in queues, and says how many; the store keeps the work."""
        return sum(self._messages.clear(queue) for queue in queues)

    def pause(self, targets: Iterable[str], by: str) -> list[str]:
        """Holds queues or exchanges back on every host; returns those that were not paused before."""
        return self._app.store.pauses.put(targets, by)

    def resume(self, targets: Iterable[str]) -> list[str]:
        """Lets queues or exchanges go on; returns those that were paused."""
        return self._app.store.pauses.remove(targets)

    def pauses(self) -> list[Pause]:
        """What is paused at this moment."""
        return self._app.store.pauses.list()

    def resting(self) -> dict[str, Cooldown]:
        """Steps and services that are left alone after failures, by name, with until when and why."""
        return self._app.store.breakers.resting() | self._app.store.model_calls.all_closed()

    def clearable(self, queues: Iterable[str]) -> tuple[int, int]:
        """What :meth:`clear` would remove: messages that wait, and those that the broker gave up."""
        counts = [self._messages.counts(queue) for queue in queues]
        return sum(one.ready + one.delayed for one in counts), sum(one.dead for one in counts)

    def _in_state(self, queue: str, state: str, most: int | None) -> list[Entry]:
        if state != QUARANTINED:
            return self._messages.entries(queue, state, most)
        steps = [step for step in self._app.store.quarantine.counts() if self._home(step) == queue]
        found = self._app.store.quarantine.list(steps, most) if steps else []
        tries = self._app.store.item_tries
        return [quarantined(one, queue, tries.of(one.announcement_id)) for one in found]

    def _home(self, step: str) -> str:
        return self._queue_of.get(step, self._queue_of[_FIRST])

    def _quarantined_counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for step, count in self._app.store.quarantine.counts().items():
            found[self._home(step)] = found.get(self._home(step), 0) + count
        return found

    def _resting_by_queue(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for step, cooldown in self._app.store.breakers.resting().items():
            found.setdefault(self._home(step.partition(" ")[0]), []).append(resting_sentence(step, cooldown))
        return found

    def _with_errors(self, entries: Sequence[Entry]) -> list[Entry]:
        """Entries with why their announcement failed last, which the store knows."""
        ids = {entry.item for entry in entries if entry.actor in STATE_BEFORE and entry.state != QUARANTINED}
        known = (
            {one.announcement_id: one for one in self._app.store.announcements.select(ids=ids)} if ids else {}
        )
        told = [entry.with_status(known[entry.item]) if entry.item in known else entry for entry in entries]
        resting = self._app.store.breakers.resting() if any(one.state == DELAYED for one in told) else {}
        return [one.held_by(resting) if one.state == DELAYED else one for one in told]

    def _release(self, entries: Sequence[Entry]) -> list[str]:
        due_at = self._app.clock.now() + timedelta(seconds=self._app.settings.steps.deadline)
        for gave_up in {entry.actor for entry in entries}:
            step = gave_up if gave_up in STATE_BEFORE else _FIRST
            for part in chunks(entry.item for entry in entries if entry.actor == gave_up):
                self._app.store.announcements.rewind(part, STATE_BEFORE[step], due_at=due_at)
                self._app.send([Next(step, one) for one in part])
        return [entry.id for entry in entries]


def _exchanges(targets: Iterable[str]) -> list[str]:
    return [one.removeprefix("exchange:") for one in targets if one.startswith("exchange:")]


#: States of messages that do not run.
_WAITING = ("ready", DELAYED, DEAD)


def _unknown(what: str, name: str, known: Sequence[str]) -> ConfigError:
    short = {one.removeprefix("backfin."): one for one in known}
    near = nearest(name.removeprefix("backfin."), short, cutoff=0.5)
    right = f"did you mean {short[near]!r}?" if near else f"choose one of {', '.join(known)}."
    return ConfigError(f"There is no {what} {name!r}; {right}")
