"""Small readings and answers for tests of the evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from backfin.evaluation.answers import Answer, Case
from backfin.evaluation.gold import Truth
from backfin.evaluation.sources import text_from
from backfin.models import Enrichment, EventType, Evidence, Fact, Money, Party, Reading
from backfin.steps.enrich import reading_of

WHEN = datetime(2026, 7, 15, 10, 0, tzinfo=UTC)


def make_truth(key: str = "t:1", **fields: Any) -> Truth:
    """Truth about an order, unless the fields say otherwise."""
    return Truth.model_validate({"key": key, "category": "New Order", "event_type": "order_win", **fields})


def make_fact(value: Any, quote: str = "Rs. 5 crore", *, confidence: float = 0.9, page: int = 0) -> Fact:
    """A fact with one quote."""
    return Fact(value=value, evidence=(Evidence(page=page, quote=quote),), confidence=confidence)


def rupees(amount: str) -> Money:
    """An amount in rupees."""
    return Money(amount=Decimal(amount), as_written=amount)


def make_reading(text: str = "An order of Rs. 5 crore") -> Reading:
    """A reading of which the exchange's own text is all there is."""
    return reading_of(text_from("t:1", {"headline": text}).announcement, [])


def make_answer(
    truth: Truth | None = None,
    facts: Mapping[str, Fact] | None = None,
    *,
    text: str = "An order of Rs. 5 crore",
    category: str = "New Order",
    event_type: str = "order_win",
    parties: tuple[Party, ...] = (),
    flags: tuple[str, ...] = (),
    seconds: float = 0.01,
    media_types: tuple[str, ...] = (),
) -> Answer:
    """An answer to a case of that truth."""
    chosen = truth or make_truth()
    made = Enrichment(
        enrichment_id=f"e:{chosen.key}",
        announcement_id=chosen.key,
        category=category,
        event_type=EventType(event_type),
        headline="An order",
        summary="An order",
        facts=dict(facts or {}),
        parties=parties,
        flags=flags,
        enricher="rules",
        created_at=WHEN,
    )
    return Answer(Case(chosen, make_reading(text), media_types), made, seconds)
