"""Whether a filing came in time, with the arithmetic shown; what the clocks cannot tell stays unknown.

The deadlines are data with dates (``deadlines.toml``). Where only the day of an event is known, a filing is late
only if it would be for an event at the day's very end, and in time only if it would be for one at its beginning.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any

from backfin.calendar import Calendar, bundled
from backfin.clock import IST
from backfin.models.base import Frozen

_DAY = timedelta(days=1)
#: A clock is read to the minute: "2.00 p.m." is over a second before 2.01.
_MINUTE = timedelta(seconds=59)
#: A day further from the filing than this is a slip of the pen, not when something happened.
_FARTHEST = timedelta(days=20_000)


class Disclosure(Frozen):
    """The rule a filing falls under, when it was due, and whether it came late: ``yes``, ``no`` or ``unknown``."""

    rule: str
    occurred_at: str | None = None
    due_at: str | None = None
    submitted_at: str | None = None
    lag: str | None = None
    late: str = "unknown"
    arithmetic: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline of one case from one day on."""

    case: str
    name: str
    since: date
    number: int
    per: str
    before: bool = False
    doubt_hours: int | None = None


@cache
def rules() -> tuple[Rule, ...]:
    """Every deadline, the newest of a case first."""
    made = [
        Rule(
            entry["case"],
            entry["name"],
            entry["from"],
            entry["number"],
            entry["per"],
            entry.get("before", False),
            entry.get("doubt_hours"),
        )
        for entry in _data()["rule"]
    ]
    return tuple(sorted(made, key=lambda rule: rule.since, reverse=True))


def rule_for(case: str, day: date) -> Rule | None:
    """The deadline of a case that holds on a day; ``None`` before any did.

    >>> rule_for("within", date(2026, 7, 1)).number, rule_for("within", date(2020, 7, 1)).number
    (12, 24)
    """
    return next((rule for rule in rules() if rule.case == case and rule.since <= day), None)


def case_of(event_type: str) -> tuple[str, tuple[str, ...]]:
    """The case of an event type, and the facts that tell its day; an empty case when there is none."""
    entry = _data()["when"].get(event_type, {})
    return entry.get("case", ""), tuple(entry.get("facts", ()))


def judge(
    case: str, occurred: datetime | date, submitted: datetime, calendar: Calendar | None = None
) -> Disclosure | None:
    """How a filing stands to the deadline of its case.

    Args:
        case: Which deadline, as ``deadlines.toml`` names it.
        occurred: When the matter happened: an aware moment, or a day when no more is known.
        submitted: When the company sent it, aware.
        calendar: Trading days; the bundled ones by default.
    """
    happened = occurred.date() if isinstance(occurred, datetime) else occurred
    if abs(happened - submitted.date()) > _FARTHEST:
        return None
    days = calendar or bundled()
    first, last = _ends(occurred)
    rule = rule_for(_case_at(case, occurred, days), first.date())
    if rule is None:
        return None
    told = (
        occurred.isoformat() if not isinstance(occurred, datetime) else occurred.astimezone(IST).isoformat()
    )
    sent = submitted.astimezone(IST)
    made = Disclosure(rule=rule.name, occurred_at=told, submitted_at=sent.isoformat())
    earliest, latest = _due(rule, first, days), _due(rule, last, days)
    if earliest is None or latest is None or (first > sent and not rule.before):
        return made
    slack = _MINUTE if isinstance(occurred, datetime) and not occurred.second else timedelta(0)
    late = _verdict(rule, sent, earliest, latest + slack)
    return made.model_copy(
        update={
            "due_at": latest.isoformat(),
            "lag": _span(sent - (latest if rule.before else last)),
            "late": late,
            "arithmetic": _shown(rule, told, latest, sent, late),
        }
    )


def _case_at(case: str, occurred: datetime | date, days: Calendar) -> str:
    """A board meeting that closes when trading is over, and long before it begins again, has more time."""
    if (
        case != "board_outcome"
        or not isinstance(occurred, datetime)
        or not days.is_covered(occurred.astimezone(IST).date())
    ):
        return case
    is_open = days.session_at(occurred) != "closed"
    wait = days.next_session_start(occurred) - occurred
    rule = rule_for("board_outcome_after_hours", occurred.astimezone(IST).date())
    return case if rule is None or is_open or wait <= timedelta(hours=rule.number) else rule.case


def _ends(occurred: datetime | date) -> tuple[datetime, datetime]:
    if isinstance(occurred, datetime):
        local = occurred.astimezone(IST)
        return local, local
    start = datetime.combine(occurred, time(0), IST)
    return start, start + _DAY - timedelta(seconds=1)


def _due(rule: Rule, moment: datetime, days: Calendar) -> datetime | None:
    if rule.per == "working_days":
        return _working(moment, rule.number, days, step=-_DAY if rule.before else _DAY)
    if rule.per == "days":
        return datetime.combine(moment.date() + rule.number * _DAY, time(23, 59, 59), IST)
    return moment + timedelta(**{rule.per: rule.number})


def _working(moment: datetime, number: int, days: Calendar, step: timedelta) -> datetime | None:
    """The end of the last trading day that still counts; ``None`` where the calendar does not reach."""
    day, left = moment.date(), number + (1 if step < timedelta(0) else 0)
    while left:
        day += step
        if not days.is_covered(day):
            return None
        left -= days.is_trading_day(day)
    return datetime.combine(day, time(23, 59, 59), IST)


def _verdict(rule: Rule, sent: datetime, earliest: datetime, latest: datetime) -> str:
    if sent <= earliest:
        return "no"
    if sent <= latest:
        return "unknown"
    if rule.doubt_hours is not None and sent <= latest + timedelta(hours=rule.doubt_hours - rule.number):
        return "unknown"
    return "yes"


def _shown(rule: Rule, occurred: str, due: datetime, sent: datetime, late: str) -> str:
    allowed = f"{rule.number} {rule.per.replace('_', ' ')}{' before' if rule.before else ''}"
    word = {"yes": "later than", "no": "not later than", "unknown": "against"}[late]
    return f"{occurred}, {allowed}: due {due:%Y-%m-%d %H:%M}; sent {sent:%Y-%m-%d %H:%M}, {word} that"


def _span(span: timedelta) -> str:
    """A span as days, hours and minutes, with its sign.

    >>> _span(timedelta(hours=-26, minutes=-5))
    '-1d 2h 05m'
    """
    sign = "-" if span < timedelta(0) else ""
    minutes = int(abs(span).total_seconds() // 60)
    return f"{sign}{minutes // 1440}d {minutes // 60 % 24}h {minutes % 60:02}m"


@cache
def _data() -> dict[str, Any]:
    text = resources.files("backfin.enrichment").joinpath("deadlines.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
