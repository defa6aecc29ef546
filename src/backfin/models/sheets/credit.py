"""Debt, ratings, defaults, insolvency, and the law."""

from __future__ import annotations

from backfin.models.sheets.kinds import Amount, Date, Exact, Name, Number, Sheet, Text


class CreditRating(Sheet):
    """A rating action."""

    agency: Name = None
    instrument: Text = None
    facility_amount: Amount = None
    rating_before: Exact = None
    rating_after: Exact = None
    outlook_before: Exact = None
    outlook_after: Exact = None
    action: Exact = None
    rationale: Text = None


class DebtDefault(Sheet):
    """A payment that was missed."""

    obligation: Text = None
    lender: Name = None
    default_date: Date = None
    principal_default: Amount = None
    interest_default: Amount = None
    obligation_total: Amount = None
    outstanding_bank_debt: Amount = None
    total_debt: Amount = None
    cured: Exact = None


class DebtFinancing(Sheet):
    """Money borrowed, repaid or settled."""

    instrument: Exact = None
    amount: Amount = None
    coupon: Number = None
    tenure: Text = None
    security: Text = None
    lender: Name = None
    purpose: Text = None
    allotment_date: Date = None
    maturity: Date = None
    ots_amount: Amount = None


class Insolvency(Sheet):
    """A step of an insolvency or bankruptcy case."""

    stage: Exact = None
    petitioner: Name = None
    tribunal: Name = None
    case_no: Exact = None
    claim_amount: Amount = None
    order_date: Date = None
    irp: Name = None
    next_date: Date = None


class LitigationRegulatory(Sheet):
    """A court, tax or regulatory order or notice."""

    authority: Name = None
    matter: Text = None
    order_date: Date = None
    received_at: Date = None
    demand: Amount = None
    penalty: Amount = None
    interest: Amount = None
    stage: Exact = None
    appeal_intended: Exact = None
    financial_impact: Text = None
