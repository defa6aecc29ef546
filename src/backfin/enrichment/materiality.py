"""How much a filing matters: 0 to 100, from known terms only, each shown with its reason.

``score = clamp(40·size + 25·prior + 10·novelty + 10·party + 10·surprise + 5·timing)``. A term that cannot be
known is ``None`` and adds nothing. No model ever scores. Weights, floor and lines are data with dates
(``materiality.toml``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from backfin.calendar import bundled
from backfin.clock import IST
from backfin.enrichment.arithmetic_results import turnover_of
from backfin.models import EventType, Fact, IssuerRecord, MaterialityPart, Money


@cache
def _data() -> dict[str, Any]:
    text = resources.files("backfin.enrichment").joinpath("materiality.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _at(table: str, day: date) -> dict[str, Any]:
    """The entry of a dated table that holds on a day; the oldest before all of them."""
    entries = sorted(_data()[table], key=lambda entry: entry["from"], reverse=True)
    found: dict[str, Any] = next((entry for entry in entries if entry["from"] <= day), entries[-1])
    return found


def grave_flags() -> frozenset[str]:
    """Flags that lift the score to the floor at least."""
    return frozenset(_data()["flags"]["grave"])


_PARTY = "a watched investor or related party"


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
    threshold_why: str = ""
    novelty_why: str = "first of its kind in three years: unknown"
    surprise_why: str = "against the last and the median"
    party_why: str = _PARTY
    is_late: bool | None = None

    @classmethod
    def of_facts(cls, facts: Mapping[str, Fact], late: str = "unknown") -> Context:
        """What the filing itself tells: a related party, profit against that of a year before, lateness."""
        related = facts.get("related_party")
        is_related = related is not None and related.value == "yes"
        surprise, why = _surprise(facts)
        return cls(
            has_watched_party=True if is_related else None,
            party_why="the filing names a related party" if is_related else _PARTY,
            surprise=surprise,
            surprise_why=why,
            is_late={"yes": True, "no": False}.get(late),
        )

    def with_record(self, record: IssuerRecord, event_type: EventType, moment: datetime) -> Context:
        """The same with what earlier filings of the issuer tell about its size and about what is new."""
        day = moment.astimezone(IST).date()
        turnover = turnover_of(record.results)
        line = line_of(day, turnover, None, None)
        is_first, why = _first_of_its_kind(record, event_type, moment)
        sold = (
            f" (turnover of about {Money(amount=turnover).format()} by its own results)" if turnover else ""
        )
        return replace(
            self, threshold_inr=line, threshold_why=sold, is_first_in_3_years=is_first, novelty_why=why
        )


def novelty_window(moment: datetime) -> timedelta:
    """How far back earlier filings are looked at to tell whether one is new."""
    return timedelta(days=_at("version", moment.astimezone(IST).date())["novelty_days"])


def _first_of_its_kind(
    record: IssuerRecord, event_type: EventType, moment: datetime
) -> tuple[bool | None, str]:
    """Whether the issuer filed nothing of this kind in the window. ``None`` where its record does not reach so far.

    What it filed on the day before belongs to the same matter: an outcome, its press release, the other exchange.
    """
    version = _at("version", moment.astimezone(IST).date())
    same_matter = timedelta(hours=version["same_matter_hours"])
    before = next((at for kind, at in record.filed if kind is event_type and moment - at > same_matter), None)
    if before is not None:
        return False, f"the last of its kind was on {before.astimezone(IST):%d %B %Y}"
    known_since, hole = moment, timedelta(days=version["longest_silence_days"])
    for _, at in record.filed:
        if known_since - at > hole:
            break
        known_since = at
    if moment - known_since > novelty_window(moment) - hole:
        return True, "first of its kind in three years"
    if known_since == moment:
        return None, "first of its kind in three years: unknown"
    return (
        None,
        f"none of its kind since {known_since.astimezone(IST):%d %B %Y}, before which nothing is known",
    )


def line_of(
    day: date, turnover: Decimal | None, net_worth: Decimal | None, average_profit: Decimal | None
) -> Decimal | None:
    """The materiality line in rupees, the lowest of the known shares; ``None`` when nothing is known.

    >>> line_of(date(2026, 7, 1), Decimal(10**9), Decimal(-5), Decimal(10**8))
    Decimal('5000000')
    """
    shares = _at("line", day)
    known = [
        abs(value) * shares[f"{name}_pct"] / 100
        for name, value in (
            ("turnover", turnover),
            ("net_worth", net_worth),
            ("average_profit", average_profit),
        )
        if value is not None and (value > 0 or name == "average_profit")
    ]
    return min(known, default=None)


def profits(facts: Mapping[str, Fact]) -> tuple[Fact | None, Fact | None]:
    """The profit of the period and that of a year before; a yearly statement has no quarter beside it."""
    before = facts.get("profit_after_tax_prior_year_quarter")
    if before is None and "profit_after_tax_ytd" not in facts:
        before = facts.get("profit_after_tax_prior_ytd")
    return facts.get("profit_after_tax"), before


def _surprise(facts: Mapping[str, Fact]) -> tuple[float | None, str]:
    """Profit against that of a year before, as a share of it, at most one."""
    now, before = profits(facts)
    if not (now and before and isinstance(now.value, Money) and isinstance(before.value, Money)):
        return None, "against the last and the median: unknown"
    if not before.value.amount:
        return None, "no profit a year before to measure against"
    share = abs((now.value.amount - before.value.amount) / before.value.amount)
    return min(
        1.0, float(share)
    ), f"profit {now.value.format()} against {before.value.format()} a year before"


def score(
    event_type: EventType,
    prior: float,
    facts: Mapping[str, Fact],
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
    day = disseminated_at.astimezone(IST).date()
    version = _at("version", day)
    weights: dict[str, int] = version["weights"]
    parts: tuple[MaterialityPart, ...] = (
        _size(event_type, facts, known, version),
        _part("category_prior", weights, prior, "prior of the category"),
        _part("novelty", weights, _as_share(known.is_first_in_3_years), known.novelty_why),
        _flagged("party", weights, known.has_watched_party, known.party_why),
        _part("surprise", weights, known.surprise, known.surprise_why),
        _part("timing", weights, *_timing(disseminated_at, version, known.is_late)),
    )
    total = round(sum(part.weight * part.value for part in parts if part.value is not None))
    grave, floor = sorted(grave_flags().intersection(flags)), version["floor"]
    if grave and total < floor:
        why = f"lifted to {floor}: {', '.join(grave)}"
        parts = (*parts, MaterialityPart(name="override", weight=floor - total, value=1.0, why=why))
        total = floor
    return max(0, min(100, total)), parts


def _part(name: str, weights: dict[str, int], value: float | None, why: str) -> MaterialityPart:
    return MaterialityPart(name=name, weight=weights[name], value=value, why=why)


def _size(
    event_type: EventType, facts: Mapping[str, Fact], known: Context, version: dict[str, Any]
) -> MaterialityPart:
    weights, value, threshold = version["weights"], main_amount(event_type, facts), known.threshold_inr
    if value is None or value.currency != "INR":
        return _part("size", weights, None, "no amount in rupees stated")
    if threshold is None or threshold <= 0:
        return _part("size", weights, None, f"{value.format()} against an unknown size of the company")
    lines = version["size_lines"]
    share = min(1.0, float(abs(value.amount) / threshold / lines))
    line = Money(amount=threshold).format()
    why = f"{value.format()} against {lines} times the line of {line}{known.threshold_why}"
    return _part("size", weights, share, why)


def main_amount(event_type: EventType, facts: Mapping[str, Fact]) -> Money | None:
    """The one amount of a filing that says how big it is."""
    for field in _data()["amounts"].get(event_type.value, ()):
        fact = facts.get(field)
        if fact is not None and isinstance(fact.value, Money):
            return fact.value
    return None


def _flagged(name: str, weights: dict[str, int], holds: bool | None, why: str) -> MaterialityPart:
    return _part(name, weights, _as_share(holds), why if holds is not None else f"{why}: unknown")


def _as_share(holds: bool | None) -> float | None:
    return None if holds is None else float(holds)


def _timing(moment: datetime, version: dict[str, Any], is_late: bool | None) -> tuple[float, str]:
    """Late filings, those of trading hours, and those of a Friday night or a weekend."""
    local = moment.astimezone(IST)
    weekday = local.weekday()
    if is_late:
        return 1.0, "filed later than its deadline"
    if weekday >= version["weekend_from_weekday"]:
        return 1.0, "published at the weekend"
    if weekday == version["friday"] and local.time() >= version["evening"]:
        return 1.0, "published on a Friday night"
    if _is_open(moment, version):
        return 1.0, "published in market hours"
    return 0.0, "published outside market hours"


def _is_open(moment: datetime, version: dict[str, Any]) -> bool:
    local = moment.astimezone(IST)
    if bundled().is_covered(local.date()):
        return "normal" in bundled().sessions_at(moment)
    is_between: bool = version["open"] <= local.time() <= version["close"]
    return is_between
