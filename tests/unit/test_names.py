"""The normal form of names and what a name says of its bearer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.investors import kind_of, normal_form
from backfin.models import PartyKind

PIECES = """
    Mr. M/s Shri The Dr A.K. Mehra (HUF) H.U.F. P (P) Pvt Ltd. LLP & s/o Limited -ODI I (I) A/C L.L.P
    Company Public श्री मेहरा É ß ,
"""
NAME_PIECES = st.sampled_from(PIECES.split())


@given(st.text(max_size=60) | st.lists(NAME_PIECES, max_size=8).map(" ".join))
def test_making_the_normal_form_twice_changes_nothing(name: str) -> None:
    once = normal_form(name)

    assert normal_form(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shri A.K. Mehra", "A. K. MEHRA"),
        ("Smt. Asha  Mehra", "Asha Mehra"),
        ("Dr. Asha Mehra", "CA Asha Mehra"),
        ("Acme (P) Ltd", "Acme Private Limited"),
        ("Acme P. Ltd.", "Acme Pvt Ltd"),
        ("M/s Acme & Sons LLP", "Acme and Sons Limited Liability Partnership"),
        ("Ramesh Gupta (HUF)", "Ramesh Gupta H.U.F."),
        ("Ravi Mehra S/o Late Shri B. Mehra", "Ravi Mehra"),
        ("Asha Mehra (PAN: ABCDE1234F)", "Asha Mehra"),
        ("Ｔａｔａ Steel Ltd", "Tata Steel Limited"),
        ("José Álvarez", "Jose Alvarez"),
        ("Pine Trustee Co Ltd A/C Pine Midcap Fund", "Pine Trustee Company Limited a/c. Pine Midcap Fund"),
    ],
)
def test_two_spellings_of_one_name_have_one_normal_form(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Pvt Ltd", "Acme LLP"),
        ("Ramesh Gupta", "Ramesh Gupta HUF"),
        ("Pine Fund", "Pine Fund - ODI"),
        ("Pine Fund Scheme I", "Pine Fund Scheme II"),
        ("Shree Cement Ltd", "Cement Ltd"),
        ("M S Dhoni", "Dhoni"),
    ],
)
def test_names_that_differ_in_substance_keep_apart(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_hindi_names_keep_their_vowel_signs() -> None:
    assert normal_form("  आशा   मेहता ") == "आशा मेहता"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Shri Ravi Mehra", PartyKind.PERSON),
        ("Ravi Mehra HUF", PartyKind.HUF),
        ("Pine Wealth LLP", PartyKind.LLP),
        ("Pine Industries Limited", PartyKind.COMPANY),
        ("Pine Capital", PartyKind.COMPANY),
        ("State Bank of India", PartyKind.BANK),
        ("Pine Life Insurance Company Ltd", PartyKind.INSURER),
        ("Pine Family Trust", PartyKind.TRUST),
        ("Pine Mutual Fund A/C Pine Midcap", PartyKind.MUTUAL_FUND_SCHEME),
        ("Pine Alternative Investment Fund", PartyKind.AIF),
        ("Pine Investments (Mauritius) Fund Ltd", PartyKind.FPI),
        ("Pine Strategic Fund - ODI", PartyKind.FPI),
        ("President of India", PartyKind.GOVERNMENT),
        ("Mehra Brothers", PartyKind.PARTNERSHIP),
        ("Plutus", PartyKind.UNKNOWN),
    ],
)
def test_a_name_says_what_its_bearer_is(name: str, kind: PartyKind) -> None:
    assert kind_of(name) is kind
