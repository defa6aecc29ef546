"""Tables come back from where words stand: rows, columns, wrapped cells, and nothing made of prose."""

from __future__ import annotations

from backfin.documents.rulings import Rulings, rulings_in
from backfin.documents.table_text import may_hold_table, text_by_rows
from backfin.documents.tables import find_tables
from backfin.documents.words import Word, levelled, lines_of, slope_of

#: Width of a letter and height of a line in points.
LETTER, LINE = 5.0, 12.0


def set_words(*lines: dict[float, str], right: tuple[float, ...] = (), pitch: float = 14.0) -> list[Word]:
    """Words of lines that are given as texts by where they begin, or end for those in ``right``."""
    words, start = [], 0
    for number, line in enumerate(lines):
        top = 100 + number * pitch
        for x, text in line.items():
            at = x - len(text) * LETTER if x in right else x
            for part in text.split():
                words.append(Word(part, at, top, at + len(part) * LETTER, top + 10, start))
                at += (len(part) + 1) * LETTER * 0.9
                start += len(part) + 1
    return words


def box_rules(xs: list[float], ys: list[float]) -> Rulings:
    """Rules around the cells between these places."""
    level = [(xs[0], y, xs[-1], y + 0.5) for y in ys]
    return rulings_in([*level, *((x, ys[0], x + 0.5, ys[-1]) for x in xs)])


def rows_of(words: list[Word], rulings: Rulings | None = None) -> list[list[list[str]]]:
    """Texts of the tables that are found."""
    return [table.rows for table in find_tables(words, rulings or Rulings())]


def test_columns_of_numbers_are_a_table_with_its_head() -> None:
    words = set_words(
        {50: "Particulars", 300: "Quarter", 400: "Year"},
        {50: "Revenue from operations", 300: "1,23,456.70", 400: "9,87,654.00"},
        {50: "Other income", 300: "(12.50)", 400: "-"},
        {50: "Total income", 300: "1,23,444.20", 400: "9,87,654.00"},
        right=(300, 400),
    )

    (table,) = rows_of(words)

    assert table == [
        ["Particulars", "Quarter", "Year"],
        ["Revenue from operations", "1,23,456.70", "9,87,654.00"],
        ["Other income", "(12.50)", "-"],
        ["Total income", "1,23,444.20", "9,87,654.00"],
    ]


def test_every_text_has_its_box_and_an_empty_cell_has_none() -> None:
    words = set_words(
        {50: "Assets"},
        {50: "Cash", 300: "10"},
        {50: "Stock", 300: "20"},
        {50: "Debt", 300: "30"},
        {50: "Loans"},
    )

    (table,) = find_tables(words)

    assert table.rows[0] == ["Cash", "10"]
    assert table.boxes[0] == [(50, 114, 70, 124), (300, 114, 310, 124)]
    assert all((box is None) == (text == "") for row, boxes in zip(table.rows, table.boxes, strict=True)
               for text, box in zip(row, boxes, strict=True))  # fmt: skip


def test_a_cell_of_several_lines_between_rules_is_one_cell() -> None:
    words = set_words(
        {50: "Name of the", 200: "Before the"},
        {50: "acquirer", 200: "acquisition"},
        {50: "Asha Mehra", 200: "1,000"},
        {50: "Bimal Rao", 200: "2,000"},
    )

    (table,) = rows_of(words, box_rules([45, 195, 300], [98, 126.5, 140.5, 155]))

    assert table == [
        ["Name of the acquirer", "Before the acquisition"],
        ["Asha Mehra", "1,000"],
        ["Bimal Rao", "2,000"],
    ]


def test_words_of_a_tall_cell_keep_their_order_though_its_lines_touch() -> None:
    words = set_words(
        {50: "Direct acquisition", 200: "1314107"},
        {50: "of shares of"},
        {50: "the company"},
        {50: "Total", 200: "1314107"},
        pitch=10.5,
    )

    (table,) = rows_of(words, box_rules([45, 195, 300], [98, 130.2, 142]))

    assert table == [["Direct acquisition of shares of the company", "1314107"], ["Total", "1314107"]]


def test_a_label_that_goes_on_in_the_next_line_is_one_label() -> None:
    words = set_words(
        {50: "Changes in inventories of"},
        {50: "finished goods", 300: "10.00"},
        {50: "Employee cost", 300: "20.00"},
        {50: "Other expenses", 300: "30.00"},
        {50: "Sum", 300: "60.00"},
    )

    (table,) = rows_of(
        [
            *set_words({50: "Item", 300: "Rs."}),
            *(w._replace(top=w.top + 14, bottom=w.bottom + 14) for w in words),
        ]
    )

    assert ["Changes in inventories of finished goods", "10.00"] in table


def test_texts_parted_by_rules_are_a_table_though_no_number_stands_in_it() -> None:
    words = set_words(
        {50: "Activity", 200: "Date"}, {50: "Opening", 200: "Tuesday"}, {50: "Closing", 200: "Friday"}
    )

    (table,) = rows_of(words, box_rules([45, 195, 300], [98, 112.5, 126.5, 141]))

    assert table == [["Activity", "Date"], ["Opening", "Tuesday"], ["Closing", "Friday"]]


def test_a_frame_around_the_page_makes_no_table_of_a_list() -> None:
    words = set_words(
        {50: "1.", 100: "A member entitled to vote may appoint a proxy"},
        {50: "2.", 100: "A person can act as proxy for fifty members"},
        {50: "3.", 100: "The register is open for inspection"},
    )

    assert rows_of(words, box_rules([10, 590], [10, 830])) == []


