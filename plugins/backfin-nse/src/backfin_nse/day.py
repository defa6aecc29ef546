"""One day of NSE as one page: the union of its segments, newest first, without rows of other days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from backfin.clock import day_of
from backfin.errors import ExchangeUnavailable, ParseError
from backfin.interfaces import FeedPage

from backfin_nse.answers import Sheet, joined
from backfin_nse.client import NseClient
from backfin_nse.parse import listed_at_of, native_id, shown_at

Row = Mapping[str, Any]

_NEVER = datetime.min.replace(tzinfo=UTC)


def read_day(client: NseClient, segments: Iterable[str], day: date) -> FeedPage:
    """Reads all segments of a day. The first one must answer; without another the reading is not whole.

    NSE gives no count, so ``expected`` is ``None``: the arrays themselves are all there is.

    Raises:
        ExchangeUnavailable: No usable answer, or answers that contradict each other.
        RateLimited, SourceChanged: As the client.
    """
    faults: list[str] = []
    sheets: dict[str, Sheet] = {}
    is_whole = True
    for segment in segments:
        try:
            sheets[segment] = _segment(client, segment, day, faults)
        except ExchangeUnavailable as error:
            if not sheets:
                raise
            faults.append(f"{error.facts.get('fault')}: {segment}")
            is_whole = False
    return FeedPage(
        number=1,
        rows=rows_of_day((row for sheet in sheets.values() for row in sheet.rows), day),
        expected=None,
        content=joined({name: sheet.content for name, sheet in sheets.items()}),
        faults=tuple(faults),
        is_whole=is_whole,
    )


def rows_of_day(rows: Iterable[Row], day: date) -> tuple[Row, ...]:
    """The rows of a day, each once, newest first; those without a readable time come last.

    ``seq_id`` tells rows apart and does not grow with time.
    """
    found: dict[str, tuple[datetime, Row]] = {}
    for row in rows:
        listed_at = listed_at_of(row)
        if listed_at is None or day_of(listed_at) == day:
            found.setdefault(_key(row), (shown_at(row, listed_at) if listed_at else _NEVER, row))
    newest_first = sorted(found.values(), key=lambda item: item[0], reverse=True)
    return tuple(row for _, row in newest_first)


def _segment(client: NseClient, segment: str, day: date, faults: list[str]) -> Sheet:
    sheet = client.sheet(segment, day, faults)
    if sheet.rows:
        _refuse_other_days(sheet, day)
        return sheet
    # "Nothing" is also how NSE answers what it does not serve: it must say so twice, and show other days.
    client.pause()
    again = client.sheet(segment, day, faults)
    if again.rows:
        _refuse_other_days(again, day)
        return again
    newest = client.sheet(segment, None, faults)
    if rows_of_day((row for row in newest.rows if listed_at_of(row)), day):
        raise ExchangeUnavailable(
            f"NSE shows no row of {day} in {segment}, yet some among its newest; it is asked again later.",
            fault="empty_day",
        )
    if segment == "equities" and not newest.rows:
        raise ExchangeUnavailable(
            "NSE shows no announcement at all, which cannot be; it is asked again later.", fault="empty_feed"
        )
    return again


def _refuse_other_days(sheet: Sheet, day: date) -> None:
    """Refuses an answer to another question: only the newest rows, for example."""
    if not rows_of_day(sheet.rows, day):
        raise ExchangeUnavailable(
            f"NSE was asked for {day} and shows other days only; it is asked again later.", fault="other_day"
        )


def _key(row: Row) -> str:
    try:
        return native_id(row)
    except ParseError:
        return repr(sorted(row.items(), key=str))
