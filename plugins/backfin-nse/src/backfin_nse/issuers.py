"""NSE's lists of companies and of changed symbols → issuers. Pure."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import zip_longest

from backfin import Issuer
from backfin.clock import day_of
from backfin.errors import ExchangeUnavailable
from backfin.models import IssuerCode

from backfin_nse.fields import moment, text
from backfin_nse.parse import NAME

#: The list of the main board, which must be there, and lists that may be missing, below ``files_url``.
MAIN_BOARD = "/content/equities/EQUITY_L.csv"
SME_BOARD = "/emerge/corporates/content/SME_EQUITY_L.csv"
CHANGES = "/content/equities/symbolchange.csv"

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", re.ASCII)

#: Symbol now → the symbols before it, each with the day on which it ended, the last one in front.
History = Mapping[str, tuple[tuple[str, date], ...]]


def read_list(content: bytes) -> list[Mapping[str, str]]:
    """The rows of a list of companies, their columns named in upper case with underscores.

    Raises:
        ExchangeUnavailable: It is no such list.
    """
    lines = content.decode("utf-8-sig", "replace").splitlines()
    head = [name.strip().upper().replace(" ", "_") for name in next(csv.reader(lines[:1]), [])]
    if "SYMBOL" not in head or "ISIN_NUMBER" not in head:
        raise ExchangeUnavailable(
            "NSE answered with something that is no list of companies; it is asked again later.",
            fault="not_csv",
        )
    return [dict(zip(head, map(str.strip, row), strict=False)) for row in csv.reader(lines[1:])]


def read_changes(content: bytes) -> History:
    """Which symbols every symbol had before, through all its changes."""
    before: dict[str, list[tuple[date, str]]] = {}
    rows = csv.reader(content.decode("utf-8-sig", "replace").splitlines())
    for _, old, new, written, *_ in (row for row in rows if len(row) >= 4):
        day = _day(written)
        if old.strip() and day is not None:
            before.setdefault(new.strip().upper(), []).append((day, old.strip().upper()))
    return {symbol: tuple(_past(symbol, before)) for symbol in before}


def parse_issuers(rows: Iterable[Mapping[str, str]], history: History) -> list[Issuer]:
    """Issuers of all rows that carry an ISIN, one per ISIN, with the symbols they had."""
    listed = {
        row["ISIN_NUMBER"].upper(): row for row in rows if _ISIN.fullmatch(_cell(row, "ISIN_NUMBER").upper())
    }
    # Two classes of shares may go by one name, which then names neither.
    names = Counter(_name(row) for row in listed.values())
    return [_issuer(isin, row, history, has_own_name=names[_name(row)] == 1) for isin, row in listed.items()]


def _issuer(isin: str, row: Mapping[str, str], history: History, *, has_own_name: bool) -> Issuer:
    symbol, name = _cell(row, "SYMBOL").upper(), _name(row)
    codes = (
        list(_symbols(symbol, history.get(symbol, ()), _day(_cell(row, "DATE_OF_LISTING")))) if symbol else []
    )
    if name and has_own_name:
        codes.append(IssuerCode(kind="name", exchange=NAME, value=name))
    face_value = text(_cell(row, "FACE_VALUE")) or None
    return Issuer(isin=isin, name=name or symbol or isin, face_value=face_value, codes=tuple(codes))


def _symbols(
    symbol: str, before: tuple[tuple[str, date], ...], listed_on: date | None
) -> Iterable[IssuerCode]:
    """The symbol and those before it, each from the day on which the one before it ended."""
    ends = [day for _, day in before]
    yield IssuerCode(kind="symbol", exchange=NAME, value=symbol, valid_from=ends[0] if ends else listed_on)
    for (old, end), start in zip_longest(before, ends[1:]):
        first = start or min(listed_on or end, end)
        yield IssuerCode(kind="symbol", exchange=NAME, value=old, valid_from=first, valid_to=end)


def _past(symbol: str, before: Mapping[str, list[tuple[date, str]]]) -> Iterable[tuple[str, date]]:
    """Walks back through the changes; a change that is no older than the one after it is another company's."""
    limit = date.max
    while found := [change for change in before.get(symbol, ()) if change[0] < limit]:
        limit, symbol = max(found)
        yield symbol, limit


def _name(row: Mapping[str, str]) -> str:
    return _cell(row, "NAME_OF_COMPANY")


def _cell(row: Mapping[str, str], name: str) -> str:
    return row.get(name, "").strip()


def _day(written: str) -> date | None:
    found = moment(f"{written.strip()} 12:00")
    return day_of(found) if found else None
