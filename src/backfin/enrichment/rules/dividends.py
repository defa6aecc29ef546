"""Dividends."""

from __future__ import annotations

import re

from backfin.enrichment.rules.amounts import money_in
from backfin.enrichment.rules.capital import record_date
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, percent
from backfin.enrichment.rules.source import Source
from backfin.models import Fact, Money

_PER_SHARE = re.compile(r"(?i)\bdividend\b[^.\n]{0,30}?(?:@|\bof\b|\bat\b|\bis\b|:)|\bdividend\b")
_EACH = re.compile(
    r"(?i)\s{0,3}(?:/-)?\s{0,3}(?:\([^)]{1,60}\)\s{0,3})?(?:per|for each|on each|for every|each)\b"
    r"|\s{0,3}/-?\s?per"
)
_KIND = re.compile(r"(?i)\b(?P<kind>interim|final|special)\s(?:and final |\w+ )?dividend")
_PCT = re.compile(r"(?i)\bdividend\b[^.\n]{0,80}?(?P<pct>\d{1,4}(?:\.\d+)?)\s?%")
_FACE = re.compile(r"(?i)face value(?: of)?\s")
_PAYMENT = re.compile(
    rf"(?i)(?:paid|payment|payable|dispatched|despatched|credited"
    rf"|receive\sthe)[^.]{{0,100}}?\b(?:on or (?:before"
    rf"|after)|on and from|on|by|from)\s[^.\d]{{0,20}}(?P<date>{DATE})"
)
_TOTAL = re.compile(
    r"(?i)(?:(?:total|aggregate) (?:dividend |cash )?(?:payout|dividend)|\b(?:total |cash )*(?:outgo"
    r"|outflow))"
)


def extract_dividend(source: Source) -> Extract:
    """Facts of ``dividend``: kind, per share, face value, percentage, record and payment date."""
    found = Extract()
    found.put("per_share", _per_share(source))
    if kind := source.search(_KIND, "dividend"):
        found.put("kind", kind.fact(kind["kind"].lower(), 0.9))
    if pct := source.search(_PCT, "dividend"):
        found.put("pct", pct.fact(_number(pct["pct"])))
    found.put("face_value", source.money_after(_FACE, reach=24, trigger="face value"))
    found.put("record_date", record_date(source))
    payment = source.search(_PAYMENT)
    found.put("payment_date", payment.date_fact("date") if payment else None)
    found.put("total_payout", source.money_after(_TOTAL, trigger="dividend"))
    return found


def _per_share(source: Source) -> Fact | None:
    """The first amount behind "dividend" that is said to be for one share."""
    for cue in source.each(_PER_SHARE, "dividend"):
        end = cue.match.end()
        fact = money_in(cue.page, cue.match.start(), end, end + 60)
        if fact is not None and _is_per_share(cue.page.text, end, fact):
            return fact
    return None


def _is_per_share(text: str, start: int, fact: Fact) -> bool:
    written = fact.value.as_written if isinstance(fact.value, Money) else ""
    at = text.find(written, start)
    return at >= 0 and _EACH.match(text, at + len(written)) is not None


def _number(text: str) -> float:
    return percent(text) or float(text)
