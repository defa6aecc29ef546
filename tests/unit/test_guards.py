"""Arithmetic between facts: what agrees is surer, what disagrees is marked, what slipped is withheld."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from backfin.enrichment.crosscheck import compared, under_suspicion
from backfin.enrichment.guards import against_turnover, guarded
from backfin.models import Enrichment, EventType, Evidence, Fact, Money, Page, Party, Scale, Status

_E = EventType
PAGES = (Page(number=0, text="A filing"), Page(number=1, text="The company."))


def rupees(amount: object, scale: Scale = Scale.UNIT) -> Money:
    return Money(amount=Decimal(str(amount)) * scale.factor, scale=scale)


def fact(value: Any, quote: str = "words", page: int = 1) -> Fact:
    return Fact(value=value, evidence=(Evidence(page=page, quote=quote),), confidence=0.8)


def reading(event_type: EventType, facts: dict[str, Any], **changes: Any) -> Enrichment:
    values: dict[str, Any] = {
        "enrichment_id": "e_1",
        "announcement_id": "bse:1",
        "category": "Any",
        "event_type": event_type,
        "headline": "A headline",
        "summary": "A summary.",
        "enricher": "llm",
        "created_at": datetime(2026, 7, 1, tzinfo=UTC),
        "facts": {name: one if isinstance(one, Fact) else fact(one) for name, one in facts.items()},
    }
    return Enrichment(**(values | changes))


def checked(event_type: EventType, facts: dict[str, Any], **changes: Any) -> Enrichment:
    return guarded(reading(event_type, facts, **changes), PAGES)


def outcomes(made: Enrichment) -> dict[str, str]:
    return {check["rule"]: check["outcome"] for check in made.detail.get("checks", ())}


def allottee(name: str, quantity: int | None, **changes: Any) -> Party:
    return Party(name_as_written=name, role="allottee", quantity=quantity, **changes)


AGREEING = [
    (_E.DEAL, {"quantity": 1000, "price": rupees(25), "value": rupees(25_000)}, "quantity_times_price"),
    (
        _E.OPEN_OFFER,
        {"offer_quantity": 26_00_000, "offer_price": rupees("41.5"), "offer_size": rupees(10_79_00_000)},
        "quantity_times_price",
    ),
    (_E.DIVIDEND, {"per_share": rupees("2.5"), "face_value": rupees(10), "pct": 25}, "dividend_percentage"),
    (_E.SAST_DISCLOSURE, {"pre_pct": 4.12, "pct": 1.9, "post_pct": 6.02}, "before_and_after"),
    (_E.SAST_DISCLOSURE, {"pre_quantity": 500, "quantity": 100, "post_quantity": 400}, "before_and_after"),
    (
        _E.FINANCIAL_RESULTS,
        {
            "revenue_from_operations": rupees(100, Scale.LAKH),
            "other_income": rupees(5, Scale.LAKH),
            "total_income": rupees(105, Scale.LAKH),
        },
        "total_income",
    ),
    (
        _E.DEBT_DEFAULT,
        {"principal_default": rupees(90), "interest_default": rupees(10), "obligation_total": rupees(100)},
        "parts_of_default",
    ),
]


@pytest.mark.parametrize(("event_type", "facts", "rule"), AGREEING)
def test_what_agrees_is_surer(event_type: EventType, facts: dict[str, Any], rule: str) -> None:
    made = checked(event_type, facts)

    assert outcomes(made)[rule] == "agree"
    assert made.flags == ()
    assert all(made.facts[field].confidence > 0.9 for field in facts)


DISAGREEING = [
    (
        _E.DEAL,
        {"quantity": 1000, "price": rupees(25), "value": rupees(31_000)},
        "quantity_times_price",
    ),
    (_E.DIVIDEND, {"per_share": rupees(2), "face_value": rupees(10), "pct": 35}, "dividend_percentage"),
    (_E.SAST_DISCLOSURE, {"pre_pct": 4.12, "pct": 1.9, "post_pct": 7.5}, "before_and_after"),
    (
        _E.ORDER_WIN,
        {"order_value": rupees(50, Scale.CRORE), "order_book_after": rupees(40, Scale.CRORE)},
        "order_in_book",
    ),
]


@pytest.mark.parametrize(("event_type", "facts", "rule"), DISAGREEING)
def test_what_disagrees_is_ambiguous_and_flagged_with_its_arithmetic(
    event_type: EventType, facts: dict[str, Any], rule: str
) -> None:
    made = checked(event_type, facts)

    assert f"arithmetic:{rule}" in made.flags
    assert all(made.facts[field].status is Status.AMBIGUOUS for field in facts)
    assert all(made.facts[field].confidence < 0.5 for field in facts)
    assert any(
        "stated" in check["arithmetic"] or "book" in check["arithmetic"] for check in made.detail["checks"]
    )


def test_a_lakh_for_a_crore_is_withheld_with_the_headline_that_tells_it() -> None:
    facts = {"quantity": 1_00_000, "price": rupees(250), "value": rupees("250", Scale.CRORE)}
    made = guarded(
        reading(_E.DEAL, facts, headline="A deal of ₹250 crore"),
        PAGES,
        headline="own words",
        summary="own summary",
    )

    assert made.facts["value"].value is None
    assert made.facts["quantity"].status is Status.AMBIGUOUS
    assert (made.headline, made.summary) == ("own words", "A summary.")
    assert "arithmetic:quantity_times_price" in made.flags


@pytest.mark.parametrize("paid", [25_000, 75_000])
def test_the_part_of_the_price_that_warrants_pay_at_a_time_proves_nothing(paid: int) -> None:
    facts = {"total_quantity": 1000, "issue_price": rupees(100), "total_consideration": rupees(paid)}
    made = checked(_E.ALLOTMENT, facts)

    assert outcomes(made) == {"quantity_times_price": "cannot_tell"}
    assert made.flags == ()
    assert made.facts == reading(_E.ALLOTMENT, facts).facts


@pytest.mark.parametrize(
    ("parties", "flags", "outcome"),
    [
        ((allottee("A", 600), allottee("B", 400)), (), "agree"),
        ((allottee("A", 600), allottee("B", 500)), (), "disagree"),
        ((allottee("A", 600), allottee("B", 300)), (), "disagree"),
        ((allottee("A", 600), allottee("B", None)), (), "cannot_tell"),
        ((allottee("A", 600), allottee("B", 300)), ("partly_read",), "cannot_tell"),
        ((allottee("A", 600), allottee("B", 500)), ("partly_read",), "disagree"),
    ],
)
def test_allottees_add_up_to_the_total(
    parties: tuple[Party, ...], flags: tuple[str, ...], outcome: str
) -> None:
    made = checked(_E.ALLOTMENT, {"total_quantity": 1000}, parties=parties, flags=flags)

    assert outcomes(made) == {"sum_of_allottees": outcome}
    assert ("arithmetic:sum_of_allottees" in made.flags) is (outcome == "disagree")


def test_an_allottees_amount_that_is_not_shares_times_price_is_withheld() -> None:
    right = allottee("A", 10, price_inr=Decimal(5), amount_inr=Decimal(50))
    wrong = allottee("B", 10, price_inr=Decimal(5), amount_inr=Decimal(5000))
    made = checked(_E.ALLOTMENT, {}, parties=(right, wrong))

    assert [party.amount_inr for party in made.parties] == [Decimal(50), None]
    assert "arithmetic:party_amount" in made.flags


def test_more_than_all_of_something_is_withheld() -> None:
    made = checked(_E.SAST_DISCLOSURE, {"post_pct": 602})

    assert made.facts["post_pct"].value is None
    assert made.flags == ("arithmetic:share_of_all",)


def results(**changes: Any) -> dict[str, Any]:
    """Three columns of a company with about 10 million shares."""
    facts = {
        "profit_after_tax": rupees(200, Scale.LAKH),
        "eps_basic": rupees(2),
        "profit_after_tax_prior_quarter": rupees(150, Scale.LAKH),
        "eps_basic_prior_quarter": rupees("1.5"),
        "profit_after_tax_prior_year_quarter": rupees(100, Scale.LAKH),
        "eps_basic_prior_year_quarter": rupees(1),
    }
    return facts | changes


def test_earnings_per_share_bear_out_the_profit_of_every_column() -> None:
    made = checked(_E.FINANCIAL_RESULTS, results())

    assert outcomes(made) == {"eps_times_shares": "agree"}
    assert made.facts["profit_after_tax"].confidence > 0.9


def test_a_profit_a_hundred_times_too_large_for_its_earnings_per_share_is_withheld() -> None:
    made = checked(_E.FINANCIAL_RESULTS, results(profit_after_tax=rupees(200, Scale.CRORE)))

    assert made.facts["profit_after_tax"].value is None
    assert made.facts["profit_after_tax_prior_quarter"].value is not None
    assert "arithmetic:eps_times_shares" in made.flags


def test_the_paid_up_capital_tells_the_number_of_shares() -> None:
    page = Page(
        number=1,
        text="(₹ in lakhs)\nProfit 200\nPaid-up equity share capital (Face value of Rs. 10 each) 1,000.00",
    )
    facts = {"profit_after_tax": rupees(200, Scale.LAKH), "eps_basic": rupees(2)}
    slipped = {"profit_after_tax": rupees(200, Scale.CRORE), "eps_basic": rupees(2)}

    good = guarded(reading(_E.FINANCIAL_RESULTS, facts), (page,))
    bad = guarded(reading(_E.FINANCIAL_RESULTS, slipped), (page,))

    assert outcomes(good) == {"eps_times_shares": "agree"}
    assert bad.facts["profit_after_tax"].value is None


@pytest.mark.parametrize(
    ("revenue", "is_flagged"), [(rupees(9, Scale.CRORE), False), (rupees(9, Scale.LAKH), True), (None, False)]
)
def test_an_order_is_held_against_the_turnover_when_it_is_known(
    revenue: Money | None, is_flagged: bool
) -> None:
    order = reading(_E.ORDER_WIN, {"order_value": rupees(9, Scale.CRORE)})
    results = [{"revenue_from_operations": fact(revenue)}] if revenue else []

    made = against_turnover(order, results)

    assert ("arithmetic:order_against_turnover" in made.flags) is is_flagged
    assert (made.facts["order_value"].status is Status.AMBIGUOUS) is is_flagged


def test_a_heads_scale_gives_way_to_a_mention_with_its_own_word_of_size() -> None:
    pages = (
        Page(number=1, text="Revenue stood at Rs. 1,234.50 lakh in the quarter."),
        Page(number=2, text="(₹ in crore)\nRevenue from operations 1,234.50 987.00"),
    )
    read = fact(rupees("1234.50", Scale.CRORE), "Revenue from operations 1,234.50", 2)

    made = guarded(reading(_E.FINANCIAL_RESULTS, {"revenue_from_operations": read}), pages)

    assert made.facts["revenue_from_operations"].value is None
    assert "arithmetic:two_scales" in made.flags


def test_two_mentions_with_different_words_of_size_leave_the_amount_ambiguous() -> None:
    pages = (Page(number=1, text="An order of Rs. 47.06 crore. Order value: Rs. 47.06 lakh"),)
    read = fact(rupees("47.06", Scale.CRORE), "An order of Rs. 47.06 crore")

    made = guarded(reading(_E.ORDER_WIN, {"order_value": read}), pages)

    assert made.facts["order_value"].status is Status.AMBIGUOUS


def test_the_same_word_of_size_twice_is_no_doubt() -> None:
    pages = (Page(number=1, text="An order of Rs. 47.06 crore. Order value: ₹ 47.06 Cr"),)
    read = fact(rupees("47.06", Scale.CRORE), "An order of Rs. 47.06 crore")

    made = guarded(reading(_E.ORDER_WIN, {"order_value": read}), pages)

    assert (made.facts["order_value"].status, made.flags) == (Status.STATED, ())


@pytest.mark.parametrize(
    ("rules", "status", "flag"),
    [
        (rupees("47.06", Scale.LAKH), Status.STATED, None),
        (rupees("47.06", Scale.CRORE), Status.NOT_STATED, "arithmetic:two_scales:order_value"),
        (rupees("5", Scale.LAKH), Status.AMBIGUOUS, "disputed:order_value"),
        (None, Status.STATED, None),
    ],
)
def test_a_models_amount_is_held_against_the_rules(
    rules: Money | None, status: Status, flag: str | None
) -> None:
    model = reading(_E.ORDER_WIN, {"order_value": rupees("47.06", Scale.LAKH)})
    other = reading(_E.ORDER_WIN, {"order_value": rules} if rules else {})

    made = compared(model, other)

    assert made.facts["order_value"].status is status
    assert made.flags == ((flag,) if flag else ())


def test_another_event_type_than_the_rules_see_is_flagged() -> None:
    made = compared(reading(_E.ORDER_WIN, {}), reading(_E.CREDIT_RATING, {}))

    assert (made.event_type, made.flags) == (_E.ORDER_WIN, ("disputed:event_type",))


def test_under_suspicion_only_what_the_rules_find_too_is_taken() -> None:
    model = reading(
        _E.ORDER_WIN,
        {"order_value": rupees(9), "customer": "NTPC Limited", "duration_months": 12},
        headline="Obeyed",
        parties=(allottee("X", 1),),
    )
    rules = reading(_E.ORDER_WIN, {"order_value": rupees(5), "customer": "NTPC Limited"}, headline="Read")

    made = under_suspicion(model, rules)

    assert made.headline == "Read"
    assert made.facts["order_value"].value == rupees(5)
    assert made.facts["customer"].confidence > 0.9
    assert made.facts["duration_months"].value is None
    assert {"unconfirmed:duration_months", "unconfirmed:party", "injection_suspected"} <= set(made.flags)
    assert made.parties == ()
