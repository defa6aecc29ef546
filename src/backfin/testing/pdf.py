"""A tiny PDF writer: letters, ruled tables and scans for demos, tests and benchmarks.

The same input gives the same bytes: no dates, no random ids. Text is WinAnsi (cp1252) in the fonts every reader
has; the rupee sign, which WinAnsi lacks, is drawn by a font of one glyph that extracts as U+20B9.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from backfin.testing.pdf_fonts import FONTS, RUPEE, RUPEE_FONT, text_width, wrap

#: A4 in points, and the margins inside which text is set.
WIDTH, HEIGHT = 595, 842
LEFT, RIGHT, TOP, BOTTOM = 62, 533, 800, 56

_PADDING = 4


@dataclass(frozen=True, slots=True)
class Text:
    """A wrapped paragraph. ``\\n`` breaks a line; ``align`` is ``left``, ``right`` or ``center``."""

    text: str
    font: str = "Helvetica"
    size: float = 10
    align: str = "left"
    indent: float = 0
    gap: float = 7
    color: tuple[float, float, float] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; the first ``header_rows`` are bold.

    Args:
        rows: Cells by row; a short row leaves its last columns empty.
        widths: Relative widths of the columns; they set how many columns there are.
        right: Numbers (from 0) of the right-aligned columns.
        ruled: Whether lines are drawn around the cells.
    """

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    right: frozenset[int] = frozenset()
    header_rows: int = 1
    font: str = "Helvetica"
    size: float = 9
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space, with a line across the page when ``ruled``."""

    points: float = 10
    ruled: bool = False


Block = Text | Table | Gap


@dataclass(frozen=True, slots=True)
class Page:
    """Blocks from the top of a new sheet; what does not fit goes on to further sheets.

    ``footer`` is set small and centred at the foot; ``{page}`` and ``{pages}`` in it are filled in.
    """

    blocks: Sequence[Block]
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is a picture: 8-bit gray, row by row, no text layer."""

    width_px: int
    height_px: int
    gray: bytes


def make_pdf(pages: Sequence[Page | Scan | str]) -> bytes:
    """A PDF of these pages; a plain string is a page of paragraphs.

    Raises:
        UnicodeEncodeError: A character is neither WinAnsi nor the rupee sign.
    """
    sheets: list[tuple[str, str] | Scan] = []
    for page in pages:
        if isinstance(page, Scan):
            sheets.append(page)
        else:
            whole = page if isinstance(page, Page) else Page([Text(part) for part in page.split("\n\n")])
            sheets.extend((ops, whole.footer) for ops in _set(whole.blocks))
    file = _File()
    fonts = file.add_fonts()
    for number, sheet in enumerate(sheets, start=1):
        if isinstance(sheet, Scan):
            file.add_scan(sheet)
        else:
            ops, footer = sheet
            label = footer.replace("{page}", str(number)).replace("{pages}", str(len(sheets)))
            file.add_page(ops + _footer(label), fonts)
    return file.finish()


def scanned(pdf: bytes, dpi: int = 150) -> list[Scan]:
    """The pages of a PDF as a tired office scanner would give them: gray, a little askew, no text layer."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_scan_of(page.render(scale=dpi / 72, grayscale=True)) for page in document]
    finally:
        document.close()


def one_page_pdf(text: str) -> bytes:
    """A one-page PDF of plain lines in Courier, made fast; lines are cut every 90 characters.

    Raises:
        UnicodeEncodeError: A character is not WinAnsi.
    """
    lines = [line[at : at + 90] for line in text.splitlines() for at in range(0, len(line) or 1, 90)]
    shown = ") '\n(".join(_escaped(line) for line in lines)
    content = _flate(f"BT /F1 9 Tf 11 TL 50 800 Td\n({shown}) '\nET", level=1)
    return _serialise([*_ONE_PAGE, content])


def _escaped(text: str) -> str:
    raw = text.encode("cp1252").decode("latin-1")
    return raw.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _flate(content: str | bytes, extra: str = "", level: int = 6) -> bytes:
    data = zlib.compress(content.encode("latin-1") if isinstance(content, str) else content, level)
    head = f"<< /Length {len(data)} /Filter /FlateDecode {extra}>>\nstream\n"
    return head.encode() + data + b"\nendstream"


def _serialise(objects: Sequence[bytes]) -> bytes:
    """Objects numbered from 1, the first of which is the catalog, as a file."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count + b"".join(offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(out)


def _font_object(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


#: Catalog, pages, page and font of ``one_page_pdf``; its content is object 5.
_ONE_PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] " % (WIDTH, HEIGHT)
    + b"/Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
    _font_object("Courier"),
)


