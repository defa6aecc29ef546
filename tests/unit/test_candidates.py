"""Finding a name among many known ones without comparing it with each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.investors import compare, normal_form
from backfin.investors.blocking import keys_of
from backfin.investors.candidates import (
    MOST_PER_KEY,
    NamesInMemory,
    Step,
    find_candidates,
    key_number,
    next_step,
)
from backfin.investors.compare import forms_of
from india_names import read_pairs

NAMES = (
    "Ashok Kumar Mehra",
    "Anil Kumar Mehra",
    "Ramakrishna Hegde",
    "Robert Wilson",
    "Pine Oak Beverages Private Limited",
    "Pine Elm Textiles Limited",
    "State Bank of India",
    "Life Insurance Corporation of India",
    "Oak Trustee Ltd A/C Oak Growth Fund",
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Shri MEHRA ASHOK KUMAR", "Ashok Kumar Mehra"),
        ("A. K. Mehra", "Ashok Kumar Mehra"),
        ("Rama Krishna Hegde", "Ramakrishna Hegde"),
        ("रामकृष्ण हेगडे", "Ramakrishna Hegde"),
        ("Bob Wilson", "Robert Wilson"),
        ("M/s Pine Oak Beverages (P) Ltd.", "Pine Oak Beverages Private Limited"),
        ("Pineoak Beverages Pvt Ltd", "Pine Oak Beverages Private Limited"),
        ("SBI", "State Bank of India"),
        ("LIC of India", "Life Insurance Corporation of India"),
        ("Oak Mutual Fund - Oak Growth Fund", "Oak Trustee Ltd A/C Oak Growth Fund"),
        ("Yew Ltd (formerly known as Pine Elm Textiles Ltd)", "Pine Elm Textiles Limited"),
    ],
)
def test_a_name_written_otherwise_is_found(written: str, meant: str) -> None:
    known = NamesInMemory(map(normal_form, NAMES))

    found = find_candidates(written, known)

    assert found[0].form == normal_form(meant)
    assert found[0].comparison.same


def test_a_name_nobody_has_finds_nobody() -> None:
    known = NamesInMemory(map(normal_form, NAMES))

    assert find_candidates("Zubin Larch", known) == []
    assert find_candidates("---", known) == []


def test_the_likeliest_comes_first() -> None:
    known = NamesInMemory(["ashok kumar mehra", "a k mehra", "ashok mehra"])

    found = find_candidates("Ashok Kumar Mehra", known)

    assert [each.form for each in found] == ["ashok kumar mehra", "ashok mehra", "a k mehra"]


@pytest.mark.parametrize(
    ("name", "known", "step"),
    [
        ("MEHRA ASHOK KUMAR", ["ashok kumar mehra", "anil kumar mehra"], Step.LINK),
        ("Laxmi Agarwal", ["laxmi agarwal", "lakshmi aggarwal"], Step.LINK),
        ("Laxmi Agrawal", ["laxmi agarwal", "lakshmi aggarwal"], Step.REVIEW),
        ("A K Mehra", ["ashok kumar mehra"], Step.REVIEW),
        ("Zubin Larch", ["ashok kumar mehra"], Step.NEW),
    ],
)
def test_a_name_is_linked_only_where_one_investor_is_surely_meant(
    name: str, known: list[str], step: Step
) -> None:
    assert next_step(find_candidates(name, NamesInMemory(known))) is step


def test_a_name_as_written_is_found_among_more_namesakes_than_a_key_may_have() -> None:
    crowd = [
        f"ashok {middle}{ending} mehra"
        for middle in "bcdghjkmnprst"
        for ending in ("al", "el", "il", "ol", "ul")
    ]
    known = NamesInMemory([*crowd, *(f"{name} x" for name in crowd), "zia ashok mehra"])

    found = find_candidates("Mehra Zia Ashok", known)

    assert len(crowd) > MOST_PER_KEY
    assert found[0].form == "zia ashok mehra"


def test_keys_hold_what_the_comparison_would_link() -> None:
    linked = [pair for pair in read_pairs("tune") if compare(pair.one, pair.other).tier == "auto"]

    lost = [
        pair
        for pair in linked
        if not frozenset().union(*map(keys_of, forms_of(pair.one)))
        & frozenset().union(*map(keys_of, forms_of(pair.other)))
    ]

    assert len(lost) <= len(linked) * 0.005


@given(st.text(max_size=60).map(normal_form))
def test_any_name_has_few_keys_and_finds_itself(form: str) -> None:
    keys = keys_of(form)

    assert bool(keys) == bool(form)
    assert len(keys) < 120
    assert all(0 <= key_number(key) < 2**40 for key in keys)
    if form:
        assert find_candidates(form, NamesInMemory(["oak", form]))[0].comparison.score == 1.0
