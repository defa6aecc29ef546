"""Orders, contracts and letters of award."""

from __future__ import annotations

import re

from backfin.enrichment.rules.names import PROPER, clean_name, kind_of_name
from backfin.enrichment.rules.source import Extract, Found, Source, money_in, whole_number
from backfin.models import Fact, PartyKind
from backfin.models.facts import Party

_SIZE = re.compile(
    r"(?i)(?:consideration or size of (?:the )?(?:order|contract)[^:\n]{0,40}"
    r"|size of (?:the )?(?:order|contract)[^:\n]{0,30}"
    r"|(?:order|contract|project) (?:value|cost|price)|value of (?:the )?(?:order|contract|work)[^:\n]{0,20})"
)
_WORTH = re.compile(
    r"(?i)\b(?:worth|valu(?:ed|ing)|amount(?:ing|ed|s)?|aggregat\w+|total(?:l?ing"
    r"|s)?|for (?:an |a )?(?:total )?"
    r"(?:amount|consideration|value|sum)|consideration|(?:approx\w*\.? )?value)\b"
)
_ORDER = re.compile(r"(?i)\b(?:orders?|contracts?|letters? of|lo[ai]|project|work|tender|po)\b")
_AWARDING = re.compile(
    rf"(?i:name of (?:the )?(?:entity|client|customer|party)(?: awarding)?(?: the)?(?: orders?(?:\("
    rf"s\))?)?[^:\n]{{0,40}}?[:;\n]"
    rf"|awarding (?:entity|authority)\s?[:;]|customer(?: name)?\s?:)\s{{0,4}}(?P<name>{PROPER})"
)
_FROM = re.compile(
    rf"(?i:\b(?:orders?|contracts?|award|acceptance|intent|lo[ai]|empanelment"
    rf"|bidder(?: \(l-?1\))?|po)\b)(?:[^.;\n]|\n(?!\n)|\.(?=\d)){{0,160}}?"
    rf"(?i:\b(?:from|by|awarded by|placed by|issued by)\b)\s{{1,3}}(?i:the "
    rf"|m/s\.?\s?|our customer,? )?(?P<name>{PROPER})"
)
_DURATION = re.compile(
    r"(?i)(?:\b(?:within|period of|periods? (?:by which|for which)[^:\n]{0,60}[:;]?"
    r"|duration|tenure|completed in|executed (?:in|over)"
    r"|execution period|time period)\b)[^\d\n]{0,60}?(?P<n>\d{1,3})\s?(?:\([^)]{1,20}\)\s?)?(?P<un"
    r"it>months?|years?|weeks?)"
)
_ASKED = re.compile(
    r"(?i)whether[^:?\n]{0,90}(?:domestic|international)[^:?\n]{0,60}(?:\n[^:\n]{0,60})?[:?;\n]\s{"
    r"0,3}(?P<answer>domestic|international)"
)
_SAID = re.compile(
    r"(?i)\b(?P<answer>export|international|overseas|domestic) (?:purchase |work "
    r"|sale )?(?:order|contract|client|customer|entity)"
)
_NOT_CUSTOMER = re.compile(
    r"(?i)^(?:company|approx|rs\b|inr|sebi|bse|nse|regulation|board|exchange"
    r"|india$|order|normal|period|letter)"
)
_STAGES = (
    ("L1", re.compile(r"(?i)lowest bidder|\bl-?1\b")),
    ("LoA", re.compile(r"(?i)letters? of (?:award|acceptance)|\bloa\b|notif\w+ of award")),
    ("LoI", re.compile(r"(?i)letters? of intent|\bloi\b")),
    ("PO", re.compile(r"(?i)(?:purchase|work|supply|service) order|\bpo\b")),
)


def extract_order(source: Source) -> Extract:
    """Facts of ``order_win``: customer, value, duration, domestic or export, stage."""
    found = Extract()
    found.put("order_value", _order_value(source))
    customer = _customer(source)
    if customer is not None:
        name = clean_name(customer["name"])
        found.put("customer", customer.fact(name, 0.75))
        found.parties.append(_party(customer, name))
    found.put("duration_months", _duration(source))
    found.put("domestic_or_export", _reach(source))
    found.put("stage", _stage(source))
    return found


def _order_value(source: Source) -> Fact | None:
    asked = source.money_after(_SIZE, reach=220)
    if asked is not None:
        return asked
    for page in source.ordered:
        for cue in _WORTH.finditer(page.text):
            start = max(0, cue.start() - 160)
            if _ORDER.search(page.text, start, cue.end() + 60):
                fact = money_in(page, cue.start(), cue.end(), cue.end() + 80)
                if fact is not None:
                    return fact
    return _near_order(source)


def _near_order(source: Source) -> Fact | None:
    """An amount in the same breath as an order, where no cue stands before it."""
    for found in source.each(_ORDER):
        fact = money_in(found.page, found.match.start(), found.match.end(), found.match.end() + 120)
        if fact is not None:
            return fact
    return None


def _customer(source: Source) -> Found | None:
    for pattern in (_AWARDING, _FROM):
        for found in source.each(pattern):
            name = clean_name(found["name"])
            if len(name) > 2 and not _NOT_CUSTOMER.match(name) and not _is_issuer(source, name):
                return found
    return None


def _is_issuer(source: Source, name: str) -> bool:
    """Whether a name begins like the issuer's own: an award *by* the issuer names no customer."""
    return name.split()[0].casefold() == source.announcement.issuer_name.split()[0].casefold()


def _party(found: Found, name: str) -> Party:
    kind = kind_of_name(name)
    kind = PartyKind.COMPANY if kind is PartyKind.PERSON else kind
    return Party(name_as_written=name, kind=kind, role="customer", evidence=(found.evidence(),))


def _duration(source: Source) -> Fact | None:
    found = source.search(_DURATION)
    number = whole_number(found["n"]) if found else None
    if found is None or number is None:
        return None
    unit = found["unit"].lower()
    if unit.startswith("week"):
        return None
    return found.fact(number * 12 if unit.startswith("year") else number)


def _reach(source: Source) -> Fact | None:
    found = source.search(_ASKED) or source.search(_SAID)
    if found is None:
        return None
    return found.fact("domestic" if found["answer"].lower() == "domestic" else "export")


def _stage(source: Source) -> Fact | None:
    for stage, pattern in _STAGES:
        if found := source.search(pattern):
            return found.fact(stage)
    return None