def test_speakers_and_what_they_say_are_no_table() -> None:
    words = set_words(
        {50: "Moderator:", 150: "Good evening and welcome to the call of the company"},
        {150: "for the fourth quarter. I hand over to the chairman now."},
        {50: "Chairman:", 150: "Thank you. We had a good year in all our segments."},
        {50: "Moderator:", 150: "Thank you, sir. The first question comes from Mr Rao."},
    )

    assert rows_of(words) == []


def test_a_head_over_several_columns_opens_no_column_of_its_own() -> None:
    lines = [{50: f"Item {n}", 300: f"{n}.00", 400: f"{n}.50"} for n in range(1, 12)]
    words = set_words({330: "Rs. in lakhs"}, {50: "Particulars", 300: "2025", 400: "2024"}, *lines)

    (table,) = rows_of(words)

    assert {len(row) for row in table} == {3}
    assert table[-1] == ["Item 11", "11.00", "11.50"]


def test_lines_of_a_page_scanned_askew_are_levelled() -> None:
    words = [w._replace(top=w.top + 0.02 * w.left, bottom=w.bottom + 0.02 * w.left) for w in set_words(
        *({50: f"Item number {n} of all", 300: f"{n}.00", 480: f"{n}.50"} for n in range(1, 9))
    )]  # fmt: skip

    slope = slope_of(words)

    assert round(slope, 3) == 0.02
    assert len(lines_of(levelled(words, slope))) == 8


def test_a_page_whose_text_runs_down_the_columns_is_rewritten_row_by_row() -> None:
    lines = ["Cash", "Stock", "Debt", "10", "20", "30"]
    text = "Balance sheet\r\n" + "\r\n".join(lines) + "\r\nSigned"
    places = {
        "Cash": (50, 100),
        "Stock": (50, 114),
        "Debt": (50, 128),
        "10": (300, 100),
        "20": (300, 114),
        "30": (300, 128),
    }
    words = [
        Word(part, x, y, x + 5 * len(part), y + 10, text.index(part)) for part, (x, y) in places.items()
    ]  # fmt: skip

    rewritten = text_by_rows(text, find_tables(words))

    assert rewritten.replace("\r", "").split("\n") == [
        "Balance sheet",
        "Cash 10",
        "Stock 20",
        "Debt 30",
        "Signed",
    ]


def test_a_page_that_reads_by_rows_keeps_its_text_to_the_letter() -> None:
    text = "Cash   10\r\nStock 20\r\nDebt 30 "
    places = [("Cash", 50, 100), ("10", 300, 100), ("Stock", 50, 114), ("20", 300, 114), ("Debt", 50, 128)]
    words = [Word(part, x, y, x + 20, y + 10, text.index(part)) for part, x, y in [*places, ("30", 300, 128)]]

    assert find_tables(words) != []
    assert text_by_rows(text, find_tables(words)) == text


def test_amounts_side_by_side_or_alone_make_a_page_worth_a_look() -> None:
    assert may_hold_table("Cash 10.00 20.00\nDebt 1,000 (30)\nSum 11 12")
    assert may_hold_table("10.00\n20.00\n30.00")
    assert not may_hold_table("We grew by 12.5% in 2025 and paid 3 dividends.")


def test_the_labels_of_a_chart_are_no_table() -> None:
    words = set_words(
        {30: "8,260", 330: "2,985"},
        {80: "8,257", 380: "2,778"},
        {30: "7,687", 430: "2,301"},
        {130: "7,854", 480: "2,405"},
        {30: "4,092", 380: "1,416"},
        {80: "3,910", 530: "1,299"},
    )

    assert rows_of(words) == []


def test_the_same_figures_without_gaps_are_a_table() -> None:
    words = set_words(
        {30: "Debt", 130: "18,765", 230: "15,153"},
        {30: "Equity", 130: "11,614", 230: "13,287"},
        {30: "Total", 130: "30,379", 230: "28,440"},
    )

    assert len(rows_of(words)) == 1


def test_two_rows_of_boxes_on_a_slide_are_no_table_but_on_a_letter_they_are() -> None:
    words = set_words({50: "Shares", 150: "Price"}, {50: "1,000", 150: "25.00"})
    rulings = box_rules([40, 140, 240], [95, 111, 128])

    assert len(find_tables(words, rulings)) == 1
    assert find_tables(words, rulings, on_slide=True) == []


def test_exchanges_to_which_a_letter_goes_are_no_table() -> None:
    addresses = (
        {50: "The Manager", 200: "The Manager", 400: "The Secretary"},
        {50: "BSE Limited", 200: "National Stock Exchange", 400: "Calcutta Exchange"},
        {50: "Dalal Street", 200: "Bandra East", 400: "Lyons Range"},
    )
    figures = (
        {50: "Symbol", 200: "Volume", 400: "Price"},
        {50: "BSE 500043", 200: "12,345", 400: "1,250.50"},
    )

    assert rows_of(set_words(*addresses)) == []
    assert len(rows_of(set_words(*addresses[1:2], *figures, *figures))) == 1


def test_a_list_stays_one_though_a_line_before_it_or_a_number_is_odd() -> None:
    words = set_words(
        {50: "We", 90: "submit the outcome of the meeting"},
        {50: "1.", 90: "Adoption of the accounts"},
        {50: "2,", 90: "Appointment of a director"},
        {50: "3.", 90: "Appointment of the auditors"},
        {50: "4.", 90: "Appointment of a secretary"},
    )

    assert rows_of(words, box_rules([40, 80, 300], [95, 112, 126, 140, 154, 168])) == []
