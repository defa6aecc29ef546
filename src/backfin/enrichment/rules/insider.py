"""Trades of promoters, directors and other insiders: Form C, and letters that tell of them."""

from __future__ import annotations

import re

from backfin.enrichment.rules.amounts import is_each, money_in
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import BOUGHT, SOLD, put_name, put_person, side_told
from backfin.enrichment.rules.names import PERSON
from backfin.enrichment.rules.ownership_forms import read_form_c
from backfin.enrichment.rules.quotes import Extract, Found, percent, whole_number
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.tables import grids_of
from backfin.models.facts import Party

_N = r"(?P<n>\d[\d,]{2,18})"
_SHARES = (
    r"\s(?:nos\.?\s)?(?:\([^)]{1,60}\)\s?)?(?:nos\.?\s)?(?:fully "
    r"|paid[- ]up )*(?:of )?(?:equity )?(?:shares|warrants|securities)"
)
#: A trade with its number of shares, before or behind the word for it.
_TRADES = (
    re.compile(
        rf"(?im)\b(?P<act>{BOUGHT}|{SOLD}"
        rf"|inter[- ]se transfer)\b(?![^\d]{{0,40}}regulation)[^\d.;\n]{{0,50}}{_N}(?:(?=\s*$)"
        rf"|{_SHARES})"
    ),
    re.compile(
        rf"(?i)\b{_N}{_SHARES}\b(?:[^.;]{{0,120}}?\b(?:were|was|has been|have been|been"
        rf"|are))?\s(?P<act>{BOUGHT}|{SOLD})\b"
    ),
    re.compile(
        rf"(?i)(?:number|no\.?|nos\.?) of (?:shares|securities) (?P<act>{BOUGHT}"
        rf"|{SOLD})\s{{0,3}}[:–-]?\s{{0,3}}{_N}"
    ),
)
_SELLS = re.compile(rf"(?i)^(?:{SOLD})$")
_VALUE = re.compile(
    r"(?i)\b(?:for (?:an?|the)?\s?(?:total |aggregate )?(?:sum|consideration|value|amount)"
    r"|aggregating(?: to)?|valued at|worth|total value|value"
    r"|consideration)(?: of| amounting to)?\s{0,2}[:–-]?\s{0,2}(?=₹|rs\b|inr)"
)
_FROM_TO = re.compile(
    r"(?i)from\s(?P<pre>\d{1,3}(?:\.\d{1,6})?)\s?%[^.\n]{0,40}?\bto\s(?P<post>\d{1,3}(?:\.\d{1,6})?)\s?%"
)
_BOTH_ENDS = re.compile(
    r"\((?P<pre>\d{1,3}(?:\.\d{1,6})?)\s?%\)\s?/\s?\d[\d,]*\s?\((?P<post>\d{1,3}(?:\.\d{1,6})?)\s?%\)"
)
_MODE = re.compile(
    r"(?i)\b(?P<mode>market purchase|market sale|open market|secondary market|off[- ]market"
    r"|inter[- ]se transfer"
    r"|preferential (?:allotment|issue)|rights issue|gift|esop|block deal|bulk deal)\b"
)
_MODE_SAID = re.compile(
    r"(?i)\b(?:by (?:way of )?|through|via|in|from|mode[^\n]{0,40}[:\s])(?:an? "
    r"|the )?(?P<mode>market purchase|market sale|open market|secondary market|off[- ]market"
    r"|inter[- ]se transfer|gift|block deal|bulk deal)\b|\b(?P<title>open market"
    r"|off[- ]market) (?:purchase|sale|acquisition)"
)
_PLACES = ("open market", "secondary market")
_CATEGORY = re.compile(
    rf"(?:(?im:^category)\s{{1,3}}|{PERSON},?\s{{1,3}}|\b(?i:by|from|of)\s(?i:the |an? |our |its "
    rf"|one of (?:the|our|its) )?(?i:members? of (?:the )?)?"
    r"|(?i:belonging to|part of|member of|who is|being)\s(?i:the |an? |our )?|[,(]\s?(?i:an? |the "
    r"|our |one of (?:the|our) )?(?i:member of (?:the |our )?)?)"
    r"(?P<category>(?i:promoters?\s?(?:and|&|/)\s?promoter group|promoter group|promoter|designated (?:person"
    r"|employee)"
    r"|(?:(?:non[- ]executive|executive|independent|joint|deputy) )*director"
    r"|managing director|whole[- ]?time director|kmp|key managerial personnel|chief financial officer"
    r"|company secretary"
    r"|employee))(?i:s)?\b"
)
#: Someone whose trade counts as another's: neither promoter nor director themselves.
_RELATIVE = re.compile(
    r"(?i)\b(?P<category>immediate relatives?|relatives?|spouse|wife|husband)\sof\s(?:an?\s|the\s|our\s"
    r"|one of\s|m[rs]s?\.?\s"
    r"|shri\s|smt\.?\s|promoter|director|designated)"
)
#: The category that a seat or a plural stands for.
_CATEGORIES = {
    "managing director": "director",
    "whole time director": "director",
    "whole-time director": "director",
    "wholetime director": "director",
    "chief financial officer": "kmp",
    "company secretary": "kmp",
    "key managerial personnel": "kmp",
    "employee": "designated person",
    "designated employee": "designated person",
}
_EQUITY = re.compile(r"(?i)\b(?P<security>equity) shares?\b")
_HOLDING = re.compile(r"\b\d[\d,]{2,18}\s?\((?P<pct>\d{1,3}\.\d{1,6})\s?%\)")
_WITH_CATEGORY = re.compile(rf"(?P<name>{PERSON}),?\s{{1,3}}(?i:promoter|designated person|director|kmp)\b")
_VENUE = re.compile(
    r"(?i)(?:(?:trade was executed|exchange)[^\n:]{0,30}:\s?|\bmarket\s\()(?P<venue>bse|nse)\b"
)
_DAYS = re.compile(
    rf"(?i)(?P<first>{DATE})\s{{0,2}}(?:[–-]|to|and)\s{{0,2}}(?P<last>{DATE})(?:\s{{1,3}}(?P<told>{DATE}))?"
)
_TRADED = re.compile(
    rf"(?i)date of (?:acquisition|sale|acquisition[^\n\d]{{0,60}}|transaction|allotment|disposal|trade"
    rf"|receipt[^\n\d]{{0,60}})[^\d\n]{{0,80}}?(?:\n[^\d\n]{{0,40}})?(?P<date>{DATE})"
)
_TRADED_ON = re.compile(
    rf"(?i)\b(?:acqui\w+|purchas\w+|bought|sold|sale|dispos\w+"
    rf"|mopped)\b(?:[^.;]|\.(?=\d)|(?<=Rs)\.){{0,140}}?\bon\s(?:\w+,\s)?(?P<date>{DATE})"
    rf"|\bha(?:s|ve),?\son\s(?P<early>{DATE}),?[^.;]{{0,40}}\b(?:acqui\w+|purchas\w+|bought|sold|dispos\w+)\b"
)
_INTIMATED = re.compile(
    rf"(?i)\b(?:intimation|disclosure|form c)\b[^.\n]{{0,90}}?\b(?:received|submitted"
    rf"|dated)\b[^.\n]{{0,40}}?\b(?:on|dated)\s(?P<date>{DATE})"
)
_TOLD_TODAY = re.compile(r"(?i)\btoday received\b|\breceived\b[^.\n]{0,60}\btoday\b")


