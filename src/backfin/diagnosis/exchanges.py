"""An exchange: whether it may be asked, answers, and still shows the rows that its parser was made for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backfin.app import Backfin
from backfin.clock import day_of, in_ist, time_in_ist
from backfin.diagnosis.finding import Finding
from backfin.interfaces import Exchange, RowShape


def exchange_finding(app: Backfin, exchange: Exchange) -> Finding:
    """Asks for today, unless it is paused or left alone."""
    held_back = _held_back(app, exchange)
    if held_back is not None:
        return held_back
    page = next(iter(exchange.fetch_day(day_of(app.clock.now(), exchange.zone))), None)
    read = _last_read(app, exchange)
    if page is None or not page.rows:
        return Finding(exchange.name, True, f"answers; nothing published today{read}")
    for row in page.rows:
        exchange.parse(row)
    if not page.is_whole:
        detail = f"answers in part only ({', '.join(page.faults)}); {len(page.rows)} rows today{read}"
        return Finding(exchange.name, False, detail, "Wait; days are read whole once it answers again.")
    changed = shape_faults(page.rows, getattr(exchange, "row_shape", {}))
    if changed:
        fix = "Look for a newer backfin or plugin: what its parser relies on has changed."
        return Finding(exchange.name, False, f"answers with another shape: {'; '.join(changed)}", fix)
    return Finding(exchange.name, True, f"answers with the known shape; {page.expected} rows today{read}")


def shape_faults(rows: Sequence[Mapping[str, Any]], shape: RowShape) -> list[str]:
    """What rows lack, or have as another type, of the keys that a parser relies on; each key named.

    One row may lack something: a key counts as gone when no row has it, as changed when no value fits.

    >>> shape_faults([{"ID": 7, "Subject": "x"}], {"ID": (str,), "SUBJECT": (str,)})
    ['ID is int, it was str', 'SUBJECT is gone, new is Subject']
    """
    known = {key for row in rows for key in row}
    faults = []
    for key, kinds in shape.items():
        values = [row[key] for row in rows if row.get(key) is not None]
        if key not in known:
            faults.append(f"{key} is gone{_renamed(key, known - shape.keys())}")
        elif values and not any(isinstance(value, kinds) for value in values):
            was = " or ".join(kind.__name__ for kind in kinds)
            faults.append(f"{key} is {type(values[0]).__name__}, it was {was}")
    return faults


def _renamed(key: str, others: Collection[str]) -> str:
    """A key that may stand in its place now."""
    near = [other for other in sorted(others) if other.casefold().strip("_") == key.casefold().strip("_")]
    return f", new is {near[0]}" if near else ""


def _held_back(app: Backfin, exchange: Exchange) -> Finding | None:
    """Why an exchange is not asked: a person has paused it, or it wants to be left alone."""
    for pause in app.context.store.pauses.list():
        if pause.target == f"exchange:{exchange.name}":
            detail = f"paused since {in_ist(pause.paused_at)} by {pause.paused_by}"
            return Finding(exchange.name, False, detail, f"Run `backfin queue resume {exchange.name}`.")
    # What has a slash in its name is no host, but one chat of a channel.
    cooling = {host: one for host, one in app.context.store.hosts.all_cooling().items() if "/" not in host}
    if cooling:
        detail = "; ".join(f"{host} until {time_in_ist(c.until)} ({c.why})" for host, c in cooling.items())
        return Finding(exchange.name, False, f"in a cool-down: {detail}", "Wait; it ends by itself.")
    return None


def _last_read(app: Backfin, exchange: Exchange) -> str:
    run = app.context.store.runs.last("scrape", exchange.name, state="done")
    if run is None or run.finished_at is None:
        return "; never read yet"
    return f"; last read {max((app.clock.now() - run.finished_at).total_seconds(), 0):.0f} s ago"
