"""Persons and bodies that appear in filings."""

from __future__ import annotations

from decimal import Decimal

from pydantic import AwareDatetime

from backfin.models.base import Frozen
from backfin.models.facts import PartyKind


class Investor(Frozen):
    """A person or body under one stable id. ``status`` is ``unverified`` or ``verified``."""

    investor_id: str
    name: str
    normal_form: str
    kind: PartyKind
    status: str = "unverified"
    names: tuple[str, ...] = ()


class Mention(Frozen):
    """An investor in a filing. Money is rupees; ``pct`` is per cent; ``tier`` says how it was linked.

    ``page`` 0 is the exchange's own text.
    """

    mention_id: str
    announcement_id: str
    investor_id: str
    name_as_written: str
    kind: PartyKind
    role: str
    quantity: int | None = None
    price_inr: Decimal | None = None
    amount_inr: Decimal | None = None
    pct: Decimal | None = None
    page: int | None = None
    quote: str = ""
    tier: str = "auto"
    explanation: str = ""
    created_at: AwareDatetime
