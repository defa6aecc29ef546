"""Sums over an investor's events: each trade once, and only what is alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from backfin.investors.actions import CHANGES
from backfin.models import TimelineEvent, TimelineTotal

#: Within so long of each other two filings may tell of one trade, where one does not say when it was: a buyer, a
#: seller and the company have two working days each, and a weekend may lie between.
_NEAR = timedelta(days=10)


@dataclass
class _Trade:
    """A trade as it was told first; ``has_record`` says that a feed's own row of it was among what told of it."""

    event: TimelineEvent
    has_record: bool

    def tells_of(self, again: TimelineEvent) -> bool:
        """Whether another event tells of this trade: each row of a feed is a trade of its own."""
        is_other_row = self.has_record and again.is_record
        return not is_other_row and _is_same_trade(self.event, again)


def without_copies(events: Iterable[tuple[str, TimelineEvent]]) -> list[TimelineEvent]:
    """Events with the copies of one filing as one.

    Args:
        events: With the investor each was met as; those of one announcement one after the other.
    """
    found: dict[tuple[object, ...], TimelineEvent] = {}
    seen: dict[tuple[object, ...], int] = defaultdict(int)
    for met, event in events:
        row = (event.filing_id, met, event.role)
        at = (event.announcement_id, *row)
        key = (*row, seen[at])
        seen[at] += 1
        first = found.get(key)
        if first is None:
            found[key] = event
        else:
            found[key] = first.model_copy(update={"also_in": (*first.also_in, event.announcement_id)})
    return list(found.values())


def mark_repeats(events: Sequence[TimelineEvent]) -> list[TimelineEvent]:
    """The same events, with those that tell of a trade again saying where it was told first.

    Args:
        events: Oldest first.
    """
    firsts: dict[tuple[object, ...], list[_Trade]] = defaultdict(list)
    marked = []
    for event in events:
        if event.action not in CHANGES or event.quantity is None:
            marked.append(event)
            continue
        key = (_issuer(event), event.action, event.quantity)
        first = next((one for one in firsts[key] if one.tells_of(event)), None)
        if first is None:
            firsts[key].append(_Trade(event, has_record=event.is_record))
            marked.append(event)
        else:
            first.has_record |= event.is_record
            marked.append(event.model_copy(update={"same_trade_as": first.event.announcement_id}))
    return marked


def totals_of(events: Sequence[TimelineEvent]) -> list[TimelineTotal]:
    """What marked events come to, by issuer, action and security; the issuer of the first event first."""
    alike: dict[tuple[object, ...], list[TimelineEvent]] = defaultdict(list)
    for event in events:
        if event.action in CHANGES:
            alike[(_issuer(event), event.action, event.security)].append(event)
    order = {issuer: at for at, issuer in enumerate(dict.fromkeys(key[0] for key in alike))}
    return [_total(alike[key]) for key in sorted(alike, key=lambda key: (order[key[0]], *map(str, key[1:])))]


def _total(told: Sequence[TimelineEvent]) -> TimelineTotal:
    of_group = [event for event in told if event.stated_for == "group"]
    repeats = [event for event in told if event.same_trade_as and event.stated_for != "group"]
    counted = [event for event in told if event.stated_for != "group" and not event.same_trade_as]
    quantities = [event.quantity for event in counted if event.quantity is not None]
    amounts = [event.amount_inr for event in counted if event.amount_inr is not None]
    last = told[-1]
    return TimelineTotal(
        issuer_name=last.issuer_name,
        isin=last.isin,
        action=last.action,
        security=last.security,
        quantity=sum(quantities) if quantities else None,
        amount_inr=sum(amounts, Decimal(0)) if amounts else None,
        trades=len(counted),
        with_quantity=len(quantities),
        with_amount=len(amounts),
        repeats=len(repeats),
        of_group=len(of_group),
        first=min(_day(event) for event in told),
        last=max(_day(event) for event in told),
    )


def _issuer(event: TimelineEvent) -> str:
    return event.isin or event.issuer_name.casefold()


def _day(event: TimelineEvent) -> date:
    return event.traded_from or event.date


def _is_same_trade(first: TimelineEvent, again: TimelineEvent) -> bool:
    """Whether two events of one action and quantity tell of one trade."""
    if first.stated_for != again.stated_for:
        return False
    if first.security and again.security and first.security != again.security:
        return False
    if first.filing_id == again.filing_id:
        # One holder in two roles; two rows in one role are two lots.
        return first.role != again.role
    for name in ("price_inr", "amount_inr"):
        one, other = getattr(first, name), getattr(again, name)
        if one is not None and other is not None and one != other:
            return False
    if first.traded_from and again.traded_from:
        ends = first.traded_to or first.traded_from, again.traded_to or again.traded_from
        return first.traded_from <= ends[1] and again.traded_from <= ends[0]
    return abs(again.date - first.date) <= _NEAR
