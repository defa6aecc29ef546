"""Takeover disclosures, insider trades, pledges and open offers."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import LINE, PERSON, PROPER, TITLE, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.ownership_forms import read_form_c, read_takeover_form
from backfin.enrichment.rules.source import Extract, Found, Source, money_in, percent, whole_number
from backfin.enrichment.rules.tables import grids_of
from backfin.models import Fact, PartyKind
from backfin.models.facts import Party

_REGULATION = re.compile(
    r"(?i)reg\w*\.?\s?(?P<reg>29\s?\([12]\)|10\s?\([567]\)|31\s?\([1245]\)|7\s?\([12]\))"
)
_NAMED = re.compile(
    rf"(?:(?i:name of (?:the )?(?:person|promoter|acquirer)) (?=(?i:{TITLE})\b)"
    rf"|(?i:name(?:\(s\))? of (?:the )?(?:acquirer|seller|person|promoter"
    rf"|promoters?\(s\)))[^\n:]{{0,90}}?[:\n](?:[^\n:]{{0,80}}(?<=[a-z/])\n)?"
    rf"|\b(?i:acquirer(?:\(s\))?)\s?:)\s{{0,3}}(?P<name>{LINE})"
)
_SELLER = re.compile(r"(?i)\(\s?sellers?\s?\)")
_RECEIVED_FOR = re.compile(
    rf"(?:(?i:regulations,? (?:2011|2015|1997))[^\n]{{0,30}}?) (?i:for|from|by) (?P<name>{PROPER})"
)
_SUBMITTED = re.compile(
    rf"(?m)^\W{{0,3}}(?P<name>{PROPER}) has [Ss]ubmitted to the Exchange a copy of [Dd]isclosure"
)
_ACQUIRED = re.compile(
    r"(?im)\b(?:acqui\w+|purchas\w+|bought|buy|sold|sale|dispos\w+"
    r"|inter[- ]se transfer)\b(?![^\d]{0,40}regulation)[^\d.;\n]{0,40}(?P<n>\d[\d,]{2,})(?:(?=\s*$)"
    r"|\s(?:\([^)]{1,60}\)\s)?(?:fully |paid[- ]up )*(?:equity )?shares)(?:[^.\n%]{0,80}?"
    r"(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%)?"
)
_SOLD = re.compile(r"(?i)\bsold\b|\bsale\b|\bdispos|\bseller\b|market sale|off-market sale")
_ROW = r"[^\d\n]{0,120}(?:\n[^\d\n]{0,80})?(?P<n>\d[\d,]{2,})\s{1,4}\(?(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%?"
_BEFORE = re.compile(
    rf"(?i)before the (?:acquisition|sale|acquisition/sale|transaction)[^\d]{{0,160}}(?:\ba\)"
    rf"|\(a\))?{_ROW}"
)
_AFTER = re.compile(
    rf"(?i)after the (?:acquisition|sale|acquisition/sale|transaction)[^\d]{{0,160}}(?:\ba\)"
    rf"|\(a\))?{_ROW}"
)
_DETAIL = re.compile(
    rf"(?i)details of (?:the )?(?:acquisition|sale|acquisition/sale)[^\d]{{0,160}}(?:\ba\)|\(a\))?{_ROW}"
)
_FROM_TO = re.compile(
    r"(?i)from\s(?P<pre>\d{1,3}(?:\.\d{1,6})?)\s?%[^.\n]{0,40}?\bto\s(?P<post>\d{1,3}(?:\.\d{1,6})?)\s?%"
)
_MODE = re.compile(
    r"(?i)\b(?P<mode>market purchase|market sale|open market|off[- ]market|inter[- ]se transfer"
    r"|preferential (?:allotment|issue)|rights issue|market (?:purchase|sale)|gift|encumbrance|esop"
    r"|block deal|bulk deal)\b"
)
_MODE_SAID = re.compile(
    r"(?i)(?:\bmode of (?:the )?(?:acquisition|sale|transaction|disposal)[^\n]{0,120}?(?:\n[^\n]{0,60}?)?|\bby (?:way of )?)"
    r"\b(?P<mode>market purchase|market sale|open market|off[- ]market|inter[- ]se transfer"
    r"|preferential (?:allotment|issue)|rights issue|gift|esop|block deal|bulk deal)\b"
)
_TRADED = re.compile(
    rf"(?i)date of (?:acquisition|sale|acquisition[^\n\d]{{0,60}}|transaction|allotment"
    rf"|receipt[^\n\d]{{0,60}})[^\d\n]{{0,80}}?(?:\n[^\d\n]{{0,40}})?(?P<date>{DATE})"
)
_TRADED_ON = re.compile(
    rf"(?i)\b(?:acqui\w+|purchas\w+|bought|sold|sale|dispos\w+|mopped)\b[^.;]{{0,140}}?\bon\s(?:\w+,\s)?(?P<date>{DATE})"
)
_INTIMATED = re.compile(
    rf"(?i)\b(?:intimation|disclosure)\b[^.\n]{{0,60}}?\breceived\b[^.\n]{{0,40}}?\bon\s(?P<date>{DATE})"
)
_ACTED = re.compile(
    rf"(?P<name>{PROPER})(?:,\s[^.;,]{{0,70}},?|\s\([^)]{{1,60}}\))?\s(?:has|have|had)\s(?:further\s)?(?i:acquired|purchased|bought|sold|disposed|mopped)\b"
)
_PLEDGED = re.compile(
    r"(?i)(?P<n>\d[\d,]{2,})\s?(?:\([^)]{1,60}\)\s?)?(?:fully "
    r"|paid[- ]up )*(?:equity )?shares[^.\d]{0,80}\b(?:pledge|encumb)"
)
_PLEDGED_BY = re.compile(rf"\b(?i:pledged by|pledge (?:created |released )?by)\s(?P<name>{PROPER})")
_FORM_QUANTITY = re.compile(
    r"(?i)(?:number|\bno\.?)\s(?:of shares )?(?:\w+ )?and % (?:of"
    r"|to) (?:the )?total share capital\s{0,3}(?P<n>\d[\d,]{2,})\s?\(?"
    r"(?P<pct>\d{1,3}(?:\.\d+)?)\s?%"
)
_FORM_EVENT = re.compile(r"(?i)type of event[^\n)]{0,60}\)?\s{0,3}(?P<event>creation|release|invocation)\b")
_FORM_WORDS = {"c": "create", "r": "release", "i": "invoke"}
_EVENT_DAY = re.compile(
    rf"(?i)date of (?:creation|release|invocation)\b[^\d\n]{{0,60}}(?:\n[^\d\n]{{0,20}})?(?P<date>{DATE})"
)
_ALREADY = re.compile(r"(?i)already encumbered[^%\n]{0,40}?(?P<pct>\d{1,3}(?:\.\d+)?)\s?%")
_POST_EVENT = re.compile(r"(?i)post event holding[^%\n]{0,60}?(?P<pct>\d{1,3}(?:\.\d+)?)\s?%")
_BOTH_ENDS = re.compile(
    r"\((?P<pre>\d{1,3}(?:\.\d{1,6})?)\s?%\)\s?/\s?\d[\d,]*\s?\((?P<post>\d{1,3}(?:\.\d{1,6})?)\s?%\)"
)
_PCT_OF_CAPITAL = re.compile(
    r"(?i)(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%\s?(?:\)\s?)?(?:of (?:the )?)?(?:\w+ ){0,5}(?:share|voting"
    r"|paid[- ]up|equity) ?(?:share )?capital"
)
_EVENTS = (
    ("invoke", re.compile(r"(?i)\binvo(?:ked?|cation)\b|exercised (?:its|their) rights? over")),
    ("release", re.compile(r"(?i)\breleased?\b|\brevo(?:ked?|cation)\b")),
    ("create", re.compile(r"(?i)\bcreat(?:ed?|ion)\b|\bpledged?\b")),
)
_LENDER = re.compile(
    rf"(?i:in favou?r of|(?m:^)lender\b|lender(?:'s name)?\s?:|pledgee\s?:|in whose favou?r (?:the )?shares "
    rf"(?:are )?encumbered)\s{{0,3}}(?i:the |m/s\.? )?(?P<name>{PROPER})"
)
_FORM_C = {
    "category": re.compile(
        rf"(?:(?im:^category)\s{{1,3}}|{PERSON},?\s{{1,3}})(?P<category>(?i:promoter group|promoter"
        rf"|designated person|director|kmp))\b"
    ),
    "security_type": re.compile(r"(?i)\b(?P<security_type>equity) shares?\b"),
}
_HOLDING = re.compile(r"\b\d[\d,]{2,}\s?\((?P<pct>\d{1,3}\.\d{1,6})\s?%\)")
_WITH_CATEGORY = re.compile(rf"(?P<name>{PERSON}),?\s{{1,3}}(?i:promoter|designated person|director|kmp)\b")
_VENUE = re.compile(
    r"(?i)(?:(?:trade was executed|exchange)[^\n:]{0,30}:\s?|\bmarket\s\()(?P<venue>bse|nse)\b"
)
_DAYS = re.compile(rf"(?i)(?P<first>{DATE})\s{{0,2}}(?:[–-]|to)\s{{0,2}}(?P<last>{DATE})")
_PRICE = re.compile(
    r"(?i)(?:offer price of|at (?:a |an )?(?:offer )?price of|(?:offer|floor|exit|indicative) price)"
)
_OFFER = re.compile(
    r"(?i)(?:acqui\w+|purchase|tender|offer)\b[^.%\d]{0,60}?\b(?:up\s?to|all(?:\sthe)?)\s(?P<n>\d[\d,]{3,})[^.%]{0,260}?(?P<pct>\d{1,3}"
    r"(?:\.\d{1,4})?)\s?%"
)
_BY = re.compile(rf"\b(?i:by)\s{{1,3}}(?P<name>{PROPER})")
_ACQUIRER = re.compile(
    rf"(?P<name>{PROPER})\s{{1,3}}\(\s?(?:(?i:hereinafter[^)\n]{{0,40}}))?(?i:the )?[“\"‘'](?i:acquirers?\b)"
)
_NO_BIDDER = re.compile(
    r"(?i)\b(?:promoter|sellers?|public|shareholders?|acquirers?|company secretary|sebi|regulation)\b"
)
_SIZE = re.compile(
    r"(?i)(?:total consideration|offer size|aggregat\w+ (?:consideration|amount)|maximum consideration)"
)


def extract_sast(source: Source) -> Extract:
    """Facts of ``sast_disclosure``: regulation, acquirer, side, quantity, holding before and after."""
    found = Extract()
    if regulation := source.search(_REGULATION):
        found.put("regulation", regulation.fact("".join(regulation["reg"].split())))
    for grid in grids_of(source):
        read_takeover_form(grid, found)
    side = "sell" if _SOLD.search(source.title) or _sells(source) else "buy"
    _put_person(source, found, "acquirer", "acquirer" if side == "buy" else "seller")
    _put_holding(source, found)
    if "quantity" in found.facts:
        place = found.facts["quantity"]
        found.put("side", place.model_copy(update={"value": side}))
    if mode := source.search(_MODE_SAID, "mode") or source.only(_MODE, "mode"):
        found.put("mode", mode.fact(mode["mode"].lower()))
    traded = source.search(_TRADED) or source.search(_TRADED_ON)
    found.put("trade_date_from", traded.date_fact("date") if traded else None)
    return found


def extract_insider(source: Source) -> Extract:
    """Facts of ``insider_trade``: person, side, quantity, value, holding before and after."""
    found = Extract()
    for grid in grids_of(source):
        read_form_c(grid, found)
    _put_person(source, found, "person", "promoter" if "promoter" in source.lowered else "designated_person")
    named = source.search(_WITH_CATEGORY)
    if named is not None and "person" not in found.facts:
        _put_name(found, "person", named, "designated_person")
    if trade := source.search(_ACQUIRED):
        sold = _SOLD.search(trade.match[0])
        found.put("side", trade.fact("sell" if sold else "buy"))
        found.put("quantity", trade.fact(whole_number(trade["n"])))
        end = trade.match.end()
        found.put("value", money_in(trade.page, trade.match.start(), end, end + 90))
    _put_percentages(source, found)
    _put_two_holdings(source, found)
    _put_form_c(source, found)
    return found


def _put_two_holdings(source: Source, found: Extract) -> None:
    """The holdings before and after, where the form states just two of them with their percentages."""
    stated = list(source.each(_HOLDING))
    if len(stated) == 2:
        for prefix, held in zip(("pre", "post"), stated, strict=True):
            found.put(f"{prefix}_pct", held.fact(percent(held["pct"]), 0.75))


def _put_form_c(source: Source, found: Extract) -> None:
    """What Form C states besides: category, security, mode, days, exchange."""
    for field, pattern in _FORM_C.items():
        if said := source.search(pattern):
            found.put(field, said.fact(" ".join(said[field].lower().split())))
    if mode := source.only(_MODE, "mode"):
        told, side = mode["mode"].lower(), found.facts.get("side")
        if told == "open market" and side is not None:
            told = "market sale" if side.value == "sell" else "market purchase"
        found.put("mode", mode.fact(told))
    if venue := source.only(_VENUE, "venue"):
        found.put("exchange", venue.fact(venue["venue"].upper()))
    if days := source.search(_DAYS):
        found.put("trade_date_from", days.date_fact("first"))
        found.put("trade_date_to", days.date_fact("last"))
    elif traded := source.search(_TRADED) or source.search(_TRADED_ON):
        found.put("trade_date_from", traded.date_fact("date"))
    if told := source.search(_INTIMATED, "received"):
        found.put("intimated_at", told.date_fact("date"))


def extract_encumbrance(source: Source) -> Extract:
    """Facts of ``encumbrance``: promoter, create, release or invoke, quantity, lender."""
    found = Extract()
    _put_person(source, found, "promoter", "promoter")
    pledged = source.search(_PLEDGED_BY)
    if "promoter" not in found.facts and pledged is not None and is_name(clean_name(pledged["name"])):
        _put_name(found, "promoter", pledged, "promoter")
    _put_event(source, found)
    day = source.search(_EVENT_DAY, "date of")
    found.put("date", day.date_fact("date") if day else None)
    for pattern in (_FORM_QUANTITY, _PLEDGED):
        if shares := source.search(pattern):
            found.put("quantity", shares.fact(whole_number(shares["n"])))
            break
    for field, pattern in (
        ("pct_of_capital", _FORM_QUANTITY),
        ("pct_of_capital", _PCT_OF_CAPITAL),
        ("total_encumbered_pct_before", _ALREADY),
        ("total_encumbered_pct_after", _POST_EVENT),
    ):
        share = source.only(pattern, "pct")
        found.put(field, share.fact(percent(share["pct"])) if share else None)
    lender = source.search(_LENDER)
    if lender is not None and is_name(clean_name(lender["name"])):
        _put_name(found, "lender", lender, "lender")
    return found


def _put_event(source: Source, found: Extract) -> None:
    """Create, release or invoke, unless the filing speaks of several and neither form nor title of one."""
    if form := source.search(_FORM_EVENT):
        found.put("event", form.fact(_FORM_WORDS[form["event"][0].lower()]))
        return
    for event, pattern in _EVENTS:
        if pattern.search(source.title) and (match := source.search(pattern)):
            found.put("event", match.fact(event))
            return
    told = {event: match for event, pattern in _EVENTS if (match := source.search(pattern))}
    if len(told) == 2 and told.get("create") and told["create"][0].lower() == "pledged":
        del told["create"]
    if len(told) == 1:
        event, match = next(iter(told.items()))
        found.put("event", match.fact(event))


def extract_open_offer(source: Source) -> Extract:
    """Facts of ``open_offer``: price, quantity, percentage, size, acquirers, target."""
    found = Extract()
    found.put("offer_price", source.money_after(_PRICE, reach=40, trigger="price"))
    if offer := source.search(_OFFER):
        found.put("offer_quantity", offer.fact(whole_number(offer["n"])))
        found.put("offer_pct", offer.fact(percent(offer["pct"])))
    found.put("offer_size", source.money_after(_SIZE, reach=60))
    named = (match for match in source.each(_ACQUIRER) if _is_bidder(match))
    acquirer = next(named, None) or _by_acquirer(source)
    if acquirer is not None:
        name = clean_name(acquirer["name"])
        found.put("acquirers", acquirer.fact([name], 0.7))
        found.parties.append(_party(acquirer, name, "acquirer"))
    return found


def _is_bidder(match: Found) -> bool:
    """Whether a name can be an acquirer's: a person or body, and not the public or the sellers."""
    name = clean_name(match["name"])
    return is_name(name) and kind_of_name(name) is not PartyKind.UNKNOWN and not _NO_BIDDER.search(name)


