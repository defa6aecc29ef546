"""What a reader of an HTML page sees, as text: one line per block or table row. Reader processes only."""

from __future__ import annotations

import re
from typing import Any

from backfin.documents.extract import Extract, Limits, single_page
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
_CELLS = _names("td th")
#: Stand for our own breaks until the white space of the source, which means nothing, is gone.
_LINE, _CELL = "\v", "\f"
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def extract(data: bytes, limits: Limits) -> Extract:
    """The visible text of an HTML file as one page."""
    tree = parse_html(data)
    return single_page(visible_text(tree.root), limits, tree.flags)


def visible_text(root: Any) -> str:
    """Text that is shown: no scripts, styles, comments, forms' values or elements hidden by their own style.

    Blocks start a new line; cells of one table row stay on one line, parted by tabs.
    """
    pieces: list[str] = []
    # Of each element: whether it was entered before, and what parts blocks here. A stack of our own, since a
    # file can nest deeper than Python calls.
    stack = [(root, False, _LINE)]
    while stack:
        element, is_end, parting = stack.pop()
        if is_end:
            pieces.append(parting if _name(element) in _BLOCKS else "")
        elif isinstance(element.tag, str) and not _is_hidden(element):
            pieces += (_opening(element, parting), element.text or "")
            stack.append((element, True, parting))
            inside = " " if _is_data_cell(element) else parting
            stack += ((child, False, inside) for child in reversed(element))
            continue
        if element is not root:
            pieces.append(element.tail or "")
    return _tidy("".join(pieces))


def _name(element: Any) -> str:
    return local_name(element).lower()


def _opening(element: Any, parting: str) -> str:
    name = _name(element)
    if name in _CELLS:
        return _CELL
    return parting if name in _BLOCKS else ""


def _is_data_cell(element: Any) -> bool:
    """Whether paragraphs in this cell stay on the row's line: not in tables that only arrange a page."""
    if _name(element) not in _CELLS:
        return False
    cells = sum(_name(sibling) in _CELLS for sibling in element.getparent())
    return cells > 1 and next(element.iter("table"), None) is None


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
