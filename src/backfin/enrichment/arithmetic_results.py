"""What must hold between the lines and columns of a results statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from backfin.enrichment.arithmetic import Check, Facts, Outcome, in_digits, number_of, verdict_on
from backfin.models.sheets.results import COLUMNS


def statement_lines(facts: Facts) -> Iterator[Check]:
    """In every column of a results statement: revenue and other income make the total; tax leads to the profit."""
    rules: tuple[tuple[str, tuple[str, str, str], Callable[[Decimal, Decimal], Decimal], str], ...] = (
        (
            "total_income",
            ("revenue_from_operations", "other_income", "total_income"),
            lambda a, b: a + b,
            "+",
        ),
        ("profit_after_tax", ("profit_before_tax", "tax", "profit_after_tax"), lambda a, b: a - b, "−"),
    )
    for end in ("", *(f"_{column}" for column in COLUMNS)):
        for rule, lines, combine, sign in rules:
            fields = tuple(f"{line}{end}" for line in lines)
            first, second, stated = (number_of(facts, field) for field in fields)
            if first is None or second is None or stated is None:
                continue
            found = combine(first, second)
            outcome = verdict_on(found, stated)
            if rule == "profit_after_tax" and outcome is Outcome.DISAGREE:
                outcome = Outcome.CANNOT_TELL  # associates and discontinued operations stand between the two
            told = f"{in_digits(first)} {sign} {in_digits(second)} = {in_digits(found)}, stated {in_digits(stated)}"
            yield Check(rule, outcome, fields, told)


def earnings_per_share(facts: Facts, shares: Decimal | None) -> Iterator[Check]:
    """Earnings per share × shares is about the profit, column by column.

    Without a stated number of shares the columns are held against each other: the number of shares that each
    implies changes little within a year.
    """
    implied: dict[str, Decimal] = {}
    for end in ("", *(f"_{column}" for column in COLUMNS)):
        profit, eps = number_of(facts, f"profit_after_tax{end}"), number_of(facts, f"eps_basic{end}")
        if profit and eps and abs(eps) >= Decimal("0.5"):
            implied[end] = profit / eps
    expected = shares or _middle(implied.values())
    if expected is None:
        return
    for end, found in implied.items():
        ratio = max(found / expected, expected / found) if found / expected > 0 else Decimal(0)
        outcome = Outcome.AGREE if 0 < ratio < Decimal("1.3") else Outcome.CANNOT_TELL
        if ratio >= 8:
            outcome = Outcome.SLIP
        told = (
            f"profit ÷ earnings per share = {in_digits(found)} shares, expected about {in_digits(expected)}"
        )
        yield Check("eps_times_shares", outcome, (f"profit_after_tax{end}", f"eps_basic{end}"), told)


def turnover_of(results: Iterable[Facts]) -> Decimal | None:
    """What a company sells in a year, in rupees, from its latest results: four quarters, or the year so far."""
    found = [
        value * times
        for facts in results
        for field, times in (("revenue_from_operations", 4), ("revenue_from_operations_ytd", 1))
        if (value := number_of(facts, field)) is not None and value > 0
    ]
    return max(found, default=None)


def _middle(values: Iterable[Decimal]) -> Decimal | None:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if len(ordered) >= 3 else None
