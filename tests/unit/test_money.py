"""Amounts as filings write them. A slip between lakh and crore is an error of a hundred."""

from __future__ import annotations

import csv
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.errors import ParseError
from backfin.models import Money, Scale
from backfin.models.money import format_indian
from backfin.models.money_scale import CODES, CURRENCY_ENDS, SCALE_ENDS
from backfin.models.money_text import find_amounts

WRITTEN = [
    ("Rs. 12.5 crore (plus GST)", "125000000", "INR"),
    ("₹ 27 cr.", "270000000", "INR"),
    ("Rs. 47.06 Lakhs", "4706000", "INR"),
    ("Rs. 8787 lakhs", "878700000", "INR"),
    ("INR 13,35,00,000", "133500000", "INR"),
    ("Rs. 17,48,76,000/- (incl GST)", "174876000", "INR"),
    ("Rs . 15233800", "15233800", "INR"),
    ("Rs.53,06,395.15/-", "5306395.15", "INR"),
    ("Re 1/- each", "1", "INR"),
    ("Rs500", "500", "INR"),
    ("149.59 crore", "1495900000", "INR"),
    ("60 crores", "600000000", "INR"),
    ("₹5L", "500000", "INR"),
    ("Rs. 5 lakh crore", "5000000000000", "INR"),
    ("Rs. 5 crore 25 lakh", "52500000", "INR"),
    ("Rs.21.42 millions", "21420000", "INR"),
    ("₹(12.3) crore", "-123000000", "INR"),
    ("Rs. -5 lakh", "-500000", "INR"),
    ("order value - Rs. 5 crore", "50000000", "INR"),
    ("Rupees Five Crore only", "50000000", "INR"),
    ("Rupees Seventeen Crores Forty Eight lakh and Seventy Six Thousand", "174876000", "INR"),
    ("5 crore rupees", "50000000", "INR"),
    ("USD 3.2 mn", "3200000", "USD"),
    ("US$2.96 million", "2960000", "USD"),
    ("USD 2,593,125 is attached", "2593125", "USD"),
    ("£15million", "15000000", "GBP"),
    ("EUR 2.5 bn", "2500000000", "EUR"),
    ("HK$ 5 million", "5000000", "HKD"),
    ("JPY 1,000,000", "1000000", "JPY"),
    ("AED 40 million", "40000000", "AED"),
    ("3 million US dollars", "3000000", "USD"),
    ("Rs, 5.5 Crs", "55000000", "INR"),
    ("₹\u00a012.5\u00a0crore", "125000000", "INR"),
    ("₹१२.५ करोड़", "125000000", "INR"),
    ("रु. 25 लाख", "2500000", "INR"),
    ("Rs. 12,34,\n567/-", "1234567", "INR"),
    ("Rs. 1, 23, 45, 678.90", "12345678.90", "INR"),
    ("Rs. 1 00 00 000/-", "10000000", "INR"),
    ("$2+ Billion", "2000000000", "USD"),
    ("(Rs. 45.20) lakhs", "-4520000", "INR"),
    ("Rs. One Crore", "10000000", "INR"),
    ("INR One Hundred Crores", "1000000000", "INR"),
    ("Indian Rupees 25 crore", "250000000", "INR"),
    ("Rs. 1,23,45,678.90/-", "12345678.90", "INR"),
    ("Rs 50 thousand crore", "500000000000", "INR"),
    ("Rupees Seventy Seven Lakhs Forty Six Thousand Three Hundred & Forty Three only", "7746343", "INR"),
    ("Order value (Rs. in Cr.): 113.76", "1137600000", "INR"),
    ("Rs. 113.76 (in Crores)", "1137600000", "INR"),
    ("value Rs. 5 crore 30 lakh", "53000000", "INR"),
]


