"""Financial results: the lines of the statement, under the scale that its head states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from backfin.enrichment.rules.columns import quarter_start
from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.proofs import Column, number_in, proven
from backfin.enrichment.rules.quotes import Extract, Found, derived
from backfin.enrichment.rules.scans import is_scan
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.statement import Known, Line, Statement, known_lines
from backfin.enrichment.rules.statement_tables import of_grid
from backfin.enrichment.rules.statement_text import of_page, of_scan
from backfin.enrichment.rules.tables import grids_of
from backfin.enrichment.rules.xbrl_results import read_xbrl
from backfin.models import Fact, Money, Page, Scale
from backfin.models.money import money_of
from backfin.models.money_text import find_amounts
from backfin.models.sheets.results import COLUMNS

_PERIOD = re.compile(
    rf"(?i)\b(?P<span>quarter|half[- ]year|year|months?|period)\b[^.\n]{{0,60}}?\bend(?:ed"
    rf"|ing)\b\s{{0,3}}(?:on\s)?(?P<date>{DATE})"
)
_HEADED = re.compile(
    rf"(?i)\bresults?\sfor\sthe\s(?P<span>quarter|half[- ]year|year|period)\b[^.\n]{{0,60}}?"
    rf"\bended\s(?:on\s)?(?P<date>{DATE})"
)
_HEAD_CHARS = 1500
_PERIOD_MONTH = re.compile(
    r"(?i)\b(?:quarter|half[- ]year|year|months?)\b[^.\n]{0,40}?\bend(?:ed|ing)\s(?:on\s)?"
    r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6},?\s\d{4})\b"
)
_HAS_LINES = re.compile(
    r"(?i)(?:revenue|income|sales)\s{0,3}from\s{0,3}operation|net sales|total (?:income|revenue)"
)
_HAS_BOTTOM = re.compile(r"(?i)before tax|for the (?:period|quarter|year)|earnings? per")
_CONSOLIDATED = re.compile(r"(?i)\bconsolidated\b[^\n]{0,60}\bresults?\b")
_STANDALONE = re.compile(r"(?i)\bstandalone\b[^\n]{0,60}\bresults?\b")
_OPINION = re.compile(
    r"(?i)\b(?P<opinion>qualified|adverse|unmodified|unqualified|disclaimer of) (?:audit )?(?:opinion"
    r"|conclusion)"
)
_NO_OPINION = re.compile(r"(?i)\b(?:no|not|nor|without|any)\b[^.]{0,40}$")
_CLEAN_REVIEW = re.compile(r"(?i)nothing\shas\scome\sto\sour\sattention")
_QUARTER = re.compile(r"(?i)^quarter\b")
_UNAUDITED = re.compile(r"(?i)\bun-?\s?audited\b")
_STATUS = re.compile(r"(?i)\b(?P<un>un-?\s?)?audited\b(?=[^.]{0,60}\b(?:financial|results?|statements?)\b)")
_REVIEW = re.compile(r"(?i)\blimited\s+review(?:ed)?\b")
_ONLY_LOSS = re.compile(r"\bloss\b")


def extract_results(source: Source) -> Extract:
    """Facts of ``financial_results``. A line without a stated scale is left out: guessing slips by 100."""
    found = Extract()
    period = _period(source)
    end = period.date_fact("date") if period else None
    found.put("period_end", end if end is not None else _month_end(source))
    last = parse_date(str(end.value)) if end else None
    if end is not None and last is not None and period is not None and _QUARTER.search(period["span"]):
        found.put("period_start", derived(quarter_start(last).isoformat(), end))
    read_xbrl(source, found)
    statement = _best(_statements(source, last), last)
    if statement is not None:
        _put_sound(statement, _read(statement), found)
    _put_nature(source, statement, found)
    return found


def _period(source: Source) -> Found | None:
    """The period of the results: as the letter says, or the statement's own head, where the letter slipped a year."""
    said = source.search(_PERIOD)
    day = parse_date(said["date"]) if said else None
    if said is None or day is None:
        return said
    later = (
        found for found in source.each(_HEADED) if found.page != said.page and _is_years_later(found, day)
    )
    return next(later, said)


def _is_years_later(found: Found, day: date) -> bool:
    other = parse_date(found["date"])
    return other is not None and other > day and (other.month, other.day) == (day.month, day.day)


def _month_end(source: Source) -> Fact | None:
    """The last day of a period that is named by its month alone."""
    month = source.search(_PERIOD_MONTH)
    first = parse_date(f"1 {month['month']}") if month else None
    if month is None or first is None:
        return None
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return derived(last.isoformat(), month.fact(None))


def _statements(source: Source, period_end: date | None) -> Iterator[Statement]:
    for grid in grids_of(source):
        if (statement := of_grid(grid, period_end)) is not None:
            yield statement
    for page in (*source.document, *source.further):
        if _HAS_LINES.search(page.text) and _HAS_BOTTOM.search(page.text):
            yield of_page(page, period_end)
            if is_scan(page):
                yield of_scan(page)


def _best(statements: Iterator[Statement], period_end: date | None) -> Statement | None:
    """The consolidated statement before the standalone one, the period's own before another's, the fuller one."""
    ranked = [(one.is_consolidated, _is_of(one, period_end), _worth(one), one) for one in statements]
    useful = [item for item in ranked if item[2] > 1]
    best = max(useful, key=lambda item: item[:3], default=None)
    return best[3] if best else None


def _is_of(statement: Statement, period_end: date | None) -> bool:
    """Whether the head of its page does not name another period."""
    named = _PERIOD.search(statement.page.text[:_HEAD_CHARS])
    day = parse_date(named["date"]) if named else None
    return day is None or period_end is None or day == period_end


