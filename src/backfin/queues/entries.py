"""One thing in a queue: a message, or an item that is kept aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dramatiq.message import Message

from backfin.clock import time_in_ist
from backfin.storage.records import Cooldown, Status

#: States of an entry. ``dead`` is a message that the broker gave up; ``quarantined`` an item that its step gave up.
READY, DELAYED, RUNNING, DEAD, QUARANTINED = "ready", "delayed", "running", "dead", "quarantined"
STATES = (READY, RUNNING, DELAYED, DEAD, QUARANTINED)

#: States of what is sent again when a person wants it.
RETRIED = (DEAD, QUARANTINED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message or a quarantined item.

    ``id`` is the message's own, or the item's where there is no message. ``error`` is why the last try failed.
    ``due_at`` is when a delayed one starts, ``run`` the replay it is of. ``history`` of a
    quarantined item is each try that went wrong: ``at, step, error``, oldest first.
    """

    id: str
    queue: str
    actor: str
    item: str
    tries: int
    state: str
    error: str | None = None
    enqueued_at: datetime | None = None
    due_at: datetime | None = None
    run: str | None = None
    history: Sequence[Mapping[str, Any]] = ()

    def as_json(self) -> dict[str, Any]:
        """The entry as the command line prints it."""
        return asdict(self)

    def with_status(self, status: Status) -> Entry:
        """The entry with what the store knows of its announcement."""
        return replace(self, error=self.error or status.error, tries=max(self.tries, status.tries))

    def held_by(self, resting: Mapping[str, Cooldown]) -> Entry:
        """The entry with what it waits for, where its step rests."""
        scoped = f"{self.actor} {self.item.partition(':')[0]}"
        step = next((name for name in (self.actor, scoped) if name in resting), None)
        return self if step is None else replace(self, error=resting_sentence(step, resting[step]))


def resting_sentence(step: str, cooldown: Cooldown) -> str:
    """What is said of a step that rests."""
    return f"{step} rests until {time_in_ist(cooldown.until)}, then one goes first: {cooldown.why}"


def entry_of(data: bytes, queue: str, state: str) -> Entry:
    """What a message in Redis says of itself."""
    message: Message[Any] = Message.decode(data)
    options, tries = message.options, message.kwargs.get("tries", 1)
    return Entry(
        id=str(options.get("redis_message_id", message.message_id)),
        queue=queue,
        actor=message.actor_name,
        item=str(message.args[0]) if message.args else "",
        tries=max(int(tries) if isinstance(tries, int) else 1, int(options.get("retries", 0)) + 1),
        state=state,
        error=_last_line(options.get("traceback")),
        enqueued_at=_moment(message.message_timestamp),
        due_at=_moment(options["eta"]) if options.get("eta") else None,
        run=message.kwargs.get("run"),
    )


def quarantined(status: Status, queue: str, history: Sequence[Mapping[str, Any]]) -> Entry:
    """An announcement that its step gave up."""
    return Entry(
        id=status.announcement_id,
        queue=queue,
        actor=status.failed_step or "",
        item=status.announcement_id,
        tries=status.tries,
        state=QUARANTINED,
        error=status.error,
        history=history,
    )


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _last_line(traceback: str | None) -> str | None:
    lines = (traceback or "").strip().splitlines()
    return lines[-1] if lines else None
