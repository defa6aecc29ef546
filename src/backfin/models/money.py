"""Amounts of money as filings write them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from backfin.errors import ParseError
from backfin.models.base import Frozen
from backfin.models.money_scale import Scale
from backfin.models.money_text import Amount, find_amounts

__all__ = ["Money", "Scale", "format_indian", "format_western", "money_of"]


class Money(Frozen):
    """An amount in whole units of its currency, with the words it was read from.

    ``scale`` is the word of size it was written with (or that its table's head states); ``amount`` already
    has it multiplied in.
    """

    amount: Decimal
    currency: str = "INR"
    scale: Scale = Scale.UNIT
    as_written: str = ""
    approx: bool = False

    @classmethod
    def parse(cls, text: str, scale: str | Scale | None = None) -> Money:
        """The first amount in a text.

        >>> Money.parse("Rs. 12.5 crore (plus GST)").amount
        Decimal('125000000')
        >>> Money.parse("(1,234.50)", scale="lakh").format()
        '-₹12.345 crore'

        Raises:
            ParseError: There is none. A number needs a currency or a word of size, or ``scale``.
        """
        found = cls.parse_all(text, scale)
        if not found:
            raise ParseError(
                f"No amount of money in {text[:80]!r}; write a currency or a scale.", text=text[:80]
            )
        return found[0]

    @classmethod
    def parse_all(cls, text: str, scale: str | Scale | None = None) -> list[Money]:
        """Every amount in a text, in order; a range gives its two ends.

        Words that only repeat the figure before them ("Rs. 5 crore (Rupees Five Crore only)") are not
        counted twice.

        >>> [m.format() for m in Money.parse_all("USD 3.2 mn (≈ ₹27 cr), later Rs. 100-150 lakh")]
        ['USD 3.20 million', '₹27 crore', '₹1 crore', '₹1.50 crore']
        """
        return [money_of(text, amount) for amount in find_amounts(text, scale)]

    def format(self) -> str:
        """The amount for people, exact: rupees in Indian grouping with lakh and crore.

        >>> Money(amount=Decimal(4706000)).format()
        '₹47.06 lakh'
        >>> Money(amount=Decimal("12345000000")).format()
        '₹1,234.50 crore'
        >>> Money(amount=Decimal(13332466)).format()
        '₹1,33,32,466'
        """
        sign = "-" if self.amount < 0 else ""
        if self.currency == "INR":
            return f"{sign}₹{_short(abs(self.amount), _INDIAN)}"
        return f"{sign}{self.currency} {_short(abs(self.amount), _WESTERN)}"


#: More decimals than this and the full figure reads better.
_MOST_DECIMALS = 4


def money_of(text: str, amount: Amount) -> Money:
    """The value of an amount found in ``text``."""
    units = amount.units
    whole = units.to_integral_value()
    return Money(
        amount=whole if whole == units else units.normalize(),
        currency=amount.currency or "INR",
        scale=amount.scale,
        as_written=text[amount.start : amount.end].strip(),
        approx=amount.approx,
    )


def format_indian(number: Decimal) -> str:
    """A number in Indian grouping, with two decimals or more if it has any.

    >>> format_indian(Decimal("12345678.9"))
    '1,23,45,678.90'
    """
    sign, whole, decimals = _parts(number)
    head, tail = whole[:-3], whole[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return sign + ",".join([*groups, tail]) + decimals


def format_western(number: Decimal) -> str:
    """A number in groups of three, with two decimals or more if it has any.

    >>> format_western(Decimal("12345678.9"))
    '12,345,678.90'
    """
    sign, whole, decimals = _parts(number)
    return f"{sign}{int(whole):,}{decimals}"


def _parts(number: Decimal) -> tuple[str, str, str]:
    plain = f"{abs(number):f}"
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    sign = "-" if number < 0 else ""
    return sign, whole.lstrip("0") or "0", f".{decimals.ljust(2, '0')}" if decimals else ""


#: Words of size with their power of ten, the largest first, and the grouping that goes with them.
_Style = tuple[tuple[tuple[int, str], ...], Callable[[Decimal], str]]
_INDIAN: _Style = (((7, "crore"), (5, "lakh")), format_indian)
_WESTERN: _Style = (((9, "billion"), (6, "million")), format_western)


def _short(amount: Decimal, style: _Style) -> str:
    words, grouped = style
    for power, word in words:
        value = amount.scaleb(-power)
        if value >= 1 and _decimals(value) <= _MOST_DECIMALS:
            return f"{grouped(value)} {word}"
    return grouped(amount)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
