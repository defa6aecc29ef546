"""Which period a column of a statement of results is for, as its head and the dates of the others prove it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from backfin.enrichment.rules.dates import DATE, parse_date

_SHORT_YEAR = re.compile(r"(?<=[A-Za-z]['’-])(?=\d\d$)|(?<=[./-]\d\d[./-])(?=\d\d$)")
_DAY = re.compile(
    rf"(?i){DATE}|\b\d{{1,2}}[ -][a-z]{{3}}['’-]\d\d\b|\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d\d\b(?!\d)"
)
_MONTH_DAY = re.compile(
    r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d{1,2}\s?,"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SPANS = (
    ("half", re.compile(r"(?i)\bhalf[- ]?year|\bsix[- ]months?|\b0?6 months")),
    ("nine", re.compile(r"(?i)\bnine[- ]months?|\b0?9 months")),
    ("quarter", re.compile(r"(?i)\bquarter|\bthree[- ]months?|\b0?3 months|\bq[1-4]\b")),
    ("year", re.compile(r"(?i)year to date|\bytd\b|\byear\b|\btwelve months|\b12 months|\bannual")),
)
_QUARTER_DAYS = range(85, 96)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column: the last day of its period, and how long the period is, where it says so."""

    day: date | None
    span: str = ""


def head_of(text: str) -> Head:
    """What a column's head says.

    >>> head_of("Quarter ended 30.06.2026 (Unaudited)")
    Head(day=datetime.date(2026, 6, 30), span='quarter')
    """
    found = _DAY.search(text)
    return Head(day_of(found[0]) if found else None, span_of(text))


def span_of(text: str) -> str:
    """``quarter``, ``half``, ``nine`` or ``year``; empty when a text names none."""
    return next((name for name, pattern in _SPANS if pattern.search(text)), "")


def day_of(text: str) -> date | None:
    """A day in the head of a column, which may shorten the year ("30-Jun-26")."""
    return parse_date(_SHORT_YEAR.sub("20", text))


def days_in(text: str) -> list[date]:
    """The days that a head in running text names, in order; a line of days and one of years are put together.

    >>> days_in("June 30, March 31,\\n2026 2026")
    [datetime.date(2026, 6, 30), datetime.date(2026, 3, 31)]
    """
    for upper, lower in pairwise(text.splitlines()):
        named, years = _MONTH_DAY.findall(upper), _YEAR.findall(lower)
        if len(named) > 1 and len(named) == len(years):
            pairs = [parse_date(f"{day} {year}") for day, year in zip(named, years, strict=True)]
            return [day for day in pairs if day]
    return [day for match in _DAY.finditer(text) if (day := day_of(match[0]))]


def roles_of(heads: Sequence[Head], period_end: date | None) -> tuple[str | None, ...]:
    """The field's ending for every column: empty for the period itself, ``None`` for a column of no use.

    The period is the one that ends on ``period_end``, or on the latest day of all.
    """
    days = [head.day for head in heads if head.day]
    end = period_end if period_end in days else max(days, default=None)
    if end is None:
        return ()
    shortest = _shortest(heads, end)
    roles: list[str | None] = []
    for head in heads:
        role = _role(head, end, shortest)
        roles.append(_again(role) if role in roles else role)
    return tuple(None if roles.index(role) != at else role for at, role in enumerate(roles))


def undated_first(heads: list[Head], texts: Sequence[str], period_end: date | None) -> list[Head]:
    """Heads in which the period's own column has its day, though a scan spoilt it: the one before the others.

    The column behind it proves it: that is for the quarter, or the year, before the period.
    """
    days = [head.day for head in heads]
    at = next((at for at, day in enumerate(days) if day is not None), 0)
    following = days[at] if at < len(days) else None
    if period_end is None or period_end in days or following is None or at < 2:
        return heads
    is_before = following == year_before(period_end) or is_quarter_apart(period_end, following)
    if not is_before or not any(letter.isdigit() for letter in texts[at - 1]):
        return heads
    return [*heads[: at - 1], Head(period_end, heads[at].span), *heads[at:]]


def _shortest(heads: Sequence[Head], end: date) -> str:
    """The shortest span that a column of this period has: the period's own. Empty where one of them has none."""
    order = ("quarter", "half", "nine", "year")
    spans = [head.span for head in heads if head.day == end]
    return min(spans, key=order.index, default="") if all(spans) else ""


def _role(head: Head, end: date, shortest: str) -> str | None:
    if head.day is None:
        return None
    is_longer = bool(shortest and head.span and head.span != shortest)
    if head.day == end:
        return "ytd" if is_longer else ""
    if head.day == year_before(end):
        return "prior_ytd" if is_longer or head.span in ("nine", "year") else "prior_year_quarter"
    return "prior_quarter" if is_quarter_apart(end, head.day) and not is_longer else None


def is_quarter_apart(later: date, earlier: date) -> bool:
    """Whether two ends of months are three months apart."""
    return (later - earlier).days in _QUARTER_DAYS


def _again(role: str | None) -> str | None:
    """What a second column with the same day is, where no head says how long its period is."""
    return {"": "ytd", "prior_year_quarter": "prior_ytd"}.get(role or "") if role is not None else None


def year_before(day: date) -> date:
    """The same end of a month, a year earlier."""
    last = day + timedelta(days=1)
    return last.replace(year=last.year - 1) - timedelta(days=1)


def quarter_start(end: date) -> date:
    """The first day of the three months that end on a day."""
    last = end + timedelta(days=1)
    month = (last.month - 4) % 12 + 1
    return date(last.year - (last.month <= 3), month, 1)
