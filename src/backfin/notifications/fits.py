"""Whether a value that a rule compares a fact with can be a value of that fact at all."""

from __future__ import annotations

import re
from collections.abc import Set

from backfin.models.sheets import Kind, is_count
from backfin.notifications.literals import ORDERINGS, Literal

_MONEY_MARK = re.compile(
    r"[₹$€£¥]|\b(rs|re|inr|usd|eur|gbp|jpy|aed|rupees?|dollars?|euros?)\b", re.IGNORECASE
)
_PART_OF_DAY = re.compile(r"\d{4}(-\d\d)?")

_ADVICE = {
    Kind.MONEY: "{} is an amount of money; compare it with one such as 100 crore.",
    Kind.DATE: "{} is a day; compare it with one such as 2026-07-01.",
    Kind.NUMBER: "{} is a number; compare it with one such as 12.",
    Kind.NAME: "{} is a name and has no order; compare it with =, !=, : or in.",
    Kind.TEXT: "{} is a text and has no order; look for words in it with :.",
}


def misfit(fact: str, kinds: Set[Kind], op: str, literal: Literal) -> str | None:
    """What is wrong with a comparison that no value of the fact can stand in; ``None`` when one can.

    Args:
        fact: Name of the fact.
        kinds: The kinds of value it has on the sheets that have it; where none is known, nothing is wrong.
        op: The operator; ``:`` looks for words, which any value may have.
        literal: What it is compared with.
    """
    if op == ":" or not kinds or any(_fits(fact, kind, op, literal) for kind in kinds):
        return None
    kind = min(kinds)
    if kind is Kind.NUMBER and _is_percentage(fact):
        return f"{fact} is a percentage; compare it with a number such as 50 or 50%."
    return _ADVICE[kind].format(fact)


def _fits(fact: str, kind: Kind, op: str, literal: Literal) -> bool:
    if kind is Kind.MONEY:
        return literal.number is not None and not literal.text.rstrip().endswith("%")
    if kind is Kind.NUMBER:
        return literal.number is not None and _is_unit_of(fact, literal)
    if kind is Kind.DATE:
        is_part = op not in ORDERINGS and _PART_OF_DAY.fullmatch(literal.text.strip())
        return literal.day is not None or bool(is_part)
    return op not in ORDERINGS or kind not in (Kind.NAME, Kind.TEXT)


def _is_unit_of(fact: str, literal: Literal) -> bool:
    """Whether a number can count what the fact counts: ``12 lakh`` is money, but may count shares too."""
    if literal.text.rstrip().endswith("%"):
        return not is_count(fact)
    if literal.currency is None:
        return True
    return not _is_percentage(fact) and _MONEY_MARK.search(literal.text) is None


def _is_percentage(fact: str) -> bool:
    return "pct" in fact.split("_")
