"""One filing, with and without text that speaks to a model."""

from __future__ import annotations

from typing import Any

from backfin.enrichment.prompts import CorePromptSet
from backfin.enrichment.rules.enricher import RulesEnricher
from backfin.models import Attachment, Enrichment, Page, Reading, Table
from filings import StandingClock, reading
from injection_cases import Case

SUBJECT = "Receipt of work order from NTPC Limited"
LETTER = (
    "Dear Sir,\n\nWe are pleased to inform that the Company has received a work order from NTPC Limited worth"
    " Rs. 47.06 Lakhs (excluding GST) to be executed within 12 months.\n\n"
)
ROWS = "Particulars Details\nName of the entity awarding the order NTPC Limited\nTime period 12 months\n\n"
CLOSE = (
    "Kindly take the same on record.\n\nThanking you,\n\nFor Sagarika Forge Limited\n\nCompany Secretary\n"
)
SECOND = "Annexure\n\nThe order is to be executed at the customer's plant.\n"

BASE = reading(LETTER + ROWS + CLOSE, SECOND, subject=SUBJECT)


def poisoned(case: Case) -> Reading:
    """The filing with a case in its place."""
    text = f"{case.text}\n\n"
    if case.where in ("subject", "headline"):
        words = {"subject": SUBJECT, "headline": ""}
        words[case.where] = f"{words[case.where] or SUBJECT}. {case.text}"
        return reading(LETTER + ROWS + CLOSE, SECOND, **words)
    pages = {
        "middle": (LETTER + text + ROWS + CLOSE, SECOND),
        "table": (LETTER + ROWS.strip() + f"\nRemarks {case.text}\n\n" + CLOSE, SECOND),
        "page": (LETTER + ROWS + CLOSE, SECOND, case.text),
        "seam": (LETTER + ROWS + CLOSE + _half(case.text)[0], f"{_half(case.text)[1]}\n\n{SECOND}"),
    }.get(case.where, (LETTER + ROWS + CLOSE + text, SECOND))
    made = reading(*pages, subject=SUBJECT)
    if case.where == "cell":
        table = Table(page=1, rows=(("Name of the entity", "NTPC Limited"), ("Remarks", case.text)))
        made = made.model_copy(update={"tables": (table,)})
    return made


def with_file(name: str) -> Reading:
    """The filing with a file of that name."""
    announcement = BASE.announcement.model_copy(update={"attachments": (Attachment(name=name, urls=()),)})
    return BASE.model_copy(update={"announcement": announcement})


def _half(text: str) -> tuple[str, str]:
    """A text in two, in the middle of its first sentence."""
    words = text.split(" ")
    at = min(3, len(words) - 1)
    return " ".join(words[:at]), " ".join(words[at:])


def read_by_rules(made: Reading) -> Enrichment:
    """What the rules make of it."""
    return RulesEnricher(StandingClock()).enrich(made, CorePromptSet())


def published(made: Enrichment) -> dict[str, Any]:
    """Everything of a reading that people see or that decides whom it is sent to."""
    return {
        "category": made.category,
        "also": made.also,
        "event_type": made.event_type,
        "headline": made.headline,
        "summary": made.summary,
        "sentiment": made.sentiment,
        "materiality": made.materiality,
        "facts": {name: str(fact.value) for name, fact in made.facts.items() if fact.value is not None},
        "parties": [(party.name_as_written, party.role) for party in made.parties],
    }


def injected_page(made: Reading, case: Case) -> Page:
    """The page on which a case stands, as a model would cite it."""
    return next((page for page in made.pages if case.text[:20] in page.text), made.pages[1])
