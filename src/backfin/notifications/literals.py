"""The values a rule compares facts with: numbers, amounts of money, days and words."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from backfin.errors import ParseError
from backfin.models import Fact, Money, Status
from backfin.notifications.fold import fold, padded

_PLAIN_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?\s*%?")
_YES = ("yes", "true")
_NO = ("no", "false")

#: Types of values that have no parts.
_SINGLE = frozenset({Money, Decimal, str, int, float, bool, date})

ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as a rule writes it, in every way it can be read.

    ``number`` of an amount of money is in whole units of ``currency``; a bare number has no currency and is
    compared with rupees.
    """

    text: str
    folded: str
    number: Decimal | None = None
    currency: str | None = None
    day: date | None = None

    @property
    def has_order(self) -> bool:
        """Whether ``>`` and ``<`` mean something for it."""
        return self.number is not None or self.day is not None


def parse_literal(text: str) -> Literal:
    """Reads a value of a rule.

    >>> parse_literal("5,00,000").number
    Decimal('500000')
    >>> parse_literal("interim").number is None
    True
    """
    day = _day(text)
    if day is not None:
        return Literal(text, fold(text), day=day)
    if _PLAIN_NUMBER.fullmatch(text.strip()):
        return Literal(text, fold(text), number=_number(text))
    money = _money(text)
    if money is None:
        return Literal(text, fold(text))
    return Literal(text, fold(text), number=money.amount, currency=money.currency)


def fact_matches(fact: Fact, path: tuple[str, ...], op: str, literals: tuple[Literal, ...]) -> bool:
    """Whether any value of a fact stands in the relation to any of the literals.

    A fact that is not stated matches nothing. ``path`` picks a part of a fact that has several.
    """
    if fact.status is Status.NOT_STATED:
        return False
    # The usual fact is one value, and thousands of watches may ask for it: asking costs next to nothing then.
    leaves = (fact.value,) if type(fact.value) in _SINGLE and not path else _leaves(fact.value, path)
    for leaf in leaves:
        for literal in literals:
            if _leaf_matches(leaf, op, literal):
                return True
    return False


def _leaf_matches(leaf: Any, op: str, literal: Literal) -> bool:
    in_order = ORDERINGS.get(op)
    if in_order is not None:
        pair = _ordered_pair(leaf, literal)
        return pair is not None and in_order(*pair)
    if op == ":":
        return bool(literal.folded) and f" {literal.folded} " in padded([_text(leaf)])
    if isinstance(leaf, bool):
        return literal.folded in (_YES if leaf else _NO)
    pair = _ordered_pair(leaf, literal)
    if pair is not None:
        return bool(pair[0] == pair[1])
    return bool(literal.folded) and fold(_text(leaf)) == literal.folded


def _ordered_pair(leaf: Any, literal: Literal) -> tuple[Any, Any] | None:
    if literal.day is not None:
        day = _day(_text(leaf))
        return None if day is None else (day, literal.day)
    if literal.number is None:
        return None
    if isinstance(leaf, Money):
        same_currency = leaf.currency == (literal.currency or "INR")
        return (leaf.amount, literal.number) if same_currency else None
    number = _number(_text(leaf)) if not isinstance(leaf, bool) else None
    return None if number is None else (number, literal.number)


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every single value in a fact's value; ``path`` names the part wanted of each object in it."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, path)
    elif isinstance(value, Mapping) and path:
        yield from _leaves(value.get(path[0]), path[1:])
    elif isinstance(value, Mapping):
        yield from _stored_money(value)
    elif value is not None and not path:
        yield value


def _stored_money(value: Mapping[str, Any]) -> Iterator[Money]:
    """An amount that came back from storage as a plain object."""
    amount = _number(str(value.get("amount", "")))
    if amount is not None:
        yield Money(amount=amount, currency=str(value.get("currency", "INR")))


def _text(leaf: Any) -> str:
    return leaf.as_written if isinstance(leaf, Money) else str(leaf)


def _number(text: str) -> Decimal | None:
    if not _PLAIN_NUMBER.fullmatch(text.strip()):
        return None
    try:
        return Decimal(text.replace(",", "").replace("%", "").strip())
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10]) if re.match(r"\s*\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _money(text: str) -> Money | None:
    if not any(char.isdigit() for char in text):
        return None
    try:
        return Money.parse(text)
    except ParseError:
        return None