def _by_acquirer(source: Source) -> Found | None:
    for cue in source.each(_PRICE, "offer"):
        match = _BY.search(cue.page.text, cue.match.start(), cue.match.end() + 300)
        if match and _is_bidder(Found(cue.page, match)):
            return Found(cue.page, match)
    return None


def _sells(source: Source) -> bool:
    if source.search(_SELLER):
        return True
    trade = source.search(_ACQUIRED)
    return trade is not None and _SOLD.search(trade.match[0]) is not None


def _put_person(source: Source, found: Extract, field: str, role: str) -> None:
    if field in found.facts:
        return
    for pattern in (_NAMED, _RECEIVED_FOR, _SUBMITTED, _ACTED):
        for match in source.each(pattern):
            name = clean_name(match["name"])
            if is_name(name):
                _put_name(found, field, match, role)
                return


def _put_name(found: Extract, field: str, match: Found, role: str) -> None:
    name = clean_name(match["name"])
    found.put(field, match.fact(name, 0.75))
    found.parties.append(_party(match, name, role))


def _party(match: Found, name: str, role: str) -> Party:
    return Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(match.evidence(),))


def _put_holding(source: Source, found: Extract) -> None:
    if trade := source.search(_ACQUIRED):
        found.put("quantity", trade.fact(whole_number(trade["n"])))
        if trade.match["pct"]:
            found.put("pct", trade.fact(percent(trade["pct"])))
    before = source.search(_BEFORE)
    if before is not None:
        _put_row(found, "pre_", before)
        detail = _DETAIL.search(before.page.text, before.match.end())
        if detail is not None:
            _put_row(found, "", Found(before.page, detail))
    if after := source.search(_AFTER):
        _put_row(found, "post_", after)
    _put_percentages(source, found)


def _put_row(found: Extract, prefix: str, row: Found) -> None:
    found.put(f"{prefix}quantity", row.fact(whole_number(row["n"]), 0.75))
    found.put(f"{prefix}pct", row.fact(percent(row["pct"]), 0.75))


def _put_percentages(source: Source, found: Extract) -> None:
    """Both ends, where they stand side by side: "from 5.01 % to 7.20 %"."""
    if change := source.search(_FROM_TO) or source.search(_BOTH_ENDS):
        found.put("pre_pct", _pct(change, "pre"))
        found.put("post_pct", _pct(change, "post"))


def _pct(match: Found, group: str) -> Fact:
    return match.fact(percent(match[group]))
