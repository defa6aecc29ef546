"""Financial results: the lines of the statement, under the scale that its head states."""

from __future__ import annotations

import re
from datetime import date, timedelta

from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.source import Extract, Source, derived, evidence, table_scale
from backfin.enrichment.rules.xbrl_results import read_xbrl
from backfin.models import Fact, Money, Page, Scale
from backfin.models.money import money_of
from backfin.models.money_scale import read_scale
from backfin.models.money_text import find_amounts

_PERIOD = re.compile(
    rf"(?i)\b(?P<span>quarter|half[- ]year|year|months?|period)\b[^.\n]{{0,60}}?\bend(?:ed"
    rf"|ing)\b\s{{0,3}}(?:on\s)?(?P<date>{DATE})"
)
_UNITS = re.compile(
    r"(?i)(?:\bin (?:rs|rupees|inr|₹)\b\.?|amount in (?:rs|₹))(?!\s{0,3}(?:in\s)?(?:lakh|lac|cr|mill|thou))"
)
_NUMBERS = r"(?P<numbers>(?:[(\[]?-?\s?\d[\d,]*(?:\.\d+)?[)\]]?[ \t]{0,6}|[-–][ \t]{1,6}){1,8})[ \t]*\r?$"
_GAP = r"(?:[^\d\n(]|\([^)\n]{0,60}\)){0,70}?"
_NUMBER = re.compile(r"\(?-?\s?\d[\d,]*(?:\.\d+)?\)?|[-–](?=\s|$)")


def _line(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?im)^[^\n]{{0,14}}?\b(?:{words}){_GAP}\s{{1,3}}{_NUMBERS}")


def _eps_line(word: str) -> re.Pattern[str]:
    """A line of earnings per share; its figures may stand on the line below its words."""
    words = r"(?:[^\d\n(]|\([^)\n]{0,60}\)){0,50}?"
    return re.compile(rf"(?im)^[^\n]{{0,70}}?\b{word}\b{words}(?:\n{words})?\s{{1,3}}{_NUMBERS}")


_BOTTOM = r"(?:net )?(?:profit|loss)\s?/?\s?\(?(?:loss|profit)?\)?"

_LINES = {
    "revenue_from_operations": _line(r"(?:total )?revenue from operations|net sales|income from operations"),
    "other_income": _line(r"other income"),
    "total_income": _line(r"total (?:income|revenue)(?! from)"),
    "finance_costs": _line(r"finance costs?"),
    "depreciation": _line(r"depreciation"),
    "exceptional_items": _line(r"(?<!before )exceptional items?(?! and)"),
    "profit_before_tax": _line(rf"{_BOTTOM} before tax"),
    "tax": _line(r"(?:total )?tax expenses?"),
    "profit_after_tax": _line(rf"{_BOTTOM}\s?(?:after tax|for the (?:period|quarter|year)|from continuing)"),
    "pat_owners": _line(
        r"(?:attributable to )?(?:the )?(?:owners|equity holders|shareholders) of the (?:parent|company)"
    ),
}
_EPS = {
    "eps_basic": _eps_line("basic"),
    "eps_diluted": _eps_line("diluted"),
}
_CONSOLIDATED = re.compile(r"(?i)\bconsolidated\b[^\n]{0,60}\bresults?\b")
_STANDALONE = re.compile(r"(?i)\bstandalone\b[^\n]{0,60}\bresults?\b")
_OPINION = re.compile(
    r"(?i)\b(?P<opinion>qualified|adverse|unmodified|disclaimer of) (?:audit )?(?:opinion|conclusion)"
)
_CLEAN_REVIEW = re.compile(r"(?i)nothing\shas\scome\sto\sour\sattention")
_QUARTER = re.compile(r"(?i)^quarter (?:ended|ending)")
_AUDIT = (
    ("limited review", re.compile(r"(?i)\blimited review\b")),
    ("unaudited", re.compile(r"(?i)\bun-?\s?audited\b")),
    ("audited", re.compile(r"(?i)\baudited\b")),
)


def extract_results(source: Source) -> Extract:
    """Facts of ``financial_results``. A line without a stated scale is left out: guessing slips by 100."""
    found = Extract()
    period = source.search(_PERIOD)
    end = period.date_fact("date") if period else None
    found.put("period_end", end)
    if end is not None and period is not None and _QUARTER.search(period[0]):
        found.put("period_start", derived(_quarter_start(parse_date(str(end.value))), end))
    _put_nature(source, found)
    read_xbrl(source, found)
    for page in _statement_pages(source):
        _read_page(page, found, parse_date(str(end.value)) if end else None)
        if "profit_after_tax" in found.facts:
            break
    return found


