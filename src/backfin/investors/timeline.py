"""Events of an investor: a mention with what the filing's facts state about the same investor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from backfin.investors.actions import action_of, security_of
from backfin.investors.names import normal_form
from backfin.investors.pan import mask_pan
from backfin.models import EventType, Fact, Mention, Money, Party, Stated, Status, TimelineEvent

_E = EventType

#: Which fact names the investor that a filing's facts are about.
_SUBJECTS = {
    _E.SAST_DISCLOSURE: "acquirer",
    _E.INSIDER_TRADE: "person",
    _E.ENCUMBRANCE: "promoter",
    _E.DEAL: "client",
    _E.OPEN_OFFER: "acquirers",
}
_SAME_NAMES = ("quantity", "pct", "pre_quantity", "pre_pct", "post_quantity", "post_pct")
#: Which facts are an event's numbers, where they have another name there.
_FIELDS = {
    _E.SAST_DISCLOSURE: {"amount_inr": "consideration"},
    _E.INSIDER_TRADE: {"amount_inr": "value"},
    _E.ENCUMBRANCE: {"pct": "pct_of_capital"},
    _E.DEAL: {"amount_inr": "value", "price_inr": "price"},
    _E.OPEN_OFFER: {
        "quantity": "offer_quantity",
        "pct": "offer_pct",
        "price_inr": "offer_price",
        "amount_inr": "offer_size",
    },
}
_COUNTS = ("quantity", "pre_quantity", "post_quantity")
_FROM = ("trade_date_from", "allotment_date", "date")
#: Roles whose bearers trade as one where a filing names several.
_TOGETHER = ("acquirer", "pac"), ("seller", "pac")
_TAKEOVERS = (_E.SAST_DISCLOSURE, _E.OPEN_OFFER)


@dataclass(frozen=True, slots=True)
class Told:
    """A mention with the filing it stands in; ``row`` has the filing's columns."""

    mention: Mention
    event_type: EventType
    parties: Sequence[Party]
    facts: Mapping[str, Fact]
    row: Mapping[str, Any]


def event_of(told: Told, forms: Collection[str]) -> TimelineEvent:
    """One role of an investor in one filing.

    Args:
        told: The mention and its filing.
        forms: The normal forms of all names of the investor.
    """
    mention, facts, event_type = told.mention, told.facts, told.event_type
    is_subject = _is_subject(event_type, facts, forms)
    group = _group(told, is_subject=is_subject)
    own = _own(mention, told.parties)
    is_of_group = group and not _has_numbers(own)
    numbers, places = _numbers(told) if is_of_group or (is_subject and not group) else ({}, {})
    numbers |= {name: value for name, value in own.items() if value is not None}
    return TimelineEvent(
        name_as_written=mask_pan(mention.name_as_written),
        role=mention.role,
        event_type=event_type,
        action=action_of(event_type, mention.role, facts, is_subject=is_subject),
        security=security_of(event_type, facts),
        mode=_text(facts.get("mode")),
        **numbers,
        traded_from=next((day for name in _FROM if (day := _day(facts.get(name)))), None),
        traded_to=_day(facts.get("trade_date_to")),
        stated_for="group" if is_of_group and numbers else "party",
        from_facts={name: place for name, place in places.items() if own.get(name) is None},
        tier=mention.tier,
        announcement_id=mention.announcement_id,
        page=mention.page,
        quote=mask_pan(mention.quote),
        **told.row,
    )


def _is_subject(event_type: EventType, facts: Mapping[str, Fact], forms: Collection[str]) -> bool:
    fact = facts.get(_SUBJECTS.get(event_type, ""))
    names = fact.value if fact is not None and isinstance(fact.value, list) else [fact and fact.value]
    return any(isinstance(name, str) and normal_form(name) in forms for name in names)


def _group(told: Told, *, is_subject: bool) -> bool:
    """Whether the filing's numbers are those of several together, of which this investor is one."""
    if told.event_type not in _TAKEOVERS:
        return False
    for side in _TOGETHER:
        bearers = {normal_form(party.name_as_written) for party in told.parties if party.role in side}
        if told.mention.role in side and len(bearers) > 1 and _trades_as(told, side[0]):
            return True
    return is_subject and bool(told.facts.get("pacs") and told.facts["pacs"].value)


def _trades_as(told: Told, role: str) -> bool:
    """Whether the facts are about those of a role: the numbers of a sale are none of the buyers'."""
    side = told.facts.get("side")
    sells = side is not None and side.value == "sell"
    return sells == (role == "seller") if told.event_type is _E.SAST_DISCLOSURE else role == "acquirer"


def _numbers(told: Told) -> tuple[dict[str, Any], dict[str, Stated]]:
    numbers: dict[str, Any] = {}
    places: dict[str, Stated] = {}
    names = _FIELDS.get(told.event_type, {})
    if told.event_type not in _SUBJECTS:
        return {}, {}
    for name in (*_SAME_NAMES, "price_inr", "amount_inr"):
        fact = told.facts.get(names.get(name, name))
        value = _value(name, fact)
        if fact is not None and value is not None:
            first = fact.evidence[0] if fact.evidence else None
            numbers[name] = value
            places[name] = Stated(
                page=first and first.page,
                quote=mask_pan(first.quote) if first else "",
                status=fact.status,
            )
    return numbers, places


def _own(mention: Mention, parties: Sequence[Party]) -> dict[str, Any]:
    """What the filing states in the investor's own row."""
    wanted = (
        mention.name_as_written,
        mention.role,
        mention.quantity,
        mention.price_inr,
        mention.amount_inr,
        mention.pct,
    )
    row = next((party for party in parties if _key(party) == wanted), None)
    return {
        "quantity": mention.quantity,
        "price_inr": mention.price_inr,
        "amount_inr": mention.amount_inr,
        "pct": mention.pct,
        "pre_pct": row.pre_pct if row else None,
        "post_pct": row.post_pct if row else None,
    }


def _key(party: Party) -> tuple[object, ...]:
    name = " ".join(party.name_as_written.split())
    return name, party.role, party.quantity, party.price_inr, party.amount_inr, party.pct


def _has_numbers(own: Mapping[str, Any]) -> bool:
    return any(value is not None for value in own.values())


def _value(name: str, fact: Fact | None) -> int | Decimal | None:
    if fact is None or fact.value is None or fact.status is Status.AMBIGUOUS:
        return None
    value: Any = fact.value
    if isinstance(value, Money):
        return value.amount if value.currency == "INR" and name.endswith("_inr") else None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    if name in _COUNTS:
        return int(number) if number == number.to_integral_value() else None
    return None if name.endswith("_inr") else number


def _text(fact: Fact | None) -> str:
    return fact.value if fact is not None and isinstance(fact.value, str) else ""


def _day(fact: Fact | None) -> date | None:
    try:
        return datetime.fromisoformat(_text(fact)).date()
    except ValueError:
        return None