class _File:
    """Collects the objects of a file; numbers 1 and 2 are kept for catalog and page tree."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
        self._kids: list[int] = []

    def _add(self, body: bytes) -> int:
        self._objects.append(body)
        return len(self._objects)

    def add_fonts(self) -> str:
        """Adds every font; returns the resources entry that names them."""
        entries = [f"/{key} {self._add(_font_object(name))} 0 R" for name, key in FONTS.items()]
        glyph, unicode = self._add(_flate(RUPEE_FONT.glyph)), self._add(_flate(RUPEE_FONT.to_unicode))
        entries.append(f"/R {self._add(RUPEE_FONT.body(glyph, unicode))} 0 R")
        return f"/Font << {' '.join(entries)} >>"

    def add_page(self, ops: str, resources: str) -> None:
        content = self._add(_flate(ops))
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
        page += f"/Resources << {resources} >> /Contents {content} 0 R >>"
        self._kids.append(self._add(page.encode()))

    def add_scan(self, scan: Scan) -> None:
        size = f"/Width {scan.width_px} /Height {scan.height_px}"
        kind = f"/Type /XObject /Subtype /Image {size} /ColorSpace /DeviceGray /BitsPerComponent 8 "
        image = self._add(_flate(scan.gray, kind))
        self.add_page(f"{WIDTH} 0 0 {HEIGHT} 0 0 cm /Im Do", f"/XObject << /Im {image} 0 R >>")

    def finish(self) -> bytes:
        kids = " ".join(f"{kid} 0 R" for kid in self._kids)
        self._objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self._kids)} >>".encode()
        return _serialise(self._objects)


def _set(blocks: Iterable[Block]) -> list[str]:
    """Sets blocks from the top of a sheet; returns the drawing of each sheet."""
    setter = _Setter()
    for block in blocks:
        if isinstance(block, Text):
            setter.text(block)
        elif isinstance(block, Table):
            setter.table(block)
        else:
            setter.space(block)
    return ["\n".join(ops) for ops in setter.sheets]


class _Setter:
    """A pen that moves down the page and takes a new sheet when the old one is full."""

    def __init__(self) -> None:
        self.sheets: list[list[str]] = [[]]
        self._y: float = TOP

    def _make_room(self, height: float) -> None:
        if self._y - height < BOTTOM and self._y < TOP:
            self.sheets.append([])
            self._y = TOP

    def text(self, block: Text) -> None:
        for line in wrap(block.text, block.font, block.size, RIGHT - LEFT - block.indent):
            self._make_room(block.size * 1.25)
            self._y -= block.size * 1.25
            x = _aligned(line, block, LEFT + block.indent, RIGHT)
            self.sheets[-1].append(_line(line, x, self._y, block))
        self._y -= block.gap

    def space(self, gap: Gap) -> None:
        self._make_room(gap.points)
        if gap.ruled:
            middle = self._y - gap.points / 2
            self.sheets[-1].append(f"0.6 w {LEFT} {middle:.1f} m {RIGHT} {middle:.1f} l S")
        self._y -= gap.points

    def table(self, table: Table) -> None:
        unit = (RIGHT - LEFT) / sum(table.widths)
        edges = [LEFT + unit * sum(table.widths[:at]) for at in range(len(table.widths) + 1)]
        for number, row in enumerate(table.rows):
            self._row(table, row, edges, is_header=number < table.header_rows)
        self._y -= 8

    def _row(self, table: Table, row: Sequence[str], edges: Sequence[float], *, is_header: bool) -> None:
        font = bold(table.font) if is_header else table.font
        bounds = list(pairwise(edges))
        cells = [*row, *[""] * (len(bounds) - len(row))]
        wrapped = [
            wrap(cell, font, table.size, right - left - 2 * _PADDING)
            for cell, (left, right) in zip(cells, bounds, strict=True)
        ]
        height = max(len(lines) for lines in wrapped) * table.size * 1.2 + (_PADDING if table.ruled else 0)
        self._make_room(height)
        for column, (lines, (left, right)) in enumerate(zip(wrapped, bounds, strict=True)):
            style = Text("", font, table.size, "right" if column in table.right else "left")
            self._cell(lines, left, right, height, style, ruled=table.ruled)
        self._y -= height

    def _cell(
        self, lines: Sequence[str], left: float, right: float, height: float, style: Text, *, ruled: bool
    ) -> None:
        ops = self.sheets[-1]
        if ruled:
            ops.append(f"0.5 w {left:.1f} {self._y - height:.1f} {right - left:.1f} {height:.1f} re S")
        for number, line in enumerate(lines, start=1):
            x = _aligned(line, style, left + _PADDING, right - _PADDING)
            ops.append(_line(line, x, self._y - number * style.size * 1.2, style))


def bold(font: str) -> str:
    """The bold face of a font.

    >>> bold("Times-Roman")
    'Times-Bold'
    """
    face = f"{font.removesuffix('-Roman')}-Bold"
    return face if face in FONTS else font


def _aligned(line: str, style: Text, left: float, right: float) -> float:
    spare = right - left - text_width(line, style.font, style.size)
    return left + {"left": 0.0, "center": spare / 2, "right": spare}[style.align]


def _line(line: str, x: float, y: float, style: Text) -> str:
    face = f"/{FONTS[style.font]} {style.size:g} Tf"
    runs = f" Tj /R {style.size:g} Tf (R) Tj {face} ".join(f"({_escaped(run)})" for run in line.split(RUPEE))
    red, green, blue = style.color
    return f"BT {red:g} {green:g} {blue:g} rg {face} {x:.1f} {y:.1f} Td {runs} Tj ET"


def _footer(text: str) -> str:
    if not text:
        return ""
    style = Text(text, size=7.5, align="center", color=(0.35, 0.35, 0.35))
    lines = wrap(text, style.font, style.size, RIGHT - LEFT)
    return "".join(
        "\n" + _line(line, _aligned(line, style, LEFT, RIGHT), 38 - 9 * at, style)
        for at, line in enumerate(lines)
    )


def _scan_of(bitmap: Any) -> Scan:
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    pixels = bytes(bitmap.buffer)
    rows = []
    for y in range(height):
        shift = y * 5 // height
        row = pixels[y * stride : y * stride + width]
        rows.append(b"\xff" * shift + row[: width - shift])
    return Scan(width, height, b"".join(rows).translate(_TONES))


#: Sixteen tones of gray instead of 256: like a scanner's, and a quarter of the bytes.
_TONES = bytes(min(255, tone // 16 * 17) for tone in range(256))
