"""One reading of one day of an exchange: its rows become stored announcements, and a run is kept of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from backfin.context import Context
from backfin.errors import BackfinError, ConfigError, ParseError, TransientError
from backfin.identity import announcement_id, document_id
from backfin.interfaces import Exchange, FeedPage
from backfin.models import Announcement
from backfin.models.events import AnnouncementStored
from backfin.steps.issuers import refresh_when_empty, with_issuers
from backfin.steps.mend import mend
from backfin.steps.raw import archiving

log = logging.getLogger("backfin")

#: A day that lacks as many rows as before is read whole so many times at once, and again after these seconds.
READ_AGAIN_AT_ONCE = 3
READ_AGAIN_EVERY_S = 600


@dataclass
class Scrape:
    """What one reading of one day brought.

    ``expected`` is the exchange's own count as its last page stated it; ``seen`` counts distinct rows. ``is_offline``
    says that nothing may be asked of the exchange.
    """

    exchange: str
    day: date
    replay: str | None = None
    expected: int | None = None
    seen_ids: set[str] = field(default_factory=set)
    new_ids: list[str] = field(default_factory=list)
    pages: int = 0
    faults: list[str] = field(default_factory=list)
    is_whole: bool = True
    unparsed_before: set[str] = field(default_factory=set)
    is_offline: bool = False

    @property
    def seen(self) -> int:
        """Number of distinct rows the exchange showed."""
        return len(self.seen_ids)

    def as_json(self) -> dict[str, Any]:
        """The result as the command line prints it."""
        return {
            "exchange": self.exchange,
            "day": self.day.isoformat(),
            "expected": self.expected,
            "seen": self.seen,
            "new": len(self.new_ids),
            "pages": self.pages,
        }


def scrape_day(
    ctx: Context, exchange: Exchange, day: date, *, full: bool = False, replay: str | None = None
) -> Scrape:
    """Reads one day, newest page first, and stores what is new.

    Stops at the first page that brings nothing new, unless ``full`` or the reading before was cut off; reads on
    when the store then holds fewer rows than the exchange counts. The run is recorded whatever happens.

    Args:
        ctx: The context.
        exchange: Whose day.
        day: The day, in the exchange's zone.
        full: Read every page.
        replay: The run of the replay that new announcements belong to, so that they are not taken for live.

    Raises:
        TransientError: The exchange gave no usable answer. What was read before is stored.
    """
    result = Scrape(exchange.name, day, replay)
    full = full or was_cut_off(ctx, exchange, day)
    run_id = ctx.store.runs.start("scrape", exchange=exchange.name, day=day, options={"full": full})
    try:
        result.unparsed_before = ctx.store.unparsed.of_day(exchange.name, day)
        _read_pages(ctx, exchange, result, run_id, full=full)
        if not full and _lacks_rows(ctx, result):
            _read_pages(ctx, exchange, result, run_id, full=True)
    except Exception as error:
        if isinstance(error, BackfinError) and "fault" in error.facts:
            result.faults.append(str(error.facts["fault"]))
        _finish(ctx, run_id, result, state="failed", error=str(error))
        raise
    _finish(ctx, run_id, result, state="done")
    return result


def was_cut_off(ctx: Context, exchange: Exchange, day: date) -> bool:
    """Whether the last reading failed: pages behind the one it stopped at may never have been read."""
    last = ctx.store.runs.last("scrape", exchange=exchange.name, day=day)
    return last is not None and last.state == "failed"


def _lacks_rows(ctx: Context, result: Scrape) -> bool:
    """Whether the store is short of the exchange's count, and reading the whole day may help.

    Rows that the exchange counts and never shows would cost a whole reading with every poll.
    """
    if result.expected is None:
        return False
    missing = result.expected - ctx.store.announcements.count_day(result.exchange, result.day)
    name = f"short.{result.exchange}.{result.day}.{missing}"
    return missing > 0 and any(
        claim(ctx, f"{name}.{number}", READ_AGAIN_EVERY_S) for number in range(READ_AGAIN_AT_ONCE)
    )


def _read_pages(ctx: Context, exchange: Exchange, result: Scrape, run_id: str, *, full: bool) -> None:
    with archiving(ctx, run_id, exchange, result.day) as archive:
        for page in exchange.fetch_day(result.day):
            result.pages += 1
            result.faults += page.faults
            result.is_whole = page.is_whole
            if page.expected is not None:
                result.expected = page.expected
            archive.page(page)
            new_ids = store_page(ctx, exchange, result, page)
            if not new_ids and not full:
                return


def store_page(ctx: Context, exchange: Exchange, result: Scrape, page: FeedPage) -> list[str]:
    """Stores what is new on a page; returns the ids of it, and of rows that could not be read."""
    parsed: list[Announcement] = []
    unparsed: list[str] = []
    for row in page.rows:
        announcement = _parse(ctx, exchange, result, row, unparsed)
        if announcement is not None:
            result.seen_ids.add(announcement.announcement_id)
            parsed.append(announcement)
    known = ctx.store.announcements.known([item.announcement_id for item in parsed])
    fresh = [item for item in parsed if item.announcement_id not in known]
    if fresh and not result.is_offline:
        refresh_when_empty(ctx, exchange)
    if result.replay is not None and fresh:
        ctx.store.runs.claim_new(result.replay, [item.announcement_id for item in fresh])
    new_ids = _add(ctx, exchange, result, with_issuers(ctx, exchange.name, fresh), unparsed)
    for new_id in new_ids:
        ctx.emit(AnnouncementStored(at=ctx.clock.now(), announcement_id=new_id))
    readable = {one.announcement_id: one for one in parsed if one.announcement_id in result.unparsed_before}
    new_ids += mend(ctx, exchange, readable, result.replay)
    result.new_ids += new_ids
    return new_ids + unparsed


def _parse(
    ctx: Context, exchange: Exchange, result: Scrape, row: Mapping[str, Any], unparsed: list[str]
) -> Announcement | None:
    try:
        found = exchange.parse(row)
        _refuse_a_key_of_others(exchange, found)
    except Exception as error:
        _keep_raw(ctx, exchange, result, row, error, unparsed)
        return None
    return found


def _refuse_a_key_of_others(exchange: Exchange, found: Announcement) -> None:
    """An announcement under another exchange's key would hide that exchange's own.

    Raises:
        ParseError: It is one.
    """
    own = announcement_id(exchange.name, "")
    if found.exchange != exchange.name or not found.announcement_id.startswith(own):
        raise ParseError(
            f"{found.announcement_id} is no key of {exchange.name}; its plugin must be corrected."
        )


def _add(
    ctx: Context, exchange: Exchange, result: Scrape, items: Sequence[Announcement], unparsed: list[str]
) -> list[str]:
    """Stores a page at once; one that the store refuses, row by row, so that a bad row holds up no other."""
    try:
        return ctx.store.announcements.add(items, due_at=ctx.due_at, zone=exchange.zone)
    except (TransientError, ConfigError):
        raise
    except Exception as error:
        if len(items) > 1:
            return [new for item in items for new in _add(ctx, exchange, result, [item], unparsed)]
        _keep_raw(ctx, exchange, result, items[0].raw, error, unparsed)
        return []


def _keep_raw(
    ctx: Context,
    exchange: Exchange,
    result: Scrape,
    row: Mapping[str, Any],
    error: Exception,
    unparsed: list[str],
) -> None:
    """Keeps a row as it came, as failed; new ones are noted in ``unparsed``."""
    native_id = key_of(exchange, row)
    result.seen_ids.add(announcement_id(exchange.name, native_id))
    sentence = str(error) if isinstance(error, BackfinError) else f"{type(error).__name__}: {error}"
    fresh = ctx.store.unparsed.add(
        exchange.name, native_id, storable(row), sentence, day=result.day, seen_at=ctx.clock.now()
    )
    if fresh:
        log.warning("%s row %s cannot be read and is kept raw: %s", exchange.name, native_id, sentence)
        unparsed.append(announcement_id(exchange.name, native_id))


def key_of(exchange: Exchange, row: Mapping[str, Any]) -> str:
    """The row's own key; a row without one is told from others by what its exchange says, or by its content."""
    try:
        return exchange.native_id(row)
    except Exception as error:
        told = error.facts.get("stand_in") if isinstance(error, ParseError) else None
        content = told or json.dumps(storable(row), sort_keys=True)
        return f"unkeyed-{document_id(str(content).encode('utf-8', 'replace'))[:32]}"