def extract_insider(source: Source) -> Extract:
    """Facts of ``insider_trade``: person, side, quantity, value, holding before and after."""
    found = Extract()
    for grid in grids_of(source):
        read_form_c(grid, found)
    put_person(source, found, "person", "promoter" if "promoter" in source.lowered else "designated_person")
    named = source.search(_WITH_CATEGORY)
    if named is not None and "person" not in found.facts:
        put_name(found, "person", named, "designated_person")
    _put_trade(source, found)
    if change := source.search(_FROM_TO) or source.search(_BOTH_ENDS):
        found.put("pre_pct", change.fact(percent(change["pre"])))
        found.put("post_pct", change.fact(percent(change["post"])))
    _put_two_holdings(source, found)
    _put_form_c(source, found)
    _put_days(source, found)
    found.parties = [party.model_copy(update={"role": _role(party, found)}) for party in found.parties]
    return found


#: Roles by the words of the form's category.
_ROLES = {
    "promoter group": "promoter_group",
    "promoter": "promoter",
    "director": "director",
    "kmp": "kmp",
    "immediate relative": "immediate_relative",
}


def _role(party: Party, found: Extract) -> str:
    """A trader's role by the category that the form gives the person."""
    person, category = found.facts.get("person"), found.facts.get("category")
    if person is None or category is None or person.value != party.name_as_written:
        return party.role
    return _ROLES.get(str(category.value), "designated_person")


