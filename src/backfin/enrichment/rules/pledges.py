"""Pledges and other charges on promoters' shares."""

from __future__ import annotations

import re

from backfin.enrichment.rules.amounts import money_in
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import PLAIN_NAME, party_of, put_name, put_person, trader_in
from backfin.enrichment.rules.names import PROPER, TITLE, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, percent, whole_number
from backfin.enrichment.rules.source import Source
from backfin.models import PartyKind

_PLEDGED = re.compile(
    r"(?i)(?P<n>\d[\d,]{2,18})\s?(?:\([^)]{1,60}\)\s?)?(?:fully "
    r"|paid[- ]up )*(?:equity )?shares[^.\d]{0,80}\b(?:pledge|encumb)"
)

_PLEDGED_BY = re.compile(
    rf"\b(?i:pledged by|pledge (?:created |released )?by)\s(?P<name>{PROPER})"
    rf"|(?P<told>(?:(?i:{TITLE})\.?\s)?{PLAIN_NAME}),?\s\(?(?i:an?\s|the\s|our\s|one of the\s)?(?i:promoters?\b)"
    rf"[^.;]{{0,40}}?\b(?:has|have)\s(?:created|pledged|released|encumbered)"
    rf"|\b(?i:shares (?:of|held by))\s(?i:the\s|our\s)?(?i:promoters?,?\s)?(?P<held>{PLAIN_NAME}),?\s(?i:promoter\b)"
    rf"|\b(?i:shares (?:of|held by))\s(?i:the\s|our\s)?(?i:promoters?),?\s(?P<bare>{PLAIN_NAME})"
    rf"|\b(?i:pledge|encumbrance)\b[^;]{{0,120}}?\b(?i:by)\s(?i:the |our "
    rf"|its )?(?i:promoters?,?\s)?(?P<by>{PLAIN_NAME})"
)

_PLEDGE_ON = re.compile(
    r"(?i)\bpledge\b\s(?:on|of|over)\s(?P<n>\d[\d,]{2,18})\s?(?:\([^)]{1,60}\)\s?)?(?:fully "
    r"|paid[- ]up )*(?:equity )?shares"
)

_FORM_QUANTITY = re.compile(
    r"(?i)(?:number|\bno\.?)\s(?:of shares )?(?:\w+ )?and % (?:of"
    r"|to) (?:the )?total share capital\s{0,3}(?P<n>\d[\d,]{2,18})\s?\(?"
    r"(?P<pct>\d{1,3}(?:\.\d+)?)\s?%"
)

_FORM_EVENT = re.compile(r"(?i)type of event[^\n)]{0,60}\)?\s{0,3}(?P<event>creation|release|invocation)\b")

_FORM_WORDS = {"c": "create", "r": "release", "i": "invoke"}

_EVENT_DAY = re.compile(
    rf"(?i)date of (?:creation|release|invocation)\b[^\d\n]{{0,60}}(?:\n[^\d\n]{{0,20}})?(?P<date>{DATE})"
)

_EVENT_ON = re.compile(
    rf"(?i)\b(?:has|have|was|were)\b[^.;]{{0,40}}?\bon\s(?P<date>{DATE})[^.;]{{0,40}}?\b(?:exercised|invoked"
    rf"|pledged|created|released)"
    rf"|\b(?:invoked|pledged|created|released)\b(?:[^.;]|\.(?=\d)){{0,180}}?\bon\s(?P<later>{DATE})"
)
_ALREADY = re.compile(r"(?i)already encumbered[^%\n]{0,40}?(?P<pct>\d{1,3}(?:\.\d+)?)\s?%")

_POST_EVENT = re.compile(r"(?i)post event holding[^%\n]{0,60}?(?P<pct>\d{1,3}(?:\.\d+)?)\s?%")

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


_PCT_OF_HOLDING = re.compile(
    r"(?i)(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%\s?\)?\sof\s(?:the\s|his\s|her\s|its\s"
    r"|their\s)?(?:total\s)?(?:promoters?\S{0,2}\s)?"
    r"(?:shares\s(?:\w+\s)?held|(?:share)?holding|shares\sof\sthe\spromoter)"
)
_PURPOSE = re.compile(
    r"(?im)^\s{0,3}reasons?(?: for (?:the )?(?:encumbrance|release|creation|invocation))?\s?[:–-]?\s"
    r"(?P<text>[A-Z][^\n]{4,140}(?:\n(?=[A-Z][a-z]+ (?:Private )?Limited$)[^\n]{3,80})?)"
)
_OF_PROMOTER = re.compile(r"(?i)\bpromoters?\b|\bcompany\b$")
#: Who takes the shares by a right that a pledge gives, or gives them back.
_INVOKES = re.compile(
    rf"(?P<name>{PROPER})\s(?:has|have)\s(?:invoked|released)\b|\b(?i:release|invocation|invoked|released)\b[^.;]{{0,160}}?,?\s"
    rf"(?i:by)\s(?P<by>{PROPER})"
)
_TRUSTEE = re.compile(
    rf"(?P<name>{PROPER.replace('{0,12}', '{0,5}')}\s(?:Trustees?|Trusteeship)\s(?:\w+\s)?(?:Limited|Ltd))"
)


def extract_encumbrance(source: Source) -> Extract:
    """Facts of ``encumbrance``: promoter, create, release or invoke, quantity, lender."""
    found = Extract()
    put_person(source, found, "promoter", "pledgor")
    named = ((match, name) for match in source.each(_PLEDGED_BY) if (name := trader_in(match)))
    if "promoter" not in found.facts and (pledged := next(named, None)) is not None:
        found.put("promoter", pledged[0].fact(pledged[1], 0.75))
        found.parties.append(party_of(*pledged, "pledgor"))
    _put_event(source, found)
    day = source.search(_EVENT_DAY, "date of") or source.search(_EVENT_ON)
    group = "later" if day and day.match.groupdict().get("later") else "date"
    found.put("date", day.date_fact(group) if day else None)
    for pattern in (_FORM_QUANTITY, _PLEDGED, _PLEDGE_ON):
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
    held = source.only(_PCT_OF_HOLDING, "pct")
    found.put("pct_of_holding", held.fact(percent(held["pct"])) if held else None)
    if purpose := source.search(_PURPOSE, "reason"):
        found.put("purpose", purpose.text_fact("text", 0.7))
        loan = purpose.match.start("text")
        found.put("loan_amount", money_in(purpose.page, loan, loan, purpose.match.end()))
    lender = source.search(_LENDER) or source.search(_TRUSTEE, "trustee")
    if lender is not None and is_name(clean_name(lender["name"])):
        put_name(found, "lender", lender, "pledgee")
    else:
        _put_taker(source, found)
    return found


def _put_taker(source: Source, found: Extract) -> None:
    """The lender who invokes or releases a pledge itself."""
    promoter = found.facts["promoter"].value if "promoter" in found.facts else ""
    for match in source.each(_INVOKES):
        name = clean_name(match["name"] or match["by"])
        if (
            is_name(name)
            and kind_of_name(name) is not PartyKind.PERSON
            and name != promoter
            and not _OF_PROMOTER.search(name)
        ):
            found.put("lender", match.fact(name, 0.7))
            found.parties.append(party_of(match, name, "pledgee"))
            return


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
