"""What must hold between the facts of a filing: each rule shows its arithmetic and says whether it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backfin.models import EventType, Fact, Money, Party
from backfin.models.money import format_indian

_E = EventType


class Outcome(StrEnum):
    """Whether numbers agree, disagree, or are apart by a word of size; or that they cannot tell."""

    AGREE = "agree"
    DISAGREE = "disagree"
    SLIP = "slip"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule applied: the facts it is about and the sum in words ("1,000 × 25 = 25,000, stated 25,000")."""

    rule: str
    outcome: Outcome
    fields: tuple[str, ...]
    arithmetic: str

    def detail(self) -> dict[str, object]:
        """What is recorded with the reading."""
        return {
            "rule": self.rule,
            "outcome": self.outcome.value,
            "fields": list(self.fields),
            "arithmetic": self.arithmetic,
        }


Facts = Mapping[str, Fact]

#: Quantity, price and amount that are each other's product.
_PRODUCTS: dict[EventType, tuple[str, str, str]] = {
    _E.ALLOTMENT: ("total_quantity", "issue_price", "total_consideration"),
    _E.DEAL: ("quantity", "price", "value"),
    _E.OPEN_OFFER: ("offer_quantity", "offer_price", "offer_size"),
    _E.CORPORATE_ACTION: ("size_quantity", "price", "size_amount"),
}
#: Before, change and after.
_CHANGES: dict[EventType, tuple[tuple[str, str, str], ...]] = {
    _E.SAST_DISCLOSURE: (("pre_quantity", "quantity", "post_quantity"), ("pre_pct", "pct", "post_pct")),
}
_SHARES_OF_ALL = frozenset(
    [
        "pct",
        "pre_pct",
        "post_pct",
        "diluted_post_pct",
        "pct_of_holding",
        "pct_of_capital",
        "total_encumbered_pct_before",
        "total_encumbered_pct_after",
        "offer_pct",
        "stake_before",
        "stake_after",
    ]
)
#: Relative differences that rounding explains: of exact figures, and of those said to be about.
_CLOSE, _ABOUT = Decimal("0.01"), Decimal("0.05")
#: Points of a percentage that rounding explains.
_POINTS = Decimal("0.03")
#: Parts of the price that are paid when warrants are allotted, and when they are turned into shares.
INSTALMENTS = (Decimal("0.25"), Decimal("0.75"))
#: Figures from here on have no decimals that anybody could check.
_MOST_EXACT = Decimal(10) ** 20
#: An order larger than so many years' turnover was read with the wrong word of size.
_MOST_TURNOVERS = 20


def number_of(facts: Facts, field: str) -> Decimal | None:
    """A fact's value as a number, rupees for money; ``None`` without one."""
    fact = facts.get(field)
    value = None if fact is None else fact.value
    if isinstance(value, Money):
        return value.amount if value.currency == "INR" else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(str(value))


def verdict_on(found: Decimal, stated: Decimal, tolerance: Decimal = _CLOSE) -> Outcome:
    """How a calculated figure stands to the stated one.

    >>> verdict_on(Decimal(250), Decimal(250)).value, verdict_on(Decimal(250), Decimal(25000)).value
    ('agree', 'slip')
    """
    if not stated or not found:
        return Outcome.AGREE if stated == found else Outcome.DISAGREE
    if _is_close(found, stated, tolerance):
        return Outcome.AGREE
    small, large = sorted((abs(found), abs(stated)))
    powers = (Decimal(10) ** power for power in (2, 3, 5, 7))
    is_slip = any(_is_close(large / power, small, tolerance) for power in powers)
    return Outcome.SLIP if is_slip else Outcome.DISAGREE


