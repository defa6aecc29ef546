"""A statement of results, line by line: from a rebuilt table where there is one, else from lines of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources

from backfin.enrichment.rules.amounts import table_scale
from backfin.enrichment.rules.columns import (
    Head,
    days_in,
    head_of,
    is_quarter_apart,
    roles_of,
    span_of,
    undated_first,
)
from backfin.enrichment.rules.quotes import evidence_of, tidy
from backfin.enrichment.rules.scans import figures_in, first_figures, is_scan, split_label
from backfin.enrichment.rules.tables import Grid, is_figure
from backfin.models import Evidence, Page
from backfin.models.money_scale import Scale, read_scale

_UNITS = re.compile(
    r"(?i)(?:\bin (?:rs|rupees|inr|₹)\b\.?|amount in (?:rs|₹))(?!\s{0,3}(?:in\s)?(?:lakh|lac|cr|mill|thou))"
)
_OF_SHARES = re.compile(r"(?i)\bshares?\b|\beps\b|annuali[sz]ed")
_CELL = r"(?:[(\[]?[-−]?\s?\d[\d,]*(?:\.\d+)?\s?[)\]]?|[-–—](?=\s|$)|(?i:nil)\b)"
_TEXT_LINE = re.compile(
    rf"^(?P<label>[^\n]*?[A-Za-z][^\n]*?)\s{{1,12}}(?P<cells>{_CELL}(?:\s{{1,12}}{_CELL}){{0,9}})\s*$"
)
_ONLY_FIGURES = re.compile(rf"^\s{{0,6}}(?P<cells>{_CELL}(?:\s{{1,12}}{_CELL}){{1,9}})\s*$")
_NUMBER = re.compile(_CELL)
#: The number of a line: "1", "(a)", "iv)", "IX.".
_ENUMERATOR = re.compile(r"(?i)^(?:[(\[]?(?:\d{1,2}|[ivx]{1,5}|[a-z])[)\].:]{1,2}\s?|\d{1,2}\s|[ivx]{1,4}\s)")
_QUARTERLY = re.compile(r"(?i)\bquarter|\bthree months|\bhalf|\bnine")
#: A reference to a note, or to the lines that make this one ("(3-4)", which may lose its dash).
_NOTE = re.compile(r"\d{1,2}(?:\.\d)?|\(\d{2}\)")
#: Lines that say little without the heading above them.
_UNDER_HEADING = re.compile(r"(?i)\bowners\b|\bholders\b|\bcontrolling\b|\bbasic\b|\bdiluted\b")
#: Marks that a scan puts into the head of a column.
_NO_HEAD = re.compile(r"[\]\[|{}]")
_LONGEST_LABEL = 110
_LONGEST_LINE = 300
_SEPARATE = re.compile(r"(?i)\bconsolidated\b|\bstandalone\b")


@dataclass(frozen=True, slots=True)
class Known:
    """A line of a statement that has a field."""

    field: str
    says: re.Pattern[str]
    never: re.Pattern[str] | None
    better: re.Pattern[str] | None

    def fits(self, label: str) -> bool:
        """Whether a label in lower case, its enumerator removed, is this line's."""
        return self.says.search(label) is not None and not (self.never and self.never.search(label))


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its label, its figures by the role of their column, and where they stand."""

    label: str
    cells: tuple[tuple[str, str], ...]
    place: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of one statement under the scale that its head states."""

    page: Page
    scale: Scale | None
    head: str
    lines: tuple[Line, ...]

    @property
    def is_consolidated(self) -> bool:
        """Whether its head says so."""
        said = _SEPARATE.findall(self.head.lower())
        return bool(said) and said[0] == "consolidated"


@lru_cache(maxsize=1)
def known_lines() -> tuple[Known, ...]:
    """The table of lines."""
    text = (
        resources.files("backfin.enrichment.rules").joinpath("results_lines.txt").read_text(encoding="utf-8")
    )
    return tuple(_known(line) for line in text.splitlines() if line and not line.startswith("#"))


def _known(line: str) -> Known:
    field, says, never, *better = (part.strip() for part in line.split(" | "))
    never = never.rstrip(" |")
    return Known(
        field,
        re.compile(says),
        re.compile(never) if never else None,
        re.compile(better[0]) if better and better[0] else None,
    )


