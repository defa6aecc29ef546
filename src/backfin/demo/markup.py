"""Turns the light markup of the day's files into the pages of a PDF.

One line, one meaning::

    @letter               letterhead, date and addressee of the filing company
    @close Name | Title   closing words and signature; alone: the company secretary's
    @page                 a new page
    # text                bold heading, centred        ## text   bold line
    = text                centred line                 > text    line at the right
    |w 8 62 30r           relative widths of the table that follows, ``r`` for right-aligned
    | a | b | c           a row of a table; the first is its head unless ``nohead`` follows the widths
    anything else         a paragraph, until an empty line; ``\\`` at a line's end keeps the break
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backfin.demo.companies import Company
from backfin.demo.letter import closing, letterhead
from backfin.testing.pdf import Block, Gap, Page, Table, Text, bold

#: Paragraphs that open like this are set in bold, as companies do.
_BOLD_STARTS = ("Sub:", "Sub.:", "Subject:", "Ref:", "Re:", "Reg:", "Scrip Code", "SUB:", "Sub :")


def pages_of(document: str, company: Company) -> list[Page]:
    """The pages a document of a company is made of."""
    setter = _Setter(company)
    for line in document.strip("\n").split("\n"):
        setter.take(line.rstrip())
    setter.end_block()
    return setter.pages


@dataclass
class _Setter:
    """Reads line by line; keeps what is open: a paragraph or a table."""

    company: Company
    pages: list[Page] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _paragraph: list[str] = field(default_factory=list)
    _rows: list[list[str]] = field(default_factory=list)
    _columns: list[str] = field(default_factory=list)
    _footer: str = ""

    def __post_init__(self) -> None:
        self._new_page()

    def take(self, line: str) -> None:
        """Takes the next line of the document."""
        if line.startswith("|w"):
            self._end_block()
            self._columns = line[2:].split()
        elif line.startswith("|"):
            self._end_paragraph()
            self._rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif line and not line.startswith(("@", "#", "= ", "> ")):
            self._end_table()
            self._paragraph.append(line)
        else:
            self._end_block()
            self._single(line)

    def end_block(self) -> None:
        """Sets what is still open; call after the last line."""
        self._end_block()

    def _single(self, line: str) -> None:
        mark, _, rest = line.partition(" ")
        font = self.company.font
        singles: dict[str, list[Block]] = {
            "#": [Gap(4), Text(rest, bold(font), 11.5, "center")],
            "##": [Text(rest, bold(font), 10, gap=4)],
            "=": [Text(rest, font, 10, "center", gap=3)],
            ">": [Text(rest, font, 10, "right", gap=3)],
        }
        if mark == "@page":
            self._new_page()
        elif mark == "@letter":
            self._footer = self.company.footer
            self._new_page()
            self._blocks.extend(letterhead(self.company))
        elif mark == "@close":
            self._blocks.extend(closing(self.company, rest))
        else:
            self._blocks.extend(singles.get(mark, []))

    def _new_page(self) -> None:
        if self.pages and not self._blocks:
            self.pages.pop()
        self._blocks = []
        self.pages.append(Page(self._blocks, self._footer or "Page {page} of {pages}"))

    def _end_block(self) -> None:
        self._end_paragraph()
        self._end_table()

    def _end_paragraph(self) -> None:
        if self._paragraph:
            text = "".join(
                line[:-1] + "\n" if line.endswith("\\") else line + " " for line in self._paragraph
            )
            font = bold(self.company.font) if text.startswith(_BOLD_STARTS) else self.company.font
            self._blocks.append(Text(text.strip(), font))
            self._paragraph = []

    def _end_table(self) -> None:
        if self._rows:
            self._blocks.extend([Gap(3), _table(self._rows, self._columns, self.company.font)])
            self._rows, self._columns = [], []


def _table(rows: list[list[str]], columns: list[str], font: str) -> Table:
    shown = [column for column in columns if column != "nohead"] or ["1"] * max(len(row) for row in rows)
    return Table(
        rows,
        widths=[float(column.removesuffix("r")) for column in shown],
        right=frozenset(number for number, column in enumerate(shown) if column.endswith("r")),
        header_rows=0 if "nohead" in columns else 1,
        font=font,
        size=9 if len(shown) < 6 else 8,
    )
