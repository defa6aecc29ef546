"""Whether a value occurs in a text, in any form in which a filing may write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.models import Money, Scale
from backfin.models.money_scale import CURRENCY, SCALE_WORD, SPOILT_LAKHS, currency_of, scale_of
from backfin.models.money_text import Amount, find_amounts

_NUMBER = re.compile(r"\d\d*(?:,\d+)*(?:\.\d+)?")
_DATE = re.compile(rf"(?i){DATE}")
_HEADER = re.compile(
    rf"(?i)(?:\bin|\(|₹|rs\.?|inr)\s{{0,3}}(?:₹|rs\.?|inr)?\s{{0,2}}{SCALE_WORD}(?![A-Za-z])"
)
_SPOILT_LAKHS = re.compile(SPOILT_LAKHS)
#: A number with its sign, and what says how much one of it is.
_SIZED = re.compile(
    r"(?P<minus>(?<![^\s(])[-−])?(?P<number>\d+(?:,\d+)*(?:\.\d+)?)"
    rf"(?:\s{{0,3}}(?:{SCALE_WORD}(?![A-Za-z])|(?P<bps>(?i:bps?|basis points?))\b))?"
)
_CURRENCY = re.compile(CURRENCY)
#: Words that make an amount written without a sign a negative one.
_LESS = re.compile(r"(?i)loss|deficit|negative|decrease|decline|outflow|reduc|credit|reversal|हानि|घाटा")
_LONGEST = 40


def plain_numbers(text: str) -> set[Decimal]:
    """Every number written in digits, grouping removed.

    >>> sorted(plain_numbers("Rs. 1,23,456.50 for 12 months"))
    [Decimal('12'), Decimal('123456.50')]
    """
    return {Decimal(m[0].replace(",", "")) for m in _NUMBER.finditer(text) if len(m[0]) <= _LONGEST}


def holds_money(value: Money, quote: str, page: str, *, is_governed: bool = False) -> bool:
    """Whether an amount stands in a quote: with its own word of size, or under a scale its page states.

    A loss is no profit, and a dollar no rupee: sign and currency count too.

    Args:
        value: The amount.
        quote: The words that are said to hold it.
        page: All of the page.
        is_governed: Whether it is a line of a statement, of which a scale that its page states holds too.
    """
    amounts = find_amounts(quote)
    if any(_is_signed(value, a.units, quote) and (a.currency or "INR") == value.currency for a in amounts):
        return True
    bare = value.amount / value.scale.factor
    if any(abs(a.number) == abs(bare) for a in amounts):
        return False
    if not any(_is_signed(value, number * value.scale.factor, quote) for number in _signed_numbers(quote)):
        return False
    return _may_be_bare(value, page, is_governed)


def _is_signed(value: Money, units: Decimal, quote: str) -> bool:
    """Whether units are the amount; one below zero may be called a loss instead of having a sign."""
    if units == value.amount:
        return True
    return value.amount < 0 and units == -value.amount and _LESS.search(quote) is not None


def _signed_numbers(text: str) -> Iterator[Decimal]:
    """Every number written in digits; one in brackets, or right behind a minus, is negative."""
    for match in _SIZED.finditer(text):
        start, end = match.span("number")
        if end - start <= _LONGEST:
            number = Decimal(match["number"].replace(",", ""))
            opened = text[:start].rstrip()[-1:] == "(" if start else False
            is_negative = bool(match["minus"]) or (opened and text[end : end + 2].lstrip()[:1] == ")")
            yield -number if is_negative else number


def _may_be_bare(value: Money, page: str, is_governed: bool) -> bool:
    """Whether a page lets a number without any word be the amount: by the scales and the currencies it names."""
    scales, currencies = _named(page)
    if value.currency not in currencies and (currencies or value.currency != "INR"):
        return False
    if value.scale is Scale.UNIT:
        return not (is_governed and scales)
    return value.scale in scales


@lru_cache(maxsize=16)
def _named(page: str) -> tuple[frozenset[Scale], frozenset[str]]:
    """Scales that a page states for its tables, and currencies that it names; kept for the next fact of the page."""
    scales = {scale_of(match) for match in _HEADER.finditer(page)}
    if _SPOILT_LAKHS.search(page):
        scales.add(Scale.LAKH)
    return frozenset(scales), frozenset(currency_of(match) for match in _CURRENCY.finditer(page))


def holds_number(value: float | Decimal | str, quote: str, *, is_count: bool = False) -> bool:
    """Whether a plain number stands in a quote.

    >>> holds_number(1_250_000, "12.5 lakh shares"), holds_number(12.5, "12.5 lakh shares", is_count=True)
    (True, False)
    >>> holds_number(25, "25 bps"), holds_number(0.25, "25 bps"), holds_number(3, "-3 %")
    (False, True, False)

    Args:
        value: The number.
        quote: The words that are said to hold it.
        is_count: Whether it counts single things, so that a word of size behind the number is part of it.
    """
    try:
        wanted = Decimal(str(value))
    except InvalidOperation:
        return False
    return any(
        abs(wanted) == number and not (wanted > 0 and is_negative)
        for number, is_negative in _sized_numbers(quote, is_count)
    )


def number_in(text: str, *, is_count: bool = False) -> Decimal | None:
    """The first number of a short text, with its sign; basis points as per cent.

    >>> number_in("12.5 lakh", is_count=True) == 1_250_000, number_in("(2.50)%"), number_in("25 bps")
    (True, Decimal('-2.50'), Decimal('0.25'))
    """
    for number, is_negative in _sized_numbers(text, is_count):
        tidy = text.strip()
        is_bracketed = tidy.startswith("(") and tidy.rstrip("% ").endswith(")")
        return -number if is_negative or is_bracketed else number
    return None


def _sized_numbers(text: str, is_count: bool) -> Iterator[tuple[Decimal, bool]]:
    """Every number, with whether a minus stands before it: in its word of size, and if it counts nothing also bare."""
    for match in _SIZED.finditer(text):
        if len(match["number"]) > _LONGEST:
            continue
        number = Decimal(match["number"].replace(",", ""))
        scale = scale_of(match)
        if match["bps"]:
            number /= 100
        if not is_count or scale is Scale.UNIT:
            yield number, bool(match["minus"])
        if scale is not Scale.UNIT:
            yield number * scale.factor, bool(match["minus"])


def holds_date(iso: str, quote: str) -> bool:
    """Whether the day of an ISO date or time stands in a quote, in any order of day, month and year."""
    return any((day := parse_date(m[0])) and day.isoformat() == iso[:10] for m in _DATE.finditer(quote))


def strange_numbers(
    text: str, found: Sequence[Amount], known: Callable[[], set[Decimal]], amounts: Iterable[Money]
) -> list[str]:
    """Numbers of a text that are neither known nor one of ``amounts`` written another way, or to two decimals.

    >>> text = "worth ₹17.49 crore"
    >>> strange_numbers(text, find_amounts(text), set, [Money(amount=Decimal("174876000"))])
    []

    Args:
        text: A sentence about a filing.
        found: The amounts in it.
        known: Gives the numbers that the filing holds; not asked when the amounts are all there is.
        amounts: The filing's facts.
    """
    rest = text
    facts = list(amounts)
    for amount in reversed(found):
        if any(is_same_amount(amount, money) for money in facts):
            rest = rest[: amount.start] + " " + rest[amount.end :]
    numbers = [m[0] for m in _NUMBER.finditer(rest)]
    return [one for one in numbers if Decimal(one.replace(",", "")) not in known()]


def is_same_amount(amount: Amount, money: Money) -> bool:
    """Whether an amount is that money, exactly or rounded to two decimals of its word of size."""
    exact = abs(money.amount) / amount.factor
    is_same = abs(amount.number) in (exact, exact.quantize(Decimal("0.01")))
    return is_same and amount.currency in (None, money.currency)
