"""Who buys, sells and pledges the issuer's shares."""

from __future__ import annotations

from backfin.models.sheets.kinds import Amount, Date, Exact, Many, Name, Number, Sheet, Text


class SastDisclosure(Sheet):
    """A takeover disclosure."""

    regulation: Exact = None
    acquirer: Name = None
    pacs: Many = None
    side: Exact = None
    quantity: Number = None
    pct: Number = None
    pre_quantity: Number = None
    pre_pct: Number = None
    post_quantity: Number = None
    post_pct: Number = None
    diluted_post_pct: Number = None
    mode: Exact = None
    trade_date_from: Date = None
    trade_date_to: Date = None
    consideration: Amount = None


class InsiderTrade(Sheet):
    """A trade of a promoter, director or other insider."""

    person: Name = None
    category: Exact = None
    security_type: Exact = None
    side: Exact = None
    quantity: Number = None
    value: Amount = None
    pre_pct: Number = None
    post_pct: Number = None
    mode: Exact = None
    trade_date_from: Date = None
    trade_date_to: Date = None
    intimated_at: Date = None
    exchange: Exact = None


class Encumbrance(Sheet):
    """A pledge or other charge on promoters' shares."""

    promoter: Name = None
    event: Exact = None
    quantity: Number = None
    pct_of_holding: Number = None
    pct_of_capital: Number = None
    total_encumbered_pct_before: Number = None
    total_encumbered_pct_after: Number = None
    lender: Name = None
    purpose: Text = None
    loan_amount: Amount = None
    date: Date = None


class OpenOffer(Sheet):
    """An offer to the public shareholders."""

    acquirers: Many = None
    target: Name = None
    trigger: Text = None
    offer_price: Amount = None
    offer_quantity: Number = None
    offer_pct: Number = None
    offer_size: Amount = None
    pa_date: Date = None
    dps_date: Date = None
    opens: Date = None
    closes: Date = None
    min_acceptance: Number = None


class MergerAcquisition(Sheet):
    """A business or stake bought, sold, merged or split off."""

    kind: Exact = None
    counterparty: Name = None
    stake_before: Number = None
    stake_after: Number = None
    consideration: Amount = None
    consideration_kind: Exact = None
    swap_ratio: Text = None
    target_turnover: Many = None
    target_incorporated: Date = None
    related_party: Exact = None
    arms_length: Exact = None
    approvals: Many = None
    expected_completion: Date = None


class Deal(Sheet):
    """A bulk or block deal."""

    deal_kind: Exact = None
    client: Name = None
    side: Exact = None
    quantity: Number = None
    price: Amount = None
    value: Amount = None
    pct: Number = None
    date: Date = None
