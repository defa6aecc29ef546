"""New capacity, plants and products, and what closes."""

from __future__ import annotations

import re
from decimal import Decimal

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, Found, derived
from backfin.enrichment.rules.source import Source
from backfin.models import Fact

_CAPEX = re.compile(
    r"(?i)(?:capex|capital expenditure|invest(?:ment|ing|ed)|project cost|outlay"
    r"|at (?:an? )?(?:total |estimated )*cost)(?: required)?(?: of| amount\w*)?"
)
_UNIT = (
    r"(?:mw(?:p|h|ac|dc)?|gw(?:p|h)?|k[wv]a?|mva|kilo ?watts?|mega ?watts?|mtpa|mmtpa|ktpa|tpa"
    r"|tpd|tph|mt(?:/annum| per (?:annum|month|day|year)|pm)?"
    r"|klpd|kld|kl(?: per (?:day|annum))?|mld|million (?:tonnes?|tons?|units|pieces|litres?"
    r"|sq\.? ?(?:ft|m)\w*)(?: per annum)?"
    r"|lakh (?:tonnes?|tons?|units|pieces|litres?|sq\.? ?(?:ft|m)\w*)(?: per annum)?"
    r"|(?:metric )?tonnes?(?: per (?:annum|day|month|year))?|tons?(?: per (?:annum|day))?"
    r"|km per annum|units(?: per (?:annum|month|year))?|pieces(?: per (?:annum|month))?|spindles"
    r"|looms|beds?|keys|rooms|teus?|sq\.? ?(?:ft|m)\w*|circuit km|ckm)"
)
_N = r"(?P<n>\d[\d,]*(?:\.\d+)?)[\s-]?(?:\([^)]{1,24}\)\s)?"
#: Words that say a capacity is new, before it or behind it.
_NEW = (
    r"(?:commission\w*|commercial (?:operations?|production)|\bcod\b|energi[sz]\w*|add(?:s|ed|ing"
    r"|ition\w*)?|increas\w+|expan\w+|enhanc\w+"
    r"|install\w*|set(?:ting)?[- ]up|new|greenfield|brownfield|proposed|operationali[sz]\w*"
    r"|synchroni[sz]\w*|charg(?:ed|ing)|augment\w*|launch\w*|capacity (?:of|by))"
)
_ADDED = (
    re.compile(
        rf"(?i)proposed capacity(?: addition)?[^\d\n]{{0,60}}(?:\n[^\d\n]{{0,30}})?{_N}(?P<unit>{_UNIT})\b"
    ),
    re.compile(
        rf"(?i)\b(?:adds?|added|adding|increased? by|expan\w+ by|enhanc\w+ by|additional|addition of"
        rf"|increase of|further)\s[^.\d\n]{{0,40}}?{_N}(?P<unit>{_UNIT})\b"
    ),
    re.compile(
        rf"(?i){_NEW}\b(?:[^.\n]|\.(?=\d)){{0,110}}?(?<![\d.,])(?<!to )(?<!reach )(?<!out of"
        rf" ){_N}(?P<unit>{_UNIT})\b"
    ),
    re.compile(
        rf"(?i)(?<![\d.,])(?<!from )(?<!to ){_N}(?P<unit>{_UNIT})\b[^.\n]{{0,60}}\b(?:commission\w*"
        rf"|commences?|commenced|capacity|plant|project|expansion)\b"
    ),
)
_FROM_TO = re.compile(
    rf"(?i)\bcapacity\b[^.\n]{{0,90}}?\bfrom\s(?P<before>\d[\d,]*"
    rf"(?:\.\d+)?)[^.\n\d]{{0,24}}?\bto\s{_N}(?P<unit>{_UNIT})\b"
)
_BEFORE = re.compile(
    rf"(?i)(?:existing (?:installed )?capacity[^\d\n]{{0,40}}(?:\n[^\d\n]{{0,20}})?"
    rf"|present capacity (?:of|is)\s|\bto the\s){_N}(?P<unit>{_UNIT})\b"
)
_USED = re.compile(
    r"(?i)(?:existing )?capacity utili[sz]ation[^\d%\n]{0,60}(?:\n[^\d%\n]{0,30})?(?P<pct>\d{1,3}"
    r"(?:\.\d+)?)\s?%"
)
_PLACE = (
    r"(?P<text>(?!Place\b|(?:[A-Z][\w-]*\s){0,2}Manufactur)[A-Z][\w-]{2,20}"
    r"(?:(?:,? (?:in |District |Dist\.? )?|-)[A-Z][\w-]{2,20}){0,5})"
)
_OPENED = (
    r"(?:stores?|boutiques?|showrooms?|branch(?:es)?|outlets?|cent(?:re|er)s?|multiplex|hotels?|restaurants?|hospitals?|mart"
    r"|office|clinic|warehouse|plant|facility)"
)
_TOWN = r"[A-Z][a-z]{2,20}(?:[ -][A-Z][a-z]{2,20}){0,2}"
_LOCATION = (
    re.compile(
        r"\b(?i:at|in)\s(?i:its |our |the |their )?(?P<text>(?!Company|New|Our|Its|The|Manufacturing"
        r"|Regulation|BSE|NSE|Stock|Block|Phase|Board|Line"
        r"|Plot)[A-Z][a-z]{2,20}(?:[ -][A-Z][\w-]{2,20}){0,3})(?:,? (?:[A-Z]\w+,? )?)?\s?(?i:plant"
        r"|unit|facility|factory|works|refinery|mine|smelter)\b"
    ),
    re.compile(
        rf"(?:(?i:located|situated|commercial production|commercial operations?|set up|facility"
        rf"|plants?|unit|factory|project|store|hospital|warehouse|works|hotel|shed|store|branch|mill"
        rf"|line|mine|quarry|terminal|depot|office)\s(?i:at|in|near))\s(?i:the |village |our "
        rf"|its )?{_PLACE}"
    ),
    re.compile(
        rf"\b(?i:open(?:ing|ed|s)|inaugurat\w+)\b[^.;\n]{{0,60}}?\b(?i:{_OPENED})\b(?:[^.;\n]{{0,50}}?\s)??"
        rf"(?i:at|in)\s(?P<text>(?!Place\b){_TOWN}(?:, {_TOWN})?)(?=[.,;'\"’”\n)]|\s*\Z|\stoday)"
    ),
    re.compile(
        r"\b(?:closure|closing|shut(?:ting)?[- ]down) of (?i:its |our "
        r"|the )?(?P<text>[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})?) (?i:plant|unit|factory|facility"
        r"|works)\b"
    ),
)
_COMPLETION = re.compile(
    rf"(?i)\b(?:w\.?e\.?f\.?|with effect from|commission\w*|commenc\w+|started|operational"
    rf"|production|closed?|clos(?:ure|ing)|shut|discontinu\w+|ceas\w+"
    rf"|operations?)\b[^.\d\n]{{0,60}}?"
    rf"(?:\bon\b|\bfrom\b|w\.?e\.?f\.?|with effect from|\bby\b|\beffective\b|\bsince\b|(?<=f\.)"
    rf"|(?<=wef)|(?<=effect from))\s?[^.\d\n]{{0,14}}(?P<date>{DATE})"
    rf"|\b(?:w\.?\s?e\.?\s?f\.?|with effect from)\s[^\d\n]{{0,14}}(?P<effective>{DATE})"
    rf"|(?:period within which[^\d]{{0,90}}|expected (?:date of )?(?:completion|commissioning"
    rf"|to be (?:completed|commissioned))[^\d\n]{{0,40}}|(?:to be|be) (?:completed"
    rf"|commissioned) by\s[^\d\n]{{0,10}})(?P<later>{DATE})"
)
_TODAY = re.compile(
    r"(?i)\b(?:commission\w*|commenc\w+|commercial production|started"
    r"|operational)\b[^.;]{0,60}\btoday\b|\btoday\b[^.;]{0,60}\b(?:commission\w*|commenc\w+"
    r"|started)\b"
)
_LABELS = {
    "funding": re.compile(r"(?i)mode of financing\s{0,3}[:–-]?\s{1,3}(?P<text>[A-Z][^\n]{4,120})"),
    "rationale": re.compile(
        r"(?im)^\W{0,4}(?:[a-z\d]{1,2}[).]\s)?rationale\s{0,3}[:–-]?\s{1,3}(?P<text>[A-Z][^\n]{6,150})"
    ),
}
_BECAUSE = re.compile(
    r"(?i)\b(?:on account of|due to|owing to|because of"
    r"|consequent (?:up)?on)\s(?:the\s)?(?P<text>[^.;,\n]{6,90})"
)
_PROJECT = (
    re.compile(
        r"(?i)\bcommercial (?:production|operations?)\sof\s(?:the |its "
        r"|our )?(?P<text>[A-Z\d][^.;\n]{5,110}?)(?=\s(?:from|with effect|w\.?e\.?f|on|by|today"
        r"|under)\b|[.;,\n]|\Z)"
    ),
    re.compile(
        r"(?i)\b(?:tonnes?|mt|tpa|mtpa|kl"
        r"|units)\s(?:per annum\s)?of\s(?P<text>[a-z][\w -]{5,60}?)(?=\s(?:a year|per|at|in|to"
        r"|from)\b|[.;,\n])"
    ),
    re.compile(
        r"(?i)\b(?:launch(?:es|ed)?|introduc(?:es|ed)|unveil(?:s"
        r"|ed)?)\b[^.;\n]{0,40}?[”\"’]?,\s(?:an? )(?P<text>[a-z][\w -]{5,60}?)(?=\s(?:in|for|with"
        r"|that|at)\b|[.;,\n])"
    ),
)


