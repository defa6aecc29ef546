"""Recorded filings, read without any word of the exchange: what each one is, by our own labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from backfin.documents.reading import Reader
from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Document, Enrichment
from filings import StandingClock, reading

#: Part of a file's name → category and event type.
LABELS = {
    "call_transcript": ("Concall Transcript", "meeting_or_call"),
    "asian_paints_transcript": ("Concall Transcript", "meeting_or_call"),
    "earnings_call_transcript": ("Concall Transcript", "meeting_or_call"),
    "investor_presentation": ("Investor Presentation", "meeting_or_call"),
    "stake_dilution": ("Divestitures", "merger_acquisition"),
    "agm_outcome_2018": ("Procedural/Administrative", "meeting_or_call"),
    "board_meeting_intimation_2016": ("Procedural/Administrative", "meeting_or_call"),
    "board_meeting_outcome_2019": ("Procedural/Administrative", "management_change"),
    "board_meeting_outcome_results_2021": ("Financial Results", "financial_results"),
    "book_closure": ("Procedural/Administrative", "routine"),
    "change_in_rta": ("Procedural/Administrative", "routine"),
    "egm_notice": ("Procedural/Administrative", "meeting_or_call"),
    "egm_voting_results": ("Procedural/Administrative", "meeting_or_call"),
    "financial_results_2019": ("Financial Results", "financial_results"),
    "rectified_financial_results": ("Financial Results", "financial_results"),
    "newspaper_publication": ("Procedural/Administrative", "routine"),
    "open_offer_update": ("Open Offer", "open_offer"),
    "reg24A": ("Procedural/Administrative", "routine"),
    "reg31A": ("Procedural/Administrative", "routine"),
    "sast_reg31_4": ("Procedural/Administrative", "sast_disclosure"),
    "trading_window": ("Procedural/Administrative", "routine"),
    "hcltech_press_release": ("Procedural/Administrative", "routine"),
    "tcs_press_release": ("Agreements/MoUs", "routine"),
}


def enriched(document: Document) -> Enrichment:
    """What the rules make of a document alone."""
    texts = [page.text for page in document.pages]
    return RulesEnricher(clock=StandingClock()).enrich(reading(*texts, issuer=""), CorePromptSet())


@pytest.mark.parametrize("name", sorted(LABELS))
def test_a_recorded_filing_is_what_it_is(name: str, shared: Path, reader: Reader) -> None:
    files = sorted((shared / "fixtures" / "pdf").glob(f"*{name}*.pdf"))

    made = {file.name: enriched(reader.read(file)) for file in files}

    assert made
    assert {file: (one.category, one.event_type.value) for file, one in made.items()} == dict.fromkeys(
        made, LABELS[name]
    )


def test_a_scanned_filing_says_that_it_has_no_text(shared: Path, reader: Reader) -> None:
    files = sorted((shared / "fixtures" / "pdf").glob("*_scanned_*.pdf"))

    made = [enriched(reader.read(file)) for file in files]

    assert files
    assert all("no_text" in one.flags and not one.facts for one in made)
    assert {one.headline for one in made} == {"Filing without readable text"}
