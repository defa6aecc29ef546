"""Takeover disclosures."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import put_handed_over, put_name, put_person, side_told
from backfin.enrichment.rules.names import PROPER, clean_name, is_name
from backfin.enrichment.rules.ownership_forms import read_takeover_form
from backfin.enrichment.rules.quotes import Extract, Found, percent, whole_number
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.tables import grids_of
from backfin.models import Fact

_REGULATION = re.compile(
    r"(?i)\b(?:reg\w*\.?|u/r)\s?(?P<reg>29\s?\([12]\)|10\s?\([567]\)|31\s?\([1245]\)|7\s?\([12]\))"
)
_SELLER = re.compile(r"(?i)\(\s?sellers?\s?\)")
_ACQUIRED = re.compile(
    r"(?im)\b(?:acqui\w+|purchas\w+|bought|buy|sold|sale|dispos\w+"
    r"|inter[- ]se transfer)\b(?![^\d]{0,40}(?:regulation|takeover))[^\d.;\n]{0,40}(?P<n>\d[\d,]{2,18})(?:(?=\s*$)"
    r"|\s(?:\([^)]{1,60}\)\s)?(?:fully |paid[- ]up )*(?:equity )?shares)(?:[^.\n%]{0,80}?"
    r"(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%)?"
)
#: What several purchases come to together, and what they make of the whole.
_AGGREGATE = re.compile(
    r"(?i)\baggregat\w+\sto\s(?P<n>\d[\d,]{2,18})\b[^.%]{0,300}?\bshares\b[^.%]{0,200}?(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%"
)
_DECLARES = re.compile(
    rf"(?P<name>{PROPER})\s(?i:is|being)\s(?i:the\s|an?\s)?(?i:promoters?\b|part of the promoter)"
)
_SOLD = re.compile(r"(?i)\bsold\b|\bsale\b|\bdispos|\bseller\b|market sale|off-market sale")
_ROW = r"[^\d]{0,280}(?P<n>\d[\d,]{2,18})\s{1,4}\(?(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%?"
_BEFORE = re.compile(rf"(?i)before the (?:acquisition/sale|acquisition|sale|transaction){_ROW}")
_AFTER = re.compile(rf"(?i)after the (?:acquisition/sale|acquisition|sale|transaction){_ROW}")
_DETAIL = re.compile(rf"(?i)details of (?:the )?(?:acquisition/sale|acquisition|sale){_ROW}")
_FROM_TO = re.compile(
    r"(?i)from\s(?P<pre>\d{1,3}(?:\.\d{1,6})?)\s?%[^.\n]{0,40}?\bto\s(?P<post>\d{1,3}(?:\.\d{1,6})?)\s?%"
)
_MODE = re.compile(
    r"(?i)\b(?P<mode>market purchase|market sale|open market|off[- ]market|inter[- ]se transfer"
    r"|preferential (?:allotment|issue)|rights issue|market (?:purchase|sale)|gift|esop"
    r"|block deal|bulk deal)\b"
)
_MODE_SAID = re.compile(
    r"(?i)(?:\bmode of (?:the )?(?:acquisition|sale|transaction|disposal)[^\n(]{0,60}(?:\(e\.?g[^)]{0,200}\))?"
    r"[^\n(]{0,80}?(?:\n[^\n(]{0,60}?)?|\bby (?:way of )?)\b(?P<mode>market purchase|market sale|open market"
    r"|off[- ]market|inter[- ]se transfer|preferential (?:allotment|issue)|rights issue|gift|esop|block deal"
    r"|bulk deal)\b"
)
_TRADED = re.compile(
    rf"(?i)date of (?:acquisition|sale|acquisition[^\n\d]{{0,60}}|transaction|allotment"
    rf"|receipt[^\n\d]{{0,60}})[^\d\n]{{0,80}}?(?:\n[^\d\n]{{0,40}})?(?P<date>{DATE})"
)
_TRADED_ON = re.compile(
    rf"(?i)\b(?:acqui\w+|purchas\w+|bought|sold|sale|dispos\w+"
    rf"|mopped)\b(?![^.;]{{0,40}}\btakeover)[^.;]{{0,140}}?(?<!\bas )(?<!\bended )\bon\s(?:\w+,\s)?(?P<date>{DATE})"
)
_BOTH_ENDS = re.compile(
    r"\((?P<pre>\d{1,3}(?:\.\d{1,6})?)\s?%\)\s?/\s?\d[\d,]*\s?\((?P<post>\d{1,3}(?:\.\d{1,6})?)\s?%\)"
)


def extract_sast(source: Source) -> Extract:
    """Facts of ``sast_disclosure``: regulation, acquirer, side, quantity, holding before and after."""
    found = Extract()
    if regulation := source.search(_REGULATION):
        found.put("regulation", regulation.fact("".join(regulation["reg"].split())))
    for grid in grids_of(source):
        read_takeover_form(grid, found)
    side = "sell" if _SOLD.search(source.title) or _sells(source) else "buy"
    if "acquirer" not in found.facts:
        put_handed_over(source, found)
    put_person(source, found, "acquirer", "acquirer" if side == "buy" else "seller")
    declares = (match for match in source.each(_DECLARES, "promoter") if is_name(clean_name(match["name"])))
    if "acquirer" not in found.facts and (promoter := next(declares, None)):
        put_name(found, "acquirer", promoter, "promoter")
    _put_holding(source, found)
    if "quantity" in found.facts:
        place = found.facts["quantity"]
        found.put("side", place.model_copy(update={"value": side}))
    found.put("side", side_told(source))
    if mode := source.search(_MODE_SAID, "mode") or source.only(_MODE, "mode"):
        found.put("mode", mode.fact(mode["mode"].lower()))
    traded = source.search(_TRADED) or source.search(_TRADED_ON)
    found.put("trade_date_from", traded.date_fact("date") if traded else None)
    return found


def _sells(source: Source) -> bool:
    if source.search(_SELLER):
        return True
    trade = source.search(_ACQUIRED)
    return trade is not None and _SOLD.search(trade.match[0]) is not None


def _put_holding(source: Source, found: Extract) -> None:
    for trade in filter(None, (source.search(_AGGREGATE, "aggregat"), source.search(_ACQUIRED))):
        if "quantity" not in found.facts and trade.match["pct"]:
            found.put("pct", trade.fact(percent(trade["pct"])))
        found.put("quantity", trade.fact(whole_number(trade["n"])))
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