@pytest.mark.parametrize(("text", "amount", "currency"), WRITTEN)
def test_an_amount_is_read_as_written(text: str, amount: str, currency: str) -> None:
    money = Money.parse(text)

    assert (money.amount, money.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,234.50",
        "on 05.08.2019 at 95, Park Street",
        "12.5%",
        "10 lakh equity shares",
        "150 MW",
        "FY26",
        "Regulation 30",
        "1,2,3 crore",
        "INE002A01018",
        "3.2 million units",
        "10 L of diesel",
        "Rs. 6 2.5 crore",
        "Rated amount (Rs. crore)",
        "Rs. in Lakhs",
        "Rupees Five and",
        "Rs. 1.05.00.000",
        "Rs 12·5 crore",
        "Tel: +91 22 2599 3434",
        "Section 143(3)",
        "5 lakh tonnes",
    ],
)
def test_a_number_without_currency_or_scale_is_no_money(text: str) -> None:
    with pytest.raises(ParseError):
        Money.parse(text)


@pytest.mark.parametrize("sign", CURRENCY_ENDS)
@pytest.mark.parametrize("form", ["the sum of {} 5,000 in all", "paid {}. 5,000 net", "({} 5,000) of it"])
def test_every_sign_of_currency_makes_the_number_behind_it_money(sign: str, form: str) -> None:
    written = "pounds sterling" if sign == "sterling" else sign.upper() if len(sign) == 3 else sign

    assert [5000] == [abs(one.units) for one in find_amounts(form.format(written))]


@pytest.mark.parametrize("code", CODES)
def test_every_code_behind_a_number_makes_it_money(code: str) -> None:
    assert [5000] == [one.units for one in find_amounts(f"paid 5,000 {code} net")]


@pytest.mark.parametrize("word", SCALE_ENDS)
def test_every_word_of_size_makes_the_number_before_it_money(word: str) -> None:
    found = find_amounts(f"about 5,000 {word} net")

    assert [True] == [one.factor > 1 for one in found]


@pytest.mark.parametrize(
    "text", ["5 (in lakhs)", "5 ( lakhs )", "Rs. 5 - 10 per share", "between Rs. 5 and 10 net"]
)
def test_signs_between_a_number_and_its_size_part_nothing(text: str) -> None:
    assert find_amounts(text)[-1].number in (5, 10)


def test_a_range_gives_its_two_ends_in_the_scale_of_the_upper_one() -> None:
    ends = Money.parse_all("Rs. 100-150 crore")

    assert [end.amount for end in ends] == [Decimal(10**9), Decimal(15 * 10**8)]


def test_a_range_from_lakh_to_crore_keeps_each_end_as_written() -> None:
    ends = Money.parse_all("Rs. 50,00,000 to Rs. 1 crore")

    assert [end.amount for end in ends] == [Decimal(5_000_000), Decimal(10_000_000)]


def test_an_amount_in_two_currencies_gives_both() -> None:
    dollars, rupees = Money.parse_all("USD 3.2 mn (≈ ₹27 cr)")

    assert (dollars.currency, rupees.currency) == ("USD", "INR")
    assert rupees.amount == 270_000_000
    assert rupees.approx


def test_words_that_repeat_the_figure_are_not_counted_twice() -> None:
    found = Money.parse_all("Rs. 5,00,00,000/- (Rupees Five Crore only)")

    assert [money.amount for money in found] == [Decimal(50_000_000)]


def test_words_that_contradict_the_figure_are_both_told() -> None:
    found = Money.parse_all("Rs. 5,00,000/- (Rupees Five Crore only)")

    assert [money.amount for money in found] == [Decimal(500_000), Decimal(50_000_000)]


@pytest.mark.parametrize(
    "text", ["approx. Rs. 5 crore", "~ ₹5 crore", "up to Rs. 5 crore", "Rs. 5 Crore (Approx.)"]
)
def test_about_is_kept(text: str) -> None:
    assert Money.parse(text).approx


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,234.50", "123450000"),
        ("(1,234.50)", "-123450000"),
        ("12.3 Cr", "1230000"),
        ("12.3 Dr", "-1230000"),
        ("12.5 crore", "125000000"),
        ("Rs. 10/-", "10"),
    ],
)
def test_the_head_of_a_table_governs_its_bare_numbers(cell: str, amount: str) -> None:
    assert Money.parse(cell, scale="(₹ in lakhs except EPS)").amount == Decimal(amount)


def test_a_head_that_names_no_scale_is_refused() -> None:
    with pytest.raises(ParseError, match="names no scale"):
        Money.parse("12", scale="Particulars")


def test_what_was_written_is_kept() -> None:
    money = Money.parse("an order worth Rs. 12.5 crore (plus GST)")

    assert (money.as_written, money.scale) == ("Rs. 12.5 crore", Scale.CRORE)


