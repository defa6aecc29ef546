"""One thing in a queue: a message, or an item that is kept aside."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dramatiq.message import Message

from backfin.storage.records import Status

#: States of an entry. ``dead`` is a message that the broker gave up; ``quarantined`` an item that its step gave up.
READY, DELAYED, RUNNING, DEAD, QUARANTINED = "ready", "delayed", "running", "dead", "quarantined"
STATES = (READY, RUNNING, DELAYED, DEAD, QUARANTINED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message or a quarantined item.

    ``id`` is the message's own, or the item's where there is no message. ``error`` is why the last try failed.
    ``due_at`` is when a delayed one starts.
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

    def as_json(self) -> dict[str, Any]:
        """The entry as the command line prints it."""
        return asdict(self)

    def with_status(self, status: Status) -> Entry:
        """The entry with what the store knows of its announcement."""
        return replace(self, error=self.error or status.error, tries=max(self.tries, status.tries))


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
    )


def quarantined(status: Status, queue: str) -> Entry:
    """An announcement that its step gave up."""
    return Entry(
        id=status.announcement_id,
        queue=queue,
        actor=status.failed_step or "",
        item=status.announcement_id,
        tries=status.tries,
        state=QUARANTINED,
        error=status.error,
    )


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _last_line(traceback: str | None) -> str | None:
    lines = (traceback or "").strip().splitlines()
    return lines[-1] if lines else None
