"""What an investor did, by the kind of filing and the role in which it is named."""

from __future__ import annotations

from collections.abc import Mapping

from backfin.models import Action, EventType, Fact

_A, _E = Action, EventType

#: What changes how much of a security an investor has, or how much of it is free.
CHANGES = (_A.BOUGHT, _A.SOLD, _A.RECEIVED, _A.GAVE, _A.ALLOTTED, _A.PLEDGED, _A.RELEASED, _A.INVOKED)

_SIDES = {
    "buy": _A.BOUGHT,
    "sell": _A.SOLD,
    "pledge": _A.PLEDGED,
    "revoke": _A.RELEASED,
    "invoke": _A.INVOKED,
}
_TRADERS = {"buyer": _A.BOUGHT, "acquirer": _A.BOUGHT, "pac": _A.BOUGHT, "seller": _A.SOLD}
_CHARGES = {"create": _A.PLEDGED, "release": _A.RELEASED, "invoke": _A.INVOKED}
_BY_ROLE: Mapping[EventType, Mapping[str, Action]] = {
    _E.ALLOTMENT: {"allottee": _A.ALLOTTED, "proposed_allottee": _A.PROPOSED},
    _E.FUND_RAISE: {"proposed_allottee": _A.PROPOSED, "allottee": _A.PROPOSED},
    _E.OPEN_OFFER: {"acquirer": _A.OFFERED, "pac": _A.OFFERED, "seller": _A.PROPOSED},
    _E.SHAREHOLDING_PATTERN: {"shareholder": _A.HOLDS},
    _E.DEAL: _TRADERS,
}
#: How shares change hands that are not bought: what each side does.
_UNPAID = {_A.BOUGHT: _A.RECEIVED, _A.SOLD: _A.GAVE}
_ISSUED = ("preferential allotment", "preferential issue", "rights issue", "esop")


def action_of(event_type: EventType, role: str, facts: Mapping[str, Fact], *, is_subject: bool) -> Action:
    """What an investor did.

    Args:
        event_type: Of the filing.
        role: In which it names the investor.
        facts: The filing's.
        is_subject: Whether the filing's facts are about this investor.
    """
    if event_type in (_E.INSIDER_TRADE, _E.SAST_DISCLOSURE, _E.DEAL):
        return _of_trade(role, facts, is_subject=is_subject)
    if event_type is _E.ENCUMBRANCE:
        is_owner = is_subject or role == "pledgor"
        return _CHARGES.get(_said(facts, "event"), _A.NAMED) if is_owner else _A.NAMED
    return _BY_ROLE.get(event_type, {}).get(role, _A.NAMED)


def security_of(event_type: EventType, facts: Mapping[str, Fact]) -> str:
    """The security that a filing speaks of, in small letters; empty where nothing says.

    Deals, takeover disclosures and pledges are of shares by their rules.
    """
    said = _said(facts, "instrument") or _said(facts, "security_type")
    if event_type in (_E.DEAL, _E.SAST_DISCLOSURE, _E.ENCUMBRANCE, _E.SHAREHOLDING_PATTERN, _E.OPEN_OFFER):
        said = said or "shares"
    return "shares" if said.startswith("equity") else said


def _of_trade(role: str, facts: Mapping[str, Fact], *, is_subject: bool) -> Action:
    told = _SIDES.get(_said(facts, "side")) if is_subject else None
    action = told or _TRADERS.get(role, _A.NAMED)
    # Regulation 10(5) is told before the shares change hands; 10(6) afterwards.
    if _said(facts, "regulation") == "10(5)":
        return _A.PROPOSED if action is not _A.NAMED else action
    mode = _said(facts, "mode")
    if mode == "gift":
        return _UNPAID.get(action, action)
    return _A.ALLOTTED if action is _A.BOUGHT and mode in _ISSUED else action


def _said(facts: Mapping[str, Fact], field: str) -> str:
    fact = facts.get(field)
    return fact.value.strip().lower() if fact is not None and isinstance(fact.value, str) else ""
