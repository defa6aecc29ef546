"""No family of rules takes longer than its text is long, whatever the text repeats."""

from __future__ import annotations

import time

import pytest

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.auditors import named_auditors
from backfin.enrichment.rules.bodies import named_bodies
from backfin.enrichment.rules.classify import classify
from backfin.enrichment.rules.enricher import EXTRACTORS, RulesEnricher
from backfin.enrichment.rules.holdings import proposed_allottees
from backfin.enrichment.rules.people import named_people
from backfin.enrichment.rules.source import MAX_PAGE_CHARS, Source
from backfin.models import EventType, Page
from filings import reading

PIECES = [
    *(
        "A ",
        "Aa Bb ",
        "1 ",
        "1,",
        "(",
        "Rs. ",
        "Mr. Aa Bb ",
        "order ",
        "total ",
        "from ",
        "shares ",
        "% ",
        "1% ",
    ),
    *("allotted 1 ", "meeting held on ", "Before the acquisition ", "record date ", "face value of Rs. 1 "),
    *("1 Aa 1 ", "1 1 1\n", "Revenue from operations 1 2\n", "M/s. A ", "CARE AA+ ", "public announcement "),
]


@pytest.mark.parametrize("piece", PIECES)
def test_every_family_reads_pages_of_one_piece_in_bounded_time(piece: str) -> None:
    text = (piece * MAX_PAGE_CHARS)[:MAX_PAGE_CHARS]
    pages = (Page(number=0, text="s"), Page(number=1, text=text), Page(number=2, text=text))
    announcement = reading().announcement
    slow: dict[str, float] = {}

    for event_type, extract in EXTRACTORS.items():
        started = time.process_time()
        extract(Source(announcement, pages))
        slow[event_type.value] = time.process_time() - started
    classify(Source(announcement, pages))

    assert {name: seconds for name, seconds in slow.items() if seconds > 1.5} == {}


NAMES = [
    *(
        "Aa Limited ",
        "Aa Limited and ",
        "acquisition of Aa Limited ",
        "name of the seller Aa Limited ",
        "M/s. Aa ",
    ),
    *(
        "Mr. Aa Bb, Director ",
        "(“Acquirer”) ",
        "subsidiary namely Aa Limited, ",
        "For Aa ",
        "to Aa ",
        "NCLT Mumbai ",
    ),
]


@pytest.mark.parametrize("piece", NAMES)
def test_whoever_is_named_is_found_in_bounded_time(piece: str) -> None:
    text = (piece * MAX_PAGE_CHARS)[:MAX_PAGE_CHARS]
    announcement = reading().announcement
    started = time.process_time()

    for event_type in EventType:
        source = Source(announcement, (Page(number=0, text="s"), Page(number=1, text=text)))
        for others in (proposed_allottees, named_auditors, named_bodies, named_people):
            others(source, event_type, [])

    assert time.process_time() - started < 3


NINES = "9" * 39
ABSURD = [
    (
        "Receipt of order",
        f"received an order from NTPC Limited worth Rs. {NINES} crore within {NINES} months",
    ),
    ("Receipt of order", f"received an order from NTPC Limited worth Rs. {'9' * 26} crore"),
    ("Receipt of order", f"received an order from NTPC Limited worth Rupees nine {'crore ' * 39} only"),
    (
        "Dividend",
        f"recommended a final dividend of Rs. {NINES} per equity share of face value Rs. 0 ({NINES}%)",
    ),
    ("Board meeting intimation", "a meeting of the board of directors will be held on 31.12.9999"),
    ("Board meeting intimation", "a meeting of the board of directors will be held on 01.01.0001"),
    ("Disclosure under SAST Regulation 29(2)", f"acquired {NINES} shares on 31.12.9999, {NINES}%"),
    (
        "Default",
        f"default on 31.12.9999: principal Rs. {NINES} crore, interest Rs. 5 crore, total Rs. 5 crore",
    ),
]


@pytest.mark.parametrize(("subject", "text"), ABSURD)
def test_absurd_figures_and_days_are_read_past(subject: str, text: str) -> None:
    made = RulesEnricher().enrich(reading(text, subject=subject), CorePromptSet())

    assert not any(NINES in str(fact.value) for fact in made.facts.values())
    assert made.detail["disclosure"]["late"] == "unknown"
