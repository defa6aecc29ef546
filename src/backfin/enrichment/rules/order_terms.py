"""What an order is for, where its customer sits, and what the form asks besides customer and value."""

from __future__ import annotations

import re
from itertools import islice

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.places import country_in, is_abroad, is_indian_body
from backfin.enrichment.rules.quotes import Extract, Found, derived, evidence
from backfin.enrichment.rules.source import Source
from backfin.models import Fact

_ASKED = re.compile(
    r"(?i)(?:domestic|international)\s?(?:/|or)\s?(?:international|domestic)(?:\s+(?:entity|order"
    r"|contract))?(?:\(s\))?[\s:;?-]{1,4}(?P<answer>domestic|international)\b(?!\s?(?:/|or))"
)
_SAID = re.compile(
    r"(?i)\b(?P<answer>export|international|overseas|domestic) (?:purchase |work |sale )?(?:order"
    r"|contract|client|customer|entity)"
)
_BASED = re.compile(
    r"\b(?i:orders?|contracts?|award|lo[ai]|intent)\b[^.;\n]{0,120}?\b(?i:from"
    r"|by)\s(?P<place>(?:a |an |the |one of the )?"
    r"[^.;,\n]{0,60}?)(?:\s?-?\s?based\b|\s(?i:client|customer|company|buyer|region)\b)"
)
_SEATED = re.compile(
    r"\b(?i:customers?|clients?|buyers?|compan(?:y|ies)|distributors?|importers?)\s(?i:in|from|of"
    r"|at)\s(?P<place>(?:the )?[A-Z][\w ]{1,30})"
)
_NO, _YES = r"(?:no\b|nil\b|not applicable|n\.?a\.?\b)", r"yes\b"
_PROMOTERS = r"promoters?(?: |/|\n)[^?]{0,140}?\binterest\b[^.\n?]{0,90}(?:\n[^.\n?]{0,90})?\??[\s:;–-]{1,4}"
_RELATED = r"related party transactions?\b[^.\n?]{0,90}(?:\n[^.\n?]{0,60})?\??[\s:;–-]{1,4}"
_ANSWERS = {
    "promoter_interest": (
        (
            "no",
            re.compile(
                rf"(?i){_PROMOTERS}{_NO}|(?:none of|neither)\s(?:the\s|our\s)?promoters?[^.]{{0,90}}interest"
            ),
        ),
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
_REPEAT = re.compile(
    r"(?i)\brepeat (?:purchase |work |export |supply )?order|\b(?:renewal|extension) of (?:the |its |our )?"
    r"(?:existing )?(?:contract|order|agreement)\b"
)
_CEILING = re.compile(r"(?i)\bup\s?to\b|\bnot exceeding\b|\bmaximum of\b")
_BOOK = re.compile(
    r"(?i)\b(?:total |unexecuted |outstanding "
    r"|current )?order\s?book\b[^.\d₹]{0,60}?\b(?:stands? at|at|to|of|is)\s"
    r"(?:over |about |around |approximately |~\s?)?(?=₹|rs|inr)"
)

#: What an order is for: behind "for", up to the words that speak of price, time or place of the award.
_STOP = (
    r"(?=\s(?:for|of|at)\s(?:approx\w*\.?\s|about\s)?(?:rs\b|inr\b|₹|usd\b|us\$|\$)"
    r"|\s?[,;]?\s(?:worth|valu(?:ed|ing)|amounting|aggregating to|totall?ing|with an? (?:total"
    r"|order|contract)"
    r"|for (?:an?|the) (?:total |approximate |aggregate |estimated )?(?:amount|value"
    r"|consideration|sum|contract"
    r"|price|period|term|tenure)|at (?:an?|the) (?:total|value|price|cost|contract|aggregate|consideration)"
    r"|from|within|to be (?:executed|completed|delivered|supplied)|in the (?:normal|ordinary)|having|over a"
    r"|during|dated|under the|as per|through|vide|by way|which|has|have|was|is|are|viz)\b|\s?[-–]\s?order value\b"
    r"|\.\s|\.{2,}|\.?\Z|[;:”\"]|\n\s*\n|\s\((?!\d))"
)
_WORK = (
    r"(?:the\s)?(?P<text>(?!(?:an?|the|approx\w*|about|around|total|your|our|its|their|this|which"
    r"|further|rs|inr"
    r"|usd|us|eur|fy|q[1-4]|more|over|up)\b|₹|\$|~|€|\d[\d,.]*\s?(?:/-|cr|lakh|lac|mn|million"
    r"|billion|months?|years?|days?)"
    r"|(?:amount|value|consideration|sum|period|term|purpose|quarter|year|company|details"
    r"|information|record|same"
    r"|said|above|normal|dissemination|kind|reference)\b)"
    rf"[\w“\"'(][^;\n]{{7,170}}?(?:\n[^;\n]{{3,120}}?){{0,3}}?){_STOP}"
)
_NATURE = (
    re.compile(
        r"(?i)\b(?:orders?|contracts?|award(?:ed)?|acceptance|intent|lo[ai]|work|tender|bidder|bids?"
        r"|quotation|po|agreement|selected|chosen|nominated"
        r"|empanel\w+|l-?1)\b(?:[^.;\n]|\.(?!\s+[A-Z])|\n(?!\s*\n)){0,170}?\bfor\s[“\"']?" + _WORK
    ),
    re.compile(
        r"(?i)\b(?:scope of (?:the )?work|name of (?:the )?(?:work|project)"
        r"|description of (?:the )?(?:work|order"
        r"|contract|goods|services)|brief (?:description|scope)[^\n:]{0,30})\s{0,3}[:–-]?\s{1,3}" + _WORK
    ),
    re.compile(
        r"(?i)\bsignificant terms and conditions of (?:the )?(?:orders?"
        r"|contracts?)[^\n:]{0,60}?(?:awarded in brief|in brief|awarded)"
        r"\s{0,3}[:;–-]?\s{1,3}" + _WORK
    ),
    re.compile(
        r"(?im)\bnature of (?:the )?(?:orders?|contracts?|work"
        r"|project)(?:\(s\))?(?:\s?/\s?(?:contracts?|work)(?:\(s\))?)?"
        r"\s{0,3}[:–-]?\s{1,3}(?P<text>[A-Z][^\n;]{6,170})"
    ),
)
_EMPTY = re.compile(
    r"(?i)^(?:domestic|international|construction(?: \(epc\))?|not applicable|n\.?a\.?|as above"
    r"|works?|services?|supply)\W*$"
    r"|^(?:refer|one of|name of|particulars)\b|^(?:detailed|further|more|complete) (?:information|details)\b"
    r"|\binformation$|\bviz$|^\W*$"
)
#: Descriptions that are held against each other.
_MOST_DESCRIPTIONS = 4
_PLACE_CHARS = 60
_BEHIND = re.compile(r"(?:(?<=,)\s|\s?(?:,|\(|\bof\b|\bin\b))[^.;]*")


def put_terms(source: Source, found: Extract, customer: Found | None) -> None:
    """Puts what the order is for, where it comes from, and the answers of the form."""
    found.put("nature", _nature(source, customer))
    _put_reach(source, found, customer)
    for field, patterns in _ANSWERS.items():
        for answer, pattern in patterns:
            if field not in found.facts and (said := source.search(pattern)):
                found.put(field, said.fact(answer))
    if repeat := source.search(_REPEAT):
        found.put("is_repeat", repeat.fact("yes"))
    value = found.facts.get("order_value")
    if value is not None and _CEILING.search(value.evidence[0].quote):
        found.put("value_basis", value.model_copy(update={"value": "ceiling"}))
    end = source.search(_END)
    found.put("execution_end", end.date_fact("date") if end else None)
    found.put("order_book_after", source.money_after(_BOOK, reach=20, trigger="order"))


def _nature(source: Source, customer: Found | None) -> Fact | None:
    """The fullest of the first few descriptions of the order; the form's own word for its kind without any."""
    name = customer["name"].casefold() if customer is not None else ""
    for patterns in (_NATURE[:-1], _NATURE[-1:]):
        found = [
            match
            for pattern in patterns
            for match in islice(source.each(pattern), _MOST_DESCRIPTIONS)
            if _is_description(match, name)
        ]
        if found:
            best = max(found, key=lambda match: len(_described(match)))
            return best.fact(_described(best), 0.65)
    return None


def _described(match: Found) -> str:
    return match["text"].strip(" ,.“”\"'–-")


def _is_description(match: Found, customer: str) -> bool:
    text = _described(match)
    words = text.casefold().split()
    return (
        len(words) > 1
        and not _EMPTY.search(text)
        and " ".join(words[:2]) not in customer
        and text in match.evidence().quote
    )


def _put_reach(source: Source, found: Extract, customer: Found | None) -> None:
    """Domestic or export: as the form answers, as the text says, as customer and place tell."""
    stated = source.search(_ASKED) or source.search(_SAID)
    if stated is not None:
        found.put(
            "domestic_or_export",
            stated.fact("domestic" if stated["answer"].lower() == "domestic" else "export"),
        )
    home = country_in(_with_place(customer)) if customer is not None else ""
    if customer is not None and home:
        place = Found(customer.page, customer.match).fact(home, 0.7)
        end = customer.match.end("name") + _PLACE_CHARS
        quote = evidence(customer.page, customer.match.start(), min(end, len(customer.page.text)))
        place = place.model_copy(update={"evidence": (quote,)})
        found.put("customer_country", place)
        found.put("domestic_or_export", place.model_copy(update={"value": "export"}))
    elif customer is not None and is_indian_body(customer["name"]):
        found.put("domestic_or_export", derived("domestic", customer.fact(None)))
    based = next((match for pattern in (_BASED, _SEATED) if (match := source.search(pattern))), None)
    if customer is None and based is not None and is_abroad(based["place"]):
        found.put("domestic_or_export", based.fact("export", 0.7))
        if country := country_in(based["place"]):
            found.put("customer_country", based.fact(country, 0.65))


def _with_place(customer: Found) -> str:
    """The customer's name and what stands right behind it: ", Russia", ", a utility headquartered in Norway"."""
    text = customer.page.text
    end = customer.match.end("name")
    behind = _BEHIND.match(text, end, end + _PLACE_CHARS)
    return f"{customer['name']} {behind[0] if behind else ''}"
