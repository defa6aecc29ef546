"""Lines of text as a statement of results, where no table was rebuilt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backfin.enrichment.rules.amounts import table_scale
from backfin.enrichment.rules.columns import Head, days_in, is_quarter_apart, roles_of, span_of
from backfin.enrichment.rules.quotes import evidence_of, tidy
from backfin.enrichment.rules.scans import first_figures
from backfin.enrichment.rules.statement import (
    ENUMERATOR,
    UNDER_HEADING,
    Line,
    Statement,
    is_known,
    plain_label,
    plain_units,
)
from backfin.models import Page
from backfin.models.money_scale import read_scale

_CELL = r"(?:[(\[]?[-−]?\s?\d[\d,]*(?:\.\d+)?\s?[)\]]?|[-–—](?=\s|$)|(?i:nil)\b)"
_TEXT_LINE = re.compile(
    rf"^(?P<label>[^\n]*?[A-Za-z][^\n]*?)\s{{1,12}}(?P<cells>{_CELL}(?:\s{{1,12}}{_CELL}){{0,9}})\s*$"
)
_ONLY_FIGURES = re.compile(rf"^\s{{0,6}}(?P<cells>{_CELL}(?:\s{{1,12}}{_CELL}){{1,9}})\s*$")
_NUMBER = re.compile(_CELL)
_QUARTERLY = re.compile(r"(?i)\bquarter|\bthree months|\bhalf|\bnine")
#: A reference to a note, or to the lines that make this one ("(3-4)", which may lose its dash).
_NOTE = re.compile(r"\d{1,2}(?:\.\d)?|\(\d{2}\)")
_LONGEST_LABEL = 110
_LONGEST_LINE = 300


def of_page(page: Page, period_end: date | None) -> Statement:
    """The lines of a page of text as a statement."""
    texts = page.text.splitlines()
    rows = list(_written_rows(texts))
    head = "\n".join(texts[: rows[0].first]) if rows else page.text[:1500]
    counts = [len(row.cells) for row in rows]
    roles = _text_roles(head, counts, period_end)
    usual = max(Counter(counts).items(), key=lambda item: (item[1], item[0]))[0] if counts else 0
    lines = (
        Line(row.label, placed, (evidence_of(page, tidy(" ".join(texts[row.first : row.last + 1]))),))
        for row in rows
        if (placed := _placed(row.cells, roles, usual))
    )
    stated = table_scale(page.text)
    scale = read_scale(stated)[0] if stated else plain_units(head[-1500:])
    return Statement(page, scale, head[-1500:], tuple(lines))


def of_scan(page: Page) -> Statement:
    """The first figure of every line of a scan whose columns have no heads."""
    lines = (
        Line(plain_label(label), (("", figure),), (evidence_of(page, tidy(line)),))
        for label, figure, line in first_figures(page)
    )
    stated = table_scale(page.text)
    scale = read_scale(stated)[0] if stated else plain_units(page.text[:1500])
    return Statement(page, scale, page.text[:1500], tuple(lines))


@dataclass(frozen=True, slots=True)
class _Written:
    """A row in running text: its first and last line, its plain label, its figures."""

    first: int
    last: int
    label: str
    cells: list[str]


def _written_rows(texts: list[str]) -> Iterator[_Written]:
    """Every row of figures from the first known label on."""
    started = False
    for at, text in enumerate(texts):
        row = _row_at(texts, at) if len(text) <= _LONGEST_LINE and text.strip() else None
        started = started or (row is not None and is_known(row.label))
        if started and row is not None and len(row.label) <= _LONGEST_LABEL:
            yield row


def _row_at(texts: list[str], at: int) -> _Written | None:
    text = texts[at].rstrip()
    if not _ends_in_figure(text):
        return None
    if match := _TEXT_LINE.match(text):
        first = at - 1 if at and _continues(texts[at - 1], match["label"]) else at
        label = match["label"] if first == at else f"{texts[first]} {match['label']}"
        return _Written(first, at, plain_label(label), _NUMBER.findall(match["cells"]))
    figures = _ONLY_FIGURES.match(text)
    if figures is None or not at or _has_figures(texts[at - 1]):
        return None
    first = at - 2 if at > 1 and _continues(texts[at - 2], texts[at - 1]) else at - 1
    label = plain_label(" ".join(texts[first:at]))
    return _Written(first, at, label, _NUMBER.findall(figures["cells"])) if is_known(label) else None


def _has_figures(text: str) -> bool:
    return _ends_in_figure(text.rstrip()) and bool(
        _TEXT_LINE.match(text.rstrip()) or _ONLY_FIGURES.match(text)
    )


def _ends_in_figure(text: str) -> bool:
    """Whether the last sign of a line can be that of a cell: most lines are told apart by it."""
    return (
        text[-1:].isdecimal() or text.endswith((",", ")", "]", "-", "–", "—")) or text[-3:].lower() == "nil"
    )


def _continues(above: str, label: str) -> bool:
    """Whether a label goes on from a line above that has no figures: a wrapped one, or one under a heading."""
    if not above.strip() or len(above) > _LONGEST_LABEL or _has_figures(above):
        return False
    if ENUMERATOR.match(label.strip()):
        return False
    return not is_known(label) or bool(ENUMERATOR.match(above.strip()) or UNDER_HEADING.search(label))


def _text_roles(head: str, counts: list[int], period_end: date | None) -> tuple[str | None, ...]:
    """What each column is, if right above the figures there stand as many dates as a line has figures."""
    above = "\n".join(head.splitlines()[-14:])
    days = days_in(above)
    is_quarterly = any(is_quarter_apart(one, two) for one in days for two in days)
    span = "year" if not is_quarterly and not _QUARTERLY.search(above) and span_of(above) == "year" else ""
    for count, _ in Counter(counts).most_common(2):
        for start in range(len(days) - count, -1, -1):
            run = days[start : start + count]
            roles = roles_of([Head(day, span) for day in run], period_end) if count > 1 else ()
            if "" in roles and (period_end is None or period_end in run):
                return roles
    return ()


def _placed(cells: list[str], roles: tuple[str | None, ...], usual: int) -> tuple[tuple[str, str], ...]:
    """Figures with their roles; a leading reference to a note is left out; more is not guessed.

    Without roles the first figure is the period's, unless the line has fewer figures than the others.
    """
    if len(cells) == (len(roles) or usual) + 1 and _NOTE.fullmatch(cells[0]):
        cells = cells[1:]
    if roles and len(cells) == len(roles):
        return tuple((role, cell) for role, cell in zip(roles, cells, strict=True) if role is not None)
    if (roles and len(cells) < len(roles)) or (not roles and len(cells) < usual):
        return ()
    is_note = len(cells) > 1 and _NOTE.fullmatch(cells[0]) and any("." in cell for cell in cells[1:])
    return () if is_note else (("", cells[0]),)
