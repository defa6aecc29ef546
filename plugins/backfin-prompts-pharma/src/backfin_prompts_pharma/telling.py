"""How a reading is told, and the facts that all kinds of news have: authority, kind, day and number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.interfaces import RulesReading
from backfin.models import Fact, Sentiment
from backfin_prompts_pharma.signs import FDA, OTHERS
from backfin_prompts_pharma.text import Filing, Sentence, words

US_AGENCY = words(FDA)
_SHORT_FDA = words(r"\bU\.?S\.?\s?FDA\b")
OTHER_AGENCIES = words(OTHERS)
BODIES = words(rf"(?!\bEU[- ]GMP){OTHERS}")
_WHEN = words(rf"\b(?:dated?|received on|issued on|on) (?P<date>{DATE})")
_NUMBER = words(r"\b(?:ANDA|NDA|BLA)\s?(?:no\.?|number|#)?\s?[:#]?\s?(?P<no>\d{5,6})\b")
_LONGEST = 150
_ALSO = {
    **dict.fromkeys(
        (
            "USFDA Import Alert",
            "USFDA Warning Letter",
            "USFDA Form 483",
            "USFDA EIR",
            "USFDA Inspection",
            "USFDA Complete Response",
            "USFDA Final Approval",
            "USFDA Tentative Approval",
        ),
        ("USFDA",),
    ),
    "Drug Launch": ("New Product",),
}


def made(
    filing: Filing, found: Extract, label: str, told: str, judged: tuple[Sentiment, str], at: str = ""
) -> RulesReading:
    """The reading; the core's general label is told beside ours, so that watches on it go on to find the filing.

    Args:
        filing: What was read.
        found: Its facts.
        label: Its label.
        told: The headline behind the company's name; ``""`` leaves it to the core.
        judged: How the news stands for the company, and why.
        at: The end of the headline, left out where it makes it too long.
    """
    headline = f"{filing.issuer}: {told}"
    whole = headline + at if len(headline + at) <= _LONGEST else headline
    also = _ALSO.get(label, ())
    return RulesReading(label, found.facts, (), also, whole if told else "", *judged)


def put_authority(found: Extract, filing: Filing) -> bool:
    """Adds the authority; whether it is the US one, as it is where none is named beside a Form 483."""
    is_other = OTHER_AGENCIES.search(filing.title) is not None and US_AGENCY.search(filing.title) is None
    if not is_other and put_agency(found, filing, _SHORT_FDA, US_AGENCY):
        return True
    return not put_agency(found, filing, BODIES)


def put_agency(found: Extract, filing: Filing, *patterns: re.Pattern[str]) -> bool:
    """Adds the authority that one of the patterns finds first; whether any does."""
    for pattern in patterns:
        if match := first(filing.sentences, pattern):
            found.put("authority", match.text_fact(0, 0.9))
            return True
    return False


def put_kind(found: Extract, filing: Filing, kind: str, pattern: re.Pattern[str]) -> None:
    """Adds the kind where its words occur, and the day told beside them."""
    said = [sentence for sentence in filing.sentences if sentence.has(pattern)]
    if match := first(said, pattern):
        found.put("kind", match.fact(kind))
        found.put("date", day(said))


def put_number(found: Extract, sentences: Iterable[Sentence]) -> None:
    """Adds the number of the application."""
    if match := first(sentences, _NUMBER):
        found.put("application_no", match.text_fact("no", 0.9))


def day(sentences: Iterable[Sentence]) -> Fact | None:
    """The first day on which something is said to have been issued or received."""
    match = first(sentences, _WHEN)
    return match.date_fact("date", 0.6) if match else None


def first(sentences: Iterable[Sentence], pattern: re.Pattern[str]) -> Found | None:
    """The first match in any of the sentences."""
    return next((match for sentence in sentences for match in sentence.each(pattern)), None)


def site(found: Extract, link: str = "at") -> str:
    """The plant as the end of a headline."""
    plant = found.facts.get("site")
    return f" {link} {plant.value}" if plant else ""


def drug(found: Extract, link: str = "for") -> str:
    """The drug as the end of a headline."""
    product, strength = found.facts.get("product"), found.facts.get("strength")
    if product is None:
        return ""
    return f" {link} {product.value}" + (f", {strength.value}" if strength else "")
