"""Proposals to raise money, and actions on the shares themselves."""

from __future__ import annotations

import re

from backfin.enrichment.rules.allotments import OF_CONVERSION
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, derived, percent, whole_number
from backfin.enrichment.rules.source import Source
from backfin.models import Fact, Money

_MOST = re.compile(
    r"(?i)(?:not exceeding|up\s?to|aggregat\w+|amount(?:ing)?|rais\w+ (?:(?:of )?(?:funds?|capital)|(?=₹|rs\b|inr))"
    r"|maximum (?:amount|of)|issue size|total size)"
)
_QUANTITY = re.compile(
    r"(?i)(?:issue|offer|up\s?to)\b[^.\n]{0,40}?(?P<n>\d[\d,]{3,18})\s?(?:\([^)]{1,90}\)\s?)?(?:fully "
    r"|convertible |paid[- ]up |new )*(?:equity|warrants?|ccps|shares?)"
)
_PRICE = re.compile(r"(?i)(?:issue |floor |at (?:a |an )?)price of")
_ROUTES = (
    ("preferential", re.compile(r"(?i)preferential")),
    ("QIP", re.compile(r"(?i)qualified institution\w+ placement|\bqip\b")),
    ("rights", re.compile(r"(?i)rights? issue")),
    ("IPO", re.compile(r"(?i)red herring|initial public offer|\bipo\b")),
    ("private placement", re.compile(r"(?i)private placement")),
)
_INSTRUMENTS = (
    ("warrant", re.compile(r"(?i)\bwarrants?\b")),
    ("NCD", re.compile(r"(?i)non[- ]convertible debentures?|\bncds?\b")),
    ("CCPS", re.compile(r"(?i)convertible preference|\bccps\b")),
    ("equity", re.compile(r"(?i)equity shares?")),
)
_BONUS = re.compile(
    r"(?i)(?:\bratio of\s{0,3}|\bbonus\b[^.\n]{0,80}?)(?P<new>\d{1,3})\s?(?:\([^)]{1,20}\)\s?)?(?::|new"
    r"|fully|bonus|equity)[^.\n]{0,70}?\s?(?P<old>\d{1,3})\b"
)
_SPLIT = re.compile(
    r"(?is)(?:face|nominal|par)\svalue\s(?:of\s)?(?:₹|rs?e?\.?|inr)\s?(?P<old>\d{1,3})\b.{0,160}?"
    r"(?:\binto\b|\bto\b).{0,90}?(?:(?:face|nominal|par)\svalue\s)?(?:of\s)?(?:₹|\brs\.?|\bre\.?"
    r"|\binr)\s?(?P<new>\d{1,3})\b"
)
#: "1 equity share of Rs. 10 each into 10 equity shares of Re. 1 each".
_INTO = re.compile(
    r"(?i)\b(?P<old>\d{1,3})\s(?:\([^)]{1,20}\)\s)?(?:\w+[- ]){0,4}shares?\b[^.;]{0,10}\b(?:of"
    r"|having)\b[^;]{0,70}?\binto\s(?P<new>\d{1,3})\s"
    r"(?:\([^)]{1,20}\)\s)?(?:\w+[- ]){0,4}shares?\b"
)
_FORFEITED = re.compile(
    r"(?i)\bforfeit\w*\b[^.;\d]{0,30}(?P<n>\d[\d,]{1,18})\s?(?:\([^)]{1,90}\)\s?)?(?:partly "
    r"|fully |paid[- ]up )*(?:equity )?shares"
)
_BUYBACK_ROUTES = (
    ("tender offer", re.compile(r"(?i)\btender\s(?:offer|route)")),
    ("open market", re.compile(r"(?i)\bopen\smarket\b")),
)
_IN_WORDS = re.compile(
    r"(?i)(?:ratio|proportion) of\s(?P<new>one|two|three|four|five|ten)\b[^;]{0,110}?\bfor every\s"
    r"(?P<old>one|two|three|four|five|ten)\b"
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_KINDS = (
    ("buyback", re.compile(r"(?i)buy-?\s?back")),
    ("split", re.compile(r"(?i)sub-?\s?division|stock split|split of (?:equity )?shares")),
    ("bonus", re.compile(r"(?i)\bbonus\b")),
    ("consolidation", re.compile(r"(?i)consolidation of (?:equity )?shares")),
    ("rights", re.compile(r"(?i)rights? (?:issue|entitlement)")),
    ("reduction", re.compile(r"(?i)(?:capital reduction|reduction of (?:share )?capital)")),
)
_RECORD = re.compile(rf"(?i)\brecord date\b(?:[^.]){{0,120}}?(?P<date>{DATE})")
_RECORD_BEFORE = re.compile(rf"(?i)(?P<date>{DATE})[^.\n]{{0,60}}\b(?:as|is) (?:the )?[\"“']?record date")
_CORRECTED = re.compile(
    r"(?i)corrigend|\bto be read as\b|\binstead of\b|\bin place of\b|typographical|erroneous|inadvertent"
)
_READ_AS = re.compile(
    rf"(?i)\brecord\s+date\b[^;]{{0,240}}?\bread\s+as\s(?:under[:\s]{{1,3}})?[^.;\d]{{0,30}}(?P<date>{DATE})"
)
_BUYBACK_PRICE = re.compile(r"(?i)(?:buy-?\s?back|offer|at a) price(?: of)?")
_BUYBACK_SIZE = re.compile(
    r"(?i)(?:aggregat\w+(?: amount)?|buy-?\s?back size|total (?:amount|consideration)|not exceeding"
    r"|maximum amount[^.\d₹]{0,60})"
)
_SHARES = re.compile(
    r"(?i)(?P<n>\d[\d,]{3,18})\s?(?:\([^)]{1,90}\)\s?)?(?:fully |paid[- ]up |paid )*equity\sshares"
)
_ACCEPTANCE = re.compile(r"(?i)acceptance ratio[^.\n]{0,40}?(?P<pct>\d{1,3}(?:\.\d+)?)\s?%")


def extract_fund_raise(source: Source) -> Extract:
    """Facts of ``fund_raise``: route, instrument, greatest amount and quantity, price."""
    found = Extract()
    if into := source.search(OF_CONVERSION, "equity"):
        found.put("instrument", into.fact("equity"))
    for field, table in (("route", _ROUTES), ("instrument", _INSTRUMENTS)):
        for name, pattern in table:
            if match := source.search(pattern):
                found.put(field, match.fact(name))
                break
    found.put("max_amount", source.money_after(_MOST, reach=70, is_total=True))
    if match := source.search(_QUANTITY):
        found.put("max_quantity", match.fact(whole_number(match["n"]), 0.7))
    price = source.money_after(_PRICE, reach=40)
    if price is not None and isinstance(price.value, Money):
        found.put("price_or_formula", price.model_copy(update={"value": price.value.as_written}))
    return found


def extract_corporate_action(source: Source) -> Extract:
    """Facts of ``corporate_action``: kind, ratio, record date, price and size of a buyback."""
    found = Extract()
    for kind, pattern in _KINDS:
        if match := source.search(pattern):
            found.put("kind", match.fact(kind))
            _put_terms(source, found, kind)
            break
    if forfeited := source.search(_FORFEITED, "forfeit"):
        found.put("size_quantity", forfeited.fact(whole_number(forfeited["n"])))
    found.put("record_date", record_date(source))
    return found


def record_date(source: Source) -> Fact | None:
    """The record date, unless the filing corrects one: then which date holds is not for rules to say."""
    if _CORRECTED.search(source.title) or source.search(_READ_AS):
        corrected = source.search(_READ_AS, "record date")
        return corrected.date_fact("date") if corrected else None
    record = source.search(_RECORD_BEFORE, "record date") or source.search(_RECORD, "record date")
    return record.date_fact("date") if record else None


def _put_terms(source: Source, found: Extract, kind: str) -> None:
    if kind == "buyback":
        found.put("price", source.money_after(_BUYBACK_PRICE, reach=40))
        found.put("size_amount", source.money_after(_BUYBACK_SIZE, reach=60, is_total=True))
        if shares := source.search(_SHARES):
            found.put("size_quantity", shares.fact(whole_number(shares["n"])))
        for route, pattern in _BUYBACK_ROUTES:
            if said := source.search(pattern):
                found.put("route", said.fact(route))
        if ratio := source.search(_ACCEPTANCE):
            found.put("acceptance_ratio", ratio.fact(percent(ratio["pct"])))
        return
    if kind in ("split", "consolidation"):
        _put_face_values(source, found)
    elif match := source.search(_BONUS):
        found.put("ratio_new", match.fact(int(match["new"])))
        found.put("ratio_old", match.fact(int(match["old"])))
    elif words := source.search(_IN_WORDS, "for every"):
        found.put("ratio_new", derived(_WORDS[words["new"].lower()], words.fact(None)))
        found.put("ratio_old", derived(_WORDS[words["old"].lower()], words.fact(None)))


def _put_face_values(source: Source, found: Extract) -> None:
    """Shares after for shares before, as the filing counts them or the face values before and after tell."""
    if into := source.search(_INTO, "into"):
        found.put("ratio_new", into.fact(int(into["new"])))
        found.put("ratio_old", into.fact(int(into["old"])))
        return
    values = source.search(_SPLIT)
    before, after = (int(values["old"]), int(values["new"])) if values else (0, 0)
    if values is None or not before or not after or max(before, after) % min(before, after):
        return
    stated = values.fact(None)
    found.put("ratio_new", derived(max(1, before // after), stated))
    found.put("ratio_old", derived(max(1, after // before), stated))
