"""Which figures of a scanned statement its own arithmetic bears out, column by column; the rest is not published."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from backfin.enrichment.rules.statement import Line, Statement
from backfin.models.money_text import find_amounts

Number = Decimal | None
#: A field's figure in the column that is looked at.
Read = Callable[[str], Number]

_EXPENSES = re.compile(r"^total expenses?|^total expenditure")
_WHOLE_INCOME = re.compile(r"total comprehensive income")
_BOTTOM = re.compile(
    r"(?:profit|loss)\b.{0,60}(?:after tax|for the (?:period|quarter|year)|from ordinary activities(?! before))"
)
_CAPITAL = re.compile(
    r"paid[- ]?up equity (?:share )?capital.{0,40}?(?:face value|@)\D{0,12}(?P<face>\d{1,3})\b"
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a statement: the figures of the lines that prove others."""

    statement: Statement
    role: str

    def all(self, pattern: re.Pattern[str]) -> list[Decimal]:
        """The figures of every line whose label matches."""
        lines = [line for line in self.statement.lines if pattern.search(line.label)]
        return [value for line in lines if (value := self._of(line)) is not None]

    def first(self, pattern: re.Pattern[str]) -> Number:
        """The figure of the first line whose label matches."""
        return next(iter(self.all(pattern)), None)

    def shares(self) -> Number:
        """The number of shares, in the unit of the statement: capital over face value."""
        for line in self.statement.lines:
            found, capital = _CAPITAL.search(line.label), self._of(line)
            if found is not None and capital and int(found["face"]):
                return capital / int(found["face"])
        return None

    def _of(self, line: Line) -> Number:
        cell = next((cell for role, cell in line.cells if role == self.role), "")
        return number_in(cell)


def number_in(cell: str) -> Number:
    """The figure of a cell; a bracket around it makes it negative."""
    amounts = find_amounts(cell, "unit")
    return amounts[0].units if amounts else None


def proven(column: Column, read: Read) -> set[str]:
    """The fields of a column that a sum, or a second reading of the same figure, bears out."""
    return {*_income(column, read), *_profit(column, read)} | _per_share(column, read)


def _profit(column: Column, read: Read) -> set[str]:
    before, tax, after = read("profit_before_tax"), read("tax"), read("profit_after_tax")
    whole = column.all(_WHOLE_INCOME)
    found: set[str] = set()
    if after is not None and (after in whole or column.all(_BOTTOM).count(after) > 1):
        found.add("profit_after_tax")
    if before is not None and after is not None and before - (tax or Decimal(0)) == after:
        found |= {"profit_before_tax", "profit_after_tax"} | ({"tax"} if tax else set())
    spent, income = column.first(_EXPENSES), _whole_income(read)
    if spent is not None and income is not None and income - spent in (before, after):
        found |= {name for name in ("profit_before_tax", "profit_after_tax") if read(name) == income - spent}
    if before is not None and not tax and before in whole:
        found.add("profit_before_tax")
    return found


def _income(column: Column, read: Read) -> set[str]:
    revenue, other, total = read("revenue_from_operations"), read("other_income"), read("total_income")
    if revenue is not None and total is not None and revenue + (other or Decimal(0)) == total:
        return {"revenue_from_operations", "total_income"} | ({"other_income"} if other else set())
    spent = column.first(_EXPENSES)
    profits = [read("profit_before_tax"), read("profit_after_tax"), *column.all(_BOTTOM)]
    if spent is None:
        return set()
    if total is not None:
        return {"total_income"} if total - spent in profits else set()
    return {"revenue_from_operations"} if revenue is not None and revenue - spent in profits else set()


def _whole_income(read: Read) -> Number:
    total = read("total_income")
    return total if total is not None else read("revenue_from_operations")


def _per_share(column: Column, read: Read) -> set[str]:
    """Earnings per share that profit and capital make, or that are read twice: basic and diluted alike."""
    profit, shares = read("profit_after_tax"), column.shares()
    if profit is None:
        return set()
    both = {name: value for name in ("eps_basic", "eps_diluted") if (value := read(name))}
    found = {name for name, value in both.items() if shares and _is_near(value, profit / shares)}
    is_one = len(both) == 2 and len(set(both.values())) == 1 and (both["eps_basic"] < 0) == (profit < 0)
    return set(both) if is_one and "profit_after_tax" in _profit(column, read) else found


def _is_near(stated: Decimal, found: Decimal) -> bool:
    """Whether a stated figure is another one to its own last decimal."""
    exponent = stated.as_tuple().exponent
    return abs(stated - found) <= Decimal(1).scaleb(int(exponent)) if isinstance(exponent, int) else False
