"""What a reader of an HTML page sees: text, one line per block or table row, and tables. Reader processes only."""

from __future__ import annotations

import re
from typing import Any

from backfin.documents.extract import Extract, Limits, kept_tables, single_page
from backfin.documents.html_tables import CELLS, tables_in
from backfin.documents.markup import local_name, parse_html


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DROPPED = _names(
    "head script style noscript template iframe object svg select textarea button audio video canvas"
)
_BLOCKS = _names(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody"
    " tfoot thead tr ul"
)
#: Stand for our own breaks until the white space of the source, which means nothing, is gone.
_LINE, _CELL = "\v", "\f"
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def extract(data: bytes, limits: Limits) -> Extract:
    """The visible text of an HTML file as one page, and its tables."""
    tree = parse_html(data)
    tables: list[Any] = []
    found = single_page(visible_text(tree.root, tables), limits, tree.flags)
    if not limits.with_tables or "too_large" in found.flags or not found.pages:
        return found
    return found._replace(tables=kept_tables(tables_in(tables, _text_of_cell)))


def visible_text(root: Any, tables: list[Any] | None = None) -> str:
    """Text that is shown: no scripts, styles, comments, forms' values or elements hidden by their own style.

    Blocks start a new line; cells of one table row stay on one line, parted by tabs.

    Args:
        root: The element whose text it is.
        tables: Takes the elements ``table`` that are shown.
    """
    pieces: list[str] = []
    # Of each element: whether it was entered before, what parts blocks here, and whether it stands in a row of
    # several cells. A stack of our own, since a file can nest deeper than Python calls.
    stack = [(root, False, _LINE, False)]
    while stack:
        element, is_end, parting, in_row = stack.pop()
        if is_end:
            pieces.append(parting if _name(element) in _BLOCKS else "")
        elif isinstance(element.tag, str) and not _is_hidden(element):
            pieces += (_opening(element, parting), element.text or "")
            stack.append((element, True, parting, in_row))
            if tables is not None and _name(element) == "table":
                tables.append(element)
            inside = " " if in_row and _is_data_cell(element) else parting
            has_cells = sum(_name(child) in CELLS for child in element) > 1
            stack += ((child, False, inside, has_cells) for child in reversed(element))
            continue
        if element is not root:
            pieces.append(element.tail or "")
    return _tidy("".join(pieces))


def _text_of_cell(cell: Any) -> str:
    return visible_text(cell) if not _is_hidden(cell) and not _is_hidden(cell.getparent()) else ""


def _name(element: Any) -> str:
    return local_name(element).lower()


def _opening(element: Any, parting: str) -> str:
    name = _name(element)
    if name in CELLS:
        return _CELL
    return parting if name in _BLOCKS else ""


def _is_data_cell(element: Any) -> bool:
    """Whether paragraphs in this cell stay on the row's line: not in tables that only arrange a page."""
    return _name(element) in CELLS and next(element.iter("{*}table"), None) is None


def _is_hidden(element: Any) -> bool:
    name = _name(element)
    if name in _DROPPED or "hidden" in element.attrib:
        return True
    if name == "header" and ":" in str(element.tag):
        return True  # the header of inline XBRL repeats facts nobody sees
    return bool(_HIDING_STYLE.search(element.get("style", "")))


def _tidy(text: str) -> str:
    lines = []
    for line in text.split(_LINE):
        cells = [" ".join(cell.split()) for cell in line.split(_CELL)]
        # The first mark opens the row; an empty cell keeps its place.
        lines.append("\t".join(cells if cells[0] else cells[1:]).rstrip())
    return "\n".join(line for line in lines if line)
