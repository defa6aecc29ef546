"""What a filing says, by patterns: its label, its facts, its headline, and how it stands for the company."""

from __future__ import annotations

import re
from collections.abc import Callable

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.interfaces import RulesReading
from backfin.models import EventType, Fact, Reading, Sentiment
from backfin_prompts_pharma.drugs import first_to_file, put_drug, put_market, put_reference, put_rights
from backfin_prompts_pharma.inspections import inspection_facts, site_in
from backfin_prompts_pharma.signs import FDA, OTHERS, topic_of
from backfin_prompts_pharma.text import Filing, Sentence, words
from backfin_prompts_pharma.trials import trial_facts

_FDA = words(FDA)
_SHORT_FDA = words(r"\bU\.?S\.?\s?FDA\b")
_OTHERS = words(OTHERS)
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
_STAGE = words(r"\b(?P<stage>final|tentative)(?:ly)? approv(?:al|ed)\b(?!s)")
_SUM = words(r"\b(?:cumulative|total of|in all|so far|portfolio|pipeline|now has|filings?|approvals)\b")
_BEFORE = words(r"\b(?:previously|earlier|already)\b")
_APPROVED = words(r"\bapprov(?:al|es|ed)\b")
_APPLICATIONS = (
    ("ANDA", words(r"\bs?ANDA\b|\babbreviated new drug application\b")),
    ("NDA", words(r"\bs?NDA\b|(?<!abbreviated\s)\bnew drug application\b")),
    ("BLA", words(r"\bs?BLA\b|\bbiologics licen[sc]e application\b")),
)
_NUMBER = words(r"\b(?:ANDA|NDA|BLA)\s?(?:no\.?|number|#)?\s?[:#]? ?(?P<no>\d{5,6})\b")
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
    return _MAKERS[topic](filing) if topic else None


def _inspection(filing: Filing) -> RulesReading:
    """An inspection, and whether it left observations: only those make a Form 483."""
    found = inspection_facts(filing.sentences)
    is_fda = _put_authority(found, filing)
    count = found.facts.get("observations")
    has_form = any(s.has(_FORM) for s in filing.sentences) and not (count and count.value == 0)
    kind, pattern = ("483", _FORM) if has_form and is_fda else ("inspection", _INSPECTED)
    _put_kind(found, filing, kind, pattern)
    if not is_fda:
        return _made(filing, found, "Global Pharma Regulation", f"is inspected{_of_site(found)}")
    if count is not None and count.value == 0:
        told = f"USFDA inspection{_of_site(found)} ends without observations"
        return _made(filing, found, "USFDA Inspection", told, (Sentiment.POSITIVE, "nothing was objected to"))
    if has_form or count is not None:
        told = (
            f"USFDA observations{_of_site(found)}" if count is None else f"{_counted(count)}{_of_site(found)}"
        )
        return _made(filing, found, "USFDA Form 483", told, (Sentiment.NEGATIVE, "the authority objects"))
    return _made(filing, found, "USFDA Inspection", f"USFDA inspection{_of_site(found)}")


def _report(filing: Filing) -> RulesReading:
    found = inspection_facts(filing.sentences)
    _put_authority(found, filing)
    _put_kind(found, filing, "EIR", _EIR)
    code = found.facts.get("classification")
    told = f"USFDA inspection report{_of_site(found)}" + (f", classified {code.value}" if code else "")
    if code is not None and code.value == "OAI":
        return _made(filing, found, "USFDA EIR", told, (Sentiment.NEGATIVE, "official action is indicated"))
    return _made(filing, found, "USFDA EIR", told, (Sentiment.POSITIVE, "an inspection is over"))


