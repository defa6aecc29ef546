"""Bulk and block deals, and offers for sale through the exchange: who sells how many of the issuer's shares."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import PLAIN_NAME, party_of, put_person, trader_in
from backfin.enrichment.rules.quotes import Extract, percent, whole_number
from backfin.enrichment.rules.source import Source

_KIND = re.compile(r"(?i)\b(?P<kind>bulk|block) (?:deals?|transactions?|window)\b")
_OFFER_FOR_SALE = re.compile(r"(?i)\boffer for sale\b|\bOFS\b")
_TRADE = re.compile(
    r"(?i)\b(?P<act>bought|purchased|acquired|sold|disposed|sell|purchase|sale"
    r"|acquire)\b[^.\d]{0,40}?(?P<n>\d[\d,]{3,18})"
    r"\s(?:\([^)]{1,60}\)\s)?(?:[^.\d]{0,30})?shares"
)
_SELLS = ("sold", "disposed", "sell", "sale")
_APIECE = re.compile(
    r"(?i)\b(?:at|price of|@)\s(?:a price of\s|an average price of\s|about\s)?(?=(?:₹|rs|inr))"
)
_FLOOR = re.compile(r"(?i)\bfloor price\b[^.;\d₹]{0,60}?(?=(?:₹|rs|inr))")
_OF_EQUITY = re.compile(
    r"(?i)(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%\s?\)?\sof\s(?:the\s)?(?:[\w-]+[\s-]){0,8}(?:equity"
    r"|capital|shares)"
)
_VALUED = re.compile(r"(?i)\b(?:valued at|worth|for a (?:total )?(?:sum|consideration) of|aggregating)\s")
_DAY = re.compile(rf"(?i)\b(?:on|dated|data for|effected on|executed on)\s(?:\w+day,?\s)?(?P<date>{DATE})")
#: The other side of a deal.
_TO = re.compile(
    rf"\b(?i:(?:picked|snapped|taken) up by|bought by|purchased by|acquired by|sold to"
    rf"|sale to)\s(?P<name>{PLAIN_NAME})"
)
_OTHER_SOLD = re.compile(rf"(?P<name>{PLAIN_NAME})\s(?:has |have )?(?P<act>sold|bought|purchased)\s\d")


def extract_share_deal(source: Source) -> Extract:
    """Facts of ``deal``: bulk, block or offer for sale, client, side, quantity, price, value, share, day."""
    found = Extract()
    if kind := source.search(_KIND):
        found.put("deal_kind", kind.fact(kind["kind"].lower()))
    trade = source.search(_TRADE)
    side = "sell" if trade is not None and trade["act"].lower() in _SELLS else "buy"
    put_person(source, found, "client", "seller" if side == "sell" else "buyer")
    if trade is not None:
        found.put("side", trade.fact(side))
        found.put("quantity", trade.fact(whole_number(trade["n"])))
    elif offer := source.search(_OFFER_FOR_SALE):
        found.put("side", offer.fact("sell", 0.7))
    found.put("price", source.money_after(_APIECE, reach=12))
    found.put("price", source.money_after(_FLOOR, reach=6, trigger="floor price"))
    found.put("value", source.money_after(_VALUED, reach=40))
    share = source.only(_OF_EQUITY, "pct")
    found.put("pct", share.fact(percent(share["pct"])) if share else None)
    day = source.search(_DAY)
    found.put("date", day.date_fact("date") if day else None)
    _put_others(source, found, side)
    return found


def _put_others(source: Source, found: Extract, side: str) -> None:
    """Who else is named as buying or selling."""
    taken = {party.name_as_written.casefold() for party in found.parties}
    for pattern in (_TO, _OTHER_SOLD):
        for match in source.each(pattern):
            name = trader_in(match)
            act = match.match.groupdict().get("act") or ("bought" if side == "sell" else "taken")
            if name and name.casefold() not in taken:
                taken.add(name.casefold())
                found.parties.append(party_of(match, name, "seller" if act == "sold" else "buyer"))
