"""Allotments: who got how many securities at what price."""

from __future__ import annotations

import re

from backfin.enrichment.rules.allottees import rows_of_grid, rows_of_page, rupees_of, told
from backfin.enrichment.rules.amounts import money_in
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import PLAIN_NAME, party_of
from backfin.enrichment.rules.names import PERSON, clean_name, clean_person, is_name
from backfin.enrichment.rules.quotes import Extract, derived, whole_number
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.tables import grids_of
from backfin.models import Fact, Money, Party

_QUANTITY = re.compile(
    r"(?i)\ballot(?:ted|ment)\b[^.\n]{0,60}?(?:\n[^.\n]{0,60}?)?(?P<n>\d[\d,]{2,18})\s?"
    r"(?:\([^)]{1,90}\)\s?)?(?:fully |partly |convertible |bonus |share |paid[- ]up |paid "
    r"|new )*(?P<what>equity|warrants?"
    r"|ccps|compulsorily|preference|ncds?|non-convertible|debentures?|shares?|options?)"
)
_PRICE = re.compile(
    r"(?i)(?<!%\sof\s)(?<!%\sof\sthe\s)(?:issue|allotment|at (?:an? )?(?:issue )?)\s?price|\bat (?:a "
    r"|an )?(?:issue )?price of"
    r"|price per (?:share|warrant|security)|@|\bat\s(?=(?:₹|rs\.?|inr)\s?[\d,.]+(?:/-)?\s(?:each|per)\b)"
)
_TOTAL_MONEY = re.compile(
    r"(?i)\brais(?:es|ed|ing)\b|aggregat\w+(?: (?:up ?to|amount\w*))?"
    r"|total(?:l?ing)? (?:consideration|amount)|amounting"
    r"|for a consideration"
)
_PREMIUM = re.compile(r"(?i)\bpremium of\b")
_FLOOR = re.compile(r"(?i)\bfloor price\b")
_RELEVANT = re.compile(rf"(?i)\brelevant\sdate\b[^.]{{0,30}}?(?P<date>{DATE})")
_CASH = re.compile(r"(?i)\b(?:for|in) cash\b|\bcash consideration\b")
_ROUTE = (
    (
        "conversion",
        re.compile(
            r"(?i)\b(?:up)?on\s(?:the\s)?conversion of|pursuant to (?:the )?(?:conversion"
            r"|exercise) of (?:\w+\s){0,4}(?:warrants|ccps|ccds|loan)"
            r"|converted[^.]{0,60}\bwarrants"
        ),
    ),
    ("preferential", re.compile(r"(?i)preferential|private placement")),
    ("QIP", re.compile(r"(?i)qualified institution\w+ placement|\bqip\b")),
    ("rights", re.compile(r"(?i)rights issue|right issue")),
    ("ESOP", re.compile(r"(?i)\besops?\b|\besps\b|stock options?")),
    ("bonus", re.compile(r"(?i)bonus (?:equity )?shares?|bonus issue")),
    ("conversion", re.compile(r"(?i)conversion of|upon conversion")),
)
_CAPITAL = re.compile(
    r"(?i)paid[- ]up\s(?:equity\s)?(?:share\s)?capital\b[^.\d]{0,90}?(?:from\s(?P<old>(?:₹|rs"
    r"|inr)\.?\s?[\d,]+(?:\.\d+)?(?:/-)?)[^\d]{0,60}?)?"
    r"\bto\s(?P<new>(?:₹|rs|inr)\.?\s{0,2}[\d,]+(?:\.\d+)?)"
)
_RESOLVED = re.compile(rf"(?i)special\sresolution\b[^;]{{0,140}}?\bon\s(?P<date>{DATE})")
#: What was allotted, where no number of it is told.
_WHAT = re.compile(
    r"(?i)\b(?:allot\w*|conversion|issue"
    r"|listing) of (?:[\w,./-]+\s){0,8}?(?P<what>warrants\b(?!\s(?:in)?to\b)|equity shares|ccps"
    r"|ncds?"
    r"|compulsorily convertible preference|optionally convertible|non[- ]convertible debentures"
    r"|debentures|preference shares)"
)
#: Warrants that are allotted themselves, whatever they may be converted into.
_WARRANTS = re.compile(
    r"(?i)\ballot\w*\s(?:of\s)?(?:\d[\d,]*\s(?:\([^)]{1,60}\)\s)?)?(?:fully |convertible |share |equity )*"
    r"(?P<what>warrants?)\b"
)
#: Shares that come of warrants or notes.
OF_CONVERSION = re.compile(
    r"(?i)\bconversion of (?:\w+\s){0,3}warrants (?:and|&) allotment of (?:[\d,]+\s)?(?:\w+\s){0,2}equity"
    r"|\bequity shares\b(?:[^.;]|(?<=rs)\.){0,60}\b(?:upon|on|pursuant to|consequent to"
    r"|by) (?:the )?(?:conversion|exercise)"
)
_INTO_EQUITY = re.compile(r"(?i)\bconver\w+\b[^;]{0,160}?\binto\b[^.;]{0,60}\bequity shares")
_ALLOTTED = re.compile(
    r"(?i)(?P<n>\d[\d,]{3,18})\s(?:\([^)]{1,90}\)\s?)?(?:fully "
    r"|paid[- ]up )*(?:equity )?shares\b(?: of "
    r"(?:face value )?[^.;]{0,40})?[^;]{0,60}?\ballotted\b"
)
_TO_WHOM = re.compile(
    rf"(?i:\ballot\w*)\b[^;]{{0,420}}?\b(?i:to)\s(?i:m/s\.?\s)?(?P<name>{PERSON}"
    rf"|{PLAIN_NAME}(?:(?<=Limited)|(?<=Ltd)|(?<=LLP)|(?<=Fund)|(?<=Trust)|(?<=Bank)))"
)
_ALLOTTED_TODAY = re.compile(
    r"(?i)\btoday\b[^;]{0,140}\bconverted\b|\btoday\b[^.]{0,60}\b(?:allot|issued)|\b(?:allot"
    r"|issued)\w*[^.]{0,60}\btoday\b"
    r"|\bmeeting\b[^.]{0,40}\btoday\b"
)
_DATE = re.compile(
    rf"(?i)(?:allot\w+|meeting held)[^.\n]{{0,60}}?\b(?:on|dated|held on"
    rf"|today,? i\.?e\.?,?)\s[^.\d\n]{{0,30}}(?P<date>{DATE})"
)


