"""Numbers of a results XBRL as truth for the PDF of the same results.

An issuer files the statement as a PDF and, within a day, its numbers as XBRL, where every number says what it is.
Nobody has to label those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from backfin.evaluation.answers import Answer, Case
from backfin.evaluation.gold import Truth
from backfin.evaluation.sources import Text, file_text
from backfin.models import EventType, Fact, Money
from backfin.models.sheets import Kind
from backfin.models.sheets.results import FinancialResults

#: Longest time between the two filings of one set of results.
_LONGEST_APART = timedelta(days=7)

#: What the two filings must not contradict each other in.
_HEAD = ("period_end", "basis")

#: What is taken from the XBRL. Not whether it is audited: its words for that are not those of the PDF.
_TAKEN = (
    *_HEAD,
    "period_start",
    *(name for name, kind in FinancialResults.kinds().items() if kind is Kind.MONEY),
)


def is_xbrl(case: Case) -> bool:
    """Whether a filing is the XBRL of some results."""
    return any(media_type.endswith("xml") for media_type in case.media_types)


def xbrl_pairs(xbrl: Iterable[Answer], others: Sequence[Answer]) -> list[Answer]:
    """The answers about documents that have an XBRL beside them, with its numbers as their truth.

    Args:
        xbrl: Answers about XBRL filings, read by the rules.
        others: Answers of the reader that is measured, about the same set of filings.
    """
    paired: dict[str, Answer] = {}
    for truth in xbrl:
        for answer in others:
            if answer.case.key not in paired and _is_same_results(truth, answer):
                paired[answer.case.key] = _with_truth(answer, _numbers(truth))
    return list(paired.values())


def paired_files(folder: Path) -> dict[str, Text]:
    """Every ``NAME.pdf`` with a ``NAME.xml`` beside it, both as texts of one issuer called NAME."""
    texts: dict[str, Text] = {}
    for document in sorted(folder.glob("*.pdf")):
        numbers = document.with_suffix(".xml")
        if numbers.is_file():
            for file in (document, numbers):
                text = file_text(f"file:{file.name}", file)
                subject = "Integrated Filing (Financial): financial results" if file is numbers else ""
                named = text.announcement.model_copy(
                    update={"issuer_name": document.stem, "subject": subject}
                )
                texts[text.announcement.announcement_id] = text.model_copy(update={"announcement": named})
    return texts


def results_entries(keys: Iterable[str]) -> list[Truth]:
    """Entries for filings of which nothing is known but that they are financial results."""
    return [
        Truth(key=key, category="Financial Results", event_type=EventType.FINANCIAL_RESULTS) for key in keys
    ]


def _is_same_results(xbrl: Answer, answer: Answer) -> bool:
    if is_xbrl(answer.case) or not (xbrl.enrichment and answer.enrichment):
        return False
    one, other = xbrl.case.reading.announcement, answer.case.reading.announcement
    is_same_issuer = (one.scrip_code or one.issuer_name) == (other.scrip_code or other.issuer_name)
    is_near = abs(one.disseminated_at - other.disseminated_at) <= _LONGEST_APART
    is_results = answer.case.truth.event_type is EventType.FINANCIAL_RESULTS
    return is_same_issuer and is_near and is_results and _agree(xbrl, answer)


def _agree(xbrl: Answer, answer: Answer) -> bool:
    """Whether neither the period nor the basis speaks against it: the truth's own words before the reader's."""
    known = _numbers(xbrl)
    for field in _HEAD:
        other = answer.case.truth.facts.get(field)
        if field in known and other is not None and other != known[field]:
            return False
    return bool(known)


def _numbers(xbrl: Answer) -> dict[str, str]:
    facts = xbrl.enrichment.facts if xbrl.enrichment else {}
    taken = {name: facts[name] for name in _TAKEN if name in facts}
    return {name: _written(fact) for name, fact in taken.items() if fact.value is not None}


def _written(fact: Fact) -> str:
    return format(fact.value.amount, "f") if isinstance(fact.value, Money) else str(fact.value)


def _with_truth(answer: Answer, facts: dict[str, str]) -> Answer:
    (entry,) = results_entries([answer.case.key])
    truth = entry.model_copy(update={"facts": facts})
    return Answer(
        Case(truth, answer.case.reading, answer.case.media_types),
        answer.enrichment,
        answer.seconds,
        answer.error,
    )
