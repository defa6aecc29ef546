"""Close day: a day is held against the exchange's own count; a gap is read again, then reported.

Key: (exchange, day).
Reads/Writes: announcements, runs, gaps.
Next: the flash match and ``read`` of what was missing.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from backfin.clock import day_of, days
from backfin.context import Context
from backfin.errors import BackfinError, SourceChanged, TransientError
from backfin.identity import announcement_id
from backfin.interfaces import Exchange, FeedPage
from backfin.models.events import DayClosed
from backfin.specs import Next
from backfin.steps.raw import archiving
from backfin.steps.scrape import announce
from backfin.steps.scrape_day import Scrape, key_of, scrape_day

log = logging.getLogger("backfin")


@dataclass(frozen=True)
class DayReport:
    """How complete a day is.

    ``basis`` says where ``expected`` comes from: ``count`` (the exchange's own), ``sweep`` (distinct rows of a
    full reading, where an exchange gives no count) or ``recorded`` (the last run's, offline). Of what is stored,
    ``waiting`` rows are under way or tried again, and ``failed`` ones were given up.
    """

    exchange: str
    day: str
    expected: int | None
    stored: int
    missing: int
    failed: int
    complete: bool
    basis: str
    withdrawn: int = 0
    waiting: int = 0

    def as_json(self) -> dict[str, Any]:
        """The report as the command line prints it."""
        return asdict(self)


def close_day(ctx: Context, key: str, *, day: str | None = None) -> list[Next]:
    """Closes one day, or every day that is still open up to yesterday, with an overlap for late rows."""
    exchange = ctx.exchange(key)
    yesterday = day_of(ctx.clock.now(), exchange.zone) - timedelta(days=1)
    wanted = [date.fromisoformat(day)] if day else _open_days(ctx, exchange, yesterday)
    following: list[Next] = []
    failure: BackfinError | None = None
    for one in wanted:
        try:
            report, new_ids = hold_day(ctx, exchange, one, sweep=True)
        except (TransientError, SourceChanged) as error:
            log.warning("%s %s could not be closed: %s", exchange.name, one, error)
            failure = failure or error
            if day is None:
                _reopen_from(ctx, exchange, one)
            continue
        following += announce(new_ids)
        # A day that could not be asked for left no gap to remember it by: the mark waits for it.
        if report.complete and day is None and failure is None:
            ctx.store.watermarks.advance(_mark(exchange), one)
    if failure is not None and not following:
        raise failure
    return following


def _reopen_from(ctx: Context, exchange: Exchange, day: date) -> None:
    """Sets the first mark, where there is none yet, before a day that is to be closed later."""
    if ctx.store.watermarks.get(_mark(exchange)) is None:
        ctx.store.watermarks.advance(_mark(exchange), day - timedelta(days=1))


def hold_day(
    ctx: Context, exchange: Exchange, day: date, *, sweep: bool = False, offline: bool = False
) -> tuple[DayReport, list[str]]:
    """Holds a day against the exchange's count; returns the report and the ids that were missing.

    Args:
        ctx: The context.
        exchange: Whose day.
        day: The day, in the exchange's zone.
        sweep: Read every page, even when the counts agree.
        offline: Take the count of the last finished run instead of asking.
    """
    if offline:
        return _report(ctx, exchange, day, _recorded_count(ctx, exchange, day), "recorded"), []
    new_ids: list[str] = []
    shown: int | None = None
    expected, basis = (None, "sweep") if sweep else _fresh_count(ctx, exchange, day)
    if expected is None or ctx.store.announcements.count_day(exchange.name, day) < expected:
        result = scrape_day(ctx, exchange, day, full=True)
        new_ids, shown = result.new_ids, result.seen
        expected, basis = _count_of(result)
    report = _report(ctx, exchange, day, expected, basis, shown)
    _write_down(ctx, exchange, day, report)
    return report, new_ids


def _count_of(result: Scrape) -> tuple[int | None, str]:
    """How many rows there are after a full reading. One that lacks a part proves nothing where no count came."""
    if result.expected is not None:
        return result.expected, "count"
    return (result.seen if result.is_whole else None), "sweep"


def _fresh_count(ctx: Context, exchange: Exchange, day: date) -> tuple[int | None, str]:
    """The exchange's count as its first page states it; none when that page shows a row the store lacks.

    A row that was taken back would otherwise stand in for one that has just come.
    """
    first = _first_page(ctx, exchange, day)
    if first is None:
        return 0, "count"
    ids = [announcement_id(exchange.name, key_of(exchange, row)) for row in first.rows]
    is_known = first.expected is not None and len(ctx.store.announcements.known(ids)) == len(set(ids))
    return (first.expected, "count") if is_known else (None, "sweep")


def _first_page(ctx: Context, exchange: Exchange, day: date) -> FeedPage | None:
    run_id = ctx.store.runs.start("count", exchange=exchange.name, day=day)
    try:
        with archiving(ctx, run_id, exchange, day) as archive:
            page = next(islice(exchange.fetch_day(day), 1), None)
            if page is not None:
                archive.page(page)
    except BackfinError as error:
        ctx.store.runs.finish(run_id, state="failed", error=str(error))
        raise
    ctx.store.runs.finish(run_id, state="done", expected=page.expected if page else 0, pages=1)
    return page


def _recorded_count(ctx: Context, exchange: Exchange, day: date) -> int | None:
    run = ctx.store.runs.last("scrape", exchange=exchange.name, day=day, state="done")
    return run.expected if run is not None else None


def _report(
    ctx: Context, exchange: Exchange, day: date, expected: int | None, basis: str, shown: int | None = None
) -> DayReport:
    """The report. ``shown`` rows of a full reading are in the store, some perhaps under another day.

    Rows of the day that were not shown were taken back since.
    """
    stored = max(ctx.store.announcements.count_day(exchange.name, day), shown or 0)
    failed = len(ctx.store.announcements.failed_of_day(exchange.name, day))
    missing = max(0, (expected or 0) - (stored if shown is None else shown))
    return DayReport(
        exchange=exchange.name,
        day=day.isoformat(),
        expected=expected,
        stored=stored,
        missing=missing,
        failed=failed,
        complete=expected is not None and missing == 0,
        basis=basis,
        withdrawn=max(0, stored + missing - expected) if expected is not None else 0,
        waiting=len(ctx.store.announcements.open_of_day(exchange.name, day)),
    )


def _write_down(ctx: Context, exchange: Exchange, day: date, report: DayReport) -> None:
    if report.complete:
        ctx.store.gaps.heal(exchange.name, day)
    else:
        log.error("%s %s: %d of %s rows are missing", exchange.name, day, report.missing, report.expected)
        held = (report.expected or 0) - report.missing
        ctx.store.gaps.open(exchange.name, day, expected=report.expected or 0, stored=held)
    ctx.emit(
        DayClosed(
            at=ctx.clock.now(),
            exchange=exchange.name,
            day=report.day,
            expected=report.expected or 0,
            stored=report.stored,
            complete=report.complete,
        )
    )


def _mark(exchange: Exchange) -> str:
    return f"{exchange.name}:closed"


def _open_days(ctx: Context, exchange: Exchange, yesterday: date) -> list[date]:
    """Days since the last closed one, with an overlap, and before them those that were left with a gap."""
    overlap_days, catch_up_days = ctx.settings.exchanges.days_of(exchange.name)
    overlap = timedelta(days=max(1, overlap_days) - 1)
    longest = timedelta(days=catch_up_days)
    closed = ctx.store.watermarks.get(_mark(exchange))
    first = yesterday - overlap if closed is None else min(closed + timedelta(days=1), yesterday - overlap)
    earliest = yesterday - longest
    gaps = {gap.day for gap in ctx.store.gaps.list() if gap.exchange == exchange.name}
    return sorted(
        {day for day in gaps if earliest <= day <= yesterday} | {*days(max(first, earliest), yesterday)}
    )
