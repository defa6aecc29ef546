"""How two readings of a filing differ."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.difference import difference, said
from backfin.models import Enrichment, Evidence, Fact, Money, Party
from backfin.testing import make_enrichment

_VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=2))
_FACTS = st.dictionaries(
    st.sampled_from(["order_value", "customer", "place"]), st.builds(Fact, value=_VALUES), max_size=3
)
_PARTIES = st.lists(
    st.builds(
        Party,
        name_as_written=st.sampled_from(["A Ltd", "B Ltd"]),
        role=st.sampled_from(["customer", "lender"]),
        quantity=st.one_of(st.none(), st.integers(0, 9)),
    ),
    max_size=4,
)


@st.composite
def readings(draw: st.DrawFn) -> Enrichment:
    return make_enrichment(
        category=draw(st.sampled_from(["New Order", "Dividend"])),
        headline=draw(st.text(max_size=5)),
        materiality=draw(st.integers(0, 100)),
        facts=draw(_FACTS),
        parties=tuple(draw(_PARTIES)),
    )


@given(readings())
def test_a_reading_does_not_differ_from_itself_nor_from_what_the_store_gives_back(
    reading: Enrichment,
) -> None:
    stored = Enrichment.model_validate(reading.model_dump(mode="json"))

    assert not difference(reading, reading)
    assert not difference(reading, stored)


@given(readings(), readings())
def test_the_way_back_is_the_reverse(one: Enrichment, two: Enrichment) -> None:
    there, back = difference(one, two), difference(two, one)

    assert bool(there) == bool(back) == (said(one) != said(two))
    assert there.facts_added == back.facts_removed
    assert {name: pair[::-1] for name, pair in there.changed.items()} == back.changed
    assert there.parties_added == back.parties_removed


def test_values_are_compared_and_places_are_not() -> None:
    here, there = (Evidence(page=page, quote="Rs. 12.5 crore") for page in (1, 7))
    before = make_enrichment(
        facts={"order_value": Fact(value=Money.parse("Rs. 12.5 crore"), evidence=(here,))}
    )
    after = make_enrichment(
        facts={"order_value": Fact(value=Money.parse("Rs. 12.5 crore"), evidence=(there,))}
    )
    other = make_enrichment(facts={"order_value": Fact(value=Money.parse("Rs. 13 crore"), evidence=(here,))})

    assert not difference(before, after)
    assert set(difference(before, other).facts_changed) == {"order_value"}


def test_parties_are_counted() -> None:
    lender = Party(name_as_written="A Bank", role="lender", amount_inr=Decimal(5))
    found = difference(make_enrichment(parties=(lender, lender)), make_enrichment(parties=(lender,)))

    assert found.parties_removed == (lender,)
    assert found.as_json()["parties"]["removed"] == [
        {"name_as_written": "A Bank", "role": "lender", "amount_inr": "5"}
    ]


def test_of_a_first_reading_everything_is_new() -> None:
    found = difference(None, make_enrichment())

    assert found.changed["category"] == (None, "New Order")
