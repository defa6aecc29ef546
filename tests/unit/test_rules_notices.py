"""Notices of people, offers, holdings and meetings: whose change, which day, and what it comes to."""

from __future__ import annotations

from decimal import Decimal

from backfin.models import EventType
from filings import enrich, values

CHANGES = """Date: 14.02.2018
Sub: Intimation for change in Board of Directors
Dear Sir,
Kindly note that Mrs. Anaya Dey, Whole Time Director of the Company has tendered her resignation with effect from
01.02.2018. Further, the Board has appointed Mr. Mukul Bhat as the Whole Time Director of the company with effect from
14.02.2018.
Yours faithfully,
For Sagarika Forge Ltd
Renu Rao
Director
(DIN: 07044595)
"""


def test_the_first_person_named_comes_with_her_own_day() -> None:
    made = enrich(CHANGES, subject="Change in Directorate")
    found = values(made)

    assert (found["person"], found["action"]) == ("Mrs. Anaya Dey", "resign")
    assert found["effective_date"] == "2018-02-01"
    assert made.headline.startswith("Mrs. Anaya Dey resigns as Whole Time Director")
    assert [party.name_as_written for party in made.parties] == ["Mrs. Anaya Dey", "Mr. Mukul Bhat"]


def test_the_number_of_who_signs_is_nobody_elses() -> None:
    assert "din" not in values(enrich(CHANGES, subject="Change in Directorate"))


def test_at_once_is_the_day_of_the_letter() -> None:
    made = enrich(
        "Date: 05.08.2019\nSub: Resignation\nDear Sir,\nMr. Kaushal Roy has tendered his resignation as"
        " Independent"
        " Director of the Company with immediate effect.",
        subject="Resignation of Director",
    )

    assert values(made)["effective_date"] == "2019-08-05"


def test_a_secretary_weighs_more_than_a_secretarial_auditor() -> None:
    made = enrich(
        "Sub: Outcome of the Board Meeting held on 19.04.2021\n———mN oar Meeting held on"
        " 19.04.2021\nThe Board has"
        " considered and approved the following business:\n1. Acceptance of Resignation of Ms. Ayesha"
        " Munda as the"
        " Company Secretary.\n2. Appointment of K Soni & Company as Secretarial Auditor of the Company"
    )

    assert made.event_type is EventType.MANAGEMENT_CHANGE
    assert made.headline == "Ms. Ayesha Munda resigns as Company Secretary of Sagarika Forge Ltd"


def test_the_rule_below_a_subject_is_not_part_of_it() -> None:
    made = enrich(
        "Sub: Intimation of the Change of Auditors' Office\n———mN oar of Auditors\nDear Sir,\nWe inform you."
    )

    assert "oar" not in made.headline


OFFER = """Sub: Public Announcement for the Open Offer
Open Offer: the Acquirer makes this Open Offer to acquire up to 1347190 (Thirteen Lakhs) Equity Shares representing the
26% Voting Share Capital of the Target Company at a price of % {price} per Offer Share aggregating to a total
consideration of Rs. 77,46,343 (the "Offer Size").
"""


def test_a_price_without_its_sign_counts_where_quantity_and_size_prove_it() -> None:
    assert values(enrich(OFFER.format(price="5.75"), subject="Open Offer"))["offer_price"] == Decimal("5.75")
    assert "offer_price" not in values(enrich(OFFER.format(price="6.75"), subject="Open Offer"))


def test_a_corrigendum_of_an_offer_tells_when_it_runs() -> None:
    made = enrich(
        "Sub: Corrigendum to the public announcement to the public shareholders of Sagarika Forge"
        " Limited (“Target"
        " Company”)\nOpen offer for acquisition of up to 1347190 fully paid-up equity shares of face value of"
        " Rs. 10/- each, constituting 26% of the capital at an offer price of Rs. 5.75/- per share. The"
        " public announcement (“PA”) was"
        " made by the Acquirer on August 01, 2023.\nCommencement of Tendering Period (Offer Opening"
        " Date) Friday, December"
        " 15, 2023\nClosure of Tendering Period (Offer Closing Date) Monday, January 01, 2024\n",
        subject="Open Offer",
    )
    found = values(made)

    assert (found["offer_quantity"], found["offer_pct"], found["pa_date"]) == (1347190, 26.0, "2023-08-01")
    assert made.headline.endswith("runs from 15 December 2023 to 1 January 2024")


