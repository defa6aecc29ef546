"""The readers of news about plants: inspections, their reports, and what stands against a plant."""

from __future__ import annotations

import re
from collections.abc import Callable

from backfin.interfaces import RulesReading
from backfin.models import Fact, Sentiment
from backfin_prompts_pharma.inspections import inspection_facts
from backfin_prompts_pharma.telling import first, made, put_authority, put_kind, site
from backfin_prompts_pharma.text import Filing, words

_WARNING = words(r"\bwarning letter\b")
_FORM = words(r"\bform[- ]?483\b")
_INSPECTED = words(r"\binspect(?:ion|ions|ed|s)\b")
_EIR = words(r"\bestablishment inspection report\b|\bEIR\b|\b(?:OAI|VAI|NAI)\b|\baction indicated\b")
_ALERT = words(r"\bimport alert\b")
_ENDED = words(
    r"\b(?:close[- ]?out|closed[- ]?out|has (?:been )?closed|closure|lifted|lifting|resolved|removed|removal|revoked"
    r"|withdrawn)\b"
)
_HOPED = words(
    r"\b(?:will|would|commit\w*|expect\w*|hope\w*|to be|working|seek\w*|aims?|endeavou?r\w*"
    r"|earliest|until|unless|not)\b"
)


def read_inspection(filing: Filing) -> RulesReading:
    """An inspection, and whether it left observations: only those make a Form 483."""
    found = inspection_facts(filing.sentences)
    is_fda = put_authority(found, filing)
    count = found.facts.get("observations")
    is_clean = count is not None and count.value == 0
    has_form = is_fda and not is_clean and any(s.has(_FORM) for s in filing.sentences)
    put_kind(found, filing, *(("483", _FORM) if has_form else ("inspection", _INSPECTED)))
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
        return made(filing, found, "Global Pharma Regulation", told, judged, site(found))
    label = "USFDA Form 483" if judged[0] is Sentiment.NEGATIVE else "USFDA Inspection"
    return made(filing, found, label, f"USFDA {told}", judged, site(found))


def read_report(filing: Filing) -> RulesReading:
    """The authority's report, or the class it gives an inspection."""
    found = inspection_facts(filing.sentences)
    put_authority(found, filing)
    put_kind(found, filing, "EIR", _EIR)
    code = found.facts.get("classification")
    told = f"USFDA classifies inspection as {code.value}" if code else "USFDA inspection report"
    if code is not None and code.value == "OAI":
        judged = (Sentiment.NEGATIVE, "official action is indicated")
    else:
        judged = (Sentiment.POSITIVE, "an inspection is over")
    return made(filing, found, "USFDA EIR", told, judged, site(found))


def _letter(kind: str, label: str, pattern: re.Pattern[str], name: str) -> Callable[[Filing], RulesReading]:
    """The reader of what stands against a plant until it is lifted."""

    def reader(filing: Filing) -> RulesReading:
        found = inspection_facts(filing.sentences)
        put_authority(found, filing)
        put_kind(found, filing, kind, pattern)
        ended = first([s for s in filing.sentences if s.has(pattern) and not s.has(_HOPED)], _ENDED)
        if ended is None:
            judged = (Sentiment.NEGATIVE, f"a {name} stands against a plant")
            return made(filing, found, label, f"USFDA {name}", judged, site(found, "for"))
        found.put("is_closed", ended.fact("yes"))
        judged = (Sentiment.POSITIVE, f"a {name} is lifted")
        return made(filing, found, label, f"end of USFDA {name}", judged, site(found, "for"))

    return reader


def _counted(count: Fact) -> str:
    """The count as it is written, since a headline holds no number that the filing does not."""
    written = count.evidence[0].quote.split()[0]
    return f"{written} {'observation' if count.value == 1 else 'observations'}"


read_alert = _letter("import alert", "USFDA Import Alert", _ALERT, "import alert")
read_warning = _letter("WL", "USFDA Warning Letter", _WARNING, "warning letter")