def _letter(kind: str, label: str, pattern: re.Pattern[str], name: str) -> Callable[[Filing], RulesReading]:
    """The reader of what stands against a plant until it is lifted."""

    def made(filing: Filing) -> RulesReading:
        found = inspection_facts(filing.sentences)
        _put_authority(found, filing)
        _put_kind(found, filing, kind, pattern)
        ended = next((m for s in filing.sentences if s.has(pattern) for m in s.each(_ENDED)), None)
        if ended is None:
            return _made(
                filing,
                found,
                label,
                f"{name}{_of_site(found)}",
                (Sentiment.NEGATIVE, f"a {kind} stands against a plant"),
            )
        found.put("is_closed", ended.fact("yes"))
        told = f"{name}{_of_site(found)} is lifted"
        return _made(filing, found, label, told, (Sentiment.POSITIVE, "a plant is cleared"))

    return made


def _response(filing: Filing) -> RulesReading:
    found = Extract()
    _put_authority(found, filing)
    _put_kind(found, filing, "CRL", _CRL)
    put_drug(found, filing.sentences, _CRL)
    found.put("application_no", _first(filing.sentences, _NUMBER, "no"))
    told = f"USFDA complete response{_for_drug(found)}"
    return _made(
        filing,
        found,
        "USFDA Complete Response",
        told,
        (Sentiment.NEGATIVE, "an application is not approved as it stands"),
    )


def _approval(filing: Filing) -> RulesReading:
    """An application approved: which, of what, how far, and what its market comes to."""
    found = Extract()
    _put_authority(found, filing)
    said = [s for s in filing.sentences if s.has(_APPROVED) and not s.has(_SUM)]
    for kind, pattern in _APPLICATIONS:
        _put_kind(found, filing, kind, pattern)
    stages = [m for s in said for m in s.each(_STAGE) if not _is_earlier(m)]
    if len({m["stage"].lower() for m in stages}) == 1:
        found.put("approval_stage", stages[0].fact(stages[0]["stage"].lower(), 0.9))
    found.put("application_no", _first(said, _NUMBER, "no"))
    found.put("date", _day(said))
    _put_drug(found, filing, said)
    found.put("is_first_to_file", first_to_file(filing.sentences))
    stage = found.facts.get("approval_stage")
    if stage is None and stages:
        return _made(filing, found, "USFDA", f"USFDA approvals{_for_drug(found)}", _PERMITTED)
    word = "tentative" if stage is not None and stage.value == "tentative" else "final"
    told = f"USFDA {stage.value} approval" if stage is not None else "USFDA approval"
    return _made(filing, found, f"USFDA {word.title()} Approval", f"{told}{_for_drug(found)}", _PERMITTED)


def _elsewhere(filing: Filing) -> RulesReading:
    """The authorities of other countries, and certificates."""
    found = Extract()
    _put_agency(found, filing, _OTHERS)
    for kind, pattern in _ELSEWHERE:
        _put_kind(found, filing, kind, pattern)
    said = [s for s in filing.sentences if s.has(_OTHERS) or s.has(_CERTIFICATE)]
    found.put("site", site_in(said))
    found.put("date", _day(said))
    put_drug(found, said, _GRANTED)
    _put_rest(found, filing)
    kind_of = found.facts.get("kind")
    told = f"{kind_of.value if kind_of else 'approval'}{_for_drug(found)}"
    return _made(filing, found, "Global Pharma Regulation", told, _PERMITTED)


def _master_file(filing: Filing) -> RulesReading:
    found = Extract()
    _put_authority(found, filing)
    _put_kind(found, filing, "DMF", _DMF)
    put_drug(found, filing.sentences, _DMF)
    return _made(filing, found, "Drug Master File", f"drug master file{_for_drug(found)}")


def _trial(filing: Filing) -> RulesReading | None:
    found = trial_facts(filing.sentences)
    if not {"phase", "product", "trial_id"} & found.facts.keys():
        return None
    met = found.facts.get("endpoint_met")
    judged = {
        "yes": (Sentiment.POSITIVE, "the primary endpoint was met"),
        "no": (Sentiment.NEGATIVE, "the primary endpoint was missed"),
    }.get(str(met.value) if met else "", (Sentiment.NEUTRAL, "no outcome is told"))
    return _made(filing, found, "Clinical Trial", "", judged)


