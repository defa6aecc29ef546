"""Investors as FollowTheMoney entities: who they are, and what filings state of their holdings, seats and relations.

The schemata and properties are those of FollowTheMoney 4: https://followthemoney.tech/explorer/
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from backfin.clock import day_of
from backfin.investors.names import normal_form
from backfin.models import Action, GroupKind, Member, PartyKind, Scheme, TimelineEvent

#: An entity: ``id``, ``schema`` and ``properties``, each a list of texts.
Entity = dict[str, Any]

_SCHEMATA: Mapping[PartyKind, str] = {
    PartyKind.PERSON: "Person",
    PartyKind.COMPANY: "Company",
    PartyKind.LLP: "Company",
    PartyKind.PARTNERSHIP: "Company",
    PartyKind.BANK: "Company",
    PartyKind.INSURER: "Company",
    PartyKind.GOVERNMENT: "PublicBody",
}
_NUMBERS = {Scheme.CIN: "registrationNumber", Scheme.DIN: "idNumber", Scheme.LEI: "leiCode"}


def investor_entity(
    investor_id: str, kind: PartyKind, names: Sequence[str], numbers: Iterable[tuple[str, str]]
) -> Entity:
    """An investor. The end of a PAN is no identifier, and is left out.

    Args:
        investor_id: Its id.
        kind: What it is.
        names: Its name, then its other names.
        numbers: Scheme and value of each.
    """
    found: dict[str, list[str]] = {"name": list(names[:1]), "alias": list(names[1:])}
    for scheme, value in numbers:
        name = _NUMBERS.get(Scheme(scheme))
        if name is not None:
            found.setdefault(name, []).append(value)
    return _entity(investor_id, _SCHEMATA.get(kind, "LegalEntity"), found)


def issuer_entity(name: str, isin: str | None) -> Entity:
    """An issuer, under an id that its ISIN makes, or its name where none is known."""
    return _entity(issuer_key(name, isin), "Company", {"name": [name], "isinCode": [isin] if isin else []})


def issuer_key(name: str, isin: str | None) -> str:
    """The id of an issuer's entity."""
    return f"issuer-{isin}" if isin else _key("issuer", normal_form(name))


def event_edges(investor_id: str, events: Iterable[TimelineEvent]) -> Iterator[tuple[Entity, TimelineEvent]]:
    """What events state of an investor and an issuer: a holding after a trade, a seat. The issuer comes with each."""
    for event in events:
        issuer = issuer_key(event.issuer_name, event.isin)
        pct, quantity = _held(event)
        if event.stated_for == "party" and (pct or quantity):
            yield (
                _edge(
                    "Ownership",
                    {"owner": investor_id, "asset": issuer},
                    event,
                    percentage=pct,
                    sharesCount=quantity,
                    sharesType=event.security if event.security == "shares" else "",
                ),
                event,
            )
        if event.role == "director":
            yield _edge("Directorship", {"director": investor_id, "organization": issuer}, event), event


def member_edge(member: Member, schema: str, other_id: str, other_schema: str, url: str | None) -> Entity:
    """How an investor belongs to a group, of which the other is the issuer, the leader or the head.

    Args:
        member: The membership.
        schema: Of the investor's own entity.
        other_id: The other's entity.
        other_schema: Its schema.
        url: Of the filing that says so.
    """
    ends = {"subject": member.investor_id, "object": other_id}
    found: dict[str, list[str]] = {}
    if member.kind is GroupKind.FAMILY and schema == other_schema == "Person":
        ends = {"person": member.investor_id, "relative": other_id}
        found["relationship"] = [member.relation]
        shown = "Family"
    else:
        found["role"] = [member.relation or member.kind.value.replace("_", " ")]
        shown = "UnknownLink"
    found |= {
        "date": sorted({day_of(at).isoformat() for at in (member.first_seen_at, member.last_seen_at)}),
        "recordId": list(member.announcement_ids),
        "sourceUrl": [url or ""],
        "summary": [member.quote],
    }
    key = _key("link", shown, *ends.values(), member.kind, member.relation)
    return _entity(key, shown, {name: [value] for name, value in ends.items()} | found)


def _held(event: TimelineEvent) -> tuple[str, str]:
    """Share and number held after the event, as far as they are stated, and not nothing."""
    pct, quantity = event.post_pct, event.post_quantity
    if event.action is Action.HOLDS:
        pct, quantity = event.pct, event.quantity
    return str(pct) if pct else "", str(quantity) if quantity else ""


def _quote(event: TimelineEvent) -> str:
    """The words that state what is held."""
    place = event.from_facts.get("post_pct") or event.from_facts.get("post_quantity")
    return place.quote if place and place.quote else event.quote


def _edge(schema: str, ends: Mapping[str, str], event: TimelineEvent, **more: str) -> Entity:
    found = {name: [value] for name, value in {**ends, **more}.items()} | {
        "role": [event.role.replace("_", " ")],
        "date": [(event.traded_to or event.traded_from or event.date).isoformat()],
        "recordId": [event.announcement_id],
        "sourceUrl": [event.url or ""],
        "summary": [_quote(event) if schema == "Ownership" else event.quote],
    }
    key = _key(schema.lower(), *ends.values(), event.announcement_id, event.role, *more.values())
    return _entity(key, schema, found)


def _entity(key: str, schema: str, properties: Mapping[str, Sequence[str]]) -> Entity:
    kept = {name: [value for value in values if value] for name, values in properties.items()}
    return {
        "id": key,
        "schema": schema,
        "properties": {name: values for name, values in kept.items() if values},
    }


def _key(prefix: str, *parts: str) -> str:
    joined = "\x1f".join(parts)
    return f"{prefix}-{hashlib.sha256(joined.encode()).hexdigest()[:32]}"
