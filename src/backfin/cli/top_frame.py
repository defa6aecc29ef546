"""One frame of ``backfin top``: what was seen, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backfin.clock import IST, in_ist, time_in_ist
from backfin.fleet import is_gone
from backfin.notifications.clean import one_line

if TYPE_CHECKING:
    from backfin.observing.sight import Sight

#: A scheduler that has found nothing due for so long, in seconds, does not tick: something is due each minute.
LATE_TICK_S = 150.0

#: Most workers that are shown.
_MOST_WORKERS = 8

_BAD, _WARN, _WELL, _QUIET, _HEAD = "bold red", "yellow", "green", "dim", "bold"

_FIGURES = ("ready", "delayed", "running", "dead")


def frame_of(sight: Sight) -> RenderableType:
    """The whole frame."""
    parts: list[RenderableType] = [_title(sight)]
    if sight.redis is None and sight.store is None:
        parts += _block("queues", _queues(sight.queues))
    if sight.store is None:
        parts += _block("workers", _workers(sight.workers))
        parts += _block("today", _exchanges(sight.exchanges, sight.at))
        parts += _llm(sight.llm)
        parts += _block("freshness today, seconds", _freshness(sight.freshness))
        parts += _block("failures", _failures(sight.failures))
        parts += _block("held back", _held_back(sight))
    return Group(*parts)


def _title(sight: Sight) -> RenderableType:
    line = Text.assemble(("backfin", _HEAD), f"  {sight.at.astimezone(IST):%Y-%m-%d %H:%M:%S} IST  ")
    for name, fault in (("redis", sight.redis), ("store", sight.store)):
        line.append(f"{name} ")
        line.append("ok  " if fault is None else "away  ", _WELL if fault is None else _BAD)
    if sight.store is None:
        is_late = sight.tick_s is None or sight.tick_s > LATE_TICK_S
        said = "never" if sight.tick_s is None else f"{span(sight.tick_s)} ago"
        line.append("tick ").append(said, _WARN if is_late else _WELL)
    faults = [
        Text(f"{name}: {one_line(fault)}", _BAD)
        for name, fault in (("redis", sight.redis), ("store", sight.store))
        if fault is not None
    ]
    return Group(line, *faults)


def _block(title: str, content: RenderableType | None) -> list[RenderableType]:
    return [] if content is None else [Text(f"\n{title}", _HEAD), content]


def _queues(rows: Sequence[dict[str, Any]]) -> RenderableType:
    busy = [
        row
        for row in rows
        if row["paused"] or any(row[name] for name in (*_FIGURES, "in_per_min_15m", "out_per_min_15m"))
    ]
    table = _table("queue", *(f">{name}" for name in (*_FIGURES, "oldest", "in/min", "out/min")))
    for row in busy:
        name = row["queue"].removeprefix("backfin.") + (" (paused)" if row["paused"] else "")
        table.add_row(
            Text(name, _WARN if row["paused"] else ""),
            *(_count(row[name]) for name in _FIGURES[:-1]),
            _count(row["dead"], _BAD),
            "" if row["oldest_s"] is None else span(row["oldest_s"]),
            *(f"{row[name]:g}" for name in ("in_per_min", "out_per_min")),
        )
    idle = len(rows) - len(busy)
    rest = [Text(f"{idle}{' more' if busy else ''} are empty and still", _QUIET)] if idle else []
    return Group(*([table] if busy else []), *rest)


def _workers(known: Sequence[dict[str, Any]]) -> RenderableType:
    rows = [row for row in known if not is_gone(row)]
    if not rows:
        return Text("none is about; `backfin up` runs some", _WARN)
    table = _table("worker", "host", "state", ">busy", ">done", ">failed", ">MiB", "works on")
    for row in sorted(rows, key=lambda row: row["alive"])[:_MOST_WORKERS]:
        doing = row["current"][0] if row["current"] else None
        said = (
            f"{span(doing['for_s'])} {doing['actor'].removeprefix('backfin.')} {doing['item']}"
            if doing
            else ""
        )
        table.add_row(
            row["id"][:8],
            one_line(row["host"])[:12],
            Text(row["state"], _WELL if row["alive"] else _BAD),
            f"{row['running']}/{row['threads']}",
            str(row["done"]),
            _count(row["failed"], _WARN),
            f"{row['memory_mib'] or 0:.0f}",
            one_line(row["why"] or said),
        )
    more = len(rows) - _MOST_WORKERS
    return Group(table, *([Text(f"and {more} more", _QUIET)] if more > 0 else []))


def _exchanges(rows: Sequence[dict[str, Any]], at: datetime) -> RenderableType | None:
    if not rows:
        return Text("no exchange is switched on", _WARN)
    heads = ("stored", "expected", "missing", "waiting", "failed", "last read", "open gaps")
    table = _table("exchange", *(f">{name}" for name in heads))
    for row in rows:
        states = row["states"]
        unknown = row["expected"] is None
        table.add_row(
            row["exchange"],
            str(row["stored"]),
            "?" if unknown else str(row["expected"]),
            "?" if unknown else _count(row["missing"], _WARN),
            str(row["stored"] - states["matched"] - states["failed"]),
            _count(row["failed"], _BAD),
            "never" if row["polled_s"] is None else f"{span(row['polled_s'])} ago",
            _count(len(row["gaps"]), _BAD),
        )
    return table


def _llm(used: Mapping[str, Any]) -> list[RenderableType]:
    said = "models: {calls} calls, {tokens} tokens, ${cost_usd:.2f}"
    return [Text(said.format(**used))] if used.get("calls") else []


def _freshness(rows: Sequence[dict[str, Any]]) -> RenderableType | None:
    met = [row for row in rows if row["count"]]
    if not met:
        return None
    table = _table("exchange", "until", *(f">{name}" for name in ("count", "p50", "p90", "p99", "max")))
    for row in met:
        figures = (f"{row[name]:g}" for name in ("count", "p50", "p90", "p99", "max"))
        table.add_row(row["exchange"], row["way"], *figures)
    return table


def _failures(rows: Sequence[dict[str, Any]]) -> RenderableType | None:
    if not rows:
        return None
    table = _table("item", "step", "error")
    for row in rows:
        step = (row["step"] or "").removeprefix("backfin.")
        table.add_row(one_line(row["item"])[:24], one_line(step)[:20], one_line(row["error"] or ""))
    return table


def _held_back(sight: Sight) -> RenderableType | None:
    lines = [
        f"{one['host']} is left alone until {time_in_ist(one['until'])}: {one_line(one['why'])}"
        for one in sight.cooldowns
    ]
    lines += [
        f"{one['target']} is paused since {in_ist(one['paused_at'])} by {one['paused_by']}"
        for one in sight.pauses
    ]
    return Group(*(Text(one_line(line), _WARN) for line in lines)) if lines else None


def _table(*columns: str) -> Table:
    """A table of names; one after ``>`` stands right, any other last one takes the width that is left."""
    *_, last = columns
    grows = not last.startswith(">")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=_QUIET, expand=grows)
    for name in columns:
        table.add_column(
            name.removeprefix(">"),
            justify="right" if name.startswith(">") else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if grows and name is last else None,
        )
    return table


def _count(count: int, style: str = "") -> Text:
    return Text(str(count), style if count else "")


def span(seconds: float) -> str:
    """A stretch of time as people say it.

    >>> [span(one) for one in (0.4, 75, 5400, 200000)]
    ['0 s', '75 s', '90 min', '56 h']
    """
    for unit_s, name, most in ((1, "s", 120), (60, "min", 120), (3600, "h", 72)):
        if seconds < unit_s * most:
            return f"{seconds / unit_s:.0f} {name}"
    return f"{seconds / 86400:.0f} d"
