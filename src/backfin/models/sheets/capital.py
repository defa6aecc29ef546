"""Shares and securities: issued, changed, paid for."""

from __future__ import annotations

from backfin.models.sheets.kinds import Amount, Date, Exact, Many, Number, Sheet, Text


class Allotment(Sheet):
    """Securities allotted, with who got how many at what price."""

    instrument: Exact = None
    route: Exact = None
    allottees: Many = None
    total_quantity: Number = None
    issue_price: Amount = None
    premium: Amount = None
    total_consideration: Amount = None
    consideration_kind: Exact = None
    resolution_date: Date = None
    allotment_date: Date = None
    relevant_date: Date = None
    floor_price: Amount = None
    lock_in_until: Date = None
    capital_before: Amount = None
    capital_after: Amount = None
    conversion_terms: Text = None


class FundRaise(Sheet):
    """A proposal to raise money."""

    route: Exact = None
    instrument: Exact = None
    max_amount: Amount = None
    max_quantity: Number = None
    price_or_formula: Text = None
    proposed_allottees: Many = None
    objects_of_issue: Text = None
    approvals_pending: Many = None


class Dividend(Sheet):
    """A dividend, and the dates that go with it."""

    kind: Exact = None
    per_share: Amount = None
    face_value: Amount = None
    pct: Number = None
    record_date: Date = None
    ex_date: Date = None
    payment_date: Date = None
    total_payout: Amount = None
    payout_ratio: Number = None


class CorporateAction(Sheet):
    """Bonus, split, consolidation, rights, buyback, reduction."""

    kind: Exact = None
    ratio_new: Number = None
    ratio_old: Number = None
    price: Amount = None
    size_quantity: Number = None
    size_amount: Amount = None
    route: Exact = None
    record_date: Date = None
    entitlement: Text = None
    acceptance_ratio: Number = None


class ShareholdingPattern(Sheet):
    """Who holds how much at the end of a quarter."""

    period_end: Date = None
    category_totals: Many = None
    holders: Many = None
    pledged: Number = None
