"""Dates as Indian filings write them: day first."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"

#: What stands behind the number of a day: "th", or what a scan makes of it where it is set high.
_ORDINAL = r"(?:st|nd|rd|th|[\"'!*°”’“‘^™»]{1,3}(?:st|nd|rd|th|[dhst])?)?"

#: A date in any of the forms below, for use inside other patterns (which must ignore case).
DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\s?{_ORDINAL}"
    rf"\s{{0,2}}(?:day\s)?(?:of\s)?[\s-]{{0,2}}{_MONTH}[\s,.'-]{{0,3}}\d{{4}}"
    rf"|{_MONTH}[\s.]{{1,2}}\d{{1,2}}\s?(?:st|nd|rd|th)?[\s,.]{{0,3}}\d{{4}})"
)

#: Years that a filing can speak of; others are misprints, or stand for "never".
_YEARS = range(1800, 2200)

_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DAY_FIRST = re.compile(rf"(?i)(\d{{1,2}})\D{{0,9}}?({_MONTH})\D{{0,3}}(\d{{4}})")
_MONTH_FIRST = re.compile(rf"(?i)({_MONTH})\D{{1,2}}(\d{{1,2}})\D{{0,5}}(\d{{4}})")


def parse_date(text: str) -> date | None:
    """The first date in a short text; ``None`` if there is none, no such day, or a year far from ours.

    >>> parse_date("on 30th June, 2026")
    datetime.date(2026, 6, 30)
    >>> parse_date("05.08.2019"), parse_date("June 30, 2026"), parse_date("31.02.2020")
    (datetime.date(2019, 8, 5), datetime.date(2026, 6, 30), None)
    >>> parse_date("31-12-9999") is None
    True
    """
    if match := _ISO.search(text):
        return _date(match[1], match[2], match[3])
    if match := _NUMERIC.search(text):
        return _date(match[3], match[2], match[1])
    if match := _DAY_FIRST.search(text):
        return _date(match[3], match[2], match[1])
    if match := _MONTH_FIRST.search(text):
        return _date(match[3], match[1], match[2])
    return None


def _date(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    try:
        return date(int(year), number, int(day)) if int(year) in _YEARS else None
    except ValueError:
        return None
