"""The figures of a statement of results in two sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from backfin.enrichment.rules.figures import day_of, rounded
from backfin.models import Fact, Money
from backfin.models.money import format_indian

Facts = dict[str, Fact]

_STATUS = {"limited review": "unaudited, reviewed", "unaudited": "unaudited", "audited": "audited"}
#: Field, what it is called, and what a loss of it is called.
_LINES = (
    ("revenue_from_operations", "revenue from operations", "revenue from operations"),
    ("total_income", "total income", "total income"),
    ("ebitda", "EBITDA", "EBITDA"),
    ("profit_before_tax", "profit before tax", "loss before tax"),
    ("profit_after_tax", "net profit", "net loss"),
)


def told_in_figures(facts: Facts) -> str:
    """Which accounts of which period, and what they state; empty without a period."""
    end = facts.get("period_end")
    if end is None or end.value is None:
        return ""
    said = [part for name, profit, loss in _LINES if (part := _line(facts, name, profit, loss))]
    if (eps := _amount(facts, "eps_basic")) is not None:
        sign = "-" if eps.amount < 0 else ""
        said.append(f"basic earnings per share {sign}₹{format_indian(abs(eps.amount))}")
    return f"{_head(facts, str(end.value))}{': ' if said else ''}{', '.join(said)}."


def _head(facts: Facts, end: str) -> str:
    """ "Standalone results (unaudited, reviewed) for the quarter to 30 June 2019"."""
    basis = _text(facts, "basis").capitalize()
    status = _STATUS.get(_text(facts, "audit_status"), "")
    start = _text(facts, "period_start")
    span = (
        "quarter"
        if start and 80 < (date.fromisoformat(end) - date.fromisoformat(start)).days < 100
        else "period"
    )
    results = f"{basis} results" if basis else "Results"
    return f"{results}{f' ({status})' if status else ''} for the {span} to {day_of(end)}"


def _line(facts: Facts, name: str, profit: str, loss: str) -> str:
    now, before = _amount(facts, name), _amount(facts, f"{name}_prior_year_quarter")
    if now is None:
        return ""
    told = f"{loss if now.amount < 0 else profit} {_size(now)}"
    if before is None:
        return told
    other = loss if before.amount < 0 else profit
    is_same = (now.amount < 0) == (before.amount < 0)
    return f"{told} (a year before {'' if is_same else other + ' '}{_size(before)})"


def _size(money: Money) -> str:
    return rounded(money.model_copy(update={"amount": abs(money.amount)}))


def _amount(facts: Facts, name: str) -> Money | None:
    value = facts[name].value if name in facts else None
    return value if isinstance(value, Money) and value.amount != Decimal(0) else None


def _text(facts: Facts, name: str) -> str:
    return str(facts[name].value) if name in facts and facts[name].value is not None else ""