def _worth(statement: Statement) -> int:
    """How many lines with a field it has; of a scan, how many of its figures are proven."""
    if is_scan(statement.page):
        columns = ((Column(statement, role), _figures(statement, role)) for role in ("", *COLUMNS))
        return sum(len(proven(column, figures.get) & figures.keys()) for column, figures in columns) + 1
    return sum(1 for known in known_lines() if _line_of(statement, known) is not None)


def _line_of(statement: Statement, known: Known) -> Line | None:
    fits = [line for line in statement.lines if known.fits(line.label)]
    better = [line for line in fits if known.better and known.better.search(line.label)]
    return next(iter(better or fits), None)


def _read(statement: Statement) -> Extract:
    found = Extract()
    for known in known_lines():
        line = _line_of(statement, known)
        scale = Scale.UNIT if known.field.startswith("eps") else statement.scale
        if line is None or scale is None:
            continue
        for role, cell in line.cells:
            value = _signed(_money(cell, scale), line.label)
            field = f"{known.field}_{role}" if role else known.field
            if value is not None:
                found.put(field, Fact(value=value, evidence=line.place, confidence=0.8))
    return found


#: Lines that must add up: the first two make the third, the second counted with the given sign.
_SUM = ("revenue_from_operations", "other_income", "total_income")


def _put_sound(statement: Statement, read: Extract, found: Extract) -> None:
    """Puts the lines, save those of a sum that does not hold; of a scan only what its own arithmetic bears out."""
    rounding = (statement.scale or Scale.UNIT).factor / 50
    if is_scan(statement.page):
        _keep_proven(statement, read)
    elif _adds_up(read.facts, rounding) is False:
        _drop(read, _SUM)
    for field, fact in read.facts.items():
        found.put(field, fact)


def _keep_proven(statement: Statement, read: Extract) -> None:
    """Leaves only the figures of a scan that are proven, column by column."""
    kept: set[str] = set()
    for role in ("", *COLUMNS):
        end = f"_{role}" if role else ""
        figures = _figures(statement, role)
        kept |= {f"{field}{end}" for field in proven(Column(statement, role), figures.get)}
    for field in read.facts.keys() - kept:
        del read.facts[field]


def _figures(statement: Statement, role: str) -> dict[str, Decimal]:
    """Field → figure of a column, in the unit of the statement."""
    figures: dict[str, Decimal] = {}
    for known in known_lines():
        line = _line_of(statement, known)
        cell = next((cell for one, cell in line.cells if one == role), "") if line else ""
        if (value := number_in(cell)) is not None:
            figures[known.field] = value
    return figures


def _adds_up(facts: dict[str, Fact], rounding: Decimal) -> bool | None:
    """Whether the income adds up to one in a hundred in the period's own column; ``None`` where a part is missing."""
    known = [facts[field].value for field in _SUM if field in facts]
    amounts = [money.amount for money in known if isinstance(money, Money)]
    if len(amounts) < len(_SUM):
        return None
    gap = abs(amounts[0] + amounts[1] - amounts[2])
    return gap <= max(abs(amounts[2]) / 100, rounding)


def _drop(read: Extract, lines: tuple[str, ...]) -> None:
    for field in [field for field in read.facts if field.startswith(lines)]:
        del read.facts[field]


def _signed(value: Money | None, label: str) -> Money | None:
    """A line that speaks of a loss alone states it without a sign."""
    if value is None or value.amount <= 0 or "profit" in label or not _ONLY_LOSS.search(label):
        return value
    return value.model_copy(update={"amount": -value.amount})


def _money(cell: str, scale: Scale) -> Money | None:
    amounts = find_amounts(cell, scale)
    return money_of(cell, amounts[0]) if amounts else None


def _put_nature(source: Source, statement: Statement | None, found: Extract) -> None:
    """Audited or not, which accounts, what the auditor says."""
    head = statement.head if statement else ""
    said = next(filter(None, map(_STATUS.search, (source.title, head, source.lowered))), None)
    if said is not None and (place := source.search(_STATUS if said["un"] is None else _UNAUDITED)):
        reviewed = said["un"] is not None and source.search(_REVIEW)
        found.put("audit_status", reviewed.fact("limited review") if reviewed else place.fact(_status(place)))
    _put_opinion(source, found)
    basis = _basis(source, statement.page if statement else None, statement)
    if basis is not None:
        found.put("basis", basis.fact("consolidated" if "consol" in basis[0].lower() else "standalone"))


def _status(place: Found) -> str:
    return "unaudited" if _UNAUDITED.search(place[0]) else "audited"


def _put_opinion(source: Source, found: Extract) -> None:
    for opinion in source.each(_OPINION, "opinion"):
        word = opinion["opinion"].lower().split()[0]
        before = opinion.page.text[max(0, opinion.match.start() - 60) : opinion.match.start()]
        if not _NO_OPINION.search(before):
            found.put("opinion", opinion.fact("unmodified" if word == "unqualified" else word))
            return
    if clean := source.search(_CLEAN_REVIEW):
        found.put("opinion", clean.fact("unmodified"))


def _basis(source: Source, page: Page | None, statement: Statement | None) -> Found | None:
    """Where the statement that was read says which accounts it is for; the whole filing when it does not."""
    patterns = (_CONSOLIDATED, _STANDALONE)
    if statement is not None and not statement.is_consolidated:
        patterns = (_STANDALONE, _CONSOLIDATED)
    on_page = (_on(page, pattern) for pattern in patterns)
    return next(filter(None, on_page), None) or next(filter(None, map(source.search, patterns)), None)


def _on(page: Page | None, pattern: re.Pattern[str]) -> Found | None:
    match = pattern.search(page.text) if page is not None else None
    return Found(page, match) if page is not None and match is not None else None
