"""Tables of PDFs, through the whole reader: ruled or not, turned, over pages, and in step with the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import pdf_bytes
from tests.pdf_bytes import written

from backfin.documents.reading import Reader, built_in_readers
from backfin.models import Document
from backfin.settings import DocumentSettings
from backfin.testing.pdf import Page, Table, Text, make_pdf

ALLOTTEES = (
    ("Sr. No.", "Name of the allottee", "Category", "No. of shares"),
    ("1", "Asha Krishnamurthy Mehra and Associates Private Limited", "Promoter", "12,50,000"),
    ("2", "Bimal Rao", "Non-promoter", "4,00,000"),
    ("3", "Saraswati Ventures LLP", "Non-promoter", "75,000"),
)


def allotment(*, ruled: bool, size: float = 9) -> bytes:
    """A letter with a list of allottees."""
    table = Table(ALLOTTEES, widths=(1, 4, 2, 2), right=frozenset({3}), ruled=ruled, size=size)
    return make_pdf(
        [Page([Text("The Board has allotted equity shares to these persons:"), table, Text("Thanking you,")])]
    )


def assert_rows_stand_in_the_text(document: Document) -> None:
    """Every row, its cells joined by spaces, is found on its page."""
    texts = {page.number: " ".join(page.text.split()) for page in document.pages}
    for table in document.tables:
        for row in table.rows:
            assert " ".join(cell for cell in row if cell) in texts[table.page]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_list_of_allottees_comes_back_with_page_and_boxes(
    reader: Reader, tmp_path: Path, ruled: bool
) -> None:
    document = reader.read(written(tmp_path, allotment(ruled=ruled)))

    (table,) = document.tables
    assert table.page == 1
    assert table.rows == ALLOTTEES
    assert [len(row) for row in table.boxes] == [4, 4, 4, 4]
    left, top, right, bottom = table.boxes[2][1] or (0, 0, 0, 0)
    assert 60 < left < right < 533
    assert 40 < top < bottom < 842
    assert_rows_stand_in_the_text(document)


def test_a_turned_page_is_read_upright(reader: Reader, tmp_path: Path) -> None:
    upright = allotment(ruled=True)
    turned = upright.replace(b"/MediaBox", b"/Rotate 180 /MediaBox")

    document = reader.read(written(tmp_path, turned))

    # Turned by half, the page stands on its head: what reads upside down is set upright again.
    assert document.tables[0].rows == ALLOTTEES


@pytest.mark.parametrize("turn", [90, 270])
def test_a_table_set_sideways_on_a_page_turned_back_is_read(
    reader: Reader, tmp_path: Path, turn: int
) -> None:
    lines = [
        ("Particulars", "2025", "2024"),
        ("Revenue", "10.50", "9.25"),
        ("Costs", "8.00", "7.75"),
        ("Profit", "2.50", "1.50"),
    ]
    # Down the page for a quarter turn to the left, up the page for one to the right.
    matrix, x, y, step, along = (
        ("0 1 -1 0", 100, 100, 16, 1) if turn == 90 else ("0 -1 1 0", 400, 700, -16, -1)
    )
    shown = "".join(
        f"BT /F1 10 Tf {matrix} {x + step * row} {y + along * 150 * column} Tm ({text}) Tj ET\n"
        for row, line in enumerate(lines)
        for column, text in enumerate(line)
    )
    pdf = pdf_bytes.pdf_of_contents([pdf_bytes.stream(shown.encode())])

    document = reader.read(written(tmp_path, pdf.replace(b"/MediaBox", b"/Rotate %d /MediaBox" % turn)))

    assert [table.rows for table in document.tables] == [tuple(lines)]
    assert_rows_stand_in_the_text(document)


def test_a_table_written_column_by_column_reads_row_by_row(reader: Reader, tmp_path: Path) -> None:
    columns = [
        ["Particulars", "Revenue", "Costs", "Profit"],
        ["2025", "10.50", "8.00", "2.50"],
        ["2024", "9.25", "7.75", "1.50"],
    ]
    shown = "".join(
        f"BT /F1 10 Tf {72 + 180 * column} {700 - 16 * row} Td ({text}) Tj ET\n"
        for column, texts in enumerate(columns)
        for row, text in enumerate(texts)
    )

    document = reader.read(written(tmp_path, pdf_bytes.pdf_of_contents([pdf_bytes.stream(shown.encode())])))

    assert "Revenue 10.50 9.25" in document.pages[0].text.split("\n")
    assert_rows_stand_in_the_text(document)


def test_a_table_that_runs_over_pages_is_one_table_a_page(reader: Reader, tmp_path: Path) -> None:
    rows = [("No.", "Name", "Shares"), *((str(n), f"Holder {n}", f"{n},000") for n in range(1, 91))]
    pdf = make_pdf([Page([Table(rows, widths=(1, 4, 2), right=frozenset({2}))])])

    document = reader.read(written(tmp_path, pdf))

    assert [table.page for table in document.tables] == list(range(1, len(document.pages) + 1))
    assert len(document.pages) > 1
    assert [row for table in document.tables for row in table.rows] == rows


def test_without_tables_the_text_is_the_same_and_nothing_is_rebuilt(tmp_path: Path) -> None:
    settings = DocumentSettings(ocr=False, tables=False)
    reader = Reader(built_in_readers(settings), settings)

    document = reader.read(written(tmp_path, allotment(ruled=True)))
    reader.close()

    assert document.tables == ()
    assert "Saraswati Ventures LLP" in document.pages[0].text


def test_a_letter_holds_no_table(reader: Reader, tmp_path: Path) -> None:
    letter = (
        "To,\nBSE Limited\nP J Towers, Mumbai 400001\n\nDear Sir,\n\n" + "The Board met today at 11.30. " * 40
    )

    document = reader.read(written(tmp_path, make_pdf([letter])))

    assert document.tables == ()


def test_rows_of_recorded_tables_stand_in_the_text_of_their_pages(reader: Reader, shared: Path) -> None:
    files = sorted((shared / "fixtures/pdf").glob("*.pdf"))

    documents = [reader.read(file) for file in files]

    for document in documents:
        assert_rows_stand_in_the_text(document)
    found = {
        (file.name, table.page)
        for file, document in zip(files, documents, strict=True)
        for table in document.tables
    }
    assert {
        ("523351_book_closure_2019-09-30.pdf", 1),
        ("523351_egm_notice_record_date_2020-12-03.pdf", 11),
        ("523351_financial_results_2019-06-30.pdf", 3),
        ("523351_open_offer_update_2023-12-11.pdf", 2),
        ("523351_open_offer_update_2023-12-11.pdf", 3),
        ("532939_rpower_investor_presentation_2025-12-07.pdf", 12),
    } <= found
    # Addresses of the exchanges, and charts.
    assert {page for name, page in found if "rpower" in name}.isdisjoint((8, 13, 14))
    assert not any("call_transcript" in name for name, _ in found)


def test_the_schedule_of_a_recorded_open_offer_is_rebuilt(reader: Reader, shared: Path) -> None:
    (file,) = (shared / "fixtures/pdf").glob("*open_offer_update*.pdf")

    first, second = reader.read(file).tables

    assert first.rows[0] == ("Activity", "Original Day and Date", "Revised Day and Date(1)")
    assert first.rows[5] == (
        "Last date for receipt of comments from SEBI on the Draft Letter of Offer",
        "Thursday, September 07, 2023",
        "Wednesday, November 29, 2023(3)",
    )
    assert (second.page, second.rows[-1][0]) == (3, "Last date for filing of final report with SEBI")
