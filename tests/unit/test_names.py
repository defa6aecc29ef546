"""The normal form of names and what a name says of its bearer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.investors import compare, kind_of, normal_form
from backfin.investors.latin import MOST_LETTERS
from backfin.models import PartyKind

PIECES = """
    Mr. M/s Shri The Dr A.K. Mehra (HUF) H.U.F. P (P) Pvt Ltd. LLP & s/o Limited -ODI I (I) A/C L.L.P
    Company Public श्री मेहरा É ß , ООО 李 formerly known as (formerly through trustee a scheme of S.à r.l. Jt. with
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
        ("Pt. Ravi Mehra", "Ravi Mehra"),
        ("Acme (P) Ltd", "Acme Private Limited"),
        ("Acme P. Ltd.", "Acme Pvt Ltd"),
        ("M/s Acme & Sons LLP", "Acme and Sons Limited Liability Partnership"),
        ("Ramesh Gupta (HUF)", "Ramesh Gupta H.U.F."),
        ("Ravi Mehra S/o Late Shri B. Mehra", "Ravi Mehra"),
        ("Asha Mehra (PAN: ABCDE1234F)", "Asha Mehra"),
        ("Ｔａｔａ Steel Ltd", "Tata Steel Limited"),
        ("Pine Ltd (formerly known as Oak (India) Limited)", "Pine Limited"),
        ("Oak Ltd (now known as Pine Ltd)", "Pine Limited"),
        ("Asha Mehra (Minor) through guardian Ravi Mehra", "Asha Mehra"),
        ("Asha Mehra and PACs", "Asha Mehra (Promoter)"),
        ("Ravi Mehra, proprietor of Mehra Traders", "Ravi Mehra"),
        ("Pine Fund (a scheme of Pine Trust)", "Pine Fund"),
        ("President of India acting through Ministry of Steel", "The President of India"),
        ("Asha Mehra jointly with Ravi Mehra", "Asha Mehra & Ravi Mehra"),
        ("Asha Mehra jointly held with Mr. Ravi Mehra", "Asha Mehra and Ravi Mehra"),
        ("Mr. Ravi Mehra & Smt. Asha Mehra", "Ravi Mehra and Asha Mehra"),
        ("Trustees of the Mehra Family Trust", "Mehra Family Trust"),
        ("Ravi Mehra & Family HUF", "Karta of Ravi Mehra HUF"),
        ("Pine Frères S.à r.l.", "Pine Freres SARL"),
        ("Pine S.p.A.", "Pine Società per Azioni"),
        ("ООО Северная Нефть", "OOO Severnaya Neft"),
        ("Pine Sp. z o.o.", "Pine Spółka z ograniczoną odpowiedzialnością"),
        ("Pine (I) Pvt Ltd", "Pine India Private Limited"),
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
        ("Pine Realty I Ltd", "Pine Realty India Ltd"),
        ("S A Ram", "Sa Ram"),
        ("Pine Trustee Ltd", "Pine Trustee Ltd A/c Pine Fund"),
    ],
)
def test_names_that_differ_in_substance_keep_apart(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("  आशा   मेहता ", "asha mehta"),
        ("श्री राजेश कुमार शर्मा", "rajesh kumar sharma"),
        ("હિતેશ પટેલ", "hitesh patel"),
        ("முருகன்", "murugan"),
        ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "guraprit singh"),
        ("ഗോപാലകൃഷ്ണൻ നായർ", "gopalakrishnan nayar"),
        ("উৎপল ৰায়", "utpal ray"),
        ("ପଟ୍ଟନାୟକ", "pattanayak"),
        ("Сергей Петров", "sergey petrov"),
        ("李建国", "li jian guo"),
        ("Ștefan Łukasz Bjørn Strauß", "stefan lukasz bjorn strauss"),
    ],
)
def test_every_script_is_spelt_in_latin_letters(name: str, form: str) -> None:
    assert normal_form(name) == form


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Shri Ravi Mehra", PartyKind.PERSON),
        ("Pt. Ravi Mehra", PartyKind.PERSON),
        ("Ag Ravi Mehra", PartyKind.PERSON),
        ("Pine Nivesh", PartyKind.COMPANY),
        ("Klöckner Stahlbau AG", PartyKind.COMPANY),
        ("PT Pine Sentosa Tbk", PartyKind.COMPANY),
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


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "( " * 50_000,
        "a now known " * 9_000,
        " " * 50_000,
        "ashok " * 50_000,
        ", prop" * 9_000,
        "क" * 50_000,
    ],
    ids=["brackets", "parted brackets", "clauses", "spaces", "words", "owners", "script"],
)
def test_what_is_no_name_is_read_no_further_than_names_go(text: str) -> None:
    start = time.process_time()

    form = normal_form(text)
    compare(text, f"{text} mehra")

    assert len(form) <= MOST_LETTERS
    assert time.process_time() - start < 2
