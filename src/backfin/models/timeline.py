"""What an investor did and held, as filings tell it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, Field

from backfin.models.base import Frozen
from backfin.models.facts import EventType, Status


class Action(StrEnum):
    """What a filing says that an investor did; the last four are no change of what it holds."""

    BOUGHT = "bought"
    SOLD = "sold"
    RECEIVED = "received"
    GAVE = "gave"
    ALLOTTED = "allotted"
    PLEDGED = "pledged"
    RELEASED = "released"
    INVOKED = "invoked"
    HOLDS = "holds"
    PROPOSED = "proposed"
    OFFERED = "offered"
    NAMED = "named"


class Stated(Frozen):
    """Where a number of a timeline stands that is a fact of the filing, not of the investor's own row."""

    page: int | None = None
    quote: str = ""
    status: Status = Status.STATED


class TimelineEvent(Frozen):
    """One role of an investor in one filing. Money is rupees, percentages are per cent.

    ``date`` is the day of publication, ``traded_from`` and ``traded_to`` are days the filing states. ``stated_for``
    is ``group`` where the numbers are those of several together, of which the investor is one. ``from_facts`` has the
    place of each number that the investor's own row does not hold. ``also_in`` are copies of the filing on other
    exchanges; ``same_trade_as`` is the earlier announcement that told of the same trade, so that it counts once.
    """

    date: dt.date
    disseminated_at: AwareDatetime
    issuer_name: str
    isin: str | None
    name_as_written: str
    role: str
    event_type: EventType
    action: Action
    security: str = ""
    mode: str = ""
    quantity: int | None = None
    price_inr: Decimal | None = None
    amount_inr: Decimal | None = None
    pct: Decimal | None = None
    pre_quantity: int | None = None
    pre_pct: Decimal | None = None
    post_quantity: int | None = None
    post_pct: Decimal | None = None
    traded_from: dt.date | None = None
    traded_to: dt.date | None = None
    stated_for: str = "party"
    from_facts: dict[str, Stated] = Field(default_factory=dict)
    tier: str
    announcement_id: str
    filing_id: str
    also_in: tuple[str, ...] = ()
    same_trade_as: str | None = None
    page: int | None
    quote: str
    headline: str
    url: str | None = None
    exchange: str
    is_record: bool = False


class TimelineTotal(Frozen):
    """What an investor did with one security of one issuer, all trades together.

    Only numbers that filings state for the investor alone are added, each trade once. ``quantity`` is the sum over
    ``with_quantity`` of ``trades``, ``amount_inr`` over ``with_amount``. ``repeats`` were told again and not counted,
    ``of_group`` are trades whose numbers are those of several together.
    """

    issuer_name: str
    isin: str | None
    action: Action
    security: str
    quantity: int | None
    amount_inr: Decimal | None
    trades: int
    with_quantity: int
    with_amount: int
    repeats: int
    of_group: int
    first: dt.date
    last: dt.date


class Timeline(Frozen):
    """An investor's events, oldest first, and what they come to by issuer."""

    investor_id: str
    name: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    events: tuple[TimelineEvent, ...]
    totals: tuple[TimelineTotal, ...]
