"""Financial results as the exchange's XBRL states them: plain rupees under the taxonomy's own names."""

from __future__ import annotations

import re
from decimal import Decimal

from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.rules.source import Source
from backfin.models import Money

_STATED = re.compile(
    r"(?m)^(?P<name>[A-Z][A-Za-z]{5,80}): (?P<number>-?\d+(?:\.\d+)?) "
    r"\((?P<start>\d{4}-\d\d-\d\d) to (?P<end>\d{4}-\d\d-\d\d), INR(?:/shares)?\)"
)
_BASIS = re.compile(r"(?m)^NatureOfReportStandaloneConsolidated: (?P<basis>Standalone|Consolidated)\b")
_FIELDS = {
    "RevenueFromOperations": "revenue_from_operations",
    "OtherIncome": "other_income",
    "Income": "total_income",
    "FinanceCosts": "finance_costs",
    "DepreciationDepletionAndAmortisationExpense": "depreciation",
    "ProfitBeforeTax": "profit_before_tax",
    "TaxExpense": "tax",
    "ProfitLossForPeriod": "profit_after_tax",
    "ProfitOrLossAttributableToOwnersOfParent": "pat_owners",
    "BasicEarningsLossPerShareFromContinuingOperations": "eps_basic",
    "DilutedEarningsLossPerShareFromContinuingOperations": "eps_diluted",
}


def read_xbrl(source: Source, found: Extract) -> None:
    """Puts what the first period of an XBRL filing states; other periods are left out."""
    stated = [match for match in source.each(_STATED, ": ") if match["name"] in _FIELDS]
    if not stated:
        return
    span = _span(stated[0])
    found.put("period_start", stated[0].fact(span[0]))
    found.put("period_end", stated[0].fact(span[1]))
    if basis := source.search(_BASIS):
        found.put("basis", basis.fact(basis["basis"].lower()))
    for match in stated:
        if _span(match) == span:
            number = match["number"]
            found.put(_FIELDS[match["name"]], match.fact(Money(amount=Decimal(number), as_written=number)))


def _span(match: Found) -> tuple[str, str]:
    return match["start"], match["end"]
