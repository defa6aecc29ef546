"""Retain: at night, what is no longer needed is taken away in small steps.

Key: empty; each message goes on where the one before it stopped. Two at once do no harm.
Reads/Writes: what the rules of ``storage/retention.py`` name; the archive, for what nothing refers to any more.
Next: itself, until nothing is left that may go.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from backfin.context import Context
from backfin.specs import Next
from backfin.storage.retention import RULES

log = logging.getLogger("backfin")

#: Seconds of one message. Between two of them, pauses and wishes of a person are looked at.
TURN_S = 20.0

#: After each step it rests as long as the step took: live work comes first.
LONGEST_REST_S = 1.0

#: The stages behind the rules: what the archive lets go, and free room of the store.
ARCHIVE, SPACE = "archive", "space"
STAGES = (*RULES, ARCHIVE, SPACE)

#: Settings under which a rule stands that has none of its own name.
_SETTING = {"run_items": "runs"}

#: Rules that must not take what an exchange's next days may still be held against.
_HELD_BY_CATCH_UP = ("raw_answers", "run_items", "runs")


@dataclass(frozen=True)
class Plan:
    """What one rule finds. ``bytes`` are those of its table, or of the files; ``why`` says what is kept and why."""

    name: str
    table: str
    setting: str
    days: int | None
    rows: int
    bytes: int | None
    oldest: datetime | None
    goes: int
    why: str

    def as_json(self) -> dict[str, Any]:
        """The plan as the command line prints it."""
        return asdict(self)


def retain(
    ctx: Context, key: str = "", *, stage: str = STAGES[0], after: Sequence[Any] | None = None
) -> list[Next]:
    """Takes away what may go, for a few seconds; the next message goes on."""
    until_s = time.monotonic() + TURN_S
    for step in steps(ctx, stage, after):
        if step.goes_on is None:
            break
        if time.monotonic() > until_s:
            following, behind = step.goes_on
            return [Next("backfin.retain", key, {"stage": following, "after": behind}, delay_s=1.0)]
        time.sleep(min(step.took_s, LONGEST_REST_S))
    return []


@dataclass(frozen=True)
class Step:
    """One look at one stage: how much went, in which stage and behind which key it goes on, and the seconds it took."""

    stage: str
    taken: int
    goes_on: tuple[str, list[Any] | None] | None
    took_s: float


def steps(ctx: Context, stage: str = STAGES[0], after: Sequence[Any] | None = None) -> Iterator[Step]:
    """Takes away what may go, step by step, from a place in the stages on."""
    for name in STAGES[STAGES.index(stage) :]:
        work = _WORK.get(name, _by_rule)
        cursor: list[Any] | None = None if after is None or name != stage else list(after)
        while True:
            began_s = time.monotonic()
            taken, cursor = work(ctx, name, cursor)
            if taken:
                log.info("retention: %d of %s went", taken, name)
            goes_on = _after(name) if cursor is None else (name, cursor)
            yield Step(name, taken, goes_on, time.monotonic() - began_s)
            if cursor is None:
                break


def _after(stage: str) -> tuple[str, None] | None:
    following = STAGES[STAGES.index(stage) + 1 :]
    return (following[0], None) if following else None


def plans(ctx: Context) -> list[Plan]:
    """What every rule would take away if it ran now."""
    return [*(_plan(ctx, name) for name in RULES), _archive_plan(ctx)]


def before_of(ctx: Context, name: str) -> datetime | None:
    """The moment before which a rule's rows may go; ``None`` where all are kept."""
    kept = _days_of(ctx, name)
    return None if kept is None else ctx.clock.now() - timedelta(days=kept)


def _days_of(ctx: Context, name: str) -> int | None:
    days: int | None = getattr(ctx.settings.retention, _SETTING.get(name, name))
    if days is None or name not in _HELD_BY_CATCH_UP:
        return days
    return max(days, _longest_catch_up(ctx))


def _longest_catch_up(ctx: Context) -> int:
    """Days that a poll or the close of a day may still come back to, with two to spare."""
    both = (ctx.settings.exchanges.days_of(name) for name in ctx.registry.exchanges)
    return 2 + max((overlap + catch_up for overlap, catch_up in both), default=0)


def _plan(ctx: Context, name: str) -> Plan:
    rule, before = RULES[name], before_of(ctx, name)
    held = ctx.store.retention.held(name, before)
    is_files = name == "files"
    size = ctx.store.retention.file_bytes() if is_files else ctx.store.space.bytes_of(_weighed(name))
    return Plan(
        name=name,
        table="archive" if is_files else rule.table.name,
        setting=f"retention.{_SETTING.get(name, name)}",
        days=_days_of(ctx, name),
        rows=held.rows,
        bytes=size,
        oldest=held.oldest,
        goes=held.goes,
        why=_WHY[name],
    )


def _weighed(name: str) -> str:
    """The table whose size a rule is about."""
    return "pages" if name == "texts" else RULES[name].table.name


def _archive_plan(ctx: Context) -> Plan:
    days = ctx.settings.retention.archive_grace
    due = ctx.store.removals.counts(ctx.clock.now() - timedelta(days=days))
    return Plan(
        name=ARCHIVE,
        table="archive",
        setting="retention.archive_grace",
        days=days,
        rows=due.all,
        bytes=None,
        oldest=due.oldest,
        goes=due.due,
        why="Content that nothing in the store refers to any more; what is referred to again stays.",
    )


def _by_rule(ctx: Context, name: str, after: list[Any] | None) -> tuple[int, list[Any] | None]:
    before = before_of(ctx, name)
    if before is None:
        return 0, None
    keys = ctx.store.retention.find(name, before, after)
    taken = ctx.store.retention.take(name, keys, before) if keys else 0
    return taken, list(keys[-1]) if keys else None


def _archive(ctx: Context, name: str, after: list[Any] | None) -> tuple[int, list[Any] | None]:
    before = ctx.clock.now() - timedelta(days=ctx.settings.retention.archive_grace)
    found = ctx.store.removals.due(before, after[0] if after else "", most=100)
    taken = 0
    for content_id in found:
        if ctx.store.removals.claim(content_id, before):
            ctx.archive.remove(content_id)
            ctx.store.removals.done(content_id)
            taken += 1
    return taken, found[-1:] or None


def _space(ctx: Context, name: str, after: list[Any] | None) -> tuple[int, list[Any] | None]:
    return 0, [name] if ctx.store.space.give_back() else None


_WORK: dict[str, Callable[[Context, str, list[Any] | None], tuple[int, list[Any] | None]]] = {
    ARCHIVE: _archive,
    SPACE: _space,
}

_WHY = {
    "raw_answers": "Rows are in the store; the days that are still caught up with are kept.",
    "run_items": "Items of runs that go; those of replays under way are kept.",
    "runs": "The last run of each kind, exchange and day is kept, and any that has items or answers.",
    "attempts": "Of deliveries that have ended; the deliveries themselves are kept.",
    "receipts": "Of deliveries that have ended; each stays as the proof that it was told.",
    "readings": "Of announcements that are done; the latest reading is kept.",
    "texts": "Of documents whose announcements are all done and old; facts keep their quotes.",
    "files": "Of documents whose announcements are all done and old.",
}
