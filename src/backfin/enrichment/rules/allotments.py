"""Allotments: who got how many securities at what price."""

from __future__ import annotations

import re
from decimal import Decimal

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import kind_of_name
from backfin.enrichment.rules.source import Extract, Source, derived, evidence, tidy, whole_number
from backfin.models import Evidence, Fact, Money, Page, Party

_ROW = re.compile(
    r"(?m)^\s{0,4}(?:\d{1,3}[.)]?|[a-z][.)]|\([a-z\d]{1,3}\))\s{1,4}"
    r"(?P<name>[A-Z][A-Za-z .,&'’()/–-]{2,90}?)\s{1,6}(?P<numbers>(?:(?:₹"
    r"|Rs\.?)?\s?\d[\d,]*(?:\.\d+)?\s?%?(?:/-)?[ \t]{0,8}|[-–][ \t]{1,4}|Nil[ \t]{0,4}){1,8})\s*\r?$"
)
_CELL = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<pct>%)?")
_CATEGORY = re.compile(
    r"(?i)[\s,(-]+(?:non[- ]promoters?(?: group)?|promoters?(?: group)?|public|individual"
    r"|body corporate|huf|fpi|qib|aif|category [-\w]+)[)\s]*$"
)
_QUANTITY = re.compile(
    r"(?i)\ballot(?:ted|ment)\b[^.\n]{0,60}?(?:\n[^.\n]{0,60}?)?(?P<n>\d[\d,]{2,})\s?"
    r"(?:\([^)]{1,90}\)\s?)?(?:fully |partly |convertible |paid[- ]up |paid |new )*(?P<what>equity|warrants?"
    r"|ccps|compulsorily|preference|ncds?|non-convertible|debentures?|shares?|options?)"
)
_PRICE = re.compile(
    r"(?i)(?<!%\sof\s)(?<!%\sof\sthe\s)(?:issue|allotment|at (?:an? )?(?:issue )?)\s?price|\bat (?:a "
    r"|an )?(?:issue )?price of"
    r"|price per (?:share|warrant|security)|@"
)
_TOTAL_MONEY = re.compile(
    r"(?i)aggregat\w+(?: (?:up ?to|amount\w*))?|total(?:l?ing)? (?:consideration|amount)|amounting"
    r"|for a consideration"
)
_PREMIUM = re.compile(r"(?i)\bpremium of\b")
_FLOOR = re.compile(r"(?i)\bfloor price\b")
_RELEVANT = re.compile(rf"(?i)\brelevant date\b[^.\n]{{0,30}}?(?P<date>{DATE})")
_CASH = re.compile(r"(?i)\b(?:for|in) cash\b|\bcash consideration\b")
_ROUTE = (
    ("preferential", re.compile(r"(?i)preferential|private placement")),
    ("QIP", re.compile(r"(?i)qualified institution\w+ placement|\bqip\b")),
    ("rights", re.compile(r"(?i)rights issue|right issue")),
    ("ESOP", re.compile(r"(?i)\besops?\b|\besps\b|stock options?")),
    ("bonus", re.compile(r"(?i)bonus (?:equity )?shares?|bonus issue")),
    ("conversion", re.compile(r"(?i)conversion of|upon conversion")),
)
_DATE = re.compile(
    rf"(?i)(?:allot\w+|meeting held)[^.\n]{{0,60}}?\b(?:on|dated|held on"
    rf"|today,? i\.?e\.?,?)\s[^.\d\n]{{0,30}}(?P<date>{DATE})"
)


def extract_allotment(source: Source) -> Extract:
    """Facts of ``allotment``, with one party per row of the allottees' table."""
    found = Extract()
    _put_quantity(source, found)
    found.put("issue_price", source.money_after(_PRICE, reach=60, trigger="price"))
    found.put("issue_price", _only_price(source))
    found.put("total_consideration", source.money_after(_TOTAL_MONEY, reach=80, is_total=True))
    found.put("premium", source.money_after(_PREMIUM, reach=30, trigger="premium"))
    found.put("floor_price", source.money_after(_FLOOR, reach=60, trigger="floor price"))
    _put_words(source, found)
    _put_allottees(source, found)
    _put_product(found)
    return found


#: Instrument by the first letter of the word for it.
_INSTRUMENTS = {"w": "warrant", "c": "CCPS", "n": "NCD", "d": "NCD", "o": "ESOP", "p": "CCPS"}


