"""Deadlines: judged from clocks that are known, unknown otherwise, with the arithmetic shown."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from backfin.clock import IST
from backfin.enrichment.disclosure import judge, rule_for, rules


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of July 2026, which begins on a Wednesday."""
    return datetime(2026, 7, day, hour, minute, tzinfo=IST)


@pytest.mark.parametrize(
    ("sent", "late"),
    [(at(1, 13, 25), "no"), (at(1, 13, 31), "yes")],
)
def test_an_outcome_in_trading_hours_is_due_in_thirty_minutes(sent: datetime, late: str) -> None:
    judged = judge("board_outcome", at(1, 13), sent)

    assert judged is not None
    assert judged.late == late
    assert judged.due_at == at(1, 13, 30).isoformat()


def test_a_board_that_closes_in_the_evening_has_three_hours() -> None:
    judged = judge("board_outcome", at(1, 18), at(1, 20, 30))

    assert judged is not None
    assert (judged.late, judged.due_at) == ("no", at(1, 21).isoformat())
    assert "after trading hours" in judged.rule


def test_before_the_change_of_2024_the_evening_gave_no_more_time() -> None:
    closed = datetime(2024, 7, 1, 18, tzinfo=IST)

    judged = judge("board_outcome", closed, datetime(2024, 7, 1, 20, tzinfo=IST))

    assert judged is not None
    assert judged.late == "yes"


@pytest.mark.parametrize(
    ("sent", "late"),
    [(at(1, 9), "no"), (at(2, 8), "unknown"), (at(2, 12), "yes")],
)
def test_a_day_without_an_hour_is_judged_only_where_every_hour_agrees(sent: datetime, late: str) -> None:
    judged = judge("within", date(2026, 7, 1), sent)

    assert judged is not None
    assert judged.late == late


@pytest.mark.parametrize(("sent", "late"), [(at(6, 23), "no"), (at(7, 9), "yes")])
def test_working_days_are_days_on_which_the_exchanges_trade(sent: datetime, late: str) -> None:
    thursday = date(2026, 7, 2)

    judged = judge("takeover", thursday, sent)

    assert judged is not None
    assert judged.late == late


@pytest.mark.parametrize(("sent", "late"), [(at(6, 10), "no"), (at(7, 10), "yes")])
def test_a_meeting_is_announced_two_working_days_before(sent: datetime, late: str) -> None:
    judged = judge("prior_intimation", date(2026, 7, 9), sent)

    assert judged is not None
    assert judged.late == late


def test_some_tax_matters_have_longer_so_a_day_over_stays_unknown() -> None:
    received = at(1, 10)

    judged = [judge("litigation", received, sent) for sent in (at(2, 9), at(3, 9), at(6, 9))]

    assert [one.late for one in judged if one] == ["no", "unknown", "yes"]


def test_a_day_that_the_calendar_does_not_cover_leaves_it_unknown() -> None:
    judged = judge("takeover", date(2031, 1, 1), datetime(2031, 1, 20, tzinfo=IST))

    assert judged is not None
    assert (judged.late, judged.due_at) == ("unknown", None)


def test_results_are_due_forty_five_days_after_the_quarter() -> None:
    judged = judge("quarter", date(2026, 6, 30), datetime(2026, 8, 15, 0, 5, tzinfo=IST))

    assert judged is not None
    assert judged.late == "yes"
    assert "45 days: due 2026-08-14" in judged.arithmetic


def test_a_rule_holds_until_the_next_of_its_case() -> None:
    older, newer = rule_for("within", date(2022, 1, 1)), rule_for("within", date(2026, 1, 1))

    assert older is not None
    assert newer is not None
    assert (older.number, newer.number) == (24, 12)
    assert rule_for("within", date(2010, 1, 1)) is None


def test_every_rule_is_dated_and_counts_something_known() -> None:
    assert all(rule.since >= date(2010, 1, 1) and rule.number > 0 for rule in rules())
    assert {rule.per for rule in rules()} <= {"minutes", "hours", "days", "working_days"}


def test_a_second_past_a_minute_is_no_breach_that_a_clock_of_minutes_can_tell() -> None:
    sent = [at(1, 13, 30).replace(second=second) for second in (0, 1, 59)]

    judged = [judge("board_outcome", at(1, 13), moment) for moment in sent]

    assert [one.late for one in judged if one] == ["no", "unknown", "unknown"]


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_a_day_that_cannot_be_meant_is_judged_by_nobody(year: int) -> None:
    assert judge("quarter", date(year, 12, 31), at(1, 12)) is None
