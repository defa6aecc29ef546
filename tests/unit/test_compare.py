"""Comparing two names: what is linked, what a person should look at, what is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.investors import compare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shri A. K. Mehra", "A K MEHRA"),
        ("Mehra Ashok Kumar", "Ashok Kumar Mehra"),
        ("Acme Industries (P) Ltd", "ACME INDUSTRIES PRIVATE LIMITED"),
        ("Pine Wealth Management", "Pine Wealth Management LLP"),
        ("Pine & Oak Holdings Ltd", "Pine and Oak Holdings Limited"),
    ],
)
def test_one_name_written_twice_is_linked_at_once(one: str, other: str) -> None:
    found = compare(one, other)

    assert (found.tier, found.same) == ("auto", True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A K Mehra", "Ashok Kumar Mehra"),
        ("Rameshbhai Patel", "Ramesh Patel"),
        ("Laxmi Agarwal", "Lakshmi Aggarwal"),
        ("Rajesh Patel", "Rajesh J Patel"),
        ("Acme Industries Pvt Ltd", "Acme Industries Ltd"),
        ("State Bank of India", "SBI"),
    ],
)
def test_likely_pairs_are_taken_as_one_and_shown_for_review(one: str, other: str) -> None:
    found = compare(one, other)

    assert (found.tier, found.same) == ("review", True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mukesh Mehra", "Anil Mehra"),
        ("Ramesh Gupta", "Suresh Gupta"),
        ("Rajesh J Patel", "Rajesh K Patel"),
        ("Ramesh Gupta", "Ramesh Gupta HUF"),
        ("Patel", "Rajesh Patel"),
        ("Acme Industries Pvt Ltd", "Acme Industries LLP"),
        ("Pine Fund Scheme I", "Pine Fund Scheme II"),
        ("Pine Opportunities Fund", "Pine Opportunities Fund - ODI"),
        ("Pine Steel Ltd", "Oak Steel Ltd"),
        ("Pine International", "Pine India"),
        ("Acme", "---"),
    ],
)
def test_hard_negatives_are_told_apart(one: str, other: str) -> None:
    found = compare(one, other)

    assert not found.same
    assert found.tier != "auto"


def test_the_kind_a_caller_states_is_believed() -> None:
    guessed = compare("Pine Steel", "Pine Steel Ltd")

    told = compare("Pine Steel", "Pine Steel Ltd", kind="company")

    assert told.score > guessed.score


def test_every_result_explains_itself() -> None:
    assert "“k” may stand for “kumar”" in compare("A K Mehra", "Ashok Kumar Mehra").explanation


PIECES = ("Ashok", "A", "K", "Mehra", "Mehta", "Pvt", "Ltd", "LLP", "HUF", "Fund", "II", "Pine", "bhai")
names = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join)


@given(names, names, st.sampled_from([None, "person", "company", "fund", "huf"]))
def test_the_order_of_the_two_does_not_matter(one: str, other: str, kind: str | None) -> None:
    assert compare(one, other, kind).score == compare(other, one, kind).score


@given(names, names)
def test_scores_and_tiers_agree(one: str, other: str) -> None:
    found = compare(one, other)

    assert 0.0 <= found.score <= 1.0
    assert found.tier != "auto" or found.same
    assert found.tier != "no" or not found.same
