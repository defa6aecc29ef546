"""Approvals of authorities, disruptions, and answers to rumours: their plain facts."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import PROPER, clean_name, is_name
from backfin.enrichment.rules.quotes import Extract, Found, derived
from backfin.enrichment.rules.source import Source, put_first
from backfin.models import Fact, PartyKind
from backfin.models.facts import Party

#: Behind "SEBI": the regulations a letter cites, which grant nothing.
_CITED = r"(?![\s-]{0,2}(?:\(|LODR|Listing|Regulations?|ICDR|SAST|PIT|Circular|Master|Act)\b|\s?\()"
#: Who inspects plants. Named beside others, it is the one the filing is about.
_DRUG_OFFICE = re.compile(
    r"\b(?P<name>US\s?FDA|U\.\s?S\.\s?FDA|USFD\s?A|(?:US|U\.S\.|United States) Food\s(?:and"
    r"|&)\sDrug\sAdministration)\b"
)
_WRITTEN_OUT = re.compile(r"\b(?P<name>(?:US|U\.S\.|United States) Food\s(?:and|&)\sDrug\sAdministration)\b")
_AUTHORITY = re.compile(
    r"\b(?P<name>UK ?MHRA|MHRA|ANVISA|EDQM|EMA|TGA|PMDA|NMPA"
    r"|SAHPRA|COFEPRIS|Health Canada|World Health Organi[sz]ation|CDSCO|DCGI"
    r"|Drugs? Controller General of India|RBI|Reserve Bank of India"
    rf"|IRDAI|SEBI{_CITED}|IFSCA|PFRDA|NHB|DGCA|DGFT|TRAI|RERA|MahaRERA|CPCB|AERB|NPPA|DSIR|ALMM|MNRE"
    r"|PNGRB|PESO|CCI|Competition Commission of India|MoEFCC|MoEF|NCLT|BIS|Bureau of Indian Standards|FSSAI"
    r"|Ministry of [A-Z]\w+(?:, [A-Z]\w+)?(?:,? (?:and|&) [A-Z]\w+"
    r"| [A-Z]\w+){0,4}(?:, Government of India)?)\b"
)
#: Any other body that grants: its name ends in, or holds, a word of office.
_GRANTING = re.compile(
    r"\b(?i:approval|licen[cs]e|certificate|certification|clearance|registration|permission|nod"
    r"|consent|authori[sz]ation|accreditation|inspection|audit)\b"
    r"[^.;]{0,90}?\b(?i:from|by|of)\s(?i:the\s)?(?P<name>(?:[A-Z][\w&’'-]{1,24}\s(?:(?:of|and|&"
    r"|for)\s)?){0,6}"
    r"(?:Authority|Department|Directorate|Commission|Administration|Agency|Board|Corporation"
    r"|Council|Bureau|Commissioner|Controller|Office|Registrar)(?:\s(?:of"
    r"|for)\s[A-Z]\w+(?:\s[A-Z]\w+){0,3})?)"
)
_GRANTS = re.compile(
    r"\b(?P<name>(?:[A-Z][\w&’'-]{1,24}\s(?:(?:of|and|&|for)\s)?){1,5}(?:Authority|Department"
    r"|Directorate|Commission|Administration|Agency|Board|Council|Bureau))"
    r"(?:,\s[^.;]{0,60},)?\s(?:has|have)\s(?:granted|approved|renewed|issued|accorded|permitted|registered)\b"
)
_NO_GRANTOR = re.compile(
    r"^(?:The |Our )?(?:Board|Department|Commission|Compliance|Corporation|Corporate)\b"
    r"|\bBoard of Directors"
)
_KINDS = (
    ("483", re.compile(r"(?i)(?<!\bno )(?<!\bany )\bform[- ]?(?:fda[- ]?)?483\b(?! observations? w)")),
    ("WL", re.compile(r"(?i)\bwarning letter\b")),
    ("EIR", re.compile(r"(?i)\beir\b|establishment inspection report")),
    ("ANDA", re.compile(r"(?i)\banda\b|abbreviated new drug")),
    ("GMP", re.compile(r"(?i)\bgmp\b|good manufacturing")),
    ("patent", re.compile(r"(?i)\bpatent\b")),
    ("PLI", re.compile(r"(?i)\bpli\b|production[- ]linked")),
    ("environmental clearance", re.compile(r"(?i)environment\w* clearance")),
    (
        "clearance",
        re.compile(
            r"(?i)forest clearance|consent to (?:operate"
            r"|establish)"
        ),
    ),
    ("licence", re.compile(r"(?i)\blicen[cs]e\b")),
)
_NONE = ("nil", "no")
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_OBSERVATIONS = re.compile(
    rf"(?i)\b(?:(?P<n>\d{{1,2}}|{'|'.join(_COUNTS)})\s?(?:\([a-z\d]{{1,10}}\)\s?)?(?:\w+\s){{0,2}}"
    rf"|(?P<none>{'|'.join(_NONE)})\s(?:form[- ]?483\s)?)observations?\b"
)
_PRODUCT = re.compile(
    r"(?i)\b(?:approval|nod|clearance)\b[^.]{0,60}?\bfor (?:its |the |marketing "
    r"|manufactur\w+ (?:and (?:marketing|sale) )?(?:of )?)*(?:anda for )?"
    r"(?P<name>[A-Z][\w-]{3,30}(?:\s[A-Za-z-]{2,20}){0,4}(?:\stablets?|\scapsules?|\sinjection"
    r"|\sointment|\scream|\ssyrup|\sgel|\sspray"
    r"|\sinhaler|\svaccine|\slotion|\sdrops|\spatch(?:es)?|\ssuspension|\ssolution)"
    r"(?:,?\s(?:USP|BP))?(?:,?\s\d[\d.]*\s?m?c?g(?:(?:/ml)?(?:,|\sand|\s&)?\s\d[\d.]*\s?m?c?g){0,4})?)"
)
#: A drug without its form: "ANDA approval from the U.S. FDA for Ticagrelor".
_DRUG = re.compile(
    r"\b(?:ANDA|US ?FDA|U\.S\. ?FDA|CDSCO"
    r"|DCGI)\b[^;\n]{0,80}?\b[Ff]or\s(?:[Gg]eneric (?:[Vv]ersion of )?|its |the )?"
    r"(?P<name>(?!Unit|Plant|Facility|API|Manufactur|Our"
    r"|Goa)[A-Z][a-z-]{4,30}(?:\s[A-Z][a-z-]{3,20}){0,3})(?=[.,;\n]|\Z|\s\()"
)
_GRANTED_TODAY = re.compile(
    r"(?i)\btoday\b[^.;]{0,60}\b(?:received|issued|granted|approv\w+|concluded)\b|\b(?:received"
    r"|granted|issued|concluded)\b[^.;]{0,60}\btoday\b"
)
_MARKET = re.compile(
    r"(?i)(?:market size|market of|annual sales|estimated (?:annual )?(?:sales"
    r"|market))[^.]{0,80}?\b(?:of|at)\s"
)
_RECEIVED = re.compile(
    rf"(?i)\b(?:dated|bearing date|received|issued|granted|on)\b[^.\d\n]{{0,24}}(?P<date>{DATE})"
)
_CAUSES = (
    ("fire", re.compile(r"(?i)\bfire\b")),
    ("strike", re.compile(r"(?i)\bstrike\b")),
    ("lockout", re.compile(r"(?i)\block-?\s?out\b")),
    ("flood", re.compile(r"(?i)\bflood\w*|heavy rains?|cyclone")),
    ("cyber", re.compile(r"(?i)\bcyber\w*|ransomware|(?:it|information|data) security incident|data breach")),
    ("accident", re.compile(r"(?i)\baccident\b|\bexplosion\b")),
    ("force majeure", re.compile(r"(?i)force majeure")),
)
_BEGAN = re.compile(
    rf"(?i)\b(?:occurred|happened|broke out|took place|began|commenced|incident|fire"
    rf"|strike)\b[^.;]{{0,80}}?\bon\s[^.\d]{{0,14}}(?P<date>{DATE})"
)
_INSURED = re.compile(r"(?i)\b(?:adequately |fully |is |are )?insured\b|\binsurance (?:cover|polic)")
_UNINSURED = re.compile(r"(?i)\bnot insured\b|\buninsured\b")
_LOSS = re.compile(r"(?i)\b(?:loss|damage)\b[^.\d]{0,40}(?:estimated|of|at|about|around)\s")
_MEDIA = re.compile(
    rf"(?i:\b(?:appear(?:ed|ing)|published|article|report|news item|captioned)\b[^.\n]{{0,40}}?\b(?:in|on"
    rf"|by)\s)"
    rf"(?i:the\s)?(?P<name>https?://[\w./-]{{4,80}}?\w(?=/?(?:dated\b|\s|$|[,;\"”'’)])|-?\s)|[\w-]+(?:\.[\w-]*\w)+|{PROPER})"
)
_TITLED = re.compile(
    r"(?i)\b(?:titled|captioned"
    r"|headlined)\s{0,2}[:–-]?\s{0,2}[“\"'‘](?P<text>[^”\"\n]{8,200}?)[”\"’]"
)
_STANCES = (
    (
        "deny",
        re.compile(
            r"(?i)\b(?:deny|denies|denied|baseless|incorrect|factually (?:wrong|incorrect)"
            r"|no such|not true|speculative)\b"
        ),
    ),
    (
        "confirm",
        re.compile(
            r"(?i)\bwe (?:hereby )?confirm\b(?! that (?:there|no))"
            r"|\bis (?:factually )?correct\b"
        ),
    ),
    ("clarify", re.compile(r"(?i)\bclarif\w+|\bunaware\b|\bnot aware\b")),
)


def extract_approval(source: Source) -> Extract:
    """Facts of ``regulatory_approval``: authority, kind, product, observations, market, day."""
    found = Extract()
    _put_authority(source, found)
    put_first(source, found, "kind", _KINDS)
    if seen := source.search(_OBSERVATIONS, "observation"):
        found.put("observations", _counted(seen))
    if product := source.search(_PRODUCT) or source.search(_DRUG):
        found.put("product", product.text_fact("name", 0.7))
    found.put("market_size", source.money_after(_MARKET, reach=40))
    day = source.search(_RECEIVED)
    found.put("date", day.date_fact("date", 0.6) if day else source.today(_GRANTED_TODAY))
    return found


def _counted(seen: Found) -> Fact:
    """How many observations there are, written as a number or as a word."""
    word = seen["n"].lower()
    if word.isdigit():
        return seen.fact(int(word))
    return derived(_COUNTS.index(word) if word else 0, seen.fact(None))


def _put_authority(source: Source, found: Extract) -> None:
    """Who approves, licenses or inspects: a known body, else one that its words of office tell."""
    known = source.search(_DRUG_OFFICE) or source.search(_AUTHORITY)
    others = (match for pattern in (_GRANTS, _GRANTING) for match in source.each(pattern))
    match = known or next((other for other in others if not _NO_GRANTOR.search(other["name"])), None)
    if match is None:
        return
    found.put("authority", match.text_fact("name"))
    full = source.search(_WRITTEN_OUT) if match.match.re is _DRUG_OFFICE else None
    named = full or match
    found.parties.append(
        Party(
            name_as_written=named["name"],
            kind=PartyKind.GOVERNMENT,
            role="regulator",
            evidence=(named.evidence(),),
        )
    )


def extract_disruption(source: Source) -> Extract:
    """Facts of ``disruption``: cause, beginning, insurance, loss."""
    found = Extract()
    for cause, pattern in _CAUSES:
        if pattern.search(source.title) and (match := source.search(pattern)):
            found.put(
                "cause", match.fact(match[0].lower() if cause in ("fire", "strike", "flood") else cause)
            )
            break
    began = source.search(_BEGAN)
    found.put("start", began.date_fact("date") if began else None)
    if insured := source.search(_INSURED, "insur"):
        found.put("insured", insured.fact("no" if source.search(_UNINSURED) else "yes"))
    found.put("loss_estimate", source.money_after(_LOSS, reach=30))
    return found


def extract_clarification(source: Source) -> Extract:
    """Facts of ``rumour_clarification``: where it was said, what, and how the company stands to it."""
    found = Extract()
    media = next((match for match in source.each(_MEDIA) if _is_media(match)), None)
    if media is not None:
        found.put("media_source", media.fact(_media(media), 0.7))
    if titled := source.search(_TITLED):
        found.put("rumour", titled.text_fact("text", 0.7))
    if source.document:
        put_first(source, found, "stance", _STANCES)
    return found


def _is_media(match: Found) -> bool:
    return (
        (is_name(_media(match)) and "." in _media(match))
        or match["name"].startswith("http")
        or len(_media(match).split()) > 1
    )


def _media(match: Found) -> str:
    name = match["name"]
    return name if "." in name and " " not in name else clean_name(name)
