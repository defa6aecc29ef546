"""Orders, contracts and letters of award."""

from __future__ import annotations

import re
from itertools import islice

from backfin.enrichment.rules.amounts import money_in, table_scale
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import PROPER, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, Found, derived, whole_number
from backfin.enrichment.rules.source import Source
from backfin.models import Fact, Money, PartyKind, Scale
from backfin.models.facts import Party
from backfin.models.money_text import find_amounts

_SIZE = re.compile(
    r"(?i)(?:consideration or size of (?:the )?\s?(?:orders?|contracts?)|size of (?:the )?\s?(?:orders?"
    r"|contracts?))[^\d₹]{0,40}|(?:order|contract|project) (?:value|cost|price)"
    r"|value of (?:the )?(?:order|contract|work)[^:\n]{0,20}"
)
_WORTH = re.compile(
    r"(?i)\b(?:worth|valu(?:ed|ing)|amount(?:ing|ed|s)?|aggregat\w+|total(?:l?ing|s)?|for (?:an "
    r"|a )?(?:total )?(?:amount|consideration|value|sum)|consideration|(?:approx\w*\.? )?value)\b"
)
_TOTAL = re.compile(r"(?im)^\s{0,3}(?:grand )?total\b(?=\s{1,3}[\d,.]{1,20}\s*$)")
_ORDER = re.compile(r"(?i)\b(?:orders?|contracts?|letters? of|lo[ai]|project|work|tender|po)\b")
_AWARDING = re.compile(
    rf"(?i:name of (?:the )?(?:entity|client|customer|party)(?:\s+awarding)?(?:\s+the)?(?:\s+orders?"
    rf"(?:\(s\))?)?(?:\s?/\s?contracts?(?:\(s\))?)?|awarding (?:entity|authority)"
    rf"|customer(?: name)?)\s{{0,3}}[:;\n]\s{{0,4}}(?P<name>{PROPER})"
)
_FROM = re.compile(
    rf"(?i:\b(?:orders?|contracts?|award|acceptance|intent|lo[ai]|empanelment|bidder(?: \(l-?1\))?"
    rf"|po)\b)(?:[^.;\n]|\n(?!\n)|\.(?=\s?\d)|(?<=\b[Rr]s)\.|(?<=[IiEe][nx]cl)\.){{0,160}}?(?i:\b(?:from|by"
    rf"|awarded by|placed by"
    rf"|issued by)\b)\s{{1,3}}(?i:the |m/s\.?\s?|our customer,? )?(?P<name>{PROPER})"
)
_DURATION = re.compile(
    r"(?i)\b(?:within|period of|(?:time )?periods? (?:by|for) which[^\d:]{0,70}|duration|tenure"
    r"|completed in|executed (?:in|over)|recognised over|execution period"
    r"|time period)\b[^\d\n]{0,60}?\n?(?P<n>\d{1,3})\s?(?:\([^)]{1,20}\)\s?)?(?P<unit>months?|years?)"
)
_ASKED = re.compile(
    r"(?i)(?:domestic|international)\s?(?:/|or)\s?(?:international|domestic)(?:\s+(?:entity|order"
    r"|contract))?(?:\(s\))?[\s:;?-]{1,4}(?P<answer>domestic|international)\b(?!\s?(?:/|or))"
)
_SAID = re.compile(
    r"(?i)\b(?P<answer>export|international|overseas|domestic) (?:purchase |work |sale )?(?:order"
    r"|contract|client|customer|entity)"
)
_NO, _YES = r"(?:no\b|nil\b|not applicable|n\.?a\.?\b)", r"yes\b"
_PROMOTERS = r"promoters?(?: |/|\n)[^?]{0,140}?\binterest\b[^.\n?]{0,90}(?:\n[^.\n?]{0,90})?\??[\s:;–-]{1,4}"
_RELATED = r"related party transactions?\b[^.\n?]{0,90}(?:\n[^.\n?]{0,60})?\??[\s:;–-]{1,4}"
_ANSWERS = {
    "promoter_interest": (
        ("no", re.compile(rf"(?i){_PROMOTERS}{_NO}|none of the promoters?[^.]{{0,60}}interest")),
        ("yes", re.compile(rf"(?i){_PROMOTERS}{_YES}")),
    ),
    "related_party": (
        (
            "no",
            re.compile(
                rf"(?i){_RELATED}{_NO}|\b(?:not|no|nor)\b[^.;?]{{0,50}}\brelated part(?:y"
                rf"|ies)\b(?! transaction.{{0,40}}\byes)"
            ),
        ),
        ("yes", re.compile(rf"(?i){_RELATED}{_YES}")),
    ),
    "value_basis": (
        (
            "excl tax",
            re.compile(
                r"(?i)\b(?:excl\w*|exclusive|plus|net)\b\.?\s(?:of\s)?(?:all\s)?(?:applicable\s)?(?:gst"
                r"|tax(?:es)?)\b"
            ),
        ),
        (
            "incl tax",
            re.compile(
                r"(?i)\b(?:incl\w*|inclusive|with)\b\.?\s(?:of\s)?(?:all\s)?(?:applicable\s)?(?:gst"
                r"|tax(?:es)?)\b"
            ),
        ),
    ),
}
_END = re.compile(
    rf"(?i)\b(?:complet\w+|execut\w+|deliver\w*|suppl(?:y|ied))\b[^.;]{{0,70}}?\b(?:by|before|till"
    rf"|until|up\s?to)\s[^.\d]{{0,12}}(?P<date>{DATE})"
)
_REPEAT = re.compile(r"(?i)\brepeat (?:purchase |work |export )?order")
_CEILING = re.compile(r"(?i)\bup\s?to\b|\bnot exceeding\b|\bmaximum of\b")
#: Rupees below which no order is told to an exchange.
_SMALLEST = 10_000
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
    _put_answers(source, found)
    return found


def _put_answers(source: Source, found: Extract) -> None:
    """What the form asks beside customer and value."""
    for field, patterns in _ANSWERS.items():
        for answer, pattern in patterns:
            if field not in found.facts and (said := source.search(pattern)):
                found.put(field, said.fact(answer))
    if repeat := source.search(_REPEAT, "repeat"):
        found.put("is_repeat", repeat.fact("yes"))
    value = found.facts.get("order_value")
    if value is not None and _CEILING.search(value.evidence[0].quote):
        found.put("value_basis", value.model_copy(update={"value": "ceiling"}))
    end = source.search(_END)
    found.put("execution_end", end.date_fact("date") if end else None)


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
    return _table_total(source) or _near_order(source) or _before_order(source)


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
    for pattern in (_AWARDING, _FROM):
        for found in source.each(pattern):
            name = clean_name(found["name"])
            if is_name(name) and not _is_issuer(source, name):
                return found
    return None


def _is_issuer(source: Source, name: str) -> bool:
    """Whether a name begins like the issuer's own: an award *by* the issuer names no customer."""
    return name.casefold().split()[:1] == source.issuer.casefold().split()[:1]


def _party(found: Found, name: str) -> Party:
    kind = kind_of_name(name)
    kind = PartyKind.COMPANY if kind is PartyKind.PERSON else kind
    return Party(name_as_written=name, kind=kind, role="customer", evidence=(found.evidence(),))


def _duration(source: Source) -> Fact | None:
    found = source.search(_DURATION)
    number = whole_number(found["n"]) if found else None
    if found is None or number is None:
        return None
    if found["unit"].lower().startswith("month"):
        return found.fact(number)
    return derived(number * 12, found.fact(number))


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
