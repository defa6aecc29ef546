"""Values read are held against the truth by the kind of their field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from backfin.evaluation.values import is_right, set_overlap, slip_of
from backfin.models import Money
from backfin.models.sheets import Kind


def money(amount: str, currency: str = "INR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


@pytest.mark.parametrize(
    ("kind", "true", "found"),
    [
        (Kind.MONEY, "125000000", money("125000000.00")),
        (Kind.MONEY, ["950000000", "1100000000"], money("1100000000")),
        (Kind.MONEY, {"amount": "3200000", "currency": "USD"}, money("3200000", "USD")),
        (
            Kind.MONEY,
            {"amount": "3200000", "currency": "USD", "amount_inr": "270000000"},
            money("270000000"),
        ),
        (Kind.NUMBER, "24.94", 24.94),
        (Kind.NUMBER, "1496200", "14,96,200"),
        (Kind.DATE, "2026-07-15", "2026-07-15T10:00:00+05:30"),
        (Kind.EXACT, "29(2)", "29 (2)"),
        (Kind.EXACT, "no", False),
        (Kind.EXACT, ["market purchase", "open market"], "Open Market"),
        (Kind.NAME, "Mr. Atanu Chakraborty", "Atanu Chakraborty"),
        (Kind.NAME, "NTPC Limited", "M/s NTPC Ltd."),
        (Kind.NAME, "Bharat Sanchar Nigam Limited (BSNL)", "Bharat Sanchar Nigam Limited"),
        (Kind.TEXT, "fire at the plant", "A fire broke out at the plant"),
        (Kind.SET, ["Kochi", "Salem"], ["Salem", "Kochi"]),
        (
            Kind.SET,
            [{"metric": "Disbursements", "value": "14"}],
            [{"metric": "Disbursements", "value": "14", "yoy": "2"}],
        ),
    ],
)
def test_values_that_say_the_same_are_right(kind: Kind, true: Any, found: Any) -> None:
    assert is_right(kind, true, found)


@pytest.mark.parametrize(
    ("kind", "true", "found"),
    [
        (Kind.MONEY, "125000000", money("125000001")),
        (Kind.MONEY, "3200000", money("3200000", "USD")),
        (Kind.MONEY, "125000000", "no amount"),
        (Kind.NUMBER, "24.94", "24.9"),
        (Kind.DATE, "2026-07-15", "2026-07-16"),
        (Kind.EXACT, "CRISIL A+", "CRISIL A"),
        (Kind.NAME, "Tata Power Company Limited", "Tata Steel Limited"),
        (Kind.TEXT, "fire at the plant", "strike of the drivers"),
        (Kind.SET, ["Kochi", "Salem"], ["Salem"]),
    ],
)
def test_values_that_differ_are_wrong(kind: Kind, true: Any, found: Any) -> None:
    assert not is_right(kind, true, found)


@pytest.mark.parametrize(
    ("true", "found", "power"),
    [
        ("125000000", "1250000", -2),
        ("47060", "4706000000", 5),
        ("12500000", "125000000000000", 7),
        ("-4610", "4610000", 3),
    ],
)
def test_a_slip_of_lakh_and_crore_is_told_from_other_mistakes(true: str, found: str, power: int) -> None:
    assert slip_of(Kind.MONEY, true, money(found)) == power


@pytest.mark.parametrize(("true", "found"), [("5", "5"), ("5", "6"), ("5", "50"), ("0", "500")])
def test_other_mistakes_are_no_slip(true: str, found: str) -> None:
    assert slip_of(Kind.MONEY, true, money(found)) is None
    assert slip_of(Kind.TEXT, true, found) is None


def test_an_empty_set_agrees_with_an_empty_one_only() -> None:
    assert set_overlap([], []) == 1
    assert set_overlap([], ["Kochi"]) == 0
