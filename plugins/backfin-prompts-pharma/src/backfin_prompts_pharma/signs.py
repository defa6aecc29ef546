"""What a filing is about: the words of each kind of news, in a title or in a sentence that reports it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backfin.models import EventType
from backfin_prompts_pharma.text import Filing, Sentence, words

FDA = (
    r"(?:\bU\.?S\.?\s?FDA\b|\bFDA\b"
    r"|(?:\bU\.?S\.?A?|\bUnited States)(?: of America)? Food (?:and|&) Drugs? Admin\w+)"
)
#: Drug authorities of other countries, and bodies like them.
OTHERS = (
    r"(?:\bEDQM\b|\bEMA\b|\bEuropean Medicines Agency\b|\bMHRA\b|(?-i:\bWHO\b)|\bWorld Health Organi[sz]ation\b"
    r"|\bHealth Canada\b|\bANVISA\b|\bTGA\b|\bCDSCO\b|\bDCGI\b|\bNMPA\b|\bPMDA\b|\bSAHPRA\b|\bCOFEPRIS\b"
    r"|\bEU[- ]GMP\b|\bEuropean Directorate for the Quality of Medicines\b|\bEuropean Commission\b|\bBfArM\b)"
)
_APPLICATION = (
    r"(?:\bs?ANDAs?\b|\bs?NDA\b|\bs?BLA\b|\bnew drug application\b|\bbiologics licen[sc]e application\b)"
)

#: Kinds of filing in which these things are told in passing, unless the title says otherwise.
_PASSING = frozenset(EventType) - {
    EventType.REGULATORY_APPROVAL,
    EventType.OPERATIONAL_UPDATE,
    EventType.EXPANSION_CAPEX,
    EventType.LITIGATION_REGULATORY,
    EventType.DISRUPTION,
    EventType.ROUTINE,
}
#: Kinds of filing that stay what they are whatever their title names.
_NEVER = frozenset(
    {
        EventType.FINANCIAL_RESULTS,
        EventType.RUMOUR_CLARIFICATION,
        EventType.MEETING_OR_CALL,
        EventType.DIVIDEND,
    }
)
_REPORTS = words(
    r"\b(?:inform|informed|announce[sd]?|announcing|intimate|receiv\w+|in receipt|issu(?:ed|es|ance)|granted|grants"
    r"|conclud\w+|complet\w+|inspected|conducted|classified|obtained|secured|commenced|initiated|determined|placed|ended|closed|met|launch\w*)\b"
)
#: What may happen, is hoped for, or did not happen.
MAYBE = words(
    r"(?-i:\bmay\b)|\b(?:might|could|would|fail(?:ure|ing)? to|any future|from time to time|expect\w*"
    r"|anticipat\w+"
    r"|hopes?|awaits?|awaiting|pending|applied for|not (?:yet )?(?:received|been|granted))\b"
)
#: Somebody else's plant or drug.
_ELSEWHERE = words(
    r"\b(?:competitors?|peers?|third[- ]part(?:y|ies)|customers?|suppliers?|partner['’]?s?|contract manufactur\w+"
    r"|other companies|industry|(?:another|unrelated) (?:company|firm))\b"
)
#: What a company does itself, and what a plant or drug is called that was approved long ago.
_NOTHING = re.compile(r"(?!)")
_OWN_ACT = words(
    r"\b(?:board|shareholders?|members|committee)\b|\b(?:approved|compliant|accredited)"
    r" (?:[a-z-]+ ){0,2}(?:facilit|plant|site|unit|manufactur|product"
    r"|portfolio)"
    r"|\b(?:cumulative|total of|in all)\b"
)
_LEAD = 8


@dataclass(frozen=True, slots=True)
class Sign:
    """A kind of news. ``needs`` must stand beside ``says``, ``spoils`` must not: a board approves and inspects too."""

    topic: str
    says: re.Pattern[str]
    needs: re.Pattern[str]
    spoils: re.Pattern[str] = _NOTHING

    def in_title(self, title: str) -> bool:
        """Whether a title tells it."""
        return (
            self.says.search(title) is not None
            and self.needs.search(title) is not None
            and self.spoils.search(title) is None
        )

    def is_reported(self, sentence: Sentence) -> bool:
        """Whether a sentence reports it as something that happened, and to the company."""
        return (
            sentence.has(self.says)
            and sentence.has(self.needs)
            and sentence.has(_REPORTS)
            and not sentence.has(self.spoils)
            and not sentence.has(MAYBE)
            and not sentence.has(_ELSEWHERE)
        )


_ANY = re.compile("")
_AGENCY = words(rf"{FDA}|{OTHERS}")

#: In the order in which they count: what weighs most, and what comes last in the course of an inspection, first.
SIGNS = (
    Sign("import alert", words(r"\bimport alert\b"), _ANY),
    Sign("WL", words(r"\bwarning letter\b"), words(FDA)),
    Sign("CRL", words(r"\bcomplete response letter\b|\bCRL\b"), words(rf"{FDA}|{_APPLICATION}")),
    Sign(
        "EIR",
        words(
            r"\bestablishment inspection report\b|\bEIR\b|\bclassif\w+[^.]{0,60}\b(?:OAI|VAI|NAI)\b"
            r"|\b(?:official|voluntary|no) action indicated\b"
        ),
        _ANY,
    ),
    Sign("483", words(r"\bform[- ]?483\b|\b(?:zero|nil|no) observations?\b"), _ANY),
    Sign("inspection", words(r"\binspect(?:ion|ions|ed|s)\b|\bGMP audit\b"), _AGENCY, words(r"\bcertificat")),
    Sign("DMF", words(r"\bdrug master file\b|\b(?:US)?DMF\b"), _ANY),
    Sign("approval", words(r"\bapprov(?:al|es|ed)\b"), words(rf"{FDA}|{_APPLICATION}"), _OWN_ACT),
    Sign(
        "elsewhere",
        words(
            r"\bapprov(?:al|es|ed)\b|\bauthori[sz]ation\b|\bcertificate\b|\bpre-?qualif\w+|\bGMP\b|\bCEP\b"
            r"|\bpositive opinion\b"
        ),
        words(rf"{OTHERS}|\bCEP\b|\bcertificate of suitability\b"),
        _OWN_ACT,
    ),
    Sign(
        "trial",
        words(
            r"\bphase[- ]?(?:[1-4]|I{1,3}|IV)[ab]?\b|\bclinical (?:trial|stud(?:y|ies))\b"
            r"|\btop-?line (?:results|data)\b"
        ),
        words(r"\b(?:trials?|stud(?:y|ies)|clinical|top-?line|endpoints?|patients?|subjects)\b"),
    ),
    Sign(
        "launch",
        words(r"\blaunch(?:es|ed|ing)?\b"),
        words(
            r"\b(?:tablets?|capsules?|injection|ointment|cream|inhaler|suspension|generic|biosimilar|drug|[mµ]?g)\b"
        ),
    ),
)


def mentions(filing: Filing, agency: re.Pattern[str]) -> bool:
    """Whether title or text, boilerplate apart, speak of an authority by more than calling a plant approved."""
    return agency.search(filing.title) is not None or any(
        sentence.has(agency) and not sentence.has(_OWN_ACT) for sentence in filing.sentences
    )


def topic_of(filing: Filing, event_type: EventType) -> str:
    """The topic a filing reports; empty where it is about something else, or tells it in passing."""
    if event_type in _NEVER:
        return ""
    for sign in SIGNS:
        if sign.in_title(filing.title) and not MAYBE.search(filing.title):
            return sign.topic
    if event_type in _PASSING:
        return ""
    lead = _lead(filing)
    return next((sign.topic for sign in SIGNS if any(map(sign.is_reported, lead))), "")


def _lead(filing: Filing) -> tuple[Sentence, ...]:
    """The sentences with which the letter comes to its matter."""
    first = min((s.page.number for s in filing.sentences if s.page.number > 0), default=0)
    letter = [s for s in filing.sentences if s.page.number == first and len(s.text.split()) > 5][:_LEAD]
    return (*letter, *(s for s in filing.sentences if s.page.number == 0))
