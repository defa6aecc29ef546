"""Orders, contracts and letters of award."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice

from backfin.enrichment.rules.amounts import money_in, table_scale
from backfin.enrichment.rules.names import PROPER, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.order_terms import put_terms
from backfin.enrichment.rules.places import country_in
from backfin.enrichment.rules.quotes import Extract, Found, derived, whole_number
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.tables import grids_of, is_figure
from backfin.models import Fact, Money, PartyKind, Scale
from backfin.models.facts import Party
from backfin.models.money_text import find_amounts

_SIZE = re.compile(
    r"(?i)(?:consideration or size of (?:the )?\s?(?:orders?|contracts?)|size of (?:the )?\s?(?:orders?"
    r"|contracts?))[^\d₹]{0,40}|(?:order|contract|project) (?:value|cost|price)"
    r"|value of (?:the )?(?:said |above |proposed )?(?:order|contract|work|scope|project|lo[ai]"
    r"|po)\b[^:\n]{0,20}"
)
_WORTH = re.compile(
    r"(?i)\b(?:worth|valu(?:ed|ing)|amount(?:ing|ed|s)?|aggregat\w+|total(?:l?ing|s)?|for (?:an "
    r"|a )?(?:total )?(?:amount|consideration|value|sum)|consideration|(?:approx\w*\.? )?value)\b"
)
#: Rupees without their sign, told by the Indian grouping behind a word of value.
_BARE = re.compile(
    r"(?i)\b(?:worth|amounting to|amount of|valued at|value of"
    r"|aggregating(?: to)?)\s(?P<n>\d{1,3}(?:,\d\d)+,\d{3}(?:\.\d{1,2})?)"
    r"(?:/-)?(?!\d|\s?(?:%|nos|numbers|shares|units|tonnes|mt\b))"
)
_TOTAL = re.compile(r"(?im)^\s{0,3}(?:grand )?total\b(?=\s{1,3}[\d,.]{1,20}\s*$)")
_ORDER = re.compile(r"(?i)\b(?:orders?|contracts?|letters? of|lo[ai]|project|work|tender|po)\b")
_AWARDING = re.compile(
    rf"(?i:name of (?:the )?(?:entity|client|customer|party|authority"
    rf"|company)(?:\s+which)?(?:\s+(?:has\s+)?(?:awarding"
    rf"|awarded|placing|placed|issuing|issued))?(?:\s+(?:of\s+)?(?:the)?)?(?:\s*(?:orders?"
    rf"|contracts?|work)(?:\(s\))?)?"
    rf"(?:\s?/\s?contracts?(?:\(s\))?)?|awarding (?:entity|authority)|customer(?: name)?)"
    rf"(?:\s{{0,3}}[:;\n]\s{{0,4}}|(?<=[()s/order][)st])\s{{1,3}})(?i:the |m/s\.?\s?)?(?P<name>{PROPER})"
)
#: What lies between the word for an order and who gave it: no end of a sentence.
_BETWEEN = r"(?:[^.;\n]|\n(?!\s*\n)|\.(?!\s+[A-Z])|(?<=\b[Rr]s)\.|(?<=[IiEe][nx]cl)\.)"
_FROM = re.compile(
    rf"(?i:\b(?:orders?|contracts?|award|acceptance|intent|lo[ai]|noa|l?ntp|proceed|offer|empanelment"
    rf"|bidder(?: \(l-?1\))?|po|work|tender|project)\b){_BETWEEN}{{0,160}}?(?i:\b(?:from|by"
    rf"|awarded by|placed by"
    rf"|issued by)\b)\s{{1,3}}(?i:the office of |the |m/s\.?\s?|our customer,? )?[“\"'‘]?(?P<name>{PROPER})"
)
_WITH = re.compile(
    rf"(?i:\b(?:contracts?|agreements?|orders?"
    rf"|partnership)\b){_BETWEEN}{{0,60}}?(?i:\bwith)\s(?i:the |m/s\.?\s?)?(?P<name>{PROPER})"
)
#: The other one of a contract: "Construction Contract between Aa Limited and Bb Limited".
_BETWEEN_TWO = re.compile(
    rf"(?i:\b(?:contracts?|agreements?)\b)[^.;\n]{{0,40}}?(?i:\bbetween)\s[A-Z][^.;\n]{{3,80}}?\s(?i:and)\s(?i:m/s\.?\s)?"
    rf"(?P<name>{PROPER})"
)
#: Who ordered from a subsidiary, or from abroad: "by Aa Limited, a subsidiary of the Company, from Bb Limited".
_BEHIND = tuple(
    re.compile(rf"{words}\s(?P<name>{PROPER})")
    for words in (
        r"(?i:\bsubsidiary\b[^.;\n]{0,60}?,\sfrom(?:\sthe|\sm/s\.?)?)",
        r"(?i:\bfrom\b[^.;\n]{0,30}?\bpsu\s?[-–,])",
        r"(?i:\bfrom\b[^.;\n]{0,30}\bbased\s(?:\w+\s){0,3}?(?:namely,?\s|viz\.?,?\s)?m/s\.?)",
    )
)
_TENDER = re.compile(
    rf"(?i:\b(?:tender|bids?|auction)\b(?:\sno\.?\s\S{{1,30}})?\s(?:floated\s|invited\s|issued\s"
    rf"|conducted\s)?(?:of|by))\s(?i:the |m/s\.?\s?)?(?P<name>{PROPER})"
)
#: A customer that does something: "NTPC Limited, vide its letter, has awarded".
_ACTS = re.compile(
    rf"(?P<name>{PROPER})(?:,[^.;]{{0,90}}?)?\s(?:has|have)\b[^.;]{{0,110}}?"
    r"\b(?:awarded|entrusted|placed|issued|ordered|selected|chosen|nominated)\b"
)
_PLACE = re.compile(r"(?i)^(?:usa|singapore|north america|[a-z ]{3,20}[- ]based)$")
_BASED = re.compile(r"\s?-?\s?based\b|\s(?:region|markets?)\b")
#: Behind the name of who got the order: "Letter of Acceptance by Aa Limited, wholly owned subsidiary".
_RECEIVER = re.compile(
    r"(?i)\s?,?\s?\(?(?:an?\s|the\s|our\s|its\s)?(?:\d{2,3}\s?%\s)?"
    r"(?:wholly|material|step[- ]down|subsidiary|associate)\b"
)
_NOBODY = re.compile(
    r"(?i)^(?:wholly|material step|step[- ]down|subsidiary|(?:central )?psus?$|(?:leading )?(?:public|private) sector"
    r"|appellate|gst\b|vat\b|tax(?:es)?\b)|\bdeemed$"
)
_CUT = re.compile(r"\s?(?:\.{3,}|…)")
_WHOLE = re.compile(r"(?i)(?:limited|ltd\.?|llp|inc\.?|llc|gmbh|corporation|company|railways?|\))$")
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_N = rf"(?P<n>\d{{1,3}}|\b(?:{'|'.join(_COUNTS)})\b)"
_DURATION = re.compile(
    r"(?i)\b(?:within|period of|(?:time )?periods? (?:by|for) which[^\d:]{0,70}|duration|tenure"
    r"|completed in|executed (?:in|over)|recognised over|execution period|spread over"
    r"|over (?:a period of |the next )?"
    rf"|time period)\b[^\d\n]{{0,60}}?\n?{_N}\s?(?:\([^)]{{1,20}}\)\s?)?(?P<unit>months?|years?)\b"
    r"(?! (?:old|ago|partnership|warranty|experience))"
)
_LASTING = re.compile(
    rf"(?i){_N}[- ](?P<unit>year|month)s?[- ](?:long[- ])?(?:\w+ )?(?:contract|agreement"
    rf"|engagement|order|deal|partnership|project)\b"
)
#: Rupees below which no order is told to an exchange.
_SMALLEST = 10_000
_CUSTOMER_HEAD = re.compile(r"(?i)\b(?:customer|client|name of (?:the )?(?:party|entity|customer|client))\b")
_VALUE_HEAD = re.compile(r"(?i)\b(?:value|amount|size|consideration|price)\b")
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
    found.parties.extend(_customers_in(source, found.parties))
    found.put("duration_months", _duration(source))
    found.put("stage", _stage(source))
    is_told = customer is not None and customer.match.re not in _BEHIND
    put_terms(source, found, customer if is_told else _origin(source) or customer)
    return found


def _order_value(source: Source) -> Fact | None:
    """The value of the order, unless it is too small to be one: then its word of size was not read."""
    stated = _stated_value(source)
    return stated if stated is not None and _is_credible(stated) else None


def _is_credible(fact: Fact) -> bool:
    money = fact.value
    if not isinstance(money, Money) or money.currency != "INR" or money.scale is not Scale.UNIT:
        return True
    return money.amount >= _SMALLEST


def _stated_value(source: Source) -> Fact | None:
    asked = source.money_after(_SIZE, reach=220)
    if asked is not None:
        return asked
    for page in source.ordered:
        for cue in islice(_WORTH.finditer(page.text), 300):
            start = max(0, cue.start() - 160)
            if _ORDER.search(page.text, start, cue.end() + 60):
                fact = money_in(page, cue.start(), cue.end(), cue.end() + 80)
                if fact is not None:
                    return fact
    return _table_total(source) or _near_order(source) or _before_order(source) or _bare_value(source)


def _bare_value(source: Source) -> Fact | None:
    found = source.search(_BARE)
    if found is None:
        return None
    return found.fact(Money(amount=Decimal(found["n"].replace(",", "")), as_written=found["n"]), 0.6)


def _table_total(source: Source) -> Fact | None:
    """The one number of a table's last line, under the scale that the table states."""
    for found in source.each(_TOTAL, "total"):
        scale = table_scale(found.page.text)
        if scale is not None:
            return money_in(found.page, *found.match.span(), found.match.end() + 20, scale)
    return None


