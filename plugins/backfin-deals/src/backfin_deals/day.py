"""One day of an exchange as one page: what each kind's question brings, each row once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from backfin.errors import BackfinError, ExchangeUnavailable, RateLimited, SourceChanged
from backfin.interfaces import FeedPage

from backfin_deals.answers import Answer, marked, of_day
from backfin_deals.fields import at_ist
from backfin_deals.records import Row, day_of_row, record_of

#: Days before an empty one that are looked at for rows: markets never rest longer.
_LOOK_BACK = 6


@dataclass(frozen=True)
class Source:
    """One kind of rows of one exchange.

    Args:
        kind: ``bulk``, ``block`` or ``insider``.
        ask: Asks for a day; faults met on the way are added to the list.
        pause: Waits a moment before the same question is put again.
        may_rest: Whether a week without any row is possible.
    """

    kind: str
    ask: Callable[[date, list[str]], Answer]
    pause: Callable[[], None]
    may_rest: bool = False


def read_day(sources: Mapping[str, Source], day: date) -> FeedPage:
    """Asks for every kind. One that gives no usable answer leaves the reading open; the others count all the same.

    Neither exchange gives a count, so ``expected`` is ``None``.

    Raises:
        ExchangeUnavailable, RateLimited, SourceChanged: No kind gave a usable answer; the first one's error.
    """
    faults: list[str] = []
    found: dict[str, list[Row]] = {}
    failure: BackfinError | None = None
    is_whole = True
    for kind, source in sources.items():
        try:
            found[kind], whole = _rows_of(source, day, faults)
            is_whole = is_whole and whole
        except (ExchangeUnavailable, RateLimited, SourceChanged) as error:
            failure = failure or error
            faults.append(f"{error.facts.get('fault', 'unknown')}: {kind}")
            is_whole = False
    if failure is not None and not found:
        raise failure
    rows = sorted((row for part in found.values() for row in part), key=_shown_at, reverse=True)
    content = json.dumps(found, default=str).encode()
    return FeedPage(1, tuple(rows), None, content, faults=tuple(faults), is_whole=is_whole)


def _rows_of(source: Source, day: date, faults: list[str]) -> tuple[list[Row], bool]:
    """The rows of a day. That there are none must be said twice, by a source that shows rows of a day before."""
    for is_again in (False, True):
        if is_again:
            source.pause()
        answer = source.ask(day, faults)
        # Of other days first: what was reported on two days would else count as two.
        found = marked(source.kind, [of_day(rows, day) for rows in answer.lists])
        if found:
            return found, answer.is_whole
        if answer.count:
            raise ExchangeUnavailable(
                f"Asked for {day}, the exchange shows {source.kind} rows of other days only; it is asked again later.",
                fault="other_day",
            )
    _prove_alive(source, day, faults, may_be_silent=source.may_rest and answer.is_plain)
    return [], answer.is_whole


def _prove_alive(source: Source, day: date, faults: list[str], *, may_be_silent: bool) -> None:
    for back in range(1, _LOOK_BACK + 1):
        earlier = day - timedelta(days=back)
        answer = source.ask(earlier, faults)
        if any(day_of_row(row) == earlier for rows in answer.lists for row in rows):
            return
    if not may_be_silent:
        raise ExchangeUnavailable(
            f"The exchange shows no {source.kind} row of a whole week, which cannot be; it is asked again later.",
            fault="empty_feed",
        )


def _shown_at(row: Row) -> float:
    """When a row was shown, for the order; those that cannot be read come last."""
    try:
        record = record_of(row)
    except BackfinError:
        return float("-inf")
    return at_ist(record.day, record.at).timestamp()
