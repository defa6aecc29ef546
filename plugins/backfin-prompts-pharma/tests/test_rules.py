"""What the rules read in letters as companies write them, without a model."""

from __future__ import annotations

from typing import Any

import pytest
from backfin_prompts_pharma import PharmaPrompts

import filings
from backfin.enrichment.prompts import sheet_of
from backfin.models import Money

#: Letter → label, sentiment, and all of its facts.
READ: dict[str, tuple[str, str, dict[str, Any]]] = {
    "SUN_483": (
        "USFDA Form 483",
        "negative",
        {
            "authority": "US FDA",
            "kind": "483",
            "observations": 8,
            "site": "Halol facility (Gujarat, India)",
            "inspection_start": "2026-06-02",
            "inspection_end": "2026-06-13",
            "inspection_kind": "cGMP",
        },
    ),
    "LUPIN_483": (
        "USFDA Form 483",
        "negative",
        {
            "authority": "U.S. FDA",
            "kind": "483",
            "observations": 4,
            "data_integrity": "no",
            "site": "Pithampur Unit-3 manufacturing facility",
            "inspection_start": "2026-07-07",
            "inspection_end": "2026-07-17",
        },
    ),
    "REDDY_483": (
        "USFDA Form 483",
        "negative",
        {
            "authority": "USFDA",
            "kind": "483",
            "observations": 7,
            "fei": "3009187654",
            "site": "formulations manufacturing facility (FTO-11) in Srikakulam, Andhra Pradesh",
            "inspection_kind": "pre-approval",
            "inspection_start": "2026-07-10",
            "inspection_end": "2026-07-18",
        },
    ),
    "CIPLA_ZERO": (
        "USFDA Inspection",
        "positive",
        {
            "authority": "USFDA",
            "kind": "inspection",
            "observations": 0,
            "site": "manufacturing facility in Bommasandra, Bengaluru",
            "inspection_kind": "cGMP",
            "inspection_start": "2026-05-26",
            "inspection_end": "2026-05-30",
        },
    ),
    "AURO_NONE": (
        "USFDA Inspection",
        "positive",
        {
            "authority": "US FDA",
            "kind": "inspection",
            "observations": 0,
            "data_integrity": "no",
            "site": "Unit-IV",
            "inspection_start": "2026-06-02",
            "inspection_end": "2026-06-10",
        },
    ),
    "LUPIN_EIR": (
        "USFDA EIR",
        "positive",
        {
            "authority": "U.S. FDA",
            "kind": "EIR",
            "classification": "VAI",
            "site": "Somerset, New Jersey manufacturing facility",
            "inspection_start": "2026-01-07",
            "inspection_end": "2026-01-21",
        },
    ),
    "SUN_OAI": (
        "USFDA EIR",
        "negative",
        {"authority": "US FDA", "kind": "EIR", "classification": "OAI", "site": "Dadra facility"},
    ),
    "WARNING": (
        "USFDA Warning Letter",
        "negative",
        {
            "authority": "USFDA",
            "kind": "WL",
            "date": "2026-06-12",
            "site": "API manufacturing facility at Pashamylaram, Telangana",
        },
    ),
    "CLOSED": (
        "USFDA Warning Letter",
        "positive",
        {"authority": "USFDA", "kind": "WL", "is_closed": "yes", "site": "Pithampur facility"},
    ),
    "ALERT": (
        "USFDA Import Alert",
        "negative",
        {"authority": "US FDA", "kind": "import alert", "site": "Mohali facility"},
    ),
    "LUPIN_ANDA": (
        "USFDA Final Approval",
        "positive",
        {
            "authority": "U.S. FDA",
            "kind": "ANDA",
            "product": "Tolvaptan Tablets",
            "strength": "15 mg and 30 mg",
            "reference_drug": "Jynarque®",
            "reference_owner": "Otsuka Pharmaceutical Company, Ltd.",
            "indication": "slow kidney function decline in adults at risk of rapidly progressing disease",
            "exclusivity_days": 180,
            "is_first_to_file": "yes",
            "market_size": "USD 1467000000",
            "market_source": "IQVIA",
            "market_period": "MAT May 2026",
        },
    ),
    "AURO_ANDA": (
        "USFDA Final Approval",
        "positive",
        {
            "authority": "USFDA",
            "kind": "ANDA",
            "approval_stage": "final",
            "product": "Pazopanib Tablets",
            "strength": "200 mg",
            "reference_drug": "Votrient Tablets",
            "reference_owner": "Novartis Pharmaceuticals Corporation",
            "market_size": "USD 78400000",
            "market_source": "IQVIA",
            "market_period": "twelve months ending March 2026",
        },
    ),
    "ZYDUS_TENTATIVE": (
        "USFDA Tentative Approval",
        "positive",
        {
            "authority": "USFDA",
            "approval_stage": "tentative",
            "product": "Enzalutamide Tablets",
            "strength": "40 mg and 80 mg",
            "reference_drug": "Xtandi® tablets",
            "indication": "the treatment of prostate cancer",
            "market_size": "USD 869400000",
            "market_source": "IQVIA",
            "market_period": "MAT May 2026",
        },
    ),
    "CIPLA_ANDA": (
        "USFDA Final Approval",
        "positive",
        {
            "authority": "USFDA",
            "kind": "ANDA",
            "approval_stage": "final",
            "application_no": "215789",
            "product": "Lanreotide Injection",
            "strength": "120 mg/0.5 mL",
            "reference_drug": "Somatuline Depot",
            "market_size": "USD 898000000",
            "market_source": "IQVIA",
            "market_period": "12-month period ending April 2026",
        },
    ),
    "CRL": (
        "USFDA Complete Response",
        "negative",
        {"authority": "USFDA", "kind": "CRL", "product": "Bevacizumab Injection"},
    ),
    "CEP": (
        "Global Pharma Regulation",
        "positive",
        {
            "authority": "European Directorate for the Quality of Medicines",
            "kind": "CEP",
            "product": "Mirabegron",
            "site": "Dahej facility",
        },
    ),
    "WHO": (
        "Global Pharma Regulation",
        "positive",
        {
            "authority": "World Health Organization",
            "kind": "prequalification",
            "product": "Artesunate for Injection",
            "strength": "60 mg",
        },
    ),
    "TRIAL": (
        "Clinical Trial",
        "negative",
        {
            "product": "GL0034",
            "phase": "Phase 3",
            "trial_id": "NCT05123456",
            "patients": 1240,
            "indication": "moderate to severe plaque psoriasis",
            "endpoint_met": "no",
        },
    ),
    "LAUNCH": (
        "Drug Launch",
        "positive",
        {
            "product": "Sapropterin Dihydrochloride Tablets",
            "strength": "100 mg",
            "reference_drug": "Kuvan® Tablets",
            "market_country": "U.S.",
            "market_size": "USD 161000000",
            "market_source": "IQVIA",
            "market_period": "twelve months ending in March 2026",
        },
    ),
}


