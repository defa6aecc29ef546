"""How the news stands for the issuer and for others it names, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backfin.enrichment.materiality import profits
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Fact, Money, Party, Sentiment
from backfin.models.base import Frozen

_E = EventType
_MOST_PARTIES = 10

Facts = dict[str, Fact]


class PartySentiment(Frozen):
    """How the news stands for one party, and why."""

    party: str
    label: Sentiment
    reason: str


_GOOD = {
    _E.ORDER_WIN: "an order brings revenue",
    _E.DIVIDEND: "a dividend is paid",
    _E.EXPANSION_CAPEX: "the business is extended",
    _E.REGULATORY_APPROVAL: "an authority permits",
}
_BAD = {
    _E.DEBT_DEFAULT: "a payment was missed",
    _E.INSOLVENCY: "an insolvency case goes on",
    _E.DISRUPTION: "operations are disturbed",
    _E.LITIGATION_REGULATORY: "an order or claim stands against it",
}
_RELIEF = re.compile(
    r"(?i)set aside|quashed|dropp(?:ed|ing)|in favou?r of the company|allowed the appeal"
    r"|revocation of suspension|withdrawn|resum(?:ed|ption)|called off|restor"
)
_SHUT = re.compile(r"(?i)\bclos(?:ure|ing)\b|shut ?down|cessation of operation")
_LOST = re.compile(r"(?i)\b(?:cancel\w*|terminat\w*|annul\w*|rescind\w*|rescission|withdraw\w*)\b")
_BY_FACT: dict[tuple[str, str], tuple[Sentiment, str]] = {
    ("action", "upgrade"): (Sentiment.POSITIVE, "a rating was raised"),
    ("action", "downgrade"): (Sentiment.NEGATIVE, "a rating was lowered"),
    ("action", "INC"): (Sentiment.NEGATIVE, "the agency says the issuer does not cooperate"),
    ("event", "invoke"): (Sentiment.NEGATIVE, "pledged shares were invoked"),
    ("event", "release"): (Sentiment.POSITIVE, "pledged shares were released"),
    ("kind", "bonus"): (Sentiment.POSITIVE, "bonus shares are issued"),
    ("action", "death"): (Sentiment.NEGATIVE, "a director or manager has died"),
}
#: An inspection: what its outcome says against a plant, and what only says that there is one.
_OBJECTED = re.compile(
    r"(?i)\bimport alert\b|\bofficial action indicated\b|\bOAI\b|\bcomplete response letter\b"
    r"|\brefus(?:al|ed)\b|\breject(?:ed|ion)\b"
)
_IS_OBJECTED = ("483", "WL")
_INSPECTION = re.compile(r"(?i)\binspect(?:ion|ed)\b")
_OUTCOME = re.compile(
    r"(?i)\b(?:zero|nil|no|without(?: any)?)\s(?:form[- ]?483 )?observations?\b|\bno\s(?:form[- ]?)?483\b|\beir\b"
    r"|establishment inspection report|\b(?:successful\w*|clos(?:ed|ure)|compli(?:ance|ant)|approv\w+|clear(?:ed|ance)"
    r"|VAI|NAI)\b|(?:voluntary|no) action indicated"
)
_OPINIONS = ("qualified", "adverse", "disclaimer")

_Judged = tuple[Sentiment, str]


def of_issuer(source: Source, event_type: EventType, facts: Facts, flags: tuple[str, ...]) -> _Judged:
    """How the news stands for the issuer, and why."""
    if event_type is _E.FINANCIAL_RESULTS:
        return _of_results(facts)
    for (field, value), judged in _BY_FACT.items():
        if field in facts and facts[field].value == value:
            return judged
    if event_type in _BAD:
        is_relief = _RELIEF.search(source.title) is not None
        return (
            (Sentiment.MIXED, "part of it falls away")
            if is_relief
            else (Sentiment.NEGATIVE, _BAD[event_type])
        )
    if flags and event_type in (_E.AUDITOR_CHANGE, _E.MANAGEMENT_CHANGE):
        return Sentiment.NEGATIVE, f"flagged: {', '.join(flags)}"
    if event_type is _E.REGULATORY_APPROVAL and (inspected := _of_inspection(source, facts)):
        return inspected
    return _of_kind(source, event_type)


def _of_inspection(source: Source, facts: Facts) -> _Judged | None:
    """What observations, letters and alerts of an authority mean; ``None`` where it grants or finds nothing amiss."""
    count = facts["observations"].value if "observations" in facts else None
    kind = facts["kind"].value if "kind" in facts else None
    if count != 0 and (count or kind in _IS_OBJECTED or _OBJECTED.search(source.lowered)):
        return Sentiment.NEGATIVE, "an authority objects"
    if count is None and _INSPECTION.search(source.lowered) and not _OUTCOME.search(source.lowered):
        return Sentiment.NEUTRAL, "an inspection whose outcome is not told"
    return None


def _of_kind(source: Source, event_type: EventType) -> _Judged:
    if event_type not in _GOOD:
        return Sentiment.NEUTRAL, "nothing in it speaks for or against"
    if event_type is _E.EXPANSION_CAPEX and _SHUT.search(source.title):
        return Sentiment.NEGATIVE, "a plant or unit is closed"
    if _LOST.search(source.title):
        return Sentiment.NEGATIVE, "what was won or planned falls away"
    return Sentiment.POSITIVE, _GOOD[event_type]


def _of_results(facts: Facts) -> _Judged:
    now, before = profits(facts)
    if not (now and before and isinstance(now.value, Money) and isinstance(before.value, Money)):
        return Sentiment.NEUTRAL, "profit and its figure of a year before are not both known"
    told = f"profit after tax {now.value.format()} against {before.value.format()} a year before"
    has_risen = now.value.amount > before.value.amount
    if "opinion" in facts and facts["opinion"].value in _OPINIONS:
        return (
            Sentiment.MIXED if has_risen else Sentiment.NEGATIVE
        ), f"{told}; the auditor's opinion is {facts['opinion'].value}"
    return (Sentiment.POSITIVE if has_risen else Sentiment.NEGATIVE), told


#: Roles for which the news tells something, by event type.
_ROLES: dict[tuple[EventType, str], _Judged] = {
    (_E.ORDER_WIN, "customer"): (Sentiment.NEUTRAL, "it places the order"),
    (_E.INSOLVENCY, "petitioner"): (Sentiment.NEUTRAL, "it asked for the proceedings"),
    (_E.DEBT_DEFAULT, "lender"): (Sentiment.NEGATIVE, "money due to it was not paid"),
    (_E.OPEN_OFFER, "target"): (Sentiment.NEUTRAL, "an offer is made to its holders"),
    (_E.CREDIT_RATING, "rating_agency"): (Sentiment.NEUTRAL, "it gives the rating"),
    (_E.LITIGATION_REGULATORY, "regulator"): (Sentiment.NEUTRAL, "it gave the order"),
}


def of_parties(
    event_type: EventType, issuer: str, judged: _Judged, parties: Iterable[Party]
) -> tuple[PartySentiment, ...]:
    """The issuer first, then those whose role tells how the news stands for them."""
    told = [PartySentiment(party=issuer or "issuer", label=judged[0], reason=judged[1])]
    for party in parties:
        of_role = _ROLES.get((event_type, party.role))
        if of_role is not None:
            told.append(PartySentiment(party=party.name_as_written, label=of_role[0], reason=of_role[1]))
    return tuple(told[: _MOST_PARTIES + 1])