def test_purchases_that_come_to_a_sum_are_told_by_it() -> None:
    made = enrich(
        "Disclosure under Regulation 29(1) of SEBI (SAST) Regulations, 2011\nWe, Himgiri Private"
        " Limited have acquired 2,100"
        " equity shares through Open Offer and 13,14,107 equity shares under the agreement aggregating"
        " to 13,16,207 Equity"
        ' Shares of Sagarika Forge Ltd representing 25.40% of its capital.\nDate of acquisition: 4" March 2024',
        subject="Disclosure under Regulation 29(1) of SEBI (SAST)",
    )
    found = values(made)

    assert (found["quantity"], found["pct"], found["trade_date_from"]) == (1316207, 25.4, "2024-03-04")


def test_a_yearly_declaration_names_the_promoter() -> None:
    made = enrich(
        "Sub: Disclosures under Regulation 31(4) of SEBI (SAST) Regulations, 2011\nB G Chemicals"
        " Private Limited is the"
        " Promoter of Sagarika Forge Ltd and declares that it has not made any encumbrance in the year.",
        subject="Disclosure under Regulation 31(4) of SEBI (SAST)",
    )

    assert made.headline == (
        "B G Chemicals Private Limited makes its yearly disclosure on encumbered shares of Sagarika Forge Ltd"
    )
    assert made.parties[0].role == "promoter"


def test_the_resolutions_of_a_general_meeting_are_its_results() -> None:
    made = enrich(
        "Sub: Voting results of Postal Ballot for\nthe Extra Ordinary General Meeting (EGM) held on"
        " 03.12.2020\nDear Sir,\nThe"
        " following Special Resolutions have been passed with the requisite majority:\n1. Change of"
        " name of the Company from"
        " Sagarika Forge\nLimited to Sagar Limited.\n2. Appointment of Mr. A. Das as Director\nThis is"
        " for your information."
    )
    found = values(made)

    assert found["kind"] == "EGM"
    assert found["results"] == [
        "Change of name of the Company from Sagarika Forge Limited to Sagar Limited",
        "Appointment of Mr. A. Das as Director",
    ]


def test_a_book_closure_is_told_with_its_days() -> None:
    made = enrich(
        "Sub: Intimation of Book Closure\nDear Sir,\nThe Register of Members would remain closed from"
        " 24th December, 2025 to"
        " 30th December, 2025 (both days inclusive)."
    )

    assert made.headline == (
        "Sagarika Forge Ltd closes its register of members from 24th December, 2025 to 30th December, 2025"
    )


def test_words_of_a_bad_scan_make_no_headline() -> None:
    made = enrich(
        "Sub: Summarv ofthe nroceedinss of the 42d Annual Ceneral Meeting\nDear Sir,\nThe resolutions"
        " are passed on the date"
        " of AGM ie. 28 September, 2018."
    )

    assert "nroceedinss" not in made.headline


def test_who_is_allotted_a_subsidiarys_shares_is_no_target() -> None:
    made = enrich(
        "Sub: Dilution Of Stake In Subsidiary Company\nDear Sirs,\nAstra Limited, a wholly-owned"
        " subsidiary, has allotted"
        " 10,09,400 equity shares to MSM Group S. R. O (“JV Partner”), consequent to which the"
        " shareholding of the Company"
        " has diluted from 100% to 51%.",
        subject="Dilution of stake in subsidiary company",
    )

    assert [(party.role, party.kind.value) for party in made.parties[:1]] == [("allottee", "company")]
    assert made.headline.endswith("falls from 100% to 51% as it allots shares to MSM Group S. R. O")
