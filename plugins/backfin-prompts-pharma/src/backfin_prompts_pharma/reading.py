"""What a filing says, by patterns: its label, its facts, its headline, and how it stands for the company."""

from __future__ import annotations

from collections.abc import Callable

from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.taxonomy import DEFAULT_LABEL
from backfin.interfaces import RulesReading
from backfin.models import EventType, Reading, Sentiment
from backfin_prompts_pharma.drugs import first_to_file, put_drug, put_market, put_reference, put_rights
from backfin_prompts_pharma.inspections import site_in
from backfin_prompts_pharma.plants import read_alert, read_inspection, read_report, read_warning
from backfin_prompts_pharma.signs import MAYBE, mentions, topic_of
from backfin_prompts_pharma.telling import (
    BODIES,
    OTHER_AGENCIES,
    US_AGENCY,
    day,
    drug,
    first,
    made,
    put_agency,
    put_authority,
    put_kind,
    put_number,
)
from backfin_prompts_pharma.text import Filing, words
from backfin_prompts_pharma.trials import trial_facts

_CRL = words(r"\bcomplete response letter\b|\bCRL\b")
_DMF = words(r"\bdrug master file\b|\b(?:US)?DMF\b")
_CERTIFICATE = words(r"\bCEP\b|\bcertificate of suitability\b")
_GRANTED = words(r"\bapprov\w+|\bauthori[sz]ation\b|\bcertificate\b|\bCEP\b|\bpre-?qualif\w+|\bopinion\b")
_STAGE = words(r"\b(?P<stage>final|tentative)(?:ly)? approv(?:al|ed)\b(?!s)")
_SUM = words(r"\b(?:cumulative|total of|in all|so far|portfolio|pipeline|now has|filings?|approvals)\b")
_BEFORE = words(r"\b(?:previously|earlier|already)\b")
_APPROVED = words(r"\bapprov(?:al|es|ed)\b")
_APPLICATIONS = (
    ("ANDA", words(r"\bs?ANDA\b|\babbreviated new drug application\b")),
    ("NDA", words(r"\bs?NDA\b|(?<!abbreviated\s)\bnew drug application\b")),
    ("BLA", words(r"\bs?BLA\b|\bbiologics licen[sc]e application\b")),
)
_ELSEWHERE = (
    ("CEP", words(r"\bCEP\b|\bcertificate of suitability\b")),
    ("prequalification", words(r"\bpre-?qualif\w+")),
    ("marketing authorisation", words(r"\bmarketing authori[sz]ation\b|\bpositive opinion\b")),
    ("GMP", words(r"\b(?:EU[- ])?c?GMP\b")),
    ("DMF", words(r"\bdrug master file\b|\b(?:US)?DMF\b")),
)
_LAUNCHED = words(r"\blaunch(?:es|ed|ing)?\b")
_COUNTRY = words(
    r"\bin (?:the )?(?P<name>U\.S\.A?|USA?|United States|United Kingdom|UK|India|Canada|Europe|Germany)(?!\w)"
)
_OTHER_PERMITS = words(r"\blicen[cs]e\b|\bclearance\b|\bpatents?\b|\bPLI\b|\bconsent to\b")
_GENERAL = (("USFDA", US_AGENCY), ("Global Pharma Regulation", OTHER_AGENCIES))
_PERMITTED = (Sentiment.POSITIVE, "an authority permits")


_MAKERS: dict[str, Callable[[Filing], RulesReading | None]]


def read(reading: Reading, event_type: EventType) -> RulesReading | None:
    """The reading of a filing that reports something of this set's; ``None`` of any other.

    Args:
        reading: The pages, without text that speaks to models.
        event_type: What the core's rules take the filing for.
    """
    filing = Filing(reading)
    topic = topic_of(filing, event_type)
    if topic:
        return _MAKERS[topic](filing)
    return _in_passing(filing) if event_type is EventType.REGULATORY_APPROVAL else None


def _in_passing(filing: Filing) -> RulesReading | None:
    """What names a drug authority without news of it: no facts, for those in it are of other days and plants."""
    is_told = [
        agency.search(page.text) for page in filing.reading.pages for agency in (US_AGENCY, OTHER_AGENCIES)
    ]
    if not any(is_told) or any(s.has(_OTHER_PERMITS) for s in filing.sentences):
        return None
    label = next((label for label, agency in _GENERAL if mentions(filing, agency)), DEFAULT_LABEL)
    return RulesReading(label, sentiment=Sentiment.NEUTRAL, reason="it reports nothing that an authority did")


