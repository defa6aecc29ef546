"""Tables of a filing as the rules look at them: a head for every column, rows of cells, quotes that stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from backfin.enrichment.rules.amounts import table_scale
from backfin.enrichment.rules.quotes import evidence_of, normal, tidy
from backfin.enrichment.rules.source import Source
from backfin.models import Evidence, Page, Table
from backfin.models.money_scale import Scale, read_scale

_FIGURE = re.compile(
    r"[(\[]?\s?[-−]?\s?(?:₹|rs\.?)?\s?\d(?:[\d,]*\d)?(?:\.\d+)?\s?(?:%|/-|\))*", re.IGNORECASE
)
#: A row that only counts the columns: "(1) | (2) | (3)".
_COUNT = re.compile(r"[(\[]?(?:\d{1,2}|[ivx]{1,4}|[a-z])[)\].]?", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}[./-](?:\d{1,2}|[A-Za-z]{3})[./-]\d{2,4}|\b(?:19|20)\d\d\b")
_SENTENCE = re.compile(r"(?i)\bstatement\s+of\b.*\bresults?\s+for\b")
_LONGEST_HEAD = 6


@dataclass(frozen=True)
class Grid:
    """One table. ``heads`` has a text for every column; ``above`` is every row over the first one of figures,
    ``title`` what stands there alone in a row.
    """

    page: Page
    title: str
    heads: tuple[str, ...]
    spans: tuple[tuple[str, ...], ...]
    above: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, pattern: re.Pattern[str]) -> int | None:
        """The first column whose head matches."""
        return next((at for at, head in enumerate(self.heads) if pattern.search(head)), None)

    def whole_head(self, at: int) -> str:
        """A column's head together with what spans several columns."""
        over = (row[at] for row in self.spans if at < len(row))
        return tidy(" ".join(dict.fromkeys((*over, self.heads[at]))))

    @cached_property
    def scale(self) -> Scale | None:
        """The scale that the table itself states, else the page; ``None`` when neither states just one."""
        own = table_scale(" ".join((self.title, *self.heads)))
        stated = own or table_scale(self.page.text)
        return read_scale(stated)[0] if stated else None

    def quotes(self, row: tuple[str, ...], *cells: str) -> tuple[Evidence, ...]:
        """Evidence for cells of a row: the row as one quote where it stands so, else each cell by itself."""
        text = normal(self.page.text)
        for whole in (" ".join(filter(None, map(tidy, row))), " ".join(filter(None, map(tidy, cells)))):
            if whole and normal(whole) in text:
                return (evidence_of(self.page, whole),)
        return tuple(evidence_of(self.page, tidy(cell)) for cell in cells if tidy(cell))


def grids_of(source: Source) -> tuple[Grid, ...]:
    """Every table of the filing whose page is read, in order."""
    pages = {page.number: page for page in (*source.document, *source.further)}
    made = (grid_of(table, pages[table.page]) for table in source.tables if table.page in pages)
    return tuple(grid for grid in made if grid is not None)


def grid_of(table: Table, page: Page) -> Grid | None:
    """A table's heads and rows; ``None`` when it has no row of figures."""
    rows = [tuple(map(tidy, row)) for row in table.rows if any(cell.strip() for cell in row)]
    first = next((at for at, row in enumerate(rows) if _is_body(row)), None)
    if first is None:
        return None
    above = rows[:first]
    titles = [row for row in above if _is_title(row)]
    heads = [row for row in above if not _is_title(row)][-_LONGEST_HEAD:]
    spans = tuple(_spread(row) for row in heads)
    width = max(map(len, rows))
    named = tuple(
        tidy(" ".join(row[at] for row in heads if at < len(row) and row[at])) for at in range(width)
    )
    title = " ".join(cell for row in titles for cell in row if cell)
    return Grid(page, title, named, spans, tuple(above), tuple(rows[first:]))


def is_figure(cell: str) -> bool:
    """Whether a cell holds a figure and nothing else.

    >>> is_figure("(1,234.50)"), is_figure("30.06.2026"), is_figure("NTPC")
    (True, False, False)
    """
    return _FIGURE.fullmatch(cell.strip()) is not None and not _DATED.fullmatch(cell.strip())


def _is_body(row: tuple[str, ...]) -> bool:
    """Whether figures follow a label; a row of dates, years or column numbers still belongs to the head."""
    figures = [cell for cell in row[1:] if is_figure(cell)]
    words = [cell for cell in row if cell and not is_figure(cell)]
    if not figures or all(_COUNT.fullmatch(cell) for cell in row if cell):
        return False
    return bool(words) and not all(_DATED.search(cell) for cell in row[1:] if cell)


def _is_title(row: tuple[str, ...]) -> bool:
    """Whether a row stands over the whole table: alone in one cell, or a sentence cut by the columns below it."""
    return sum(1 for cell in row if cell) == 1 or _SENTENCE.search(" ".join(row)) is not None


def _spread(row: tuple[str, ...]) -> tuple[str, ...]:
    """A head's row with every text carried on over the empty cells behind it."""
    spread: list[str] = []
    for cell in row:
        spread.append(cell or (spread[-1] if len(spread) > 1 else ""))
    return tuple(spread)
