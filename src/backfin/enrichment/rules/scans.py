"""Statements of results that were scanned: figures among the marks of a bad scan, and columns that lost their heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from backfin.models import Method, Page

#: A figure with its decimals, brackets as they were read.
_FIGURE = re.compile(r"(?<![\w.,])[({\[]{0,2}\s?[-−]?\d[\d,]*\.\d{2,3}(?![\d%])[)}\]]{0,2}")
_WHOLE = re.compile(r"[({\[]?(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})[)}\]]?")
#: A whole number in a sheet of decimals: one that lost its point, so that no column can be told.
_LOST_POINT = re.compile(r"(?<![\w.,+(\[{–-])\d{2,}(?![\w.,+%)\]}–/-])")
_BARE = re.compile(r"(?<![\w.])\d+(?![\w.])")
_BRACKETED = re.compile(r"[(\[{][^()\[\]{}]*?[)\]}]")
_RAN_TOGETHER = re.compile(r"(?i)(?<=\S)\s(?=net (?:profit|loss)\b|tax expenses?\b)")
_STATUS = re.compile(r"(?i)\bun-?\s?audited\b|\baudited\b")
_LEAST_FIGURES = 12


def is_scan(page: Page) -> bool:
    """Whether a page's words were read from its picture."""
    return page.method is not Method.TEXT


def figures_in(cell: str) -> list[str]:
    """The figures of a cell, marks of the scan left out; none where words stand among them.

    >>> figures_in("(3.60) ="), figures_in(": 518.15"), figures_in("(1.83) = (1.83)"), figures_in("o")
    (['(3.60)'], ['518.15'], ['(1.83)', '(1.83)'], [])
    """
    figures = [whole_figure(match[0]) for match in _FIGURE.finditer(cell)]
    if not figures and _WHOLE.fullmatch(cell.strip()):
        return [cell.strip()]
    return figures


def whole_figure(text: str) -> str:
    """A figure with a bracket on both sides or on none."""
    digits = text.strip("(){}[] ")
    is_closed = text[0] in "({[" and text[-1] in ")}]"
    return f"({digits})" if is_closed else digits


def split_label(label: str) -> list[str]:
    """The labels of lines that ran together.

    >>> split_label("Profit/(Loss) before Tax (3-4) Tax Expense Net Profit/(Loss) for the period")
    ['Profit/(Loss) before Tax (3-4)', 'Tax Expense', 'Net Profit/(Loss) for the period']
    """
    return _RAN_TOGETHER.split(label)


def first_figures(page: Page) -> Iterator[tuple[str, str, str]]:
    """Label, first figure and whole line of every line of a scan whose columns are sound.

    The columns are sound where the head counts as many of them, by "audited" and "unaudited", as a line has figures.
    A line with fewer figures is left out, and one with a figure before the first that lost its point.
    """
    lines = [line for line in page.text.splitlines() if line.strip()]
    rows = [(line, list(_FIGURE.finditer(line))) for line in lines]
    counts = Counter(len(found) for _, found in rows if len(found) > 1)
    columns = max((len(_STATUS.findall(line)) for line in lines), default=0)
    usual = counts.most_common(1)[0][0] if counts else 0
    if sum(len(found) for _, found in rows) < _LEAST_FIGURES or (columns > 1 and columns != usual):
        return
    for line, found in rows:
        if _numbers(line, found) >= usual and not _LOST_POINT.search(
            _BRACKETED.sub("", line[: found[0].start()])
        ):
            yield line[: found[0].start()].strip(" *|:.-–"), whole_figure(found[0][0]), line


def _numbers(line: str, figures: list[re.Match[str]]) -> int:
    """How many numbers a line has; none without one that has its point."""
    rest = _BRACKETED.sub(" ", _FIGURE.sub(" ", line))
    return len(figures) + len(_BARE.findall(rest)) if figures else 0