def _is_close(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    return abs(one - other) <= tolerance * max(abs(one), abs(other))


def product(event_type: EventType, facts: Facts) -> Iterator[Check]:
    """Quantity × price = amount. A quarter of it, or the rest, is what warrants pay at a time: that proves nothing."""
    fields = _PRODUCTS.get(event_type)
    if fields is None:
        return
    quantity, price, amount = (number_of(facts, field) for field in fields)
    if quantity is None or price is None or amount is None:
        return
    found = quantity * price
    outcome = verdict_on(found, amount, _tolerance(facts, fields))
    if outcome is not Outcome.AGREE and is_instalment(found, amount):
        outcome = Outcome.CANNOT_TELL
    yield Check(
        "quantity_times_price",
        outcome,
        fields,
        f"{in_digits(quantity)} × {in_digits(price)} = {in_digits(found)}, stated {in_digits(amount)}",
    )


def is_instalment(whole: Decimal, paid: Decimal) -> bool:
    """Whether an amount is the part of a price that warrants pay at a time."""
    return any(_is_close(whole * part, paid, _CLOSE) for part in INSTALMENTS)


def sum_of_allottees(facts: Facts, parties: Iterable[Party], is_whole: bool) -> Iterator[Check]:
    """The allottees' securities add up to the total.

    Args:
        facts: The facts of an allotment.
        parties: Everybody named.
        is_whole: Whether every allottee can be among them; otherwise too few prove nothing.
    """
    total = number_of(facts, "total_quantity")
    counts = [party.quantity for party in parties if party.role == "allottee"]
    known = [count for count in counts if count is not None]
    if total is None or not known:
        return
    found = Decimal(sum(known))
    outcome = verdict_on(found, total, Decimal(0))
    if outcome is not Outcome.AGREE and found < total and (not is_whole or len(known) < len(counts)):
        outcome = Outcome.CANNOT_TELL
    terms = " + ".join(in_digits(Decimal(count)) for count in known[:12]) + (
        " + …" if len(known) > 12 else ""
    )
    told = f"{terms} = {in_digits(found)}, stated {in_digits(total)}"
    yield Check("sum_of_allottees", outcome, ("total_quantity",), told)


def changes(event_type: EventType, facts: Facts) -> Iterator[Check]:
    """What was held before, plus or minus the change, is what is held after."""
    for fields in _CHANGES.get(event_type, ()):
        before, change, after = (number_of(facts, field) for field in fields)
        if before is None or change is None or after is None:
            continue
        found = min((before + change, before - change), key=lambda value: abs(value - after))
        is_near = abs(found - after) <= (_POINTS if "pct" in fields[0] else 0)
        sign = "+" if found >= before else "−"
        told = (
            f"{in_digits(before)} {sign} {in_digits(change)} = {in_digits(found)}, stated {in_digits(after)}"
        )
        outcome = Outcome.AGREE if is_near else verdict_on(found, after, Decimal(0))
        yield Check("before_and_after", outcome, fields, told)


def percentages(facts: Facts) -> Iterator[Check]:
    """A share of the whole is at most all of it; a dividend's percentage is that of the face value."""
    for field in sorted(_SHARES_OF_ALL & facts.keys()):
        value = number_of(facts, field)
        if value is not None and value > 100:
            yield Check("share_of_all", Outcome.SLIP, (field,), f"{in_digits(value)} % is more than all")
    fields = ("per_share", "face_value", "pct")
    paid, face, pct = (number_of(facts, field) for field in fields)
    if paid is not None and face and pct is not None:
        found = 100 * paid / face
        told = (
            f"100 × {in_digits(paid)} ÷ {in_digits(face)} = {in_digits(found)} %, stated {in_digits(pct)} %"
        )
        yield Check("dividend_percentage", verdict_on(found, pct), fields, told)


def parts_of_default(facts: Facts) -> Iterator[Check]:
    """Principal and interest in default are no more than the obligation."""
    fields = ("principal_default", "interest_default", "obligation_total")
    principal, interest, total = (number_of(facts, field) for field in fields)
    if principal is None or interest is None or total is None:
        return
    found = principal + interest
    outcome = verdict_on(found, total)
    if outcome is not Outcome.AGREE and found < total:
        outcome = Outcome.CANNOT_TELL
    told = (
        f"{in_digits(principal)} + {in_digits(interest)} = {in_digits(found)}, obligation {in_digits(total)}"
    )
    yield Check("parts_of_default", outcome, fields, told)


def order_in_book(facts: Facts) -> Iterator[Check]:
    """An order is part of the order book after it."""
    value, book = number_of(facts, "order_value"), number_of(facts, "order_book_after")
    if value is not None and book is not None and book < value:
        told = f"order {in_digits(value)}, order book after it {in_digits(book)}"
        yield Check("order_in_book", verdict_on(value, book), ("order_value", "order_book_after"), told)


def order_against_turnover(facts: Facts, turnover_inr: Decimal | None) -> Iterator[Check]:
    """An order is not many times what the company sells in a year, in rupees; nothing where that is unknown."""
    value = number_of(facts, "order_value")
    if value is None or not turnover_inr:
        return
    is_huge = value > _MOST_TURNOVERS * turnover_inr
    told = f"order {in_digits(value)}, turnover of a year {in_digits(turnover_inr)}"
    outcome = Outcome.DISAGREE if is_huge else Outcome.CANNOT_TELL
    yield Check("order_against_turnover", outcome, ("order_value",), told)


def _tolerance(facts: Facts, fields: Iterable[str]) -> Decimal:
    values = [facts[field].value for field in fields]
    return _ABOUT if any(isinstance(value, Money) and value.approx for value in values) else _CLOSE


def in_digits(value: Decimal) -> str:
    """A figure in Indian grouping, to two decimals."""
    is_plain = abs(value) >= _MOST_EXACT or value == value.to_integral_value()
    return format_indian(value if is_plain else value.quantize(Decimal("0.01")))
