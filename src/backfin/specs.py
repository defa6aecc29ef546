"""The vocabulary of work: what an actor is, when it is tried again, and what comes after a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Version of the interface plugins are written against. A plugin may state the major it was built for.
API_VERSION = "1.0"

#: Suffix of the queue on which bulk work (replays, backfills) of an actor runs.
BULK = ".bulk"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a failed message is tried again.

    Args:
        max_tries: Runs in all, the first one included; after that the item is given up.
        min_backoff_s: Seconds before the second try; doubles from there.
        max_backoff_s: Longest wait between two tries, in seconds.
    """

    max_tries: int = 5
    min_backoff_s: float = 1.0
    max_backoff_s: float = 300.0

    def delay_s(self, tries: int) -> float:
        """Seconds to wait after ``tries`` failed runs.

        >>> [RetryPolicy(min_backoff_s=2, max_backoff_s=10).delay_s(n) for n in (1, 2, 3, 4)]
        [2.0, 4.0, 8.0, 10.0]
        """
        return float(min(self.min_backoff_s * 2.0 ** (tries - 1), self.max_backoff_s))


@dataclass(frozen=True, slots=True)
class Next:
    """What should happen after a step: an actor's name, the key it works on, and options.

    Args:
        actor: Name of the actor, e.g. ``backfin.enrich``.
        key: The one short id the message carries.
        options: Further keyword arguments, JSON-able and small.
        delay_s: Seconds to wait before it starts.
        inline: Whether the shell may run it in place, right after the step that asked for it.
    """

    actor: str
    key: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    delay_s: float = 0.0
    inline: bool = False


@dataclass(frozen=True, slots=True)
class ActorSpec:
    """One actor: a step with its queue, its retries and, for scheduled ones, its times.

    Args:
        name: Unique name; built-ins start with ``backfin.``.
        step: ``(context, key, **options) -> list[Next]``.
        queue: Queue of live work; bulk work of the same actor runs on ``queue + BULK``.
        retry: When a failed run is tried again.
        time_limit_s: Longest run, in seconds.
        has_bulk: Whether a bulk queue exists.
        counts_tries: Whether the key is an announcement whose tries the store counts.
        priority: Order inside a worker process; lower runs first.
        cron: Five-field cron at which the tick sends it, or ``None``.
        zone: Time zone of ``cron``.
        give_up: ``(context, key, error)``, called once when no further try will be made.
        sent: ``(context, key)``, called when everything that follows a run is on its way.
    """

    name: str
    step: Callable[..., list[Next]]
    queue: str
    retry: RetryPolicy = RetryPolicy()
    time_limit_s: float = 600.0
    has_bulk: bool = False
    counts_tries: bool = False
    priority: int = 0
    cron: str | None = None
    zone: str = "Asia/Kolkata"
    give_up: Callable[[Any, str, Exception], None] | None = None
    sent: Callable[[Any, str], None] | None = None
