"""How sure the rules say they are."""

from __future__ import annotations

import pytest

from backfin.enrichment.rules.certainty import with_certainty
from backfin.models import Evidence, Fact, Method, Status
from backfin.models.sheets import Kind
from filings import enrich


def sure(kind: Kind, grade: float = 0.8, method: Method = Method.TEXT) -> float:
    """The confidence that a fact of a kind comes to."""
    place = Evidence(page=1, quote="words", method=method)
    fact = Fact(value="words", evidence=(place,), confidence=grade)
    return with_certainty({"field": fact}, {"field": kind})["field"].confidence


def test_an_amount_is_surer_than_a_name_and_a_name_than_a_description() -> None:
    assert sure(Kind.MONEY) > sure(Kind.NAME) > sure(Kind.TEXT)


@pytest.mark.parametrize("kind", list(Kind))
def test_weak_words_and_recognised_pages_are_believed_less(kind: Kind) -> None:
    assert sure(kind, grade=0.6) < sure(kind)
    assert sure(kind, method=Method.OCR) < sure(kind)
    assert 0.5 < sure(kind, grade=0.6, method=Method.OCR)


def test_a_withheld_fact_stays_as_it_is() -> None:
    gone = Fact(value=None, status=Status.NOT_STATED, confidence=0)

    assert with_certainty({"field": gone}, {"field": Kind.MONEY}) == {"field": gone}


def test_what_arithmetic_bears_out_is_surest() -> None:
    made = enrich(
        subject="Allotment of equity shares",
        headline="Allotment of 1,00,000 equity shares at a price of Rs. 50 per share aggregating to Rs. 50,00,000",
    )

    assert made.facts["total_consideration"].confidence == 0.99
    assert made.facts["instrument"].confidence < 0.99
