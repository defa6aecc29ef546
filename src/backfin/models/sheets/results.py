"""What a financial result states, line by line and column by column."""

from __future__ import annotations

from typing import Any

from pydantic import create_model

from backfin.models.sheets.kinds import Amount, Date, Exact, Many, Sheet, Text

#: Lines of a statement of results.
LINES = (
    "revenue_from_operations",
    "other_income",
    "total_income",
    "ebitda",
    "finance_costs",
    "depreciation",
    "exceptional_items",
    "profit_before_tax",
    "tax",
    "profit_after_tax",
    "pat_owners",
    "eps_basic",
    "eps_diluted",
)

#: Columns beside the period's own, whose field is the line's name alone.
COLUMNS = ("prior_quarter", "prior_year_quarter", "ytd", "prior_ytd")


class _Head(Sheet):
    """Which period and which accounts."""

    period_start: Date = None
    period_end: Date = None
    basis: Exact = None
    audit_status: Exact = None
    opinion: Exact = None
    segments: Many = None
    dividend_ref: Text = None


_FIELDS: dict[str, Any] = {
    name: (Amount, None) for line in LINES for name in (line, *(f"{line}_{column}" for column in COLUMNS))
}

FinancialResults: type[Sheet] = create_model(
    "FinancialResults",
    __base__=_Head,
    __doc__="A financial result: ``tax`` is the period's own, ``tax_ytd`` that of the year so far.",
    __module__=__name__,
    **_FIELDS,
)
