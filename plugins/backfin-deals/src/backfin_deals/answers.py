"""What the answers of both exchanges hold. Pure."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backfin.errors import ExchangeUnavailable, ParseError, SourceChanged
from backfin.exchanges import read_json

from backfin_deals.records import COPY, KIND, Row, day_of_row, natural_key

_LISTS = ("Table", "data")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question brought: lists that may show the same rows.

    ``is_plain`` says that the answer had the shape of one with rows, also where it has none; ``is_whole`` that
    nothing is known to be missing.
    """

    lists: tuple[Sequence[Row], ...]
    is_plain: bool = True
    is_whole: bool = True

    @property
    def count(self) -> int:
        """Rows in all lists."""
        return sum(map(len, self.lists))


def read_table(content: bytes, sender: str) -> Answer:
    """Reads JSON: an array, or an object with one; an empty object, a sentence and ``msg`` are odd ways to say nothing.

    Raises:
        ExchangeUnavailable: A page, an empty body, or no JSON; ``fault`` says which.
        SourceChanged: JSON in a shape this version does not know.
    """
    data = read_json(content, sender)
    names = [name for name in (*_LISTS, "msg") if isinstance(data, dict) and name in data]
    rows = data.get(names[0]) if names else data
    if data in ({}, "", None) or isinstance(rows, str) or (names and rows is None):
        return Answer(((),), is_plain=False)
    if not isinstance(rows, list) or (rows and not any(isinstance(row, dict) for row in rows)):
        raise SourceChanged(
            f"{sender} answered with rows of an unknown shape; look for a newer version of backfin-deals.",
            fault="shape",
        )
    found = tuple(row if isinstance(row, dict) else {"row": row} for row in rows)
    return Answer((found,), is_plain=bool(found) or "msg" not in names)


def read_csv(content: bytes, sender: str, *wanted: str) -> list[dict[str, Any]]:
    """Reads CSV whose head has the wanted columns.

    Raises:
        ExchangeUnavailable: It is no such CSV.
    """
    lines = content.decode("utf-8-sig", "replace").replace("\x00", "").splitlines(keepends=True)
    try:
        reader = csv.DictReader(lines, restkey="beyond the head", skipinitialspace=True)
        head = [str(name).strip().lower() for name in reader.fieldnames or ()]
        if all(any(name in cell for cell in head) for name in wanted):
            return [row for row in map(dict, reader) if any(row.values())]
    except csv.Error:
        pass
    raise ExchangeUnavailable(
        f"{sender} answered with something that is no CSV of what was asked; it is asked again later.",
        fault="not_csv",
    )


def marked(kind: str, lists: Iterable[Iterable[Row]]) -> list[Row]:
    """The rows of several lists of one kind, each row once, with the feed's marks.

    Rows that state the same are told apart by their number within a list, so that the second of two stays the second
    whichever list shows it, and none is doubled.
    """
    found: dict[tuple[str, int], Row] = {}
    for rows in lists:
        seen: Counter[str] = Counter()
        for row in rows:
            one = {**row, KIND: kind}
            key = _key(one)
            seen[key] += 1
            found.setdefault((key, seen[key]), {**one, COPY: seen[key]})
    return list(found.values())


def of_day(rows: Iterable[Row], day: date) -> list[Row]:
    """The rows of a day, and those without a readable one, which are kept as they came."""
    return [row for row in rows if day_of_row(row) in (day, None)]


def _key(row: Mapping[str, Any]) -> str:
    try:
        return natural_key(row)
    except ParseError:
        return repr(sorted(row.items(), key=str))
