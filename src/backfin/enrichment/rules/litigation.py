"""Orders and notices of courts, tax officers and regulators: who, about what, how much, when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import PROPER, kind_of_name
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.rules.source import Source
from backfin.models import Fact, PartyKind
from backfin.models.facts import Party

#: Words that make a name that of an authority.
_OFFICE = (
    r"(?:Commissioner(?:ate)?|Superintendent|Tribunal|Court|Department|Bench|Officer|Authority"
    r"|Directorate|Collector|Magistrate"
    r"|Commission|Registrar|Ministry|Controller|Inspector|Ombudsman|Forum|Council|Secretariat"
    r"|Arbitrator|Judge"
    r"|Pollution Control Board|Enforcement|Corporation|Municipality|Income Tax|Central Tax"
    r"|State Tax|Customs|GST)"
)
_SHORT = (
    r"(?:SEBI|NSE|BSE|RBI|CCI|NCLT|NCLAT|NGT|SAT|ITAT|CESTAT|DRT|DRAT|NFRA|ROC|CBIC|CBDT|DGGI|DRI"
    r"|EPFO|ESIC|IRDAI|TRAI|CERC"
    r"|DGTR|GSTAT|AAR|FSSAI|CPCB|MCA|Stock Exchanges?)"
)
_WORD = r"[A-Z0-9][\w&.’'-]{0,30}"
_GLUE = r"(?:,?\s(?:of|and|&|for|the|cum|in|-|–)\s|,?\s{1,2}|,\s|\s?[-–]\s?|\s?/\s?)"
#: A name of an authority: capitals, brackets and small words around a word of office.
_NAME = (
    rf"(?:(?:\(?{_WORD}\)?{_GLUE}){{0,9}}?(?:{_OFFICE}\b|{_SHORT}\b)(?:,?\s\([\w.,& -]{{1,40}}\))?"
    rf"(?:(?:,?\s(?:of|and|&|for|cum|at)\s(?:the\s)?|,\s|\s?[-–]\s?|\s)\(?{_WORD}\)?){{0,10}})"
)
_ACT = (
    r"(?:orders?|notices?|judge?ments?|award|letters?|communications?|e-?mails?|summons"
    r"|directions?|penalt(?:y|ies)|fines?|demand"
    r"|scn|intimation|assessment|ruling|decree|proceedings|appeal|petition|matter|search|survey"
    r"|action|passed|issued|received|levied|imposed)"
)
_FROM = re.compile(
    rf"(?i:\b{_ACT}\b)(?:[^.;\n]|\n(?!\s*\n)|\.(?!\s+[A-Z])){{0,140}}?\b(?i:from|by|of|before"
    rf"|with)\s{{1,2}}(?i:the\s)?(?i:hon['’]?\s?ble\s|learned\s|ld\.?\s)?"
    rf"(?i:office of (?:the\s)?)?(?P<name>{_NAME})"
)
#: An authority that does something: "the Hon'ble High Court has passed".
_ACTS = re.compile(
    rf"(?:^|(?<=[a-z,.;:]\s)|(?<=\n))(?i:the\s)?(?i:hon['’]?\s?ble\s)?\b(?P<name>{_NAME}"
    rf"(?:,\s[a-z]{{4,20}})?)(?:,\s[^.;]{{0,60}},)?\s(?i:has|have|had|vide|by its|passed|issued"
    rf"|imposed|levied)\b"
)
_LABEL = re.compile(
    rf"(?i:name of (?:the )?authority"
    rf"(?:\(ies\))?)\s{{0,3}}[:–-]?\s{{0,3}}(?i:the\s)?(?i:hon['’]?\s?ble\s)?(?i:office of "
    rf"(?:the\s)?)?(?P<name>{_NAME}|{PROPER})"
)
_NO_AUTHORITY = re.compile(
    r"Regulation|\bDear\b|\bSirs?\b|\bMadam\b|^(?:Adjudicating|Assessing|Compliance|Proper"
    r"|Investigating|Nodal) Officer$|^Nature\b|Limited\b|\bLtd\b"
    r"|Compliance Officer|Executive Officer|Financial Officer|Secretary|^(?:Income Tax|Customs"
    r"|GST|Central Tax|State Tax|Order|Notice|Department"
    r"|Court|Tribunal|Bench|Authority|Officer|Commissioner|Arbitrator|Corporation|Council"
    r"|Commission)$|^(?:BSE|NSE) (?:Limited|Ltd)|\bAct\b|Listing Department"
    r"|\bLODR\b|^SEBI\s?\(|Corporate Relation|Department of Corporate|Services? Department"
)
#: A name keeps a word of office when what runs into it is cut.
_OF_OFFICE = re.compile(rf"\b(?:{_OFFICE}|{_SHORT}|Board)\b")
#: What runs into a name: a salutation before it, the office that speaks for a body, capitals behind it.
_AHEAD = re.compile(
    r"^(?:.{0,40}\b(?:Sirs?|Madam)\b.{0,12}?\b(?:The\s)?(?=[A-Z])"
    r"|(?:The\s)?Adjudicating Officer,?\s(?:of\s)?"
    r"|(?:(?:Intimation|Receipt)\s[Oo]f\s(?:[Tt]he\s)?(?:Orders?\s[Oo]f\s)?)+)"
)
_STOP = re.compile(
    r",\sfor\s|\sfor\s(?:the\s)?(?=FY|AY|F\.Y|A\.Y|(?i:period|financial|assessment|tax|year)\b|\d)|"
    r"\s(?:And The|Under|For|Regarding|In|Vide|Dated|Against|On|To|With|Imposing|Levying|Which"
    r"|U/s|Section|Being|Relating|Rejecting|Confirming|Orders?|Alongwith|Admitting|Dropping|Received|Passed|Dismissing"
    r"|Demanding|Amounting|Nature|Details|Date|Wherein|Pursuant|Towards|As|At|By|From)\b"
)
_SOLE = re.compile(
    r"(?i:by|from|of)\s(?i:the\s)?(?P<name>(?:Learned )?(?i:sole arbitrator|arbitral tribunal"
    r"|stock exchanges?\b))|\bthe\s(?P<other>Exchange)\shas\b"
)
_MONEY_NEXT = r"(?=[^.;\n]{0,3}(?:₹|rs\b|inr|rupees))"
_DEMAND = re.compile(
    r"(?i)(?:tax )?demand(?:ed|ing)?(?: of| for| amount\w*)?|\btax of|amount(?:ing)? (?:to|of)"
    r"|aggregat\w+|\bbalance(?: of)?"
    + _MONEY_NEXT
    + r"|\b(?:liability|dues?|recovery|disallowance|short[- ]payment|claim) (?:of|for)\b"
)
_PENALTY = re.compile(r"(?i)penalt(?:y|ies)(?: of| amount\w*)?|\bfines? (?:of|amounting to)")
_INTEREST = re.compile(r"(?i)\binterest (?:of|amount\w*)")
_ORDER_DATE = re.compile(
    rf"(?i)(?:\b(?:orders?|notice|award|judge?ment|findings?|letter"
    rf"|communication)\b[^.\n;]{{0,60}}?\bdated?\s{{0,3}}:?\s{{0,3}}"
    rf"|\b(?:order|award|judge?ment|findings|notice)\b[^.;]{{0,50}}\b(?:was|were|is|are"
    rf"|has been)\s(?:passed|pronounced|issued|dated|made)\s(?:on\s)?"
    rf"|date of (?:the )?order\s?[:–-]?\s)(?P<date>{DATE})"
)
_RECEIVED = re.compile(
    rf"(?i)(?:date of receipt[^\d]{{0,60}}|\b(?:received|served|came to (?:our"
    rf"|the company['’]?s?) (?:hands|notice|knowledge))\b[^.\d\n]{{0,60}}\bon\s)(?P<date>{DATE})"
)
_RECEIVED_TODAY = re.compile(
    r"(?i)\b(?:received|served|intimated|informed|advised|e-?mail)\b(?:[^.;]|\.(?=\d|m\."
    r"|\s?today)){0,60}?\b(?:today|even date|this day)\b|\btoday\b[^.;]{0,50}\b(?:received"
    r"|served with)\b"
    r"|\bserved today\b"
)
#: Where part of a demand falls away, which amount stands is not for rules to say, unless the text calls it the balance.
_DROPPED = re.compile(r"\bdropped\b|\bset aside\b|\bquashed\b|partly allowed|\breduced to\b")
_BALANCE = re.compile(
    r"(?i)\b(?:balance|remaining|net demand)(?: (?:amount|demand|sum))?(?: of)?\s(?=₹|rs\b|inr)"
)
_APPEAL = re.compile(
    r"(?i)\b(?:shall|will|intends? to|proposes? to|plans? to|has decided to|is in the process of"
    r"|going to|would be)\s(?:be\s)?(?:duly\s)?"
    r"(?:prefer(?:ring)?|fil(?:e|ing)|appeal(?:ing)?|challeng(?:e|ing)"
    r"|contest(?:ing)?)\b[^.;]{0,60}\b(?:appeal|order|authority|tribunal|court|same|it)\b"
)
_IMPACT = re.compile(
    r"(?i)\b(?P<text>(?:there (?:is|will be|would be) )?no (?:(?:material|significant|adverse"
    r"|major|financial|immediate|other) ){0,3}(?:(?:or|and) [a-z]+ )?"
    r"(?:impact|effect|bearing|implication)s?\b[^.;\n]{0,80}"
    r"|no\s+income\s+is\s+being\s+recogni[sz]ed[^.;\n]{0,40}"
    r"|(?:does not|do not) (?:foresee|expect|envisage|anticipate)[^.;\n]{0,90}(?:impact|effect"
    r"|implication)[^.;\n]{0,20})"
)
_MATTER = (
    re.compile(
        r"(?i)\b(?:in the matter of|the matter concerns|in respect of (?:alleged|the alleged)"
        r"|on\s+account\s+of|disputes? (?:relating|pertaining) to|alleging|alleged(?! to\b))"
        r"\s(?:the\s)?(?P<text>[^.;:\n]{6,120}?(?:\n[^.;:\n]{3,100}?)?)(?<!\s[NnVv][os])(?=\.\s|[;:”\"\n]|\.?\Z"
        r"|\s(?:of|for) (?:rs|₹|inr)\b|,\sunder\b|,\sfor\b)"
    ),
    re.compile(
        r"(?i)(?:details of (?:the )?(?:violation|contravention)[^\n]{0,80}(?:\n(?:committed"
        r"|alleged)[^\n]{0,60})?)\s{0,2}[:–-]?\s{1,3}(?P<text>[A-Z][^\n]{8,140})"
    ),
    re.compile(
        r"(?i)\b(?:levy of|imposition of"
        r"|recommended)\s(?:definitive\s)?(?P<text>anti-?dumping duty[^.;]{4,110}?)(?=\soriginating"
        r"|\.|;|\n\s*\n|\Z)"
    ),
)


def extract_litigation(source: Source) -> Extract:
    """Facts of ``litigation_regulatory``: authority, matter, demand, penalty, interest, days, appeal, impact."""
    found = Extract()
    authority = next(_authorities(source), None)
    if authority is not None:
        match, name = authority
        found.put("authority", match.fact(name, 0.7))
        found.parties.append(_party(match, name))
    for pattern in _MATTER:
        if matter := source.search(pattern):
            found.put("matter", matter.text_fact("text", 0.6))
    found.put("penalty", source.money_after(_PENALTY, reach=50))
    found.put("interest", source.money_after(_INTEREST, reach=40, trigger="interest"))
    found.put("demand", _demand(source))
    received = source.search(_RECEIVED)
    found.put("received_at", received.date_fact("date") if received else source.today(_RECEIVED_TODAY))
    dated = source.search(_ORDER_DATE)
    found.put("order_date", dated.date_fact("date") if dated else None)
    if appeal := source.search(_APPEAL):
        found.put("appeal_intended", appeal.fact("yes"))
    if impact := source.search(_IMPACT):
        found.put("financial_impact", impact.text_fact("text", 0.7))
    return found


def _authorities(source: Source) -> Iterator[tuple[Found, str]]:
    """Who issued the order or notice: as the form names it, then whoever the text names first."""
    for match in chain(source.each(_LABEL, "authority"), _told(source), source.each(_SOLE)):
        name = _clean(match["name"] or match["other"])
        is_office = match.match.re in (_LABEL, _SOLE) or _OF_OFFICE.search(name)
        if (
            name
            and is_office
            and not _NO_AUTHORITY.search(name)
            and name.casefold() != source.issuer.casefold()
        ):
            yield match, name


def _told(source: Source) -> Iterator[Found]:
    """Authorities of running text, in the order in which it names them."""
    for page in source.ordered:
        yield from sorted(
            (Found(page, match) for pattern in (_FROM, _ACTS) for match in pattern.finditer(page.text)),
            key=lambda found: found.match.start("name"),
        )


def _clean(text: str) -> str:
    """An authority's name without the words of a letter before it, and of the sentence behind it."""
    name = _STOP.split(_AHEAD.sub("", text), maxsplit=1)[0]
    return name.rstrip(" ,–-.&")


def _demand(source: Source) -> Fact | None:
    is_partly = _DROPPED.search(source.lowered) is not None
    return source.money_after(_BALANCE if is_partly else _DEMAND, reach=12 if is_partly else 60)


def _party(match: Found, name: str) -> Party:
    kind = kind_of_name(name)
    kind = PartyKind.GOVERNMENT if kind in (PartyKind.PERSON, PartyKind.UNKNOWN) else kind
    return Party(name_as_written=name, kind=kind, role="regulator", evidence=(match.evidence(),))
