"""What a filing says, by patterns: its label, its facts, its headline, and how it stands for the company."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.taxonomy import DEFAULT_LABEL
from backfin.interfaces import RulesReading
from backfin.models import EventType, Fact, Reading, Sentiment
from backfin_prompts_pharma.drugs import first_to_file, put_drug, put_market, put_reference, put_rights
from backfin_prompts_pharma.inspections import inspection_facts, site_in
from backfin_prompts_pharma.signs import FDA, MAYBE, OTHERS, mentions, topic_of
from backfin_prompts_pharma.text import Filing, Sentence, words
from backfin_prompts_pharma.trials import trial_facts

_FDA = words(FDA)
_SHORT_FDA = words(r"\bU\.?S\.?\s?FDA\b")
_OTHERS = words(OTHERS)
_BODIES = words(rf"(?!\bEU[- ]GMP){OTHERS}")
_WHEN = words(rf"\b(?:dated?|received on|issued on|on) (?P<date>{DATE})")
_WARNING = words(r"\bwarning letter\b")
_FORM = words(r"\bform[- ]?483\b")
_INSPECTED = words(r"\binspect(?:ion|ions|ed|s)\b")
_EIR = words(r"\bestablishment inspection report\b|\bEIR\b|\b(?:OAI|VAI|NAI)\b|\baction indicated\b")
_CRL = words(r"\bcomplete response letter\b|\bCRL\b")
_DMF = words(r"\bdrug master file\b|\b(?:US)?DMF\b")
_CERTIFICATE = words(r"\bCEP\b|\bcertificate of suitability\b")
_GRANTED = words(r"\bapprov\w+|\bauthori[sz]ation\b|\bcertificate\b|\bCEP\b|\bpre-?qualif\w+|\bopinion\b")
_ALERT = words(r"\bimport alert\b")
_ENDED = words(
    r"\b(?:close[- ]?out|closed[- ]?out|has (?:been )?closed|closure|lifted|lifting|resolved|removed|removal|revoked"
    r"|withdrawn)\b"
)
_HOPED = words(
    r"\b(?:will|would|commit\w*|expect\w*|hope\w*|to be|working|seek\w*|aims?|endeavou?r\w*"
    r"|earliest|until|unless|not)\b"
)
_STAGE = words(r"\b(?P<stage>final|tentative)(?:ly)? approv(?:al|ed)\b(?!s)")
_SUM = words(r"\b(?:cumulative|total of|in all|so far|portfolio|pipeline|now has|filings?|approvals)\b")
_BEFORE = words(r"\b(?:previously|earlier|already)\b")
_APPROVED = words(r"\bapprov(?:al|es|ed)\b")
_APPLICATIONS = (
    ("ANDA", words(r"\bs?ANDA\b|\babbreviated new drug application\b")),
    ("NDA", words(r"\bs?NDA\b|(?<!abbreviated\s)\bnew drug application\b")),
    ("BLA", words(r"\bs?BLA\b|\bbiologics licen[sc]e application\b")),
)
_NUMBER = words(r"\b(?:ANDA|NDA|BLA)\s?(?:no\.?|number|#)?\s?[:#]?\s?(?P<no>\d{5,6})\b")
_ELSEWHERE = (
    ("CEP", words(r"\bCEP\b|\bcertificate of suitability\b")),
    ("WHO PQ", words(r"\bpre-?qualif\w+")),
    ("marketing authorisation", words(r"\bmarketing authori[sz]ation\b|\bpositive opinion\b")),
    ("GMP", words(r"\b(?:EU[- ])?c?GMP\b")),
    ("DMF", words(r"\bdrug master file\b|\b(?:US)?DMF\b")),
)
_LAUNCHED = words(r"\blaunch(?:es|ed|ing)?\b")
_COUNTRY = words(
    r"\bin (?:the )?(?P<name>U\.S\.A?|USA?|United States|United Kingdom|UK|India|Canada|Europe|Germany)(?!\w)"
)
_OTHER_PERMITS = words(r"\blicen[cs]e\b|\bclearance\b|\bpatents?\b|\bPLI\b|\bconsent to\b")
_GENERAL = (("USFDA", _FDA), ("Global Pharma Regulation", _OTHERS))
_LONGEST = 150
_PERMITTED = (Sentiment.POSITIVE, "an authority permits")
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
    is_told = [agency.search(page.text) for page in filing.reading.pages for agency in (_FDA, _OTHERS)]
    if not any(is_told) or any(s.has(_OTHER_PERMITS) for s in filing.sentences):
        return None
    label = next((label for label, agency in _GENERAL if mentions(filing, agency)), DEFAULT_LABEL)
    return RulesReading(label, sentiment=Sentiment.NEUTRAL, reason="it reports nothing that an authority did")


def _inspection(filing: Filing) -> RulesReading:
    """An inspection, and whether it left observations: only those make a Form 483."""
    found = inspection_facts(filing.sentences)
    is_fda = _put_authority(found, filing)
    count = found.facts.get("observations")
    is_clean = count is not None and count.value == 0
    has_form = is_fda and not is_clean and any(s.has(_FORM) for s in filing.sentences)
    _put_kind(found, filing, *(("483", _FORM) if has_form else ("inspection", _INSPECTED)))
    told = "Form 483" if has_form else "inspection"
    if count is not None:
        told += " without observations" if is_clean else f" with {_counted(count)}"
    if is_clean:
        judged = (Sentiment.POSITIVE, "nothing was objected to")
    elif has_form or count is not None:
        judged = (Sentiment.NEGATIVE, "the authority objects")
    else:
        judged = (Sentiment.NEUTRAL, "no outcome is told")
    if not is_fda:
        return _made(filing, found, "Global Pharma Regulation", told, judged, _site(found))
    label = "USFDA Form 483" if judged[0] is Sentiment.NEGATIVE else "USFDA Inspection"
    return _made(filing, found, label, f"USFDA {told}", judged, _site(found))


def _report(filing: Filing) -> RulesReading:
    found = inspection_facts(filing.sentences)
    _put_authority(found, filing)
    _put_kind(found, filing, "EIR", _EIR)
    code = found.facts.get("classification")
    told = f"USFDA classifies inspection as {code.value}" if code else "USFDA inspection report"
    if code is not None and code.value == "OAI":
        judged = (Sentiment.NEGATIVE, "official action is indicated")
    else:
        judged = (Sentiment.POSITIVE, "an inspection is over")
    return _made(filing, found, "USFDA EIR", told, judged, _site(found))


def _letter(kind: str, label: str, pattern: re.Pattern[str], name: str) -> Callable[[Filing], RulesReading]:
    """The reader of what stands against a plant until it is lifted."""

    def made(filing: Filing) -> RulesReading:
        found = inspection_facts(filing.sentences)
        _put_authority(found, filing)
        _put_kind(found, filing, kind, pattern)
        ended = _first([s for s in filing.sentences if s.has(pattern) and not s.has(_HOPED)], _ENDED)
        if ended is None:
            judged = (Sentiment.NEGATIVE, f"a {name} stands against a plant")
            return _made(filing, found, label, f"USFDA {name}", judged, _site(found, "for"))
        found.put("is_closed", ended.fact("yes"))
        judged = (Sentiment.POSITIVE, f"a {name} is lifted")
        return _made(filing, found, label, f"end of USFDA {name}", judged, _site(found, "for"))

    return made


def _response(filing: Filing) -> RulesReading:
    found = Extract()
    _put_authority(found, filing)
    _put_kind(found, filing, "CRL", _CRL)
    put_drug(found, filing.sentences, _CRL)
    _put_number(found, filing.sentences)
    judged = (Sentiment.NEGATIVE, "an application is not approved as it stands")
    return _made(filing, found, "USFDA Complete Response", "USFDA complete response", judged, _drug(found))


def _approval(filing: Filing) -> RulesReading:
    """An application approved: which, of what, how far, and what its market comes to."""
    found = Extract()
    _put_authority(found, filing)
    said = [s for s in filing.sentences if s.has(_APPROVED) and not s.has(_SUM) and not s.has(MAYBE)]
    for kind, pattern in _APPLICATIONS:
        _put_kind(found, filing, kind, pattern)
    stages = {m["stage"].lower(): m for s in said for m in s.each(_STAGE) if not _is_earlier(m)}
    for stage, match in stages.items() if len(stages) == 1 else ():
        found.put("approval_stage", match.fact(stage, 0.9))
    _put_number(found, said)
    found.put("date", _day(said))
    put_drug(found, said, _APPROVED)
    _put_market(found, filing)
    found.put("is_first_to_file", first_to_file(filing.sentences))
    if len(stages) > 1:
        return _made(filing, found, "USFDA", "USFDA approvals", _PERMITTED, _drug(found))
    label = "USFDA Tentative Approval" if "tentative" in stages else "USFDA Final Approval"
    told = " ".join(("USFDA", *stages, "approval"))
    return _made(filing, found, label, told, _PERMITTED, _drug(found))


def _elsewhere(filing: Filing) -> RulesReading:
    """The authorities of other countries, and certificates."""
    found = Extract()
    _put_agency(found, filing, _BODIES)
    for kind, pattern in _ELSEWHERE:
        _put_kind(found, filing, kind, pattern)
    said = [s for s in filing.sentences if s.has(_OTHERS) or s.has(_CERTIFICATE)]
    found.put("site", site_in(said))
    found.put("date", _day(said))
    put_drug(found, said, _GRANTED)
    _put_market(found, filing)
    kind_of = found.facts.get("kind")
    told = str(kind_of.value) if kind_of else "approval"
    return _made(filing, found, "Global Pharma Regulation", told, _PERMITTED, _drug(found))


def _master_file(filing: Filing) -> RulesReading:
    found = Extract()
    _put_authority(found, filing)
    _put_kind(found, filing, "DMF", _DMF)
    put_drug(found, filing.sentences, _DMF)
    judged = (Sentiment.NEUTRAL, "a file is kept for those who make the drug")
    return _made(filing, found, "Drug Master File", "drug master file", judged, _drug(found))


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
    return _made(filing, found, "Clinical Trial", "", judged)


def _launch(filing: Filing) -> RulesReading | None:
    found = Extract()
    said = [s for s in filing.sentences if s.has(_LAUNCHED)]
    put_drug(found, said, _LAUNCHED)
    if "product" not in found.facts:
        return None
    _put_market(found, filing)
    if country := _first(said, _COUNTRY):
        found.put("market_country", country.text_fact("name"))
    judged = (Sentiment.POSITIVE, "a drug is sold from now on")
    return _made(filing, found, "Drug Launch", "launch", judged, _drug(found, "of"))


_MAKERS = {
    "import alert": _letter("import alert", "USFDA Import Alert", _ALERT, "import alert"),
    "WL": _letter("WL", "USFDA Warning Letter", _WARNING, "warning letter"),
    "CRL": _response,
    "EIR": _report,
    "483": _inspection,
    "inspection": _inspection,
    "DMF": _master_file,
    "approval": _approval,
    "elsewhere": _elsewhere,
    "trial": _trial,
    "launch": _launch,
}


def _made(
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


def _put_market(found: Extract, filing: Filing) -> None:
    put_reference(found, filing.sentences)
    put_market(found, filing.sentences)
    put_rights(found, filing.sentences)


def _put_authority(found: Extract, filing: Filing) -> bool:
    """Adds the authority; whether it is the US one, as it is where none is named beside a Form 483."""
    is_other = _OTHERS.search(filing.title) is not None and _FDA.search(filing.title) is None
    if not is_other and _put_agency(found, filing, _SHORT_FDA, _FDA):
        return True
    return not _put_agency(found, filing, _BODIES)


def _put_agency(found: Extract, filing: Filing, *patterns: re.Pattern[str]) -> bool:
    for pattern in patterns:
        if match := _first(filing.sentences, pattern):
            found.put("authority", match.text_fact(0, 0.9))
            return True
    return False


def _put_kind(found: Extract, filing: Filing, kind: str, pattern: re.Pattern[str]) -> None:
    said = [sentence for sentence in filing.sentences if sentence.has(pattern)]
    if match := _first(said, pattern):
        found.put("kind", match.fact(kind))
        found.put("date", _day(said))


def _put_number(found: Extract, sentences: Iterable[Sentence]) -> None:
    if match := _first(sentences, _NUMBER):
        found.put("application_no", match.text_fact("no", 0.9))


def _day(sentences: Iterable[Sentence]) -> Fact | None:
    match = _first(sentences, _WHEN)
    return match.date_fact("date", 0.6) if match else None


def _first(sentences: Iterable[Sentence], pattern: re.Pattern[str]) -> Found | None:
    return next((match for sentence in sentences for match in sentence.each(pattern)), None)


def _is_earlier(match: Found) -> bool:
    before = match.page.text[max(0, match.match.start() - 60) : match.match.start()]
    return _BEFORE.search(before) is not None


def _counted(count: Fact) -> str:
    """The count as it is written, since a headline holds no number that the filing does not."""
    written = count.evidence[0].quote.split()[0]
    return f"{written} {'observation' if count.value == 1 else 'observations'}"


def _site(found: Extract, link: str = "at") -> str:
    site = found.facts.get("site")
    return f" {link} {site.value}" if site else ""


def _drug(found: Extract, link: str = "for") -> str:
    product, strength = found.facts.get("product"), found.facts.get("strength")
    if product is None:
        return ""
    return f" {link} {product.value}" + (f", {strength.value}" if strength else "")