def extract_allotment(source: Source) -> Extract:
    """Facts of ``allotment``, with one party per row of the allottees' table."""
    found = Extract()
    _put_quantity(source, found)
    found.put("issue_price", source.money_after(_PRICE, reach=60))
    found.put("issue_price", _only_price(source))
    found.put("total_consideration", source.money_after(_TOTAL_MONEY, reach=80, is_total=True))
    found.put("premium", source.money_after(_PREMIUM, reach=30, trigger="premium"))
    found.put("floor_price", source.money_after(_FLOOR, reach=60, trigger="floor price"))
    _put_words(source, found)
    _put_capital(source, found)
    _put_allottees(source, found)
    if _is(found, "route", "bonus"):
        for paid in ("issue_price", "premium", "total_consideration"):
            found.facts.pop(paid, None)
        return found
    _put_product(found)
    return found


#: Instrument by the first letter of the word for it.
_INSTRUMENTS = {"w": "warrant", "c": "CCPS", "n": "NCD", "d": "NCD", "o": "ESOP", "p": "CCPS"}


def _put_product(found: Extract) -> None:
    """What was paid in all, where the filing states quantity and price and no total."""
    quantity, price = found.facts.get("total_quantity"), found.facts.get("issue_price")
    count, rupees = quantity.value if quantity else None, rupees_of(price)
    if not isinstance(count, int) or rupees is None or _is(found, "route", "conversion"):
        return
    found.put("total_consideration", derived(Money(amount=count * rupees), quantity, price))


def _is(found: Extract, field: str, value: str) -> bool:
    return field in found.facts and found.facts[field].value == value