AMOUNTS = st.decimals(min_value=0, max_value=10**13, places=2, allow_nan=False)


@given(AMOUNTS)
def test_printing_and_reading_give_the_same_amount(amount: Decimal) -> None:
    printed = Money(amount=amount).format()

    assert Money.parse(printed).amount == amount


@given(AMOUNTS, st.sampled_from(list(Scale)))
def test_every_scale_means_its_own_factor_and_no_other(number: Decimal, scale: Scale) -> None:
    read = Money.parse(f"{format_indian(number)}", scale=scale)

    assert read.amount == number * scale.factor


@given(st.decimals(min_value=Decimal("0.01"), max_value=99999, places=2), st.sampled_from(["lakh", "crore"]))
def test_lakh_and_crore_are_never_confused(number: Decimal, word: str) -> None:
    factor = {"lakh": 10**5, "crore": 10**7}[word]

    forms = [
        f"Rs. {number} {word}",
        f"₹{number} {word}s",
        f"INR {number} {word.title()}s only",
        f"{number} {word}",
    ]

    assert {Money.parse(form).amount for form in forms} == {number * factor}


@given(
    st.lists(
        st.sampled_from(
            ["Rs.", "₹", " ", "(", ")", "12", ",", "345", ".5", "crore", "lakhs", "-", "to", "\n"]
        )
    )
)
def test_what_was_written_stands_in_the_text(parts: list[str]) -> None:
    text = "".join(parts)

    assert all(money.as_written in text for money in Money.parse_all(text))


@given(st.integers(min_value=10**6, max_value=10**11), st.sampled_from([", ", ",\n", " "]))
def test_an_indian_number_broken_up_by_blanks_is_whole_again(number: int, gap: str) -> None:
    written = (
        format_indian(Decimal(number)).replace(",", gap) if gap != ",\n" else format_indian(Decimal(number))
    )
    head, _, tail = written.rpartition(",")
    broken = f"{head},\n{tail}" if gap == ",\n" else written

    assert Money.parse_all(f"Rs. {broken}/-")[0].amount == number


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for money in Money.parse_all(text):
        assert money.as_written


def cpu_s(text: str) -> float:
    """CPU seconds of reading a text, the best of three."""
    taken = []
    for _ in range(3):
        started = time.thread_time()
        Money.parse_all(text)
        taken.append(time.thread_time() - started)
    return min(taken)


@pytest.mark.parametrize(
    ("start", "part"),
    [
        ("", "1"),
        ("", "1,"),
        ("", "("),
        ("", "Rs. "),
        ("rupees ", "five "),
        ("rupee ", "and "),
        ("Rs. ", "11 "),
        ("Rs. ", "11, "),
        ("Rs. 1", ",11"),
    ],
    ids=["digits", "groups", "brackets", "signs", "words", "ands", "blanks", "lists", "grouped"],
)
def test_hostile_text_costs_as_much_as_it_is_long(start: str, part: str) -> None:
    short, long = (start + part * (length // len(part)) for length in (20_000, 80_000))

    growth = cpu_s(long) / max(cpu_s(short), 0.001)

    assert growth < 11, "four times the length costs sixteen times as much where reading is quadratic"


def test_indian_grouping() -> None:
    assert [format_indian(Decimal(n)) for n in ("123", "1234", "12345678.9", "-100000")] == [
        "123",
        "1,234",
        "1,23,45,678.90",
        "-1,00,000",
    ]


def test_recorded_order_values_are_read_exactly(shared: Path) -> None:
    expected = {
        "Rs. 47.06 Lakhs": 4706000,
        "149.59 crore": 1495900000,
        "60 crores": 600000000,
        "~ INR 20.94 Crore": 209400000,
    }
    with (shared / "fixtures/labelled/order_values_2026-07.csv").open(encoding="utf-8") as file:
        written = [
            row["order_value_as_written"] for row in csv.DictReader(file) if row["order_value_as_written"]
        ]

    read = {text: Money.parse(text).amount for text in written}

    for text, amount in read.items():
        plain = text.replace("Rs. ", "").replace(",", "")
        assert amount == (expected[text] if text in expected else Decimal(plain))
