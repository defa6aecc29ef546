"""The forms of takeover and insider disclosures where they come as rebuilt tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.names import clean_name, is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, percent, whole_number
from backfin.enrichment.rules.tables import Grid, is_figure
from backfin.models import Evidence, Fact, Money
from backfin.models.facts import Party
from backfin.models.money import money_of
from backfin.models.money_text import find_amounts

#: Parts of a takeover form, by the words that open them; the prefix of the fields they fill.
_SECTIONS = (
    (
        "pre_",
        re.compile(r"(?i)\bbefore the (?:acquisition|sale|disposal|transaction)|holding .{0,40}\bbefore\b"),
    ),
    (
        "post_",
        re.compile(r"(?i)\bafter the (?:acquisition|sale|disposal|transaction)|holding .{0,40}\bafter\b"),
    ),
    ("", re.compile(r"(?i)\bdetails of (?:the )?(?:acquisition|sale|disposal|transaction)")),
)
_ACQUIRER = re.compile(r"(?i)name\(?s?\)? of (?:the )?(?:acquirer|seller)")
_VOTING = re.compile(r"(?i)shares? carrying voting|equity shares|voting rights (?:acquired|sold|held)")
_OTHER_RIGHTS = re.compile(r"(?i)otherwise than|encumbrance|pledge|warrants|convertible|nature of")
_COUNT = re.compile(r"\d[\d,]*")
_WITH_PCT = re.compile(r"(?P<pct>\d{1,3}(?:\.\d{1,6})?)\s?%")

#: Columns of Form C, by the words of their heads; the first that fits counts.
_FORM_C = (
    ("intimated_at", re.compile(r"(?i)date of intimation")),
    ("trade_date_to", re.compile(r"(?i)\bdate\b.*\bto\b\s*(?:date)?$|\bto date\b")),
    ("trade_date_from", re.compile(r"(?i)\bdate of (?:allotment|acquisition|sale|disposal)|\bfrom\b")),
    ("mode", re.compile(r"(?i)\bmode\b")),
    ("exchange", re.compile(r"(?i)\bexchange\b")),
    ("side", re.compile(r"(?i)transaction type|buy\s?/\s?sale|purchase\s?/\s?sale|nature of transaction")),
    ("value", re.compile(r"(?i)\bvalue\b")),
    ("post", re.compile(r"(?i)\bpost\b|\bafter\b")),
    ("pre", re.compile(r"(?i)\bprior\b|\bpre\b|\bbefore\b")),
    ("quantity", re.compile(r"(?i)(?:acquired|disposed|traded|bought|sold).*\b(?:no\.?|number|quantity)\b")),
    ("category", re.compile(r"(?i)category")),
    ("person", re.compile(r"(?i)\bname\b")),
)
_SELLS = re.compile(r"(?i)\bs(?:ale|ell|old)|\bdispos")
_BUYS = re.compile(r"(?i)\bbuy|\bpurchase|\bacqui|\bbought")
_CATEGORY = re.compile(
    r"(?i)promoter group|promoter|designated (?:person|employee)|director|kmp|immediate relative"
)
_MODES = re.compile(
    r"(?i)market purchase|market sale|off[- ]market|inter[- ]se transfer|preferential (?:allotment|offer"
    r"|issue)"
    r"|rights|bonus|gift|esops?|open market|block deal|bulk deal|public|inheritance"
)


def read_takeover_form(grid: Grid, found: Extract) -> None:
    """Puts the holdings before and after, and what changed, of a form under Regulation 29."""
    for head in grid.above:
        _put_acquirer(grid, head, found)
    prefix = next((name for name, pattern in _SECTIONS if pattern.search(grid.title)), None)
    for row in grid.rows:
        label = " ".join(cell for cell in row if cell and not is_figure(cell))
        prefix = next((name for name, pattern in _SECTIONS if pattern.search(label)), prefix)
        _put_acquirer(grid, row, found)
        figures = [cell for cell in row if is_figure(cell)]
        if prefix is None or not figures or not _VOTING.search(label) or _OTHER_RIGHTS.search(label):
            continue
        _put_holding(grid, row, figures, prefix, found)


def _put_acquirer(grid: Grid, row: tuple[str, ...], found: Extract) -> None:
    """The name beside the form's label for it."""
    cells = [cell for cell in row if cell]
    if len(cells) < 2 or "acquirer" in found.facts or not _ACQUIRER.search(cells[0]):
        return
    name = clean_name(re.split(r"[;\n(]|(?i:\bpac\b)", cells[1])[0])
    if is_name(name):
        place = grid.quotes(row, cells[0], cells[1])
        role = "seller" if re.search(r"(?i)\(\s?seller", cells[1]) else "acquirer"
        found.put("acquirer", _fact(name, place))
        found.parties.append(Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=place))