def _put_nature(source: Source, found: Extract) -> None:
    for status, pattern in _AUDIT:
        if audit := source.search(pattern):
            found.put("audit_status", audit.fact(status))
            break
    if opinion := source.search(_OPINION, "opinion"):
        found.put("opinion", opinion.fact(opinion["opinion"].lower().split()[0]))
    elif clean := source.search(_CLEAN_REVIEW):
        found.put("opinion", clean.fact("unmodified"))
    if basis := source.search(_CONSOLIDATED) or source.search(_STANDALONE):
        found.put("basis", basis.fact("consolidated" if "consol" in basis[0].lower() else "standalone"))


def _statement_pages(source: Source) -> list[Page]:
    """Pages that hold a statement, consolidated ones first."""
    pages = [page for page in source.document if _LINES["revenue_from_operations"].search(page.text)]
    return sorted(pages, key=lambda page: "consolidated" not in page.text[:1500].lower())


def _read_page(page: Page, found: Extract, period_end: date | None) -> None:
    scale = _scale(page)
    first = _LINES["revenue_from_operations"].search(page.text)
    columns = _columns(page.text[: first.start()] if first else "", period_end)
    if scale is not None:
        for name, pattern in _LINES.items():
            _put_line(page, found, name, pattern, scale, columns)
    for name, pattern in _EPS.items():
        _put_line(page, found, name, pattern, Scale.UNIT, columns)


def _scale(page: Page) -> Scale | None:
    """The one scale that the page states for its tables, or plain rupees; ``None`` when it states neither."""
    stated = table_scale(page)
    if stated is not None:
        return read_scale(stated)[0]
    return Scale.UNIT if _UNITS.search(page.text) else None


def _put_line(
    page: Page, found: Extract, name: str, pattern: re.Pattern[str], scale: Scale, columns: tuple[str, ...]
) -> None:
    match = pattern.search(page.text)
    if match is None:
        return
    place = evidence(page, *match.span())
    is_loss = _ONLY_LOSS.search(match[0]) is not None
    for cell, column in zip(_NUMBER.findall(match["numbers"]), columns, strict=False):
        value = _money(cell, scale)
        if value is not None and is_loss and value.amount > 0:
            value = value.model_copy(update={"amount": -value.amount})
        if value is not None:
            field = f"{name}_{column}" if column else name
            found.put(field, Fact(value=value, evidence=(place,), confidence=0.75))


#: A line that speaks of a loss alone states it without a sign.
_ONLY_LOSS = re.compile(r"(?i)^(?![^\n]*profit)[^\n]*\bloss (?:before|after|for)\b")


def _quarter_start(end: date | None) -> str | None:
    if end is None:
        return None
    last = end + timedelta(days=1)
    month = (last.month - 4) % 12 + 1
    return date(last.year - (last.month <= 3), month, 1).isoformat()


def _money(cell: str, scale: Scale) -> Money | None:
    amounts = find_amounts(cell, scale)
    return money_of(cell, amounts[0]) if amounts else None


def _columns(head: str, period_end: date | None) -> tuple[str, ...]:
    """What each column is, as far as the dates above the table prove it; the first is the period's own."""
    days = [_day(match[0]) for match in _COLUMN_DAY.finditer(head)]
    for at in range(len(days) - 2):
        first, second, third = days[at : at + 3]
        if not (first and second and third) or (period_end and first != period_end):
            continue
        if 85 <= (first - second).days <= 95 and third == _year_before(first):
            return ("", "prior_quarter", "prior_year_quarter")
    return ("",)


_SHORT_YEAR = re.compile(r"(?<=[A-Za-z]-)(?=\d\d$)")
_COLUMN_DAY = re.compile(rf"(?i){DATE}|\b\d{{1,2}}-[a-z]{{3}}-\d\d\b")


def _day(text: str) -> date | None:
    """A day in the head of a column, which may shorten the year ("30-Jun-26")."""
    return parse_date(_SHORT_YEAR.sub("20", text))


def _year_before(day: date) -> date:
    last = day + timedelta(days=1)
    return last.replace(year=last.year - 1) - timedelta(days=1)
