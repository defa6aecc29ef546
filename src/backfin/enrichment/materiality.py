"""How much a filing matters: 0 to 100, from known terms only, each shown with its reason.

``score = clamp(40·size + 25·prior + 10·novelty + 10·party + 10·surprise + 5·timing)``. A term that cannot be
known is ``None`` and adds nothing. No model ever scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from backfin.clock import IST
from backfin.models import EventType, Fact, MaterialityPart, Money

#: Flags that lift the score to at least this.
FLOOR = 80
GRAVE = frozenset(
    {
        "default",
        "fraud",
        "auditor_resignation",
        "cfo_resignation",
        "independent_director_resignation",
        "pledge_invoked",
        "insolvency_admission",
        "forensic_audit",
        "trading_suspension",
        "going_concern",
        "qualified_opinion",
        "cyber_incident",
        "rating_d",
    }
)

#: The amount of a filing that is held against the company's size.
_VALUES: dict[EventType, tuple[str, ...]] = {
    EventType.ORDER_WIN: ("order_value",),
    EventType.ALLOTMENT: ("total_consideration",),
    EventType.FUND_RAISE: ("max_amount",),
    EventType.CORPORATE_ACTION: ("size_amount",),
    EventType.OPEN_OFFER: ("offer_size",),
    EventType.MERGER_ACQUISITION: ("consideration",),
    EventType.DEBT_FINANCING: ("amount", "ots_amount"),
    EventType.DEBT_DEFAULT: ("obligation_total", "principal_default"),
    EventType.LITIGATION_REGULATORY: ("demand", "penalty"),
    EventType.EXPANSION_CAPEX: ("capex",),
}
_OPEN, _CLOSE, _EVENING = time(9, 15), time(15, 30), time(18, 0)
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the issuer beyond the filing. ``None`` is unknown, never zero.

    ``threshold_inr`` is the materiality line of the listing rules in rupees: the lowest of 2 % of turnover,
    2 % of net worth and 5 % of average profit.
    """

    threshold_inr: Decimal | None = None
    is_first_in_3_years: bool | None = None
    has_watched_party: bool | None = None
    surprise: float | None = None


def score(
    event_type: EventType,
    prior: float,
    facts: dict[str, Fact],
    flags: Iterable[str],
    disseminated_at: datetime,
    context: Context | None = None,
) -> tuple[int, tuple[MaterialityPart, ...]]:
    """The score and its parts.

    Args:
        event_type: Which amount counts.
        prior: The category's prior, 0 to 1.
        facts: The grounded facts.
        flags: Grave ones lift the score to 80 or more.
        disseminated_at: When the exchange published it, aware.
        context: What is known about the issuer.
    """
    known = context or Context()
    parts: tuple[MaterialityPart, ...] = (
        _size(event_type, facts, known.threshold_inr),
        MaterialityPart(name="category_prior", weight=25, value=prior, why="prior of the category"),
        _flagged("novelty", 10, known.is_first_in_3_years, "first of its kind in three years"),
        _flagged("party", 10, known.has_watched_party, "a watched investor or related party"),
        MaterialityPart(
            name="surprise", weight=10, value=known.surprise, why="against the last and the median"
        ),
        _timing(disseminated_at),
    )
    total = round(sum(part.weight * part.value for part in parts if part.value is not None))
    grave = sorted(GRAVE.intersection(flags))
    if grave and total < FLOOR:
        why = f"lifted to {FLOOR}: {', '.join(grave)}"
        parts = (*parts, MaterialityPart(name="override", weight=FLOOR - total, value=1.0, why=why))
        total = FLOOR
    return max(0, min(100, total)), parts


def _size(event_type: EventType, facts: dict[str, Fact], threshold: Decimal | None) -> MaterialityPart:
    value = main_amount(event_type, facts)
    if value is None or value.currency != "INR":
        return MaterialityPart(name="size", weight=40, value=None, why="no amount in rupees stated")
    if threshold is None or threshold <= 0:
        why = f"{value.format()} against an unknown size of the company"
        return MaterialityPart(name="size", weight=40, value=None, why=why)
    share = min(1.0, float(abs(value.amount) / threshold / 5))
    why = f"{value.format()} against five times the line of {Money(amount=threshold).format()}"
    return MaterialityPart(name="size", weight=40, value=share, why=why)


def main_amount(event_type: EventType, facts: dict[str, Fact]) -> Money | None:
    """The one amount of a filing that says how big it is."""
    for field in _VALUES.get(event_type, ()):
        fact = facts.get(field)
        if fact is not None and isinstance(fact.value, Money):
            return fact.value
    return None


def _flagged(name: str, weight: int, holds: bool | None, why: str) -> MaterialityPart:
    value = None if holds is None else float(holds)
    return MaterialityPart(
        name=name, weight=weight, value=value, why=why if holds is not None else f"{why}: unknown"
    )


def _timing(moment: datetime) -> MaterialityPart:
    local = moment.astimezone(IST)
    weekday, clock = local.weekday(), local.time()
    if weekday > _FRIDAY:
        return MaterialityPart(name="timing", weight=5, value=1.0, why="published at the weekend")
    if weekday == _FRIDAY and clock >= _EVENING:
        return MaterialityPart(name="timing", weight=5, value=1.0, why="published on a Friday night")
    if _OPEN <= clock <= _CLOSE:
        return MaterialityPart(name="timing", weight=5, value=1.0, why="published in market hours")
    return MaterialityPart(name="timing", weight=5, value=0.0, why="published outside market hours")
