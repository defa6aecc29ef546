"""What a filing says: facts with evidence, and the parties in it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from backfin.models.base import Frozen
from backfin.models.document import Method
from backfin.models.money import Money


class EventType(StrEnum):
    """Which schema of facts applies. Every category of every taxonomy maps to one of these."""

    FINANCIAL_RESULTS = "financial_results"
    ORDER_WIN = "order_win"
    ALLOTMENT = "allotment"
    FUND_RAISE = "fund_raise"
    DIVIDEND = "dividend"
    CORPORATE_ACTION = "corporate_action"
    SAST_DISCLOSURE = "sast_disclosure"
    INSIDER_TRADE = "insider_trade"
    ENCUMBRANCE = "encumbrance"
    OPEN_OFFER = "open_offer"
    MERGER_ACQUISITION = "merger_acquisition"
    MANAGEMENT_CHANGE = "management_change"
    AUDITOR_CHANGE = "auditor_change"
    CREDIT_RATING = "credit_rating"
    DEBT_DEFAULT = "debt_default"
    DEBT_FINANCING = "debt_financing"
    INSOLVENCY = "insolvency"
    LITIGATION_REGULATORY = "litigation_regulatory"
    EXPANSION_CAPEX = "expansion_capex"
    OPERATIONAL_UPDATE = "operational_update"
    REGULATORY_APPROVAL = "regulatory_approval"
    DISRUPTION = "disruption"
    MEETING_OR_CALL = "meeting_or_call"
    RUMOUR_CLARIFICATION = "rumour_clarification"
    SHAREHOLDING_PATTERN = "shareholding_pattern"
    DEAL = "deal"
    ROUTINE = "routine"


class Status(StrEnum):
    """What stands behind a value: the words themselves, a calculation, nothing, or two readings."""

    STATED = "stated"
    DERIVED = "derived"
    NOT_STATED = "not_stated"
    AMBIGUOUS = "ambiguous"


class Evidence(Frozen):
    """Where a fact stands: the page (0 = the exchange's own text) and the words on it, verbatim."""

    page: int
    quote: str
    method: Method = Method.TEXT


class Fact(Frozen):
    """One value a filing states, with the words it was read from.

    ``value`` is JSON-able, or a ``Money``. ``confidence`` runs from 0 to 1.
    """

    value: Money | Any | None
    status: Status = Status.STATED
    evidence: tuple[Evidence, ...] = ()
    confidence: float = Field(default=1.0, ge=0, le=1)


class PartyKind(StrEnum):
    """What a party is."""

    PERSON = "person"
    HUF = "huf"
    COMPANY = "company"
    LLP = "llp"
    TRUST = "trust"
    PARTNERSHIP = "partnership"
    MUTUAL_FUND_SCHEME = "mutual_fund_scheme"
    AIF = "aif"
    FPI = "fpi"
    BANK = "bank"
    INSURER = "insurer"
    GOVERNMENT = "government"
    UNKNOWN = "unknown"


class Party(Frozen):
    """A person or body a filing names, in the role in which it names it.

    ``price_inr`` and ``amount_inr`` are rupees; ``pct`` and the percentages before and after are per cent
    (12.5 means 12.5 %).
    """

    name_as_written: str
    kind: PartyKind = PartyKind.UNKNOWN
    role: str
    quantity: int | None = None
    price_inr: Decimal | None = None
    amount_inr: Decimal | None = None
    pct: Decimal | None = None
    pre_pct: Decimal | None = None
    post_pct: Decimal | None = None
    pan_last4: str | None = None
    din: str | None = None
    cin: str | None = None
    evidence: tuple[Evidence, ...] = ()