def extract_expansion(source: Source) -> Extract:
    """Facts of ``expansion_capex``: project, place, capacity before and added, outlay, days, reason."""
    found = Extract()
    found.put("capex", source.money_after(_CAPEX, reach=70))
    _put_capacity(source, found)
    if used := source.search(_USED, "utili"):
        found.put("utilisation", used.fact(_number(used["pct"])))
    for field, patterns in (("location", _LOCATION), ("project", _PROJECT)):
        match = next((match for pattern in patterns if (match := source.search(pattern))), None)
        found.put(field, match.text_fact("text", 0.65) if match else None)
    for field, label in _LABELS.items():
        if said := source.search(label):
            found.put(field, said.text_fact("text", 0.75))
    found.put("completion", _completion(source))
    if "closure" in source.title.lower() and (reason := source.search(_BECAUSE)):
        found.put("rationale", reason.text_fact("text", 0.65))
    return found


def _put_capacity(source: Source, found: Extract) -> None:
    if grown := source.search(_FROM_TO, "capacity"):
        found.put("capacity_before", grown.fact(_number(grown["before"])))
        more = Decimal(grown["n"].replace(",", "")) - Decimal(grown["before"].replace(",", ""))
        if more > 0:
            found.put("capacity_added", derived(float(more), grown.fact(None)))
        found.put("unit", grown.text_fact("unit", 0.7))
        return
    added = next((match for pattern in _ADDED if (match := source.search(pattern))), None)
    if added is None:
        return
    found.put("capacity_added", added.fact(_number(added["n"]), 0.65))
    found.put("unit", added.text_fact("unit", 0.7))
    before = source.search(_BEFORE)
    if before is not None and before["unit"].lower() == added["unit"].lower():
        found.put("capacity_before", before.fact(_number(before["n"]), 0.7))


def _completion(source: Source) -> Fact | None:
    done: Found | None = source.search(_COMPLETION)
    if done is None:
        return source.today(_TODAY)
    return done.date_fact(next(name for name in ("date", "effective", "later") if done.match[name]), 0.7)


def _number(text: str) -> float:
    return float(text.replace(",", ""))
