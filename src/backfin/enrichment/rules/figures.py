"""Amounts and days as a newspaper prints them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from backfin.models import Money
from backfin.models.money import format_indian


def rounded(money: Money) -> str:
    """An amount with at most two decimals of crore, lakh or rupees.

    >>> rounded(Money(amount=Decimal("174876000")))
    '₹17.49 crore'
    """
    if money.currency != "INR":
        return money.format()
    for power, word in ((7, " crore"), (5, " lakh"), (0, "")):
        value = abs(money.amount).scaleb(-power)
        if value >= 1 or not power:
            sign = "-" if money.amount < 0 else ""
            return f"{sign}₹{format_indian(value.quantize(Decimal('0.01')))}{word}"
    raise AssertionError


def day_of(iso: str) -> str:
    """A day as newspapers write it: "15 July 2026"."""
    day = date.fromisoformat(iso[:10])
    return f"{day.day} {day:%B %Y}"