def _near_order(source: Source) -> Fact | None:
    """An amount in the same breath as an order, where no cue stands before it."""
    for found in islice(source.each(_ORDER), 300):
        fact = money_in(found.page, found.match.start(), found.match.end(), found.match.end() + 120)
        if fact is not None:
            return fact
    return None


def _before_order(source: Source) -> Fact | None:
    """An amount right before an order, as in "wins Rs. 639 crore mega order", or the only amount of a page."""
    for found in islice(source.each(_ORDER), 300):
        start = max(0, found.match.start() - 60)
        amounts = find_amounts(found.page.text[start : found.match.end()])
        if amounts and not re.search(
            r"[.;\n]\s", found.page.text[start + amounts[-1].end : found.match.start()]
        ):
            at = start + amounts[-1].start
            return money_in(found.page, at, at, found.match.start())
    return None


def _customer(source: Source) -> Found | None:
    for pattern in (_AWARDING, _FROM, *_BEHIND, _TENDER, _ACTS, _WITH, _BETWEEN_TWO):
        for found in source.each(pattern):
            name = clean_name(found["name"])
            is_place = _BASED.match(found.page.text, found.match.end("name")) or "-based" in name.casefold()
            if is_place or _is_cut(found, name) or _RECEIVER.match(found.page.text, found.match.end("name")):
                continue
            if is_name(name) and not _is_nobody(name) and not _is_issuer(source, name):
                return found
    return None