def plain_label(text: str) -> str:
    """A label in lower case without its enumerator.

    >>> plain_label("(a) Basic (Rs.)"), plain_label("IX Profit before tax (VII-VIII)")
    ('basic (rs.)', 'profit before tax (vii-viii)')
    """
    label = tidy(text)
    for _ in range(2):
        label = _ENUMERATOR.sub("", label)
    return re.sub(r"\s?/\s?", "/", label.lower()).strip(" .:-–")


def of_grid(grid: Grid, period_end: date | None) -> Statement | None:
    """A rebuilt table as a statement; ``None`` when no head of it names a day."""
    heads = [_grid_head(grid, at) for at in range(len(grid.heads))]
    if is_scan(grid.page):
        heads = undated_first(heads, grid.heads, period_end)
        if period_end is not None and all(head.day != period_end for head in heads):
            return None
    roles = roles_of(heads, period_end)
    if not any(role is not None for role in roles):
        return None
    lines = tuple(_grid_lines(grid, roles))
    above = " ".join((grid.title, *grid.heads))
    head = above if _SEPARATE.search(above) else grid.page.text[:1500]
    return Statement(grid.page, _grid_scale(grid), head, lines)


def _grid_head(grid: Grid, at: int) -> Head:
    """A column's head; what spans several columns counts for all of them, standalone ones beside consolidated not."""
    over = " ".join(row[at] for row in grid.spans if at < len(row))
    own = head_of(_NO_HEAD.sub(" ", grid.heads[at]) if is_scan(grid.page) else grid.heads[at])
    every = " ".join(grid.heads).lower()
    if "consolidated" in every and "standalone" in over.lower():
        return Head(None)
    return Head(own.day or head_of(over).day, own.span or span_of(over))


def _grid_scale(grid: Grid) -> Scale | None:
    if grid.scale is not None:
        return grid.scale
    return plain_units(" ".join((grid.title, *grid.heads)), grid.page.text[:1500])


def _grid_lines(grid: Grid, roles: tuple[str | None, ...]) -> Iterator[Line]:
    first = next((at for at, role in enumerate(roles) if role is not None), len(roles))
    places = [(role, at) for at, role in enumerate(roles) if role is not None]
    heading = ""
    for row in grid.rows:
        label = " ".join(cell for cell in row[:first] if cell and not is_figure(cell))
        if is_scan(grid.page):
            yield from _scanned_lines(grid, row, label, places)
            continue
        cells = [(role, row[at]) for role, at in places if at < len(row) and is_figure(row[at])]
        if label and cells:
            whole = f"{heading} {label}" if _UNDER_HEADING.search(label) else label
            yield Line(
                plain_label(whole), tuple(cells), grid.quotes(row, label, *(cell for _, cell in cells))
            )
        elif label:
            heading = label


def _scanned_lines(
    grid: Grid, row: tuple[str, ...], label: str, places: list[tuple[str, int]]
) -> Iterator[Line]:
    """The line of a scan, which may be several that ran together: the first has the first figure of a cell."""
    figures = [(role, figures_in(row[at]), row[at]) for role, at in places if at < len(row)]
    held = [(role, found, cell) for role, found, cell in figures if found]
    if not label or not held:
        return
    quotes = grid.quotes(row, label, *(cell for _, _, cell in held))
    labels = split_label(label)
    yield Line(plain_label(labels[0]), tuple((role, found[0]) for role, found, _ in held), quotes)
    if len(labels) > 1:
        last = tuple((role, found[-1]) for role, found, _ in held if len(found) > 1)
        yield Line(plain_label(labels[-1]), last, quotes)


def plain_units(*heads: str) -> Scale | None:
    """Plain rupees, where a head says so of the whole table and not of its earnings per share."""
    lines = (line for head in heads for line in head.splitlines())
    return Scale.UNIT if any(_UNITS.search(line) and not _OF_SHARES.search(line) for line in lines) else None


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
    if _ENUMERATOR.match(label.strip()):
        return False
    return not is_known(label) or bool(_ENUMERATOR.match(above.strip()) or _UNDER_HEADING.search(label))


def is_known(label: str) -> bool:
    """Whether a label is that of a line with a field."""
    plain = plain_label(label)
    return any(known.fits(plain) for known in known_lines())


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
