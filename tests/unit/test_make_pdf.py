"""The tiny PDF writer: what goes in comes out again, in the same bytes each time."""

from __future__ import annotations

import time

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backfin.testing.pdf import Gap, Page, Scan, Table, Text, make_pdf, one_page_pdf, scanned
from backfin.testing.pdf_fonts import FONTS, text_width, wrap

WORDS = st.text(st.sampled_from("abcXYZ019 -,.()\\/–’₹é"), min_size=1, max_size=300)


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def test_text_tables_and_footers_come_out_as_they_went_in() -> None:
    table = Table(
        [["Particulars", "Amount (₹ in lakhs)"], ["Tax (net)", "(45.10)"]], [70, 30], frozenset({1})
    )

    page = Page(
        [Text("Kaveri & Co.", "Times-Bold", 16, "center"), Gap(10, ruled=True), table],
        "Page {page} of {pages}",
    )
    first, second = texts(make_pdf([page, "plain text"]))

    assert "Kaveri & Co." in first
    assert "Amount (₹ in lakhs)" in first
    assert "(45.10)" in first
    assert "Page 1 of 2" in first
    assert "plain text" in second


def test_the_same_pages_give_the_same_bytes() -> None:
    pages = [Page([Text("₹ 5 crore")]), "x"]

    assert make_pdf(pages) == make_pdf(pages)


def test_what_does_not_fit_goes_on_to_the_next_sheet() -> None:
    rows = [[f"row {number}", "1"] for number in range(150)]

    sheets = texts(make_pdf([Page([Table(rows, [1, 1])])]))

    assert len(sheets) > 2
    assert "row 149" in sheets[-1]


def test_a_character_that_no_font_has_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        make_pdf(["निवेशक"])


@given(WORDS)
@settings(max_examples=60)
def test_any_printable_line_survives(text: str) -> None:
    found = "".join("".join(texts(make_pdf([Page([Text(text)])]))).split())

    assert found.replace("\ufffe", "-").replace("\x02", "-") == "".join(text.split())


def test_a_scan_shows_the_page_and_has_no_text() -> None:
    original = make_pdf([Page([Text("Order worth Rs. 5 crore", size=20)])])

    (page,) = scanned(original, dpi=72)

    assert isinstance(page, Scan)
    assert len(page.gray) == page.width_px * page.height_px
    assert min(page.gray) < 60
    assert texts(make_pdf([page])) == [""]


def test_one_page_pdf_holds_long_and_odd_lines() -> None:
    (text,) = texts(one_page_pdf("Sub: (order) \\ 5\n" + "x" * 200))

    assert "Sub: (order) \\ 5" in text
    assert text.count("x") == 200


def test_one_page_pdf_makes_two_thousand_a_second() -> None:
    started = time.perf_counter()

    for number in range(1000):
        one_page_pdf(f"Sub: order {number}\n" + "the company has received an order " * 20)

    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("font", FONTS)
def test_wrapped_lines_fit_and_lose_no_word(font: str) -> None:
    text = "The quick brown fox jumps over the lazy dog, 1234567890 times. " * 5

    lines = wrap(text, font, 10, 200)

    assert " ".join(lines).split() == text.split()
    assert all(text_width(line, font, 10) <= 200 for line in lines)
