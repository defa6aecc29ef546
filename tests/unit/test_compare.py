"""Comparing two names: what is linked, what a person should look at, what is told apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.errors import ConfigError
from backfin.investors import compare


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shri A. K. Mehra", "A K MEHRA"),
        ("Mehra Ashok Kumar", "Ashok Kumar Mehra"),
        ("Acme Industries (P) Ltd", "ACME INDUSTRIES PRIVATE LIMITED"),
        ("Pine Wealth Management", "Pine Wealth Management LLP"),
        ("Pine & Oak Holdings Ltd", "Pine and Oak Holdings Limited"),
        ("Laxmi Agarwal", "Lakshmi Aggarwal"),
        ("Suresh C. Mehra", "Suresh Chandra Mehra"),
        ("Rama Krishna Hegde", "Ramakrishna Hegde"),
        ("आशा मेहता", "Asha Mehta"),
        ("Seven Pines Beverages Ltd", "7 Pines Beverages Limited"),
        ("Pine Oak Intl Invts Corp", "Pine Oak International Investments Corporation"),
        ("Pine Trustee Ltd A/C Pine Mid Cap Fund", "Pine Mutual Fund - Pine Midcap Fund"),
        ("Pine Oak Ltd (formerly Elm Yew Ltd)", "Elm Yew Limited"),
        ("Pine Oak OOO", "Limited Liability Company Pine Oak"),
        ("Pine Oak Sdn. Bhd.", "Pine Oak Sendirian Berhad"),
        ("Arkady Belov", "Arkadi Beloff"),
        ("Todor Zhelev", "Todor Jeleff"),
        ("Oleh Brodsky", "Oleh Brodskiy"),
        ("Marek Brodski", "Marek Brodskyj"),
        ("A Kumar, B Kumar", "A Kumar jointly with B Kumar"),
        ("Asha Mehra, Ravi Shah", "Ravi Shah & Asha Mehra"),
        ("Lena Fischer, Max Fischer; Uwe Fischer", "Max Fischer and Uwe Fischer and Lena Fischer"),
        ("Fischer Braun, Lena Marie", "Lena Marie Fischer Braun"),
        ("Mr. Asha Mehra and Mrs. Leela Mehra", "Leela Mehra & Asha Mehra"),
        ("Asha Mehra / Ravi Mehra", "Asha Mehra and Ravi Mehra"),
        ("ഗോപാലകൃഷ്ണൻ നായർ", "Gopalakrishnan Nair"),
        ("Twenty-First Harbour Partners", "21st Harbour Partners"),
        ("Three Sixty Five Capital LLC", "365 Capital LLC"),
        ("One Hundred and Five Ventures Inc", "105 Ventures Inc."),
        ("Nineteen Hundred Harbour Fund", "1900 Harbour Fund"),
        ("Six Eleven Stores Ltd", "6-Eleven Stores Ltd"),
        ("Harbour Second Mile Ltd", "Harbour 2nd Mile Ltd"),
        ("Harbour Fund Two 2024", "Harbour Fund II 2024"),
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
        ("Rajesh Patel", "Rajesh J Patel"),
        ("Bob Wilson", "Robert James Wilson"),
        ("Nandini Ramasawmy", "Nandini Ramaswamy"),
        ("O. P. Jhunjhunwala", "Omprakash Jhunjhunwala"),
        ("Maria Carmen Ruiz", "María del Carmen Ruiz Vega"),
        ("Acme Industries Pvt Ltd", "Acme Industries Ltd"),
        ("State Bank of India", "SBI"),
        ("Ahmed Mohamed", "Mohamed Ahmed"),
        ("Pine Oak Trading Company LLC", "Pine Oak Trading LLC"),
        ("Pine Oak Ltd", "Oak Pine Ltd"),
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
        ("Vinayak Sadashiv Kulkarni", "Sadashiv Vinayak Kulkarni"),
        ("Jignesh Ramanlal Shah", "Ramanlal Shah"),
        ("Harpreet Singh Sandhu", "Harpreet Kaur Sandhu"),
        ("James Edward Mehra Jr.", "James Edward Mehra Sr."),
        ("A Patel", "Ashok Patel"),
        ("Kiran Joshi", "Karan Joshi"),
        ("Amita Shah", "Amrita Shah"),
        ("Asha Mehra jointly with Ravi Mehra", "Ravi Mehra"),
        ("Pine Trustee Ltd", "Pine Trustee Ltd A/c Pine Growth Fund"),
        ("Pine Fund Series 231", "Pine Fund Series 213"),
        ("Pine Steel Ltd", "Pine Cables Ltd"),
        ("Pine Ltd", "Pine AG"),
        ("Oil Pine India Ltd", "Indian Pine Oil Corporation Ltd"),
        ("Pine plc", "Pyne Oak plc"),
        ("BP plc", "BHP plc"),
        ("Hans Groff", "Hans Grove"),
        ("Asha Mehra, Ravi Mehra", "Asha Mehra"),
        ("Lena Fischer, Max Fischer", "Max Fischer"),
        ("Lena Fischer/Max Fischer", "Lena Fischer"),
        ("Asha Mehra along with Ravi Mehra", "Asha Mehra"),
        ("Pine Trustees Ltd", "Trustees of the Pine Trust"),
        ("Asha Mehra, Ravi Shah", "Asha Shah and Ravi Mehra"),
        ("Three Sixty Five Capital LLC", "36 Capital LLC"),
        ("Harbour Fund Series 36 1100 Days", "Harbour Fund Series 361 100 Days"),
        ("Harbour FMP Series 36 1100 Days", "Harbour FMP Series 361 100 Days"),
        ("One Hundred and Five Ventures Inc", "100 Ventures Inc."),
    ],
)
def test_hard_negatives_are_told_apart(one: str, other: str) -> None:
    found = compare(one, other)

    assert not found.same
    assert found.tier != "auto"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Daniel", "Danielle"),
        ("Gabriel", "Gabrielle"),
        ("Michel", "Michelle"),
        ("Emanuel", "Emanuelle"),
        ("Noel", "Noelle"),
        ("Marcel", "Marcelle"),
        ("Joel", "Joelle"),
        ("Jean", "Jeanne"),
        ("Peter", "Petra"),
        ("Aleksandr", "Alexandra"),
        ("Ivan", "Ivana"),
        ("An", "Anh"),
        ("Min", "Minh"),
    ],
)
def test_given_names_of_two_people_that_sound_alike_are_not_linked_at_once(one: str, other: str) -> None:
    assert compare(f"{one} Novak", f"{other} Novak").tier != "auto"
    assert compare(f"Novak Van {other}", f"Novak Van {one}").tier != "auto"


@pytest.mark.parametrize(("one", "other"), [("Chander", "Chandra"), ("Ann", "Anne"), ("Anet", "Annette")])
def test_spellings_of_one_given_name_are_still_linked_at_once(one: str, other: str) -> None:
    assert compare(f"{one} Lal Mehra", f"{other} Lal Mehra").tier == "auto"


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Laxmi Iyer w/o Ramesh Iyer", "Laxmi Iyer w/o Suresh Iyer", "w/o “suresh iyer”"),
        ("Rahul Sharma s/o Mohan Lal", "Rahul Sharma (S/O. Sohan Lal)", "s/o “mohan lal”"),
        ("Asha Mehra daughter of Ravi Mehra r/o Pune", "Asha Mehra D/o Anil Mehra", "d/o “ravi mehra”"),
    ],
)
def test_people_of_one_name_with_other_relatives_wait_for_a_person(one: str, other: str, why: str) -> None:
    found = compare(one, other)

    assert (found.tier, found.same, why in found.explanation) == ("review", False, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rahul Sharma s/o Late Shri Mohan Lal", "Rahul Sharma son of Mohanlal"),
        ("Laxmi Iyer w/o Lakshman Iyer", "Laxmi Iyer w/o Laxman Iyer"),
        ("Asha Mehra w/o Ravi", "Asha Mehra (w/o Ravi Mehra)"),
        ("Asha Mehra w/o R. Mehra", "Asha Mehra w/o Ravi Mehra"),
        ("Asha Mehra w/o Ravi Mehra", "Asha Mehra d/o Anil Bora"),
        ("Asha Mehra c/o Ravi Mehra", "Asha Mehra c/o Anil Bora"),
        ("Asha Mehra PAN ABCPM1234F", "Asha Mehra (PAN: XXXXXX234F)"),
        ("Asha Mehra DIN 1234567", "Asha Mehra DIN: 01234567"),
        ("Pine Ltd CIN U65990MH2001PTC123456", "Pine Ltd CIN: L65990MH2001PLC123456"),
    ],
)
def test_what_stands_beside_a_name_and_may_be_of_one_costs_nothing(one: str, other: str) -> None:
    assert compare(one, other).score == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rajesh Gupta PAN ABCPG1234K", "Rajesh Gupta PAN AXCPG9999K"),
        ("Rajesh Gupta PAN ABCPG1234K", "Rajesh Gupta PAN AXCPG1234K"),
        ("Rajesh Gupta (DIN: 01234567)", "Rajesh Gupta (DIN: 01234568)"),
        ("Pine Ltd CIN U65990MH2001PTC123456", "Pine Ltd CIN U65990MH2001PTC123457"),
        ("Pine Ltd LEI 335800KTNQ4CXW5GSA94", "Pine Ltd LEI 5493001KJTIIGC8Y1R12"),
    ],
)
def test_other_numbers_tell_two_of_one_name_apart(one: str, other: str) -> None:
    found = compare(one, other)

    assert (found.tier, "different" in found.explanation) == ("no", True)
    assert "ABC" not in found.explanation


def test_the_kind_a_caller_states_is_believed() -> None:
    guessed = compare("Pine Steel", "Pine Steel Ltd")

    told = compare("Pine Steel", "Pine Steel Ltd", kind="company")

    assert told.score > guessed.score


def test_a_kind_that_is_not_known_is_none_stated() -> None:
    assert compare("Mehra Ashok", "Ashok Mehra", "unknown") == compare("Mehra Ashok", "Ashok Mehra")


@pytest.mark.parametrize(
    ("one", "other", "kind", "why"),
    [
        ("Asha Mehra", "A Mehra", "banana", "There is no kind 'banana'; choose one of person,"),
        ("Asha Mehra", "A Mehra", 7, "There is no kind 7"),
        ("Asha Mehra", None, None, "is a text, not NoneType"),
        (b"Asha Mehra", "A Mehra", None, "is a text, not bytes"),
    ],
)
def test_what_cannot_be_compared_is_refused(one: Any, other: Any, kind: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        compare(one, other, kind)


def test_every_result_explains_itself() -> None:
    assert "“k” may stand for “kumar”" in compare("A K Mehra", "Ashok Kumar Mehra").explanation


PIECES = (
    *(
        "Ashok",
        "A",
        "K",
        "Mehra",
        "Mehta",
        "Pvt",
        "Ltd",
        "LLP",
        "HUF",
        "Fund",
        "II",
        "Pine",
        "bhai",
        "and",
        "Ch.",
    ),
    *(
        "S.A.",
        "Trustee of",
        "A/C",
        "Mutual Fund",
        "-",
        "van der",
        "Jr",
        "(formerly",
        "मेहता",
        "SBI",
        "OOO",
        "of",
    ),
)
names = st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join)


@given(names, names, st.sampled_from([None, "person", "company", "fund", "huf"]))
def test_the_order_of_the_two_does_not_matter(one: str, other: str, kind: str | None) -> None:
    assert compare(one, other, kind) == compare(other, one, kind)


@given(names)
def test_a_name_is_its_own_double_unless_it_holds_nothing(name: str) -> None:
    assert compare(name, name).score in (0.0, 1.0)


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["trust", "government", "huf"]))
def test_no_text_is_refused(one: str, other: str, kind: str) -> None:
    assert compare(one, other, kind).explanation


@given(names, names)
def test_scores_and_tiers_agree(one: str, other: str) -> None:
    found = compare(one, other)

    assert 0.0 <= found.score <= 1.0
    assert found.tier != "auto" or found.same
    assert found.tier != "no" or not found.same
