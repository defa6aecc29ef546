"""What a company earns, wins, builds and reports."""

from __future__ import annotations

from backfin.models.sheets.kinds import Amount, Date, Exact, Many, Name, Number, Sheet, Text


class OrderWin(Sheet):
    """An order, contract or letter of award that the issuer received."""

    customer: Name = None
    customer_country: Exact = None
    domestic_or_export: Exact = None
    nature: Text = None
    order_value: Amount = None
    value_basis: Exact = None
    execution_start: Date = None
    execution_end: Date = None
    duration_months: Number = None
    is_repeat: Exact = None
    stage: Exact = None
    related_party: Exact = None
    promoter_interest: Exact = None
    order_book_after: Amount = None


class ExpansionCapex(Sheet):
    """New capacity, a project, a product, or a closure."""

    project: Text = None
    location: Text = None
    capacity_before: Number = None
    capacity_added: Number = None
    unit: Exact = None
    utilisation: Number = None
    capex: Amount = None
    funding: Text = None
    start: Date = None
    completion: Date = None
    rationale: Text = None


class OperationalUpdate(Sheet):
    """Figures of a month or quarter that are no financial statement."""

    metric: Many = None
    period: Exact = None
    value: Number = None
    unit: Exact = None
    yoy: Number = None
    qoq: Number = None


class RegulatoryApproval(Sheet):
    """A licence, an approval, or an inspection by an authority."""

    authority: Name = None
    product: Text = None
    kind: Exact = None
    observations: Number = None
    market_size: Amount = None
    date: Date = None


class Disruption(Sheet):
    """Operations stopped or hampered."""

    cause: Text = None
    sites: Many = None
    start: Date = None
    end: Date = None
    insured: Exact = None
    loss_estimate: Amount = None
    cyber: Text = None
