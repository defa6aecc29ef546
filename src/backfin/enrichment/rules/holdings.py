"""Rows of names and numbers of shares: who is to be allotted them, and who holds how many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from backfin.enrichment.rules.allottees import rows_of_grid, rows_of_page
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, Found, evidence, tidy, whole_number
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.tables import grids_of
from backfin.models import EventType, Fact, Page, Party

_PROPOSED = re.compile(
    r"(?i)\bproposed allott?ees?\b|\blist of (?:the )?allott?ees\b|\bto be (?:issued|allotted) to\b"
)
_PERIOD = re.compile(
    rf"(?i)\b(?:(?:quarter|period|half[- ]year|year)\s(?:ended|ending)(?:\son)?"
    rf"|shareholding pattern\b[^.\n]{{0,90}}?\bas (?:on|at))"
    rf"\s(?P<date>{DATE})"
)
_NUMBERS = r"(?P<quantity>\d[\d,]{2,18})\s{1,3}\(?(?P<pct>\d{1,3}\.\d{1,4})\s?%?\)?[ \t]{0,3}\r?$"
_HEAD = re.compile(
    r"(?i)\bhold(?:ing|s)?\s(?:more than|over|above|at least)\s(?:1|one)\s?(?:%|per ?cent)[^\n]{0,40}$"
)
_HOLDER = re.compile(
    rf"(?m)^\s{{0,3}}(?:\d{{1,3}}[.)]?\s{{1,3}})?(?P<name>[A-Z][A-Za-z .,&'’()/-]{{2,90}}?)\s{{1,4}}{_NUMBERS}"
)
_CATEGORY = re.compile(
    rf"(?m)^\s{{0,3}}\(?(?:[A-C]|[1-3])[).]?\s{{1,3}}"
    rf"(?P<name>(?:Promoters?|Public|Non[- ]Promoter)[A-Za-z &,()-]{{0,60}}?)\s{{1,4}}{_NUMBERS}"
)
#: Rows behind the head that are read, and how far a row may stand from the one before.
_MOST_ROWS, _APART = 40, 60


def extract_shareholding(source: Source) -> Extract:
    """Facts of ``shareholding_pattern``: the end of the period, what each category holds, and large holders."""
    found = Extract()
    period = source.search(_PERIOD)
    found.put("period_end", period.date_fact("date") if period else None)
    categories = list(source.each(_CATEGORY))[:_MOST_ROWS]
    if categories and len({row.page.number for row in categories}) == 1 and len(categories) <= 3:
        found.put("category_totals", _listed(categories, [_told(row) for row in categories]))
    rows = [row for page in source.document[:4] for row in _holders(page)]
    if rows:
        found.put("holders", _listed(rows, [row["name"] for row in rows]))
        found.parties.extend(_holder(row) for row in rows)
    return found


def _holders(page: Page) -> Iterator[Found]:
    """The rows right behind words such as "holding more than 1%", until other words come."""
    for line in re.finditer(r"[^\n]{10,200}", page.text):
        if not _HEAD.search(line[0].rstrip(" :")):
            continue
        end = line.end()
        for row in _HOLDER.finditer(page.text, end):
            if (
                row.start() - end > _APART
                or not is_name(tidy(row["name"]))
                or row["name"].lower().startswith("total")
            ):
                return
            yield Found(page, row)
            end = row.end()
        return


def _told(row: Found) -> dict[str, str]:
    return {"category": row["name"], "quantity": row["quantity"].replace(",", ""), "pct": row["pct"]}


def _listed(rows: list[Found], value: list[str] | list[dict[str, str]]) -> Fact:
    return Fact(value=value, evidence=tuple(row.evidence() for row in rows), confidence=0.8)


def _holder(row: Found) -> Party:
    pct = Decimal(row["pct"])
    return Party(
        name_as_written=row["name"],
        kind=kind_of_name(row["name"]),
        role="shareholder",
        quantity=whole_number(row["quantity"]),
        pct=pct,
        evidence=(evidence(row.page, *row.match.span()),),
    )


def proposed_allottees(source: Source, event_type: EventType, known: Iterable[Party]) -> list[Party]:
    """The rows of a proposal that lists whom shares or warrants are to be allotted to."""
    if event_type is not EventType.FUND_RAISE or "allottee" not in source.lowered:
        return []
    rows = [party for grid in grids_of(source) for party in rows_of_grid(grid, None)]
    pages = [page for page in source.document if _PROPOSED.search(page.text)]
    rows = rows or [party for page in pages for party in rows_of_page(page, None)]
    taken = {party.name_as_written.casefold() for party in known}
    new = [party for party in rows if party.name_as_written.casefold() not in taken]
    return [party.model_copy(update={"role": "proposed_allottee"}) for party in new]
