"""HTML files become the text that a reader sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.documents.extract import Extract, Limits
from backfin.documents.html import extract

LIMITS = Limits(max_pages=10, max_chars=1_000_000)


def text_of(html: str, encoding: str = "utf-8") -> str:
    """The text of a page."""
    return "\n".join(extract(html.encode(encoding), LIMITS).pages)


def test_blocks_are_lines_and_white_space_means_nothing() -> None:
    html = (
        "<html><body><h1>Outcome of\n  Board   Meeting</h1><p>One<br>two <b>bold</b>.</p>tail</body></html>"
    )

    assert text_of(html) == "Outcome of Board Meeting\nOne\ntwo bold.\ntail"


def test_a_table_row_is_a_line_and_an_empty_cell_keeps_its_place() -> None:
    header = "<tr><th>Particulars</th><th>2025</th><th>2024</th></tr>"

    assert (
        text_of(f"<table>{header}<tr><td>Sales</td><td></td><td>9</td></tr></table>")
        == "Particulars\t2025\t2024\nSales\t\t9"
    )


def test_paragraphs_in_a_cell_stay_on_the_row() -> None:
    html = "<table><tr><td><p>Net</p><p>profit</p></td><td><p>12.5</p></td></tr></table>"

    assert text_of(html) == "Net profit\t12.5"


def test_a_table_that_only_arranges_the_page_keeps_its_lines() -> None:
    html = "<table><tr><td><p>First</p><p>Second</p></td></tr></table>"

    assert text_of(html) == "First\nSecond"


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>evil()</script>",
        "<style>p {}</style>",
        "<!-- remark -->",
        "<noscript>off</noscript>",
        "<p hidden>secret</p>",
        '<p style="color:red; DISPLAY : none">secret</p>',
        '<span style="visibility:hidden">secret</span>',
        "<ix:header><ix:hidden>secret</ix:hidden></ix:header>",
        '<input type="hidden" value="secret">',
        "<?php secret ?>",
    ],
)
def test_what_is_not_shown_is_not_text(hidden: str) -> None:
    assert text_of(f"<html><body><p>before</p>{hidden}<p>after</p></body></html>") == "before\nafter"


def test_text_after_a_hidden_element_is_kept() -> None:
    assert text_of("<body>a<script>x</script>b<!-- c -->d</body>") == "abd"


def test_devanagari_and_the_rupee_sign_survive() -> None:
    assert text_of("<p>कंपनी को ₹ 12.50 करोड़ का आदेश मिला है।</p>") == "कंपनी को ₹ 12.50 करोड़ का आदेश मिला है।"


@pytest.mark.parametrize(
    ("html", "encoding"),
    [
        ('<meta charset="windows-1252"><p>Société – 5%</p>', "cp1252"),
        ("<p>Société – 5%</p>", "cp1252"),
        ("<p>Société – 5%</p>", "utf-16"),
        ("<p>Société – 5%</p>", "utf-8-sig"),
    ],
)
def test_the_encoding_is_found(html: str, encoding: str) -> None:
    assert text_of(html, encoding) == "Société – 5%"


def test_inline_xbrl_is_read_as_a_page() -> None:
    html = (
        '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"'
        ' xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body><ix:header><ix:hidden>9</ix:hidden></ix:header>'
        '<p>Revenue <ix:nonFraction name="a:Revenue" contextRef="c">1,234</ix:nonFraction></p></body></html>'
    )

    assert text_of(html) == "Revenue 1,234"


def test_a_page_without_text_is_empty() -> None:
    assert extract(b"<html><body><script>x</script></body></html>", LIMITS).flags == ["empty"]


def test_a_long_page_is_cut_and_says_so() -> None:
    found = extract(b"<p>" + b"x" * 100 + b"</p>", Limits(max_pages=1, max_chars=10))

    assert found == Extract(["x" * 10], 1, flags=["too_large"])


def test_endless_nesting_ends_in_a_stated_result() -> None:
    found = extract(b"<div>" * 200_000 + b"deep", LIMITS)

    assert set(found.flags) & {"too_large", "empty"}


def test_a_page_cannot_make_the_parser_read_a_file() -> None:
    html = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>a &x; b</p></body></html>'

    assert "root:" not in text_of(html)


@given(st.binary(max_size=400))
def test_any_bytes_give_a_page(data: bytes) -> None:
    assert extract(data, LIMITS).page_count == 1


@given(st.text(alphabet="<>/!-=\"' abdhiprstv&;#\n", max_size=300))
def test_any_broken_markup_gives_a_page(text: str) -> None:
    assert extract(b"<html>" + text.encode(), LIMITS).page_count == 1


@pytest.mark.parametrize(
    "name", ["rot13", "unicode_escape", "punycode", "utf-7", "no-such-charset", "zlib_codec"]
)
def test_a_codec_that_is_no_encoding_of_pages_is_not_used(name: str) -> None:
    assert text_of(f'<meta charset="{name}"><p>c: 5 \\x41 +AGE- – 5%</p>') == "c: 5 \\x41 +AGE- – 5%"