def _put_product(found: Extract) -> None:
    """What was paid in all, where the filing states quantity and price and no total."""
    quantity, price = found.facts.get("total_quantity"), found.facts.get("issue_price")
    count, rupees = quantity.value if quantity else None, _rupees(price)
    if not isinstance(count, int) or rupees is None or _is(found, "route", "conversion"):
        return
    found.put("total_consideration", derived(Money(amount=count * rupees), quantity, price))


def _is(found: Extract, field: str, value: str) -> bool:
    return field in found.facts and found.facts[field].value == value


def _put_quantity(source: Source, found: Extract) -> None:
    match = source.search(_QUANTITY, "allot")
    if match is None:
        return
    found.put("total_quantity", match.fact(whole_number(match["n"])))
    what = match["what"].lower()
    found.put("instrument", match.fact(_INSTRUMENTS.get(what[0], "equity")))


def _only_price(source: Source) -> Fact | None:
    """The price for one share, if the filing states one and no other."""
    prices = list(source.per_share())
    return prices[0] if len({_rupees(price) for price in prices}) == 1 else None


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


def _put_allottees(source: Source, found: Extract) -> None:
    stated = found.facts.get("issue_price")
    rows: list[Party] = []
    for page in source.document:
        if "allot" in page.text.lower():
            rows.extend(_rows(page, stated))
    if not rows:
        return
    found.parties.extend(rows)
    places = tuple(dict.fromkeys(place for party in rows for place in party.evidence))
    listed = [_told(party) for party in rows]
    found.put("allottees", Fact(value=listed, evidence=places, confidence=0.8))
    total = sum(party.quantity or 0 for party in rows)
    if total:
        found.put("total_quantity", derived(total, found.facts["allottees"]))


def _rows(page: Page, stated: Fact | None) -> list[Party]:
    price = _rupees(stated)
    rows = []
    for match in _ROW.finditer(page.text):
        name = tidy(_CATEGORY.sub("", match["name"])).strip(" ,-–")
        cells = [(cell["number"], bool(cell["pct"])) for cell in _CELL.finditer(match["numbers"])]
        values = _values(cells, price)
        if values is not None and len(name) > 3:
            quantity, per_share, amount, percentages = values
            rows.append(
                Party(
                    name_as_written=name,
                    kind=kind_of_name(name),
                    role="allottee",
                    quantity=quantity,
                    price_inr=per_share,
                    amount_inr=amount,
                    pre_pct=percentages[0] if len(percentages) > 1 else None,
                    post_pct=percentages[-1] if percentages else None,
                    pct=percentages[-1] if percentages else None,
                    evidence=(evidence(page, *match.span()), *_source_of(per_share, price, stated)),
                )
            )
    return rows


def _source_of(per_share: Decimal | None, price: Decimal | None, stated: Fact | None) -> tuple[Evidence, ...]:
    """Where a price comes from that the row itself need not repeat."""
    return stated.evidence if stated is not None and per_share is not None and per_share == price else ()


_Values = tuple[int, Decimal | None, Decimal | None, list[Decimal]]


def _values(cells: list[tuple[str, bool]], price: Decimal | None) -> _Values | None:
    """Tells the cells of a row apart: quantity × price = amount proves which is which."""
    plain = [number for number, is_pct in cells if not is_pct]
    known = [_decimal(number) for number, is_pct in cells if is_pct]
    counts = [number for number in plain if "." not in number and _decimal(number) >= 10]
    for quantity in counts:
        others = [number for number in plain if number is not quantity]
        for per_share in [*map(_decimal, others), *([price] if price else [])]:
            amount = _decimal(quantity) * per_share
            if any(abs(_decimal(number) - amount) <= 1 for number in others):
                return int(_decimal(quantity)), per_share, amount, known or _small(others, per_share)
    if not counts:
        return None
    return int(_decimal(counts[0])), price, None, known or _small(plain, price)


def _decimal(written: str) -> Decimal:
    return Decimal(written.replace(",", ""))


def _small(written: list[str], price: Decimal | None) -> list[Decimal]:
    """Cells that can only be percentages: written with decimals, at most 100, and not the price."""
    values = [_decimal(number) for number in written if "." in number]
    return [value for value in values if value <= 100 and value != price]


def _rupees(fact: Fact | None) -> Decimal | None:
    return (
        fact.value.amount if fact and isinstance(fact.value, Money) and fact.value.currency == "INR" else None
    )


def _told(party: Party) -> dict[str, object]:
    return {
        "party": party.name_as_written,
        "quantity": party.quantity,
        "price": str(party.price_inr) if party.price_inr is not None else None,
        "amount": str(party.amount_inr) if party.amount_inr is not None else None,
        "post_pct": str(party.post_pct) if party.post_pct is not None else None,
    }
