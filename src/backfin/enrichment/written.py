"""Whether a value occurs in a text, in any form in which a filing may write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.models import Money, Scale
from backfin.models.money_scale import SCALE_WORD, SPOILT_LAKHS, scale_of
from backfin.models.money_text import Amount, find_amounts

_NUMBER = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_DATE = re.compile(rf"(?i){DATE}")
_HEADER = re.compile(
    rf"(?i)(?:\bin|\(|₹|rs\.?|inr)\s{{0,3}}(?:₹|rs\.?|inr)?\s{{0,2}}{SCALE_WORD}(?![A-Za-z])"
)
_SPOILT_LAKHS = re.compile(SPOILT_LAKHS)
_LONGEST = 40


def plain_numbers(text: str) -> set[Decimal]:
    """Every number written in digits, grouping removed.

    >>> sorted(plain_numbers("Rs. 1,23,456.50 for 12 months"))
    [Decimal('12'), Decimal('123456.50')]
    """
    return {Decimal(m[0].replace(",", "")) for m in _NUMBER.finditer(text) if len(m[0]) <= _LONGEST}


def holds_money(value: Money, quote: str, page: str) -> bool:
    """Whether an amount stands in a quote: with its own word of size, or under a scale its page states."""
    wanted = abs(value.amount)
    amounts = find_amounts(quote)
    if any(abs(a.units) == wanted and (a.currency or "INR") == value.currency for a in amounts):
        return True
    bare = wanted / value.scale.factor
    if bare not in plain_numbers(quote) or any(abs(a.number) == bare for a in amounts):
        return False
    return value.scale is Scale.UNIT or value.scale in _header_scales(page)


def _header_scales(page: str) -> set[Scale]:
    stated = {scale_of(match) for match in _HEADER.finditer(page)}
    return stated | ({Scale.LAKH} if _SPOILT_LAKHS.search(page) else set())


def holds_number(value: float | Decimal | str, quote: str) -> bool:
    """Whether a plain number stands in a quote."""
    try:
        return abs(Decimal(str(value))) in plain_numbers(quote)
    except InvalidOperation:
        return False


def holds_date(iso: str, quote: str) -> bool:
    """Whether the day of an ISO date or time stands in a quote, in any order of day, month and year."""
    return any((day := parse_date(m[0])) and day.isoformat() == iso[:10] for m in _DATE.finditer(quote))


def strange_numbers(text: str, known: set[Decimal], amounts: Iterable[Money]) -> list[str]:
    """Numbers of a text that are neither known nor one of ``amounts`` written another way, or to two decimals.

    >>> strange_numbers("worth ₹17.49 crore", set(), [Money(amount=Decimal("174876000"))])
    []
    """
    rest = text
    units = {abs(money.amount) for money in amounts}
    for amount in reversed(find_amounts(text)):
        if any(is_same_amount(amount, value) for value in units):
            rest = rest[: amount.start] + " " + rest[amount.end :]
    return [m[0] for m in _NUMBER.finditer(rest) if Decimal(m[0].replace(",", "")) not in known]


def is_same_amount(amount: Amount, units: Decimal) -> bool:
    """Whether an amount is ``units``, exactly or rounded to two decimals of its word of size."""
    exact = units / amount.factor
    return abs(amount.number) in (exact, exact.quantize(Decimal("0.01")))
