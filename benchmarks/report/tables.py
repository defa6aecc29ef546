"""Tables of a Markdown page, written from figures between a pair of comments that names them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: A machine with a higher load before a run was shared.
QUIET_LOAD = 0.5

#: More columns than this are shown as rows.
WIDEST = 9

_PLACE = re.compile(r"<!-- figures: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def write_tables(page: str, figures: Mapping[str, Mapping[str, Any]]) -> str:
    """The page with every table as the figures have it now."""
    return _PLACE.sub(lambda place: _section(place[1], figures.get(place[1])), page)


def _section(name: str, entry: Mapping[str, Any] | None) -> str:
    inside = "Not measured yet.\n" if entry is None else _told(entry)
    return f"<!-- figures: {name} -->\n{inside}<!-- end -->"


def _told(entry: Mapping[str, Any]) -> str:
    load = entry["load_before"]
    shared = f"; other work ran on it (load {load} before)" if load > QUIET_LOAD else ""
    head = f"```console\n$ {entry['command']}\n```\n\n{entry['machine']}, {entry['at']}{shared}.\n\n"
    return head + "\n".join(_tables(entry["found"]))


def _tables(found: Any) -> list[str]:
    """A table of single figures, and one for each list."""
    if isinstance(found, list):
        return [_rows([_flat(one) for one in found])]
    lists = {name: value for name, value in found.items() if _is_list_of_figures(value)}
    single = _flat({name: value for name, value in found.items() if name not in lists})
    tables = [_table(("figure", "value"), list(single.items()))] if single else []
    return tables + [_rows([_flat(one) for one in value]) for value in lists.values()]


def _is_list_of_figures(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _flat(found: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in found.items():
        flat |= _flat(value, f"{before}{name} ") if isinstance(value, Mapping) else {before + name: value}
    return flat


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) <= WIDEST:
        return _table(names, [[row.get(name, "") for name in names] for row in rows])
    head = [names[0], *(row.get(names[0], "") for row in rows)]
    return _table(head, [[name, *(row.get(name, "") for row in rows)] for name in names[1:]])


def _table(head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_shown(cell) for cell in line)} |\n" for line in lines)


def _shown(cell: Any) -> str:
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return f"{cell:,}" if is_number else str(cell).replace("|", "\\|").replace("_", " ")
