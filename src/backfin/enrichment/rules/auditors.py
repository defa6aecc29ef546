"""Auditors: firms that come and go, and those who signed the statements of results."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backfin.enrichment.rules.governance import EFFECT, REASON
from backfin.enrichment.rules.names import clean_name, is_name, is_of_issuer
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, PartyKind
from backfin.models.facts import Party

#: What the name of a firm of auditors ends in, and what stands behind one that ends otherwise.
_FIRM_ENDS = (
    r"(?:(?:LLP|&\s?Co\b\.?|and Co\b\.?|& Company|(?:& |and )?Associates|& Partners|& Sons)(?:\s?,?\s?LLP)?)"
)
_PRACTICE = (
    r"\s?,?\s{1,2}\(?(?:Chartered|Cost|Practi[cs]ing Company|Company)\s(?:Accountants?|Secretar(?:y|ies))"
)
_FIRM = re.compile(
    rf"(?:M/s\.?\s{{0,2}}|Messrs\.?\s)(?P<name>[A-Z][\w.,&' ]{{2,60}}?(?:{_FIRM_ENDS}|(?={_PRACTICE})))"
    rf"|(?:\b[Ff]or\s|[Aa]uditors?,?\s(?:of [\w ]{{3,30}},\s)?)(?P<other>[A-Z][\w.&' ]{{1,50}}?{_FIRM_ENDS})"
)
_MOST_FIRMS = 4
_AUDITOR_KIND = re.compile(
    r"(?i)\b(?P<kind>statutory|secretarial|internal|cost|tax)\s(?:branch )?auditors?\b"
)
_AUDITOR_ACTION = (
    ("resign", re.compile(r"(?i)\bresign\w*[^.\n]{0,80}auditor|auditor[^.\n]{0,80}\bresign")),
    ("reappoint", re.compile(r"(?i)\bre-?appoint\w*[^.]{0,160}auditor")),
    ("appoint", re.compile(r"(?i)\bappoint\w*[^.]{0,160}auditor|auditor[^.\n]{0,60}\bappoint")),
    ("remove", re.compile(r"(?i)\bremov\w+[^.\n]{0,80}auditor")),
)
_FRN = re.compile(
    r"(?i)(?:firm )?reg\w*\.?\s?(?:no|number)\.?[\s:'’.-]{0,4}(?P<frn>\d{6}[A-Z]/?\s?[A-Z]?\d{0,6})"
)


def firms(source: Source) -> list[tuple[Found, str]]:
    """Firms of auditors that the filing names, each once; in a letter those with "M/s." before others."""
    told: dict[str, tuple[Found, str]] = {}
    for firm in source.each(_FIRM):
        name = clean_name(firm["name"] or firm["other"])
        if is_name(name) and not is_of_issuer(name, source.issuer):
            told.setdefault(name.casefold(), (firm, name))
    return list(told.values())[:_MOST_FIRMS]


def named_auditors(source: Source, event_type: EventType, known: Iterable[Party]) -> list[Party]:
    """Who audits or reviews the statements of results, besides those already known."""
    has_auditor = "auditor" in source.lowered or "chartered accountants" in source.lowered
    if event_type is not EventType.FINANCIAL_RESULTS or not has_auditor:
        return []
    taken = {party.name_as_written.casefold() for party in known}
    return [_auditor(firm, name) for firm, name in firms(source) if name.casefold() not in taken]


def _auditor(firm: Found, name: str) -> Party:
    return Party(
        name_as_written=name, kind=PartyKind.PARTNERSHIP, role="auditor", evidence=(firm.evidence(),)
    )


def extract_auditor(source: Source) -> Extract:
    """Facts of ``auditor_change``: firm, kind, action, date, reasons."""
    found = Extract()
    for firm, name in firms(source):
        found.put("firm", firm.fact(name))
        found.parties.append(_auditor(firm, name))
    if kind := source.search(_AUDITOR_KIND, "auditor"):
        found.put("kind", kind.fact(kind["kind"].lower()))
    for action, pattern in _AUDITOR_ACTION:
        if match := source.search(pattern, "auditor"):
            found.put("action", match.fact(action))
            break
    if frn := source.search(_FRN):
        found.put("frn", frn.text_fact("frn"))
    effect = source.search(EFFECT)
    found.put("effective_date", effect.date_fact("date") if effect else None)
    if reason := source.search(REASON):
        found.put("reasons", reason.text_fact("reason", 0.7))
    return found