def _response(filing: Filing) -> RulesReading:
    found = Extract()
    put_authority(found, filing)
    put_kind(found, filing, "CRL", _CRL)
    put_drug(found, filing.sentences, _CRL)
    put_number(found, filing.sentences)
    judged = (Sentiment.NEGATIVE, "an application is not approved as it stands")
    return made(filing, found, "USFDA Complete Response", "USFDA complete response", judged, drug(found))


def _approval(filing: Filing) -> RulesReading:
    """An application approved: which, of what, how far, and what its market comes to."""
    found = Extract()
    put_authority(found, filing)
    said = [s for s in filing.sentences if s.has(_APPROVED) and not s.has(_SUM) and not s.has(MAYBE)]
    for kind, pattern in _APPLICATIONS:
        put_kind(found, filing, kind, pattern)
    stages = {m["stage"].lower(): m for s in said for m in s.each(_STAGE) if not _is_earlier(m)}
    for stage, match in stages.items() if len(stages) == 1 else ():
        found.put("approval_stage", match.fact(stage, 0.9))
    put_number(found, said)
    found.put("date", day(said))
    put_drug(found, said, _APPROVED)
    _put_market(found, filing)
    found.put("is_first_to_file", first_to_file(filing.sentences))
    if len(stages) > 1:
        return made(filing, found, "USFDA", "USFDA approvals", _PERMITTED, drug(found))
    label = "USFDA Tentative Approval" if "tentative" in stages else "USFDA Final Approval"
    told = " ".join(("USFDA", *stages, "approval"))
    return made(filing, found, label, told, _PERMITTED, drug(found))


def _elsewhere(filing: Filing) -> RulesReading:
    """The authorities of other countries, and certificates."""
    found = Extract()
    put_agency(found, filing, BODIES)
    for kind, pattern in _ELSEWHERE:
        put_kind(found, filing, kind, pattern)
    said = [s for s in filing.sentences if s.has(OTHER_AGENCIES) or s.has(_CERTIFICATE)]
    found.put("site", site_in(said))
    found.put("date", day(said))
    put_drug(found, said, _GRANTED)
    _put_market(found, filing)
    kind_of = found.facts.get("kind")
    told = str(kind_of.value) if kind_of else "approval"
    return made(filing, found, "Global Pharma Regulation", told, _PERMITTED, drug(found))


def _master_file(filing: Filing) -> RulesReading:
    found = Extract()
    put_authority(found, filing)
    put_kind(found, filing, "DMF", _DMF)
    put_drug(found, filing.sentences, _DMF)
    judged = (Sentiment.NEUTRAL, "a file is kept for those who make the drug")
    return made(filing, found, "Drug Master File", "drug master file", judged, drug(found))


def _trial(filing: Filing) -> RulesReading | None:
    found = trial_facts(filing.sentences)
    if not {"phase", "product", "trial_id"} & found.facts.keys():
        return None
    met = found.facts.get("endpoint_met")
    if met is None:
        judged = (Sentiment.NEUTRAL, "no outcome is told")
    elif met.value == "yes":
        judged = (Sentiment.POSITIVE, "the primary endpoint was met")
    else:
        judged = (Sentiment.NEGATIVE, "the primary endpoint was missed")
    return made(filing, found, "Clinical Trial", "", judged)


def _launch(filing: Filing) -> RulesReading | None:
    found = Extract()
    said = [s for s in filing.sentences if s.has(_LAUNCHED)]
    put_drug(found, said, _LAUNCHED)
    if "product" not in found.facts:
        return None
    _put_market(found, filing)
    if country := first(said, _COUNTRY):
        found.put("market_country", country.text_fact("name"))
    judged = (Sentiment.POSITIVE, "a drug is sold from now on")
    return made(filing, found, "Drug Launch", "launch", judged, drug(found, "of"))


_MAKERS = {
    "import alert": read_alert,
    "WL": read_warning,
    "CRL": _response,
    "EIR": read_report,
    "483": read_inspection,
    "inspection": read_inspection,
    "DMF": _master_file,
    "approval": _approval,
    "elsewhere": _elsewhere,
    "trial": _trial,
    "launch": _launch,
}


def _put_market(found: Extract, filing: Filing) -> None:
    put_reference(found, filing.sentences)
    put_market(found, filing.sentences)
    put_rights(found, filing.sentences)


def _is_earlier(match: Found) -> bool:
    before = match.page.text[max(0, match.match.start() - 60) : match.match.start()]
    return _BEFORE.search(before) is not None
