"""Open offers and delisting offers."""

from __future__ import annotations

import re
from decimal import Decimal

from backfin.enrichment.arithmetic import Outcome, number_of, verdict_on
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import party_of
from backfin.enrichment.rules.letter import as_written
from backfin.enrichment.rules.names import PROPER, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, Found, percent, whole_number
from backfin.enrichment.rules.source import Source
from backfin.models import Money, PartyKind

_PRICE = re.compile(
    r"(?i)(?:offer price of|at (?:a |an )?(?:offer )?price of|(?:offer|floor|exit|indicative) price)"
)

#: A price whose rupee sign a scan has spoilt; it counts where quantity and size bear it out.
_BARE_PRICE = re.compile(
    r"(?i)\bprice of\s{1,2}[^\w\s]{0,2}\s?(?P<price>\d[\d,]*(?:\.\d{1,2})?)\s?(?:/-)?\s?(?:\([^)]{5,120}\)\s)?per\b"
)

_OFFER = re.compile(
    r"(?i)(?:acqui\w+|purchase|tender|offer)\b[^.%\d]{0,60}?\b(?:up\s?to"
    r"|all(?:\sthe)?)\s(?P<n>\d[\d,]{3,18})(?:[^.%]|\bRs\.){0,260}?(?P<pct>\d{1,3}"
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
    r"(?i)(?:total\sconsideration|offer\ssize|aggregat\w+\s(?:consideration|amount)|maximum\sconsideration)"
)


_TARGET = re.compile(
    rf"(?P<name>{PROPER})\s{{0,3}},?\s?\(\s?(?:(?i:hereinafter)[^)\n]{{0,40}})?(?i:the )?[“\"‘']?\s?"
    r"(?i:targe?t?\scompany\b|target\b)"
    rf"|(?i:name of (?:the )?target company)[^\n:]{{0,20}}[:\s]{{1,3}}(?P<form>{PROPER})"
)
#: Words that run into the target's name where every word begins with a capital: "Public Shareholders of …".
_BEFORE_TARGET = re.compile(
    r"^.*\b(?:(?i:(?:open )?offer|share ?capital|identified date)\s(?i:of|to|for)\s"
    r"|(?i:shareholders?)\s(?i:(?:of|the)\s){0,2})(?=[A-Z])"
)
_TRIGGER = re.compile(
    r"(?i)\btrigger\w*\b[^.]{0,160}?(?P<text>share purchase agreement|share subscription agreement"
    r"|preferential (?:issue|allotment)|\bspa\b)"
)
_FOR_SHARES = re.compile(
    r"(?i)\boffer\b[^.\d]{0,30}?\b(?:for|to acquire"
    r"|of)\s(?:up\s?to\s)?(?P<n>\d[\d,]{3,18})[^.%]{0,200}?(?P<pct>\d{1,3}(?:\.\d{1,4})?)\s?%"
)
#: Steps of an offer and the words before their dates. A schedule gives a second date where it was revised.
_STEPS = (
    (
        "pa_date",
        r"public announcement(?:\s?\([^)]{1,12}\))?\s(?:dated|on|was (?:made|published)(?:\sby the acquirers?)?\son)\s",
    ),
    (
        "dps_date",
        r"detailed public statement(?:\s?\([^)]{1,12}\))?[^.\d]{0,40}?\b(?:dated|on|on or before)\s",
    ),
    ("opens", r"(?:offer opening date|commencement of (?:the )?tendering period|\bopens? on)[^\d.]{0,60}?"),
    (
        "closes",
        r"(?:offer[ \n]{1,2}closing date|closure of (?:the )?tendering period|\bcloses? on)[^\d.]{0,60}?",
    ),
)
_DAY = rf"(?:[A-Z][a-z]+day,?\s{{1,3}})?(?P<date>{DATE})"
_STEP_DATES = {
    field: re.compile(rf"(?i){words}{_DAY}(?:\s{{1,3}}(?:[A-Z][a-z]+day,?\s{{1,3}})?(?P<revised>{DATE}))?")
    for field, words in _STEPS
}


def _put_offer(source: Source, found: Extract) -> None:
    """Target, trigger, and the days of the offer's steps."""
    named = ((match, _target(match, source.issuer)) for match in source.each(_TARGET))
    target = next(((match, name) for match, name in named if is_name(name)), None)
    if target is not None:
        found.put("target", target[0].fact(target[1], 0.75))
        found.parties.append(party_of(*target, "target"))
    if trigger := source.search(_TRIGGER, "trigger"):
        found.put("trigger", trigger.text_fact("text"))
    for field, pattern in _STEP_DATES.items():
        if step := source.search(pattern):
            is_moved = bool(step.match["revised"]) and "revised" in step.page.text.lower()
            found.put(field, step.date_fact("revised" if is_moved else "date"))


def _target(match: Found, issuer: str) -> str:
    """The target's name without the words before it; the filing mostly lies with the target's own."""
    said = _BEFORE_TARGET.sub("", match["name"] or match["form"])
    own = " ".join(issuer.split()[:2])
    at = said.casefold().rfind(own.casefold()) if len(own) > 3 else -1
    return clean_name(said[max(at, 0) :])


def extract_open_offer(source: Source) -> Extract:
    """Facts of ``open_offer``: price, quantity, percentage, size, acquirers, target."""
    found = Extract()
    found.put("offer_price", source.money_after(_PRICE, reach=40, trigger="price"))
    if offer := source.search(_OFFER) or source.search(_FOR_SHARES):
        found.put("offer_quantity", offer.fact(whole_number(offer["n"])))
        found.put("offer_pct", offer.fact(percent(offer["pct"])))
    found.put("offer_size", source.money_after(_SIZE, reach=60))
    _put_bare_price(source, found)
    _put_offer(source, found)
    named = [match for match in source.each(_ACQUIRER) if _is_bidder(match)]
    acquirer = next(iter(named), None) or _by_acquirer(source)
    if acquirer is not None:
        name = as_written(clean_name(acquirer["name"]), source.document)
        found.put("acquirers", acquirer.fact([name], 0.7))
        found.parties.append(party_of(acquirer, name, "acquirer"))
    return found


def _put_bare_price(source: Source, found: Extract) -> None:
    """The price that makes the size of the offer of its quantity."""
    quantity, size = number_of(found.facts, "offer_quantity"), number_of(found.facts, "offer_size")
    if quantity is None or size is None or "offer_price" in found.facts:
        return
    for match in source.each(_BARE_PRICE, "price of"):
        price = Decimal(match["price"].replace(",", ""))
        if verdict_on(price * quantity, size) is Outcome.AGREE:
            found.put("offer_price", match.fact(Money(amount=price, as_written=match["price"])))
            return


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
