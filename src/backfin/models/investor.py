"""Persons and bodies that appear in filings."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

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


class Verdict(StrEnum):
    """What was judged of two investors."""

    SAME = "same"
    NOT_SAME = "not_same"
    UNDECIDED = "undecided"


class Judgement(Frozen):
    """What somebody said of two investors. Where they are the same, ``one_id`` survives.

    ``score`` is that of the comparison backfin judged by, ``None`` for a person's judgement. What a split said and
    did beside is ``part_of`` its judgement; what it undid is ``undone_for`` it.
    """

    link_id: int
    one_id: str
    other_id: str
    verdict: Verdict
    score: float | None = None
    made_by: str
    why: str
    made_at: AwareDatetime
    part_of: int | None = None
    undone_at: AwareDatetime | None = None
    undone_by: str | None = None
    undone_for: int | None = None