def _put_holding(grid: Grid, row: tuple[str, ...], figures: list[str], prefix: str, found: Extract) -> None:
    count = whole_number(figures[0].strip("()"))
    if count is None:
        return
    place = grid.quotes(row, *[cell for cell in row if cell])
    found.put(f"{prefix}quantity", _fact(count, place))
    shares = [percent(cell) for cell in figures[1:]]
    if shares and shares[0] is not None:
        found.put(f"{prefix}pct", _fact(shares[0], place))
    if prefix == "post_" and len(shares) > 1:
        found.put("diluted_post_pct", _fact(shares[1], place))


def read_form_c(grid: Grid, found: Extract) -> None:
    """Puts the first trade of a Form C under the insider-trading rules."""
    columns = _columns(grid)
    if not {"pre", "post"} & set(columns) or not {"quantity", "value"} & set(columns):
        return
    for row in grid.rows:
        cells = {name: row[at] for name, at in columns.items() if at < len(row) and row[at]}
        if _COUNT.search(cells.get("quantity", "")):
            for name, fact in _read(grid, row, cells):
                found.put(name, fact)
            _put_person(grid, row, cells, found)
            return


def _columns(grid: Grid) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at in range(len(grid.heads)):
        head = grid.whole_head(at)
        name = next((name for name, pattern in _FORM_C if pattern.search(head)), None)
        if name in ("pre", "post") and "%" not in head and name in columns:
            continue
        if name is not None and (name not in columns or (name in ("pre", "post") and "%" in head)):
            columns[name] = at
    return columns


def _read(grid: Grid, row: tuple[str, ...], cells: dict[str, str]) -> Iterator[tuple[str, Fact | None]]:
    quantity = _COUNT.search(cells.get("quantity", ""))
    yield "quantity", _stated(grid, row, cells, "quantity", whole_number(quantity[0]) if quantity else None)
    yield "value", _stated(grid, row, cells, "value", _money(grid, cells.get("value", "")))
    side = (
        "sell"
        if _SELLS.search(cells.get("side", ""))
        else "buy"
        if _BUYS.search(cells.get("side", ""))
        else None
    )
    yield "side", _stated(grid, row, cells, "side", side)
    for name in ("pre", "post"):
        share = _WITH_PCT.search(cells.get(name, ""))
        yield f"{name}_pct", _stated(grid, row, cells, name, percent(share["pct"]) if share else None)
    for name in ("trade_date_from", "trade_date_to", "intimated_at"):
        yield name, _stated(grid, row, cells, name, _day(cells.get(name, "")))
    for name, pattern in (("category", _CATEGORY), ("mode", _MODES)):
        said = pattern.search(cells.get(name, ""))
        yield name, _stated(grid, row, cells, name, said[0].lower() if said else None)


def _put_person(grid: Grid, row: tuple[str, ...], cells: dict[str, str], found: Extract) -> None:
    name = clean_name(re.split(r"(?i)\bpan\b|\bcin\b|\bdin\b|,|\d", cells.get("person", ""))[0])
    if is_name(name) and "person" not in found.facts:
        place = grid.quotes(row, cells["person"])
        found.put("person", _fact(name, place))
        role = "promoter" if "promoter" in cells.get("category", "").lower() else "designated_person"
        found.parties.append(Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=place))


def _stated(grid: Grid, row: tuple[str, ...], cells: dict[str, str], name: str, value: object) -> Fact | None:
    return _fact(value, grid.quotes(row, cells[name])) if value is not None and name in cells else None


def _fact(value: object, place: tuple[Evidence, ...]) -> Fact:
    return Fact(value=value, evidence=place, confidence=0.85)


def _money(grid: Grid, cell: str) -> Money | None:
    amounts = find_amounts(cell, grid.scale or "unit")
    return money_of(cell, amounts[0]) if amounts else None


def _day(cell: str) -> str | None:
    found = re.search(rf"(?i){DATE}", cell)
    day: date | None = parse_date(found[0]) if found else None
    return day.isoformat() if day else None