def _put_trade(source: Source, found: Extract) -> None:
    trade = next((match for pattern in _TRADES if (match := source.search(pattern))), None)
    if trade is not None:
        found.put("side", trade.fact("sell" if _SELLS.search(trade["act"]) else "buy"))
        found.put("quantity", trade.fact(whole_number(trade["n"])))
        end = trade.match.end()
        near = money_in(trade.page, trade.match.start(), end, end + 90)
        if near is not None and not is_each(trade.page.text, end, near):
            found.put("value", near)
        found.put("value", source.money_after(_VALUE, reach=6, is_total=True))
    found.put("side", side_told(source))


def _put_two_holdings(source: Source, found: Extract) -> None:
    """The holdings before and after, where the form states just two of them with their percentages."""
    stated = list(source.each(_HOLDING))
    if len(stated) == 2:
        for prefix, held in zip(("pre", "post"), stated, strict=True):
            found.put(f"{prefix}_pct", held.fact(percent(held["pct"]), 0.75))


def _put_form_c(source: Source, found: Extract) -> None:
    """What Form C states besides: category, security, mode, exchange."""
    if relative := source.search(_RELATIVE, "of"):
        found.put("category", relative.fact("immediate relative"))
    elif said := source.search(_CATEGORY):
        category = said["category"].lower()
        if category.startswith("promoter") and category.endswith("group"):
            category = "promoter group"
        category = "director" if category.endswith("director") else category
        found.put("category", said.fact(_CATEGORIES.get(category, category)))
    if security := source.search(_EQUITY):
        found.put("security_type", security.fact("equity"))
    mode = source.only(_MODE, "mode") or source.search(_MODE_SAID)
    if mode is not None:
        found.put("mode", mode.fact(_mode(mode, found)))
    if venue := source.only(_VENUE, "venue"):
        found.put("exchange", venue.fact(venue["venue"].upper()))


def _mode(match: Found, found: Extract) -> str:
    """The form's word for how it was traded: buying and selling in the market have a word each."""
    groups = match.match.groupdict()
    told, side = (groups["mode"] or groups.get("title") or "").lower(), found.facts.get("side")
    if told in _PLACES and side is not None:
        return "market sale" if side.value == "sell" else "market purchase"
    return "open market" if told in _PLACES else told


def _put_days(source: Source, found: Extract) -> None:
    if days := source.search(_DAYS):
        found.put("trade_date_from", days.date_fact("first"))
        found.put("trade_date_to", days.date_fact("last"))
        if days.match["told"]:
            found.put("intimated_at", days.date_fact("told", 0.7))
    elif traded := source.search(_TRADED):
        found.put("trade_date_from", traded.date_fact("date"))
    elif traded := source.search(_TRADED_ON):
        found.put("trade_date_from", traded.date_fact("date" if traded.match["date"] else "early"))
    intimated = source.search(_INTIMATED)
    found.put("intimated_at", intimated.date_fact("date") if intimated else source.today(_TOLD_TODAY))