def storable(row: object) -> dict[str, Any]:
    """A row as JSON can hold it; what is no row at all stands under ``row``.

    >>> storable({"id": 1, "at": date(2026, 7, 1)}), storable(None)
    ({'id': 1, 'at': '2026-07-01'}, {'row': None})
    """
    whole = row if isinstance(row, Mapping) else {"row": row}
    try:
        kept = json.loads(json.dumps(dict(whole), default=str))
    except (TypeError, ValueError, RecursionError):
        kept = {"row": repr(row)}
    return dict(kept)


def _finish(ctx: Context, run_id: str, result: Scrape, *, state: str, error: str | None = None) -> None:
    try:
        ctx.store.runs.finish(
            run_id,
            state=state,
            expected=result.expected,
            seen=result.seen,
            new=len(result.new_ids),
            pages=result.pages,
            faults=result.faults,
            error=error,
        )
    except BackfinError as failure:
        if state == "done":
            raise
        log.error("run %s could not be closed: %s", run_id, failure)


def claim(ctx: Context, name: str, every_s: int) -> bool:
    """Whether this is the first to ask within the present stretch of so many seconds."""
    now_s = int(ctx.clock.now().timestamp())
    return ctx.store.slots.claim(name, datetime.fromtimestamp(now_s - now_s % every_s, UTC))
