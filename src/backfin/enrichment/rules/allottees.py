"""The list of allottees: one party per row, from a rebuilt table where there is one, else from lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from backfin.enrichment.rules.names import kind_of_name
from backfin.enrichment.rules.quotes import evidence, tidy, whole_number
from backfin.enrichment.rules.tables import Grid, is_figure
from backfin.models import Evidence, Fact, Money, Page, Party

_ROW = re.compile(
    r"(?m)^\s{0,4}(?:\d{1,3}[.)]?|[a-z][.)]|\([a-z\d]{1,3}\))\s{1,4}"
    r"(?P<name>[A-Z][A-Za-z .,&'’()/–-]{2,90}?)\s{1,6}(?P<numbers>(?:(?:₹"
    r"|Rs\.?)?\s?\d[\d,]*(?:\.\d+)?\s?%?(?:/-)?[ \t]{0,8}|[-–][ \t]{1,4}|Nil[ \t]{0,4}){1,8})\s*\r?$"
)
_CELL = re.compile(r"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<pct>%)?")
_CATEGORY = re.compile(
    r"(?i)[\s,(-]+(?:non[- ]promoters?(?: group)?|promoters?(?: group)?|public|individual"
    r"|body corporate|fpi|qib|aif|category [-\w]+)[)\s]*$"
)
_TOTAL = re.compile(r"(?i)^(?:grand |sub[- ]?)?total\b")
_NAME_HEAD = re.compile(r"(?i)name|allottee|investor|holder|subscriber|applicant|particulars")
_QUANTITY_HEAD = re.compile(
    r"(?i)\b(?:no\.?s?|number|quantity|qty)\b.{0,60}(?:shares?|securit|warrants?|units?|debentures?|ncds?"
    r"|ccps|allot)"
    r"|(?:shares?|securities|warrants?|units?|debentures?|ccps).{0,30}\b(?:allott?ed|converted|exercised|subscribed)"
    r"|^quantity|^qty|^max(?:imum|\.)? (?:no\.? of )?(?:shares|warrants|securities)"
    r"|\ballotment\b.{0,20}\bno"
)
_HELD_HEAD = re.compile(
    r"(?i)\bpre\b|\bpre[- ]|\bpost\b|\bpost[- ]|before|after|existing|prior|\bheld\b|holding|%"
)
_PRICE_HEAD = re.compile(r"(?i)\bprice\b|\brate\b|per (?:share|warrant|security)")
_AMOUNT_HEAD = re.compile(r"(?i)\bamount|consideration|\bvalue\b|\btotal\b.{0,30}(?:rs|₹|inr)")
_PCT_HEAD = re.compile(r"(?i)%|per ?cent")
_PRE_HEAD = re.compile(r"(?i)\bpre\b|\bpre[- ]|before|existing|prior")


def rows_of_grid(grid: Grid, stated: Fact | None) -> list[Party]:
    """One party per row of a table that has a column for names and one for a number of securities."""
    columns = _columns(grid)
    if "name" not in columns or "quantity" not in columns:
        return []
    return [party for row in grid.rows if (party := _party_of(grid, row, columns, stated))]


def _columns(grid: Grid) -> dict[str, int]:
    """Which column holds what, by the words of its head."""
    heads = [grid.whole_head(at) for at in range(len(grid.heads))]
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        role = _role(head)
        if role is not None and (role == "post_pct" or role not in found):
            found[role] = at
    return found


def _role(head: str) -> str | None:
    if _PCT_HEAD.search(head):
        return "pre_pct" if _PRE_HEAD.search(head) else "post_pct"
    if _QUANTITY_HEAD.search(head):
        return None if _HELD_HEAD.search(head) else "quantity"
    for role, pattern in (("price", _PRICE_HEAD), ("amount", _AMOUNT_HEAD), ("name", _NAME_HEAD)):
        if pattern.search(head):
            return role
    return None


def _party_of(grid: Grid, row: tuple[str, ...], columns: dict[str, int], stated: Fact | None) -> Party | None:
    cells = {role: row[at] for role, at in columns.items() if at < len(row) and row[at]}
    name = _CATEGORY.sub("", cells.get("name", "")).strip(" ,-–")
    quantity = whole_number(re.sub(r"[^\d,]", "", cells.get("quantity", "")))
    if len(name) < 3 or is_figure(name) or _TOTAL.match(name) or not quantity:
        return None
    own = _number(cells.get("price", ""))
    price = own if own is not None else rupees_of(stated)
    amount = _number(cells.get("amount", ""))
    if amount is not None and price is not None and abs(amount - quantity * price) > 1:
        amount = None
    post = _number(cells.get("post_pct", ""))
    return Party(
        name_as_written=name,
        kind=kind_of_name(name),
        role="allottee",
        quantity=quantity,
        price_inr=price,
        amount_inr=amount,
        pre_pct=_number(cells.get("pre_pct", "")),
        post_pct=post,
        pct=post,
        evidence=(*grid.quotes(row, *cells.values()), *(() if own is not None else _places(stated))),
    )


def _places(stated: Fact | None) -> tuple[Evidence, ...]:
    return stated.evidence if stated is not None and rupees_of(stated) is not None else ()


def _number(cell: str) -> Decimal | None:
    found = re.search(r"\d[\d,]*(?:\.\d+)?", cell)
    return _decimal(found[0]) if found else None


def rows_of_page(page: Page, stated: Fact | None) -> Iterator[Party]:
    """One party per numbered line that ends in figures."""
    price = rupees_of(stated)
    for match in _ROW.finditer(page.text):
        name = tidy(_CATEGORY.sub("", match["name"])).strip(" ,-–")
        cells = [(cell["number"], bool(cell["pct"])) for cell in _CELL.finditer(match["numbers"])]
        values = _values(cells, price)
        if values is not None and len(name) > 3:
            quantity, per_share, amount, percentages = values
            yield Party(
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


def rupees_of(fact: Fact | None) -> Decimal | None:
    """The plain number of a fact that is an amount in rupees."""
    return (
        fact.value.amount if fact and isinstance(fact.value, Money) and fact.value.currency == "INR" else None
    )


def told(party: Party) -> dict[str, object]:
    """An allottee as the fact ``allottees`` lists it."""
    return {
        "party": party.name_as_written,
        "quantity": party.quantity,
        "price": str(party.price_inr) if party.price_inr is not None else None,
        "amount": str(party.amount_inr) if party.amount_inr is not None else None,
        "pre_pct": str(party.pre_pct) if party.pre_pct is not None else None,
        "post_pct": str(party.post_pct) if party.post_pct is not None else None,
    }