@pytest.mark.parametrize("name", READ)
def test_a_letter_is_read_to_its_last_fact_and_no_further(name: str) -> None:
    label, sentiment, facts = READ[name]

    made = filings.read(getattr(filings, name))

    assert (made.category, made.sentiment.value, filings.values(made)) == (label, sentiment, facts)
    assert made.flags == ()
    assert made.prompt_set == "pharma"


@pytest.mark.parametrize("name", READ)
def test_every_fact_is_typed_and_quoted_from_its_page(name: str) -> None:
    reading = filings.reading_of(getattr(filings, name))
    made = filings.read(getattr(filings, name))
    texts = {page.number: " ".join(page.text.split()) for page in reading.pages}

    sheet_of(PharmaPrompts(), made.event_type).model_validate(made.facts)
    for fact in made.facts.values():
        assert fact.evidence
        assert all(place.quote in texts[place.page] for place in fact.evidence)


def test_a_count_that_is_spelled_out_is_read_and_says_so() -> None:
    assert filings.read(filings.SUN_483).facts["observations"].status.value == "stated"
    assert filings.read(filings.LUPIN_483).facts["observations"].status.value == "derived"


def test_the_headline_tells_plant_drug_and_count() -> None:
    told = {
        name: filings.read(getattr(filings, name)).headline for name in ("LUPIN_483", "CIPLA_ANDA", "CLOSED")
    }

    assert told == {
        "LUPIN_483": "Example Pharma Ltd: USFDA Form 483 with four observations at Pithampur Unit-3"
        " manufacturing facility",
        "CIPLA_ANDA": "Example Pharma Ltd: USFDA final approval for Lanreotide Injection, 120 mg/0.5 mL",
        "CLOSED": "Example Pharma Ltd: end of USFDA warning letter for Pithampur facility",
    }


def test_the_core_s_label_is_told_too_so_that_watches_on_it_go_on() -> None:
    assert filings.read(filings.SUN_483).also == ("USFDA",)
    assert filings.read(filings.LAUNCH).also == ("New Product",)


def test_what_the_market_comes_to_weighs_nothing_in_the_size_of_the_news() -> None:
    made = filings.read(filings.AURO_ANDA)
    (size,) = [part for part in made.materiality_parts if part.name == "size"]

    assert isinstance(made.facts["market_size"].value, Money)
    assert size.value is None