def _is_nobody(name: str) -> bool:
    """Whether a name is that of a country, or says what somebody is and not who."""
    return _NOBODY.search(name) is not None or _is_country(name)


def _is_country(name: str) -> bool:
    return country_in(name).casefold() == name.casefold()


def _is_cut(found: Found, name: str) -> bool:
    """Whether the exchange cut its text within a name: "order from Maharashtra ....", with no legal form at its end."""
    return bool(_CUT.match(found.page.text, found.match.end("name"))) and not _WHOLE.search(name)


def _origin(source: Source) -> Found | None:
    """Where an order comes from, when a place is named in the stead of a customer."""
    named = ((found, clean_name(found["name"])) for found in source.each(_FROM))
    return next((found for found, name in named if _PLACE.search(name) or _is_country(name)), None)


def _customers_in(source: Source, known: Iterable[Party]) -> Iterator[Party]:
    """Customers that a table of orders lists, besides those already known."""
    taken = {"total", "grand total", *(party.name_as_written.casefold() for party in known)}
    for grid in grids_of(source):
        at = grid.column(_CUSTOMER_HEAD)
        if at is None or grid.column(_VALUE_HEAD) is None:
            continue
        for row in grid.rows:
            name = clean_name(row[at]) if at < len(row) else ""
            if is_name(name) and not is_figure(name) and name.casefold() not in taken:
                taken.add(name.casefold())
                place = grid.quotes(row, row[at])
                yield Party(name_as_written=name, kind=_kind(name), role="customer", evidence=place)


def _is_issuer(source: Source, name: str) -> bool:
    """Whether a name begins like the issuer's own: an award *by* the issuer names no customer."""
    own, first = name.casefold().split(), source.issuer.casefold().split()[:1]
    is_short = (
        len(own) == 1 and name.isupper() and first and len(first[0]) > 3 and own[0].startswith(first[0])
    )
    return own[:1] == first or bool(is_short)


def _party(found: Found, name: str) -> Party:
    return Party(name_as_written=name, kind=_kind(name), role="customer", evidence=(found.evidence(),))


def _kind(name: str) -> PartyKind:
    kind = kind_of_name(name)
    return PartyKind.COMPANY if kind is PartyKind.PERSON else kind


def _duration(source: Source) -> Fact | None:
    found = source.search(_DURATION) or source.search(_LASTING)
    if found is None:
        return None
    word, is_months = found["n"].lower(), found["unit"].lower().startswith("month")
    if word in _COUNTS:
        return derived((_COUNTS.index(word) + 1) * (1 if is_months else 12), found.fact(None))
    number = whole_number(word)
    if number is None:
        return None
    return found.fact(number) if is_months else derived(number * 12, found.fact(number))


def _stage(source: Source) -> Fact | None:
    for stage, pattern in _STAGES:
        if found := source.search(pattern):
            return found.fact(stage)
    return None
