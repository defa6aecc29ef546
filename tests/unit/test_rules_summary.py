"""Summaries: the filing's own sentences, whole and readable; the figures of results."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfin.enrichment.rules.letter import as_written, body_of
from backfin.enrichment.rules.sentences import pieces
from backfin.enrichment.rules.spoken import mended
from backfin.models import Page
from filings import enrich

HEAD = "Sagarika Forge Ltd\n12, Foundry Road, Pune\nPhone: 2226-1175\nTo\nBSE Limited\n"


def letter(body: str, subject: str = "Outcome of Board Meeting") -> str:
    return f"{HEAD}Dear Sir/ Madam,\nSub: {subject}\n{body}\nThanking you,\nYours faithfully,\nFor Sagarika Forge Ltd"


def test_a_list_is_told_with_all_its_items() -> None:
    made = enrich(
        letter(
            "This is to inform you that the Board at its meeting held today has approved the following:\n"
            "1. Resignation of Ms. Rhea Vaz as Company Secretary.\n2. Appointment of Mr. Arun Das as"
            " Company\n"
            "Secretary.\nThe meeting of the Board commenced at 3.00 p.m. and concluded at 4.00 p.m."
        )
    )

    assert made.summary == (
        "This is to inform you that the Board at its meeting held today has approved the following:"
        " Resignation of"
        " Ms. Rhea Vaz as Company Secretary; Appointment of Mr. Arun Das as Company Secretary."
    )


def test_letterhead_subject_and_closing_are_no_summary() -> None:
    text = f"Dear Sir/ Madam,\n{HEAD}Ref: Compliance with Regulation 24A of the\nListing Regulations\nPlease note that"
    page = Page(
        number=1, text=f"{text} the rule does not apply to us.\nKindly take the same on record.\nYours truly,"
    )

    assert body_of((page,)) == "Please note that the rule does not apply to us."


def test_a_letter_goes_on_over_its_page_without_the_letterhead() -> None:
    first = Page(
        number=1,
        text="Dear Sirs,\nThe members met and the notice was taken as read, the chairman\n95, PARK ROAD",
    )
    second = Page(
        number=2,
        text="PHONE 2226\nexplained to the members how the votes would be counted.\nYours faithfully",
    )

    assert body_of((first, second)) == (
        "The members met and the notice was taken as read, the chairman\n"
        "explained to the members how the votes would be counted."
    )


def test_a_number_in_an_address_begins_no_list() -> None:
    body = "The meeting is held at\n95. Park Street to consider:\n1. Accounts\n2. Dividend"

    assert list(pieces(body)) == [
        (False, "The meeting is held at\n95. Park Street to consider:"),
        (True, "Accounts"),
        (True, "Dividend"),
    ]


def test_a_sentence_of_a_bad_scan_is_left_out() -> None:
    made = enrich(
        letter(
            'The 42"d meeting of t]le members was p.esided over by the Chairman at 1L30 hours.\n'
            "All the resolutions of the notice were passed by the members on a poll."
        )
    )

    assert made.summary == "All the resolutions of the notice were passed by the members on a poll."


def test_a_press_release_is_told_by_its_first_paragraph() -> None:
    made = enrich(
        letter("We are sending herewith a Press Release titled “Sagarika opens a plant”.", "Press Release"),
        "Sagarika opens a plant\nPUNE, June 30, 2026: Sagarika Forge Ltd has opened its second plant at"
        " Hosur in Tamil Nadu. The plant makes axles for buses and trucks.\n",
    )

    assert made.summary == (
        "Sagarika Forge Ltd has opened its second plant at Hosur in Tamil Nadu. The plant makes axles"
        " for buses and"
        " trucks."
    )


def test_a_letter_that_only_passes_on_another_gives_the_others_words() -> None:
    made = enrich(
        letter(
            "With reference to the subject, please find enclosed the disclosure received from the promoter.",
            "Disclosure",
        ),
        "To\nSagarika Forge Ltd\nDear Sir,\nSub: Disclosure under Regulation 29(1) of SEBI (SAST)"
        " Regulations, 2011\nWe inform"
        " you that Himgiri Private Limited has acquired 13,14,107 equity shares of Sagarika Forge Ltd"
        " representing 25.36%"
        " of its capital.\nThanking you",
        subject="Disclosure under Regulation 29(1) of SEBI (SAST) Regulations",
    )

    assert made.summary.startswith(
        "We inform you that Himgiri Private Limited has acquired 13,14,107 equity shares"
    )


def test_a_transcript_without_a_letter_says_who_speaks() -> None:
    made = enrich(
        "“Sagarika Forge Limited Q1 FY27 Earnings Conference Call”\nJuly 19, 2026\nMANAGEMENT: MR. ARUN"
        " DAS – MANAGING"
        " DIRECTOR\nMS. RHEA VAZ – CFO\n\nModerator: Ladies and gentlemen, good day, this conference"
        " call is being recorded."
    )

    assert made.summary == "Management: Mr. Arun Das, Managing Director; Ms. Rhea Vaz, CFO."


@pytest.mark.parametrize(
    ("name", "elsewhere", "written"),
    [
        ("BETA INDIA LIMITED", "the call of Beta India Limited today", "Beta India Limited"),
        (
            "GODA VARI POWER AND ISPAT LIMITED",
            "Godavari Power & Ispat Limited",
            "Godavari Power & Ispat Limited",
        ),
        ("NTPC LIMITED", "NTPC LIMITED", "NTPC LIMITED"),
        ("Beta India Ltd", "beta india ltd", "Beta India Ltd"),
    ],
)
def test_a_name_in_capitals_is_written_as_the_filing_does_elsewhere(
    name: str, elsewhere: str, written: str
) -> None:
    assert as_written(name, (Page(number=2, text=elsewhere),)) == written


@given(
    st.lists(
        st.sampled_from(
            ["1. Accounts", "2. Dividend", "3. Directors", "95. Park Street", "The rest", "a) Aye"]
        )
    )
)
def test_a_body_taken_apart_keeps_every_word_in_its_order(lines: list[str]) -> None:
    words = [
        word
        for _, part in pieces("\n".join(lines))
        for word in part.replace(".", " ").split()
        if word.isalpha()
    ]

    assert words == [word for line in lines for word in line.split() if word.isalpha()]


def test_mending_changes_no_word_of_a_clean_text() -> None:
    clean = "The Board of Directors, “at its meeting” on 30th June, 2026, approved 5* of the offers to the members."

    assert mended(clean) == clean


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ofthe Board forthe year atthe venue", "Of the Board for the year at the venue"),
        ("ofRegistrar", "of Registrar"),
        ("softhe roofTop ifthe ofthem", "softhe roofTop ifthe ofthem"),
    ],
)
def test_only_short_words_are_parted_from_the_next(text: str, said: str) -> None:
    assert mended(text) == said


@pytest.mark.parametrize("subject", ["Proposal to consider dividend", "PROPOSAL TO CONSIDER DIVIDEND"])
def test_a_title_tells_the_stage_in_letters_of_any_size(subject: str) -> None:
    made = enrich(subject=subject, headline=subject)

    assert made.detail["stage"] == "proposed"


def test_trouble_shows_in_a_title_of_capitals() -> None:
    assert "forensic_audit" in enrich(subject="FORENSIC AUDIT", headline="INITIATED").flags
