"""A model's answer turned into facts and parties, with nothing added."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backfin.enrichment.reply import ROLES, ReplyFact, ReplyParty, Statement
from backfin.enrichment.rules.dates import parse_date
from backfin.enrichment.written import number_in
from backfin.errors import ParseError
from backfin.models import EventType, Evidence, Fact, Money, Page, Party, Scale
from backfin.models.sheets import SHEETS, Kind, Sheet, is_count

#: How sure a fact is that a model states, before anything else speaks for or against it.
_CONFIDENCE = 0.9


def facts_of(
    reply: Statement, event_type: EventType, pages: tuple[Page, ...], sheet: type[Sheet] | None = None
) -> tuple[dict[str, Fact], tuple[str, ...]]:
    """Facts of the event type's sheet, and the fields that were withheld because they cannot be read.

    ``sheet`` is the event type's, if it is another than the core's.
    """
    kinds = (sheet or SHEETS[event_type]).kinds()
    facts: dict[str, Fact] = {}
    refused: list[str] = []
    for stated in reply.facts:
        kind = kinds.get(stated.field)
        if kind is None or not stated.value.strip() or (stated.field in facts and kind is not Kind.SET):
            continue
        value = _value(stated.value, kind, is_count=is_count(stated.field))
        if value is None:
            refused.append(stated.field)
        else:
            facts[stated.field] = _joined(facts.get(stated.field), value, kind, _place(stated, pages))
    return facts, tuple(refused)


def _joined(known: Fact | None, value: Any, kind: Kind, place: Evidence) -> Fact:
    """A fact, or a list with one more item."""
    if kind is not Kind.SET:
        return Fact(value=value, evidence=(place,), confidence=_CONFIDENCE)
    if known is None or not isinstance(known.value, list):
        return Fact(value=[value], evidence=(place,), confidence=_CONFIDENCE)
    return known.model_copy(update={"value": [*known.value, value], "evidence": (*known.evidence, place)})


def parties_of(reply: Statement, pages: tuple[Page, ...]) -> tuple[Party, ...]:
    """The parties of a reply."""
    return tuple(
        Party(
            name_as_written=party.name,
            kind=party.kind,
            role=party.role if party.role in ROLES else "other",
            quantity=_count(party.quantity),
            price_inr=_rupees(party.price),
            amount_inr=_rupees(party.amount),
            pct=number_in(party.pct or ""),
            evidence=(_place(party, pages),),
        )
        for party in reply.parties
        if party.name.strip()
    )


def _place(stated: ReplyFact | ReplyParty, pages: tuple[Page, ...]) -> Evidence:
    method = next((page.method for page in pages if page.number == stated.page), None)
    place = Evidence(page=stated.page, quote=stated.quote)
    return place if method is None else place.model_copy(update={"method": method})


def _value(text: str, kind: Kind, *, is_count: bool) -> Any:
    """The value in the kind of its field; ``None`` when the words do not hold one."""
    if kind is Kind.MONEY:
        return _money(text)
    if kind is Kind.DATE:
        day = parse_date(text)
        return day.isoformat() if day else None
    if kind is Kind.NUMBER:
        number = number_in(text, is_count=is_count)
        if number is None:
            return None
        return int(number) if number == number.to_integral_value() else float(number)
    return text.strip()


def _money(text: str) -> Money | None:
    try:
        return Money.parse(text)
    except ParseError:
        return None


def _count(text: str | None) -> int | None:
    number = number_in(text or "", is_count=True)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _rupees(text: str | None) -> Decimal | None:
    if not text:
        return None
    try:
        money = Money.parse(text, scale=Scale.UNIT)
    except ParseError:
        return None
    return money.amount if money.currency == "INR" else None
