"""Whether a value that was read is the true one, by the kind of its field; and by which power of ten it is off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from backfin.investors import compare
from backfin.models import Money
from backfin.models.sheets import Kind

#: Share of words that two texts must have in common, weighed from both sides (F1), to count as the same.
ENOUGH_WORDS = 0.6

#: Powers of ten by which a slip of the unit shows: paise, thousands, lakhs, millions, crores, and mixtures.
SLIPS = (2, 3, 4, 5, 6, 7, 9)

_YES_NO = {"true": "yes", "false": "no"}
_SMALL_WORDS = {"the", "of", "and", "a", "an", "to", "in", "on", "for", "at", "by", "with", "its", "is"}


def is_right(kind: Kind, true: Any, found: Any) -> bool:
    """Whether a value found counts as the true one.

    ``exact`` compares letters and digits without regard to case; ``number`` and ``money`` compare exactly, money
    with its currency; ``date`` compares the day; ``name`` asks whether two names mean one body; ``set`` wants
    every true item and no other; ``text`` wants enough of the same words. A list of true values that are no
    set is a choice: the ends of a range, two words for one thing.

    >>> is_right(Kind.MONEY, "125000000", Money(amount=Decimal("125000000")))
    True
    >>> is_right(Kind.EXACT, "yes", True)
    True
    """
    match kind:
        case Kind.MONEY:
            return _is_amount(true, found)
        case Kind.NUMBER:
            return any(same_number(end, found) for end in _choices(true))
        case Kind.DATE:
            return str(found)[:10] == str(true)
        case Kind.NAME:
            return any(is_same_name(str(name), str(found)) for name in _choices(true))
        case Kind.SET:
            return set_overlap(true, found) == 1
        case Kind.TEXT:
            return any(is_same_text(str(text), str(found)) for text in _choices(true))
        case _:
            return any(_code(code) == _code(found) for code in _choices(true))


def slip_of(kind: Kind, true: Any, found: Any) -> int | None:
    """The power of ten by which an amount or a number is off, or ``None`` if that is not what is wrong.

    >>> slip_of(Kind.MONEY, "125000000", Money(amount=Decimal("1250000")))
    -2
    """
    if kind not in (Kind.MONEY, Kind.NUMBER) or is_right(kind, true, found):
        return None
    got = number_of(found)
    for end in _choices(true):
        want = number_of(end)
        if got and want:
            ratio = abs(got / want)
            for power in SLIPS:
                if ratio in (Decimal(10) ** power, Decimal(10) ** -power):
                    return power if ratio > 1 else -power
    return None


def number_of(value: Any) -> Decimal | None:
    """The number in a value: an amount in whole units, a plain number, or none."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, dict):
        value = value.get("amount")
    try:
        return Decimal(re.sub(r"[,\s%]", "", str(value)))
    except InvalidOperation:
        return None


def same_number(true: Any, found: Any) -> bool:
    """Whether two values are the same number."""
    want, got = number_of(true), number_of(found)
    return want is not None and want == got


def is_same_name(true: str, found: str) -> bool:
    """Whether two names mean one person or body.

    >>> is_same_name("U.S. FDA", "USFDA"), is_same_name("Shri A. K. Mehra", "A K Mehra")
    (True, True)
    """
    one, other = _bare(true), _bare(found)
    return _code(one) == _code(other) or compare(one, other).same


def is_same_text(true: str, found: str) -> bool:
    """Whether two texts say enough of the same, or one holds the other.

    >>> is_same_text("fire at the plant", "a fire at its plant in Pune")
    True
    """
    want, got = _words(true), _words(found)
    if not want or not got:
        return not want and not got
    common = len(want & got)
    return common == len(want) or 2 * common / (len(want) + len(got)) >= ENOUGH_WORDS


def set_overlap(true: Any, found: Any) -> float:
    """How far two sets of names or records agree: F1 over their items, from 0 to 1.

    >>> set_overlap(["Kochi", "Salem"], ["Salem"])
    0.6666666666666666
    """
    wanted, got = _items(true), _items(found)
    if not wanted or not got:
        return float(not wanted and not got)
    left = list(got)
    hits = 0
    for item in wanted:
        hit = next((other for other in left if _is_same_item(item, other)), None)
        if hit is not None:
            left.remove(hit)
            hits += 1
    return 2 * hits / (len(wanted) + len(got))


def _is_amount(true: Any, found: Any) -> bool:
    if isinstance(true, dict):
        currency, amount = true.get("currency", "INR"), true["amount"]
        if "amount_inr" in true and _is_amount(true["amount_inr"], found):
            return True
        return isinstance(found, Money) and found.currency == currency and same_number(amount, found)
    if isinstance(found, Money) and found.currency != "INR":
        return False
    return any(same_number(end, found) for end in _choices(true))


def _choices(true: Any) -> Sequence[Any]:
    return true if isinstance(true, list | tuple) else (true,)


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value] if value else []


def _is_same_item(true: Any, found: Any) -> bool:
    """Records agree when every value of the true one is in the other; names as names or as texts."""
    if isinstance(true, dict):
        return isinstance(found, dict) and all(_holds(found, name, value) for name, value in true.items())
    other = next(iter(found.values()), "") if isinstance(found, dict) else found
    if number_of(true) is not None:
        return same_number(true, other)
    return is_same_text(str(true), str(other)) or is_same_name(str(true), str(other))


def _holds(record: dict[str, Any], name: str, value: Any) -> bool:
    got = record.get(name)
    return same_number(value, got) if number_of(value) is not None else _is_same_item(value, got)


def _code(value: Any) -> str:
    code = re.sub(r"[^a-z0-9+-]", "", str(value).lower())
    code = re.sub(r"-(?=[a-z])", "", code)
    return _YES_NO.get(code, code)


def _bare(name: str) -> str:
    """A name without what filings put around it: an abbreviation in brackets, the word "office"."""
    bare = re.sub(r"\s*\([^()]*\)", "", name)
    return re.sub(r"(?i)^(?:the\s+)?office of (?:the\s+)?", "", bare).strip() or name


def _words(text: str) -> set[str]:
    words = set(re.findall(r"\w+", text.casefold())) - _SMALL_WORDS
    return {re.sub(r"(?<=\w{3})(?:ies|es|s)$", "", word) for word in words}