def _launch(filing: Filing) -> RulesReading | None:
    found = Extract()
    said = [s for s in filing.sentences if s.has(_LAUNCHED)]
    _put_drug(found, filing, said, _LAUNCHED)
    if "product" not in found.facts:
        return None
    if country := next((m for s in said for m in s.each(_COUNTRY)), None):
        found.put("market_country", country.text_fact("name"))
    told = f"launch of {found.facts['product'].value}"
    return _made(filing, found, "Drug Launch", told, (Sentiment.POSITIVE, "a drug is sold from now on"))


_MAKERS = {
    "import alert": _letter("import alert", "USFDA Import Alert", _ALERT, "USFDA import alert"),
    "WL": _letter("WL", "USFDA Warning Letter", _WARNING, "USFDA warning letter"),
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
    filing: Filing, found: Extract, label: str, told: str, judged: tuple[Sentiment, str] | None = None
) -> RulesReading:
    """The reading; the core's general label is told beside ours, so that watches on it go on to find the filing."""
    headline = f"{filing.issuer}: {told}" if told else ""
    return RulesReading(
        category=label,
        facts=found.facts,
        also=_ALSO.get(label, ()),
        headline=headline if len(headline) <= _LONGEST else "",
        sentiment=judged[0] if judged else None,
        reason=judged[1] if judged else "",
    )


def _put_drug(
    found: Extract, filing: Filing, said: list[Sentence], about: re.Pattern[str] = _APPROVED
) -> None:
    put_drug(found, said, about)
    _put_rest(found, filing)


def _put_rest(found: Extract, filing: Filing) -> None:
    put_reference(found, filing.sentences)
    put_market(found, filing.sentences)
    put_rights(found, filing.sentences)


def _put_authority(found: Extract, filing: Filing) -> bool:
    """Adds the authority; whether it is the US one, as it is where none is named beside a Form 483."""
    other = _OTHERS.search(filing.title) and not _FDA.search(filing.title)
    if not other and _put_agency(found, filing, _SHORT_FDA, _FDA):
        return True
    return not _put_agency(found, filing, _OTHERS)


def _put_agency(found: Extract, filing: Filing, *patterns: re.Pattern[str]) -> bool:
    for pattern in patterns:
        if match := next((m for s in filing.sentences for m in s.each(pattern)), None):
            found.put("authority", match.text_fact(0, 0.9))
            return True
    return False


def _put_kind(found: Extract, filing: Filing, kind: str, pattern: re.Pattern[str]) -> None:
    told = [(s, m) for s in filing.sentences for m in s.each(pattern)]
    if told:
        found.put("kind", told[0][1].fact(kind))
        found.put("date", _day([s for s, _ in told]))


def _day(sentences: list[Sentence]) -> Fact | None:
    match = next((m for s in sentences for m in s.each(_WHEN)), None)
    return match.date_fact("date", 0.6) if match else None


def _first(
    sentences: tuple[Sentence, ...] | list[Sentence], pattern: re.Pattern[str], group: str
) -> Fact | None:
    match = next((m for s in sentences for m in s.each(pattern)), None)
    return match.text_fact(group, 0.9) if match else None


def _is_earlier(match: Found) -> bool:
    before = match.page.text[max(0, match.match.start() - 60) : match.match.start()]
    return _BEFORE.search(before) is not None


def _counted(count: Fact) -> str:
    """The count as it is written, since a headline holds no number that the filing does not."""
    return f"USFDA makes {count.evidence[0].quote.split()[0]} observation(s)"


def _of_site(found: Extract) -> str:
    site = found.facts.get("site")
    return f" at {site.value}" if site else ""


def _for_drug(found: Extract) -> str:
    product, strength = found.facts.get("product"), found.facts.get("strength")
    if product is None:
        return ""
    return f" for {product.value}" + (f", {strength.value}" if strength else "")
