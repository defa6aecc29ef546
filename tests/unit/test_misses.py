"""What a rule just missed: by exactly one condition, said with the value that stood in its way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.models import EventType, Fact, Money, Status
from backfin.notifications.misses import near_miss
from backfin.notifications.rules import match_input, parse_rule
from backfin.testing import make_announcement, make_enrichment

FACTS = {
    "order_value": Fact(value=Money(amount=Decimal(842_000_000))),
    "customer": Fact(value="Oak Power Ltd"),
    "stage": Fact(value=None, status=Status.NOT_STATED),
}
ENRICHMENT = make_enrichment(
    category="New Order", event_type=EventType.ORDER_WIN, materiality=55, facts=FACTS, flags=("scanned",)
)
FILING = match_input(make_announcement(symbol="PINE", headline="An order is won"), ENRICHMENT)
FLASH = match_input(make_announcement(symbol="PINE"), None)


def why(rule: str) -> list[str]:
    return [one.sentence for one in near_miss(parse_rule(rule), FILING)]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            "event_type = order_win and order_value > 100 crore",
            "order_value ₹84.20 crore, wanted > 100 crore",
        ),
        ("symbol = PINE and materiality >= 60", "materiality 55, wanted >= 60"),
        ("symbol = PINE and stage = signed", "stage not stated, wanted = signed"),
        ("symbol = PINE and no_such_fact > 5", "no_such_fact not stated, wanted > 5"),
        ("order and category = Buyback", "category new-order, wanted = buyback"),
        ("symbol in (TCS, INFY) and order", "symbol pine, wanted = infy or tcs"),
        ('symbol = PINE and "letter of intent"', '"letter of intent" is not in the text'),
        ("order and not flag = scanned", "it is so that flag = scanned (scanned), wanted the opposite"),
        ("symbol = PINE and (order and dividend)", '"dividend" is not in the text'),
        ("(symbol = TCS and buyback) or (order and dividend)", '"dividend" is not in the text'),
    ],
)
def test_the_one_condition_is_named_with_its_value(rule: str, sentence: str) -> None:
    assert why(rule) == [sentence]


def test_where_one_of_several_would_have_done_all_of_them_are_named() -> None:
    assert why("symbol = PINE and (dividend or materiality > 90)") == [
        '"dividend" is not in the text',
        "materiality 55, wanted > 90",
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "order",
        "dividend",
        "*",
        "dividend or buyback",
        "dividend and buyback",
        "symbol = PINE and order",
        "symbol = TCS and dividend and order",
        "dividend and not flag = no_text",
        "symbol = PINE or dividend",
    ],
)
def test_what_matches_or_fails_by_more_is_no_near_miss(rule: str) -> None:
    assert why(rule) == []


def test_what_is_not_known_yet_is_no_near_miss() -> None:
    assert near_miss(parse_rule("symbol = PINE and order_value > 1"), FLASH) == ()


_PARTS = st.sampled_from(["order", "dividend", "symbol = PINE", "symbol = TCS", "materiality > 60"])
_RULES = st.recursive(
    _PARTS,
    lambda inner: (
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(lambda three: f"({''.join(three)})")
        | inner.map(lambda one: f"not ({one})")
    ),
    max_leaves=8,
)


@given(_RULES)
def test_a_near_miss_never_matches(text: str) -> None:
    rule = parse_rule(text)

    assert not (near_miss(rule, FILING) and rule.matches(FILING))