def _put_quantity(source: Source, found: Extract) -> None:
    if warrants := source.search(_WARRANTS, "warrant"):
        found.put("instrument", warrants.fact("warrant"))
    elif into := source.search(OF_CONVERSION, "equity") or source.search(_INTO_EQUITY, "equity"):
        found.put("instrument", into.fact("equity"))
    if match := source.search(_QUANTITY, "allot"):
        found.put("total_quantity", match.fact(whole_number(match["n"])))
        found.put("instrument", match.fact(_instrument(match["what"])))
    elif said := source.search(_WHAT):
        found.put("instrument", said.fact(_instrument(said["what"]), 0.7))
    if allotted := source.search(_ALLOTTED, "allotted"):
        found.put("total_quantity", allotted.fact(whole_number(allotted["n"]), 0.75))


def _instrument(word: str) -> str:
    return _INSTRUMENTS.get(word.lower()[0], "equity")


def _only_price(source: Source) -> Fact | None:
    """The price for one share, if the filing states one and no other."""
    prices = list(source.per_share())
    return prices[0] if len({rupees_of(price) for price in prices}) == 1 else None


def _put_words(source: Source, found: Extract) -> None:
    for route, pattern in _ROUTE:
        if match := source.search(pattern):
            found.put("route", match.fact(route))
            break
    if "route" in found.facts:
        _name_options(found, found.facts["route"])
    if cash := source.search(_CASH, "cash"):
        found.put("consideration_kind", cash.fact("cash"))
    relevant = source.search(_RELEVANT, "relevant date")
    found.put("relevant_date", relevant.date_fact("date") if relevant else None)
    dated = source.search(_DATE, "allot")
    found.put("allotment_date", dated.date_fact("date") if dated else None)


def _name_options(found: Extract, route: Fact) -> None:
    """Shares that employees get by exercising options are told as such."""
    if route.value == "ESOP" and "instrument" in found.facts:
        found.facts["instrument"] = route


def _put_capital(source: Source, found: Extract) -> None:
    """The paid-up capital before and after, and the day of the members' resolution."""
    moved = source.search(_CAPITAL, "capital")
    if moved is not None:
        page, (start, end) = moved.page, moved.match.span()
        if moved.match["old"]:
            found.put(
                "capital_before", money_in(page, start, moved.match.start("old"), moved.match.end("old"))
            )
        found.put("capital_after", money_in(page, start, end - len(moved.match["new"]), end))
    resolved = source.search(_RESOLVED, "special resolution")
    found.put("resolution_date", resolved.date_fact("date") if resolved else None)
    if "allotment_date" not in found.facts:
        found.put("allotment_date", source.today(_ALLOTTED_TODAY))


def _put_allottees(source: Source, found: Extract) -> None:
    stated = found.facts.get("issue_price")
    rows = _listed(source, stated)
    if not rows:
        _put_single_allottee(source, found)
        return
    found.parties.extend(rows)
    places = tuple(dict.fromkeys(place for party in rows for place in party.evidence))
    found.put("allottees", Fact(value=[told(party) for party in rows], evidence=places, confidence=0.8))
    total = sum(party.quantity or 0 for party in rows)
    if total:
        found.put("total_quantity", derived(total, found.facts["allottees"]))


def _put_single_allottee(source: Source, found: Extract) -> None:
    """The one body that a sentence says the securities went to."""
    if to := source.search(_TO_WHOM, "allot"):
        name = clean_name(to["name"])
        name = clean_person(name) if re.match(PERSON, name) else name
        if is_name(name) and name.casefold() != source.issuer.casefold():
            found.parties.append(party_of(to, name, "allottee"))


def _listed(source: Source, stated: Fact | None) -> list[Party]:
    """The rows of the tables; where no table is one of allottees, those of the text."""
    rows = [party for grid in grids_of(source) for party in rows_of_grid(grid, stated)]
    if rows:
        return rows
    pages = [page for page in source.document if "allot" in page.text.lower()]
    return [party for page in pages for party in rows_of_page(page, stated)]
