"""What the store tells about its own rows: values that no other part makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from backfin.models import Announcement, State

#: Order of the states an announcement passes.
ORDER = (State.STORED, State.READ, State.ENRICHED, State.LINKED, State.MATCHED)

#: States of a run that has not ended.
OPEN_RUNS = ("running", "paused", "cancelling")


@dataclass(frozen=True, slots=True)
class Status:
    """How far an announcement has come.

    ``day`` is its day of dissemination in the exchange's zone; ``due_at`` is when the sweep may send it
    again, ``None`` when nothing more is to be done.
    """

    announcement_id: str
    exchange: str
    day: date
    state: State
    failed_step: str | None
    error: str | None
    tries: int
    due_at: datetime | None
    filing_id: str | None

    def is_beyond(self, state: State) -> bool:
        """Whether it came further than ``state``; a failed one is in no order."""
        return self.state in ORDER and ORDER.index(self.state) > ORDER.index(state)


@dataclass(frozen=True, slots=True)
class Begun:
    """An announcement whose step begins: how it stands, itself, and the reading that counts so far.

    ``announcement`` is ``None`` when its row could not be parsed, ``enrichment_id`` before the first reading.
    ``was_stopped`` says that the run before this one ended with its worker.
    """

    status: Status
    announcement: Announcement | None
    enrichment_id: str | None
    was_stopped: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some results of a search, newest first; ``next`` is the cursor of the following page."""

    items: list[dict[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One poll, day close, replay or digest. ``state`` is ``running``, ``done`` or ``failed``.

    A replay may also be ``paused``, ``cancelling`` while what it has begun ends, and ``cancelled``. ``turn`` and
    ``fed_at`` are of the message that sends its items: how often it came, and when last.
    """

    run_id: str
    kind: str
    exchange: str | None
    day: date | None
    state: str
    started_at: datetime
    finished_at: datetime | None
    expected: int | None
    seen: int | None
    new: int | None
    pages: int | None
    selected: int | None
    faults: list[str] = field(default_factory=list)
    error: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    turn: int | None = None
    fed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the items of a run have come; ``changed`` counts those that are not what they were, ``first_read`` those
    that had no reading before.

    ``pending`` counts all that have not ended, ``under_way`` those of them that were sent or begun.
    """

    selected: int
    done: int
    failed: int
    new: int
    changed: int
    pending: int
    under_way: int = 0
    cancelled: int = 0
    first_read: int = 0


@dataclass(frozen=True, slots=True)
class RunItem:
    """What came of one item of a run; ``before_id`` and ``after_id`` are the readings that counted then."""

    item: str
    state: str
    changed: bool
    error: str | None
    before_id: str | None
    after_id: str | None


class Taken(Enum):
    """Whether an item whose message has come is worked on: now for the first time, still, or not at all."""

    FIRST = "first"
    AGAIN = "again"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Gap:
    """A day on which the store holds another number of rows than the exchange counts."""

    exchange: str
    day: date
    expected: int
    stored: int
    opened_at: datetime
    healed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """One page as an exchange sent it; ``content_id`` is its name in the archive."""

    run_id: str
    exchange: str
    day: date
    page: int
    content_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Until when a host is left alone, and why."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """What a worker process last told of itself.

    ``running`` holds ``actor``, ``item`` and ``since`` (seconds since 1970) of every step under way; ``fault`` says
    what is broken in it. ``wish`` is what a person asks of it: ``stop``, ``stopping`` once that is passed on, or
    nothing.
    """

    worker_id: str
    host: str
    pid: int
    parent_pid: int
    queues: list[str]
    threads: int
    started_at: datetime
    beat_at: datetime
    progress_at: datetime
    running: list[dict[str, Any]]
    done: int
    failed: int
    memory_bytes: int | None = None
    fault: str | None = None
    wish: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A queue, ``exchange:NAME``, ``host:NAME`` or ``worker:ID`` that a person has paused."""

    target: str
    paused_at: datetime
    paused_by: str
