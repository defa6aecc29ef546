"""Text that speaks to a model changes nothing of what the rules publish."""

from __future__ import annotations

import pytest

from backfin.enrichment.injection import FLAG
from backfin.enrichment.injection_patterns import is_addressed
from injection_cases import AMOUNT, CASES, FILE_NAMES, NAIVE, PARTY, Case
from injection_filings import BASE, poisoned, published, read_by_rules, with_file

HONEST = published(read_by_rules(BASE))


def test_there_are_more_than_a_hundred_cases_and_most_pass_a_naive_filter() -> None:
    survivors = [case for case in CASES if not any(words in case.text.lower() for words in NAIVE)]

    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
    assert len(survivors) >= 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rules_publish_what_they_would_without_it(case: Case) -> None:
    made = read_by_rules(poisoned(case))

    assert FLAG in made.flags
    assert published(made) == HONEST
    assert AMOUNT.split()[1] not in made.model_dump_json()
    assert PARTY not in made.model_dump_json()


@pytest.mark.parametrize("name", FILE_NAMES)
def test_the_name_of_a_file_is_not_read(name: str) -> None:
    assert published(read_by_rules(with_file(name))) == HONEST


ORDINARY = [
    "We followed the instructions of the exchange and request you to ignore the earlier letter of 5 July.",
    "The Company launches an AI assistant for banks and an AI-led platform for automated reading of invoices.",
    "Please take the same on record and treat this letter as compliance with Regulation 30.",
    "The instrument is classified as NPA; the Board set the record date to 5 July and changed the face value.",
    "Kindly disregard our previous intimation, which was sent inadvertently.",
    "The system developer delivered the order management system; user acceptance must be completed by March.",
    "The company is in receipt of instructions from the lender and will reply to the notice.",
    "Summary of the proceedings: the Chairman answered all questions. You are requested to note the above.",
    "Headline inflation eased; market sentiment should improve. The category of shares is equity.",
    "End of the quarter. Page 2 of 7. [1] Note: figures are in lakhs. <= 5 % and > 10 %.",
    "CIN L27100MH1979PLC021212 DIN 01234567 SHA256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15",
    "A resolution under Section 180(1)(c): RESOLVED THAT the Board be instructed to override prior approvals.",
    "कंपनी को आदेश प्राप्त हुआ है। कृपया इसे रिकॉर्ड पर लें।",
    "a b c d e f: the six classes of the shares",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_of_filings_speak_to_nobody(text: str) -> None:
    assert not is_addressed(text)
