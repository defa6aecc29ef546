"""When the matter of a filing happened, as far as its text tells, and how that stands to the deadline."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from backfin.clock import IST
from backfin.enrichment.disclosure import Disclosure, case_of, judge
from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Fact

_CLOSED = re.compile(
    r"(?i)(?:conclud|end|clos|terminat|over|finish)(?:ed|s)?\b[^.\n]{0,24}?\bat\s(?:about\s|around\s)?"
    r"(?P<hour>\d{1,2})\s?[.:]\s?(?P<minute>\d{2})\s{0,2}(?P<half>[ap])\.?\s?m"
)
#: One of these is on every page that tells when a meeting closed; most pages hold none.
_CLOSING_WORDS = (
    "conclu",
    "ended at",
    "ended on",
    "closed at",
    "terminated at",
    "over at",
    "finished at",
    "ends at",
)
_MEETING = re.compile(
    rf"(?i)\b(?:meeting|board)\b[^.;\n]{{0,120}}?(?:\n[^.;\n]{{0,80}}?)?\b(?:held|convened"
    rf"|today)\b[^;\n]{{0,40}}?(?P<date>{DATE})"
)
_TODAY = re.compile(r"(?i)\b(?:held|meeting)\b[^.;]{0,40}\btoday\b")
_CORRECTED = re.compile(r"(?i)corrigend|\brevis|rectif|\bre-?submi|clarif|discrepanc|addend")
#: A meeting is filed the same day or the next: a date further off is another meeting's.
_NEAR = timedelta(days=2)


def disclosure_of(
    source: Source, event_type: EventType, stage: str, facts: dict[str, Fact]
) -> Disclosure | None:
    """The deadline the filing falls under and whether it was kept; ``None`` where no rule of ours applies.

    A file by itself has no clock: nobody says when it was sent.
    """
    announcement = source.announcement
    submitted = announcement.submitted_at or announcement.disseminated_at
    if _CORRECTED.search(source.title) or announcement.exchange == "file":
        return None
    if event_type is EventType.MEETING_OR_CALL and stage == "proposed":
        return _prior(facts, submitted)
    closed = _closed(source, submitted)
    if closed is not None:
        return judge("board_outcome", closed, submitted)
    if event_type is EventType.FINANCIAL_RESULTS and stage != "proposed":
        return _results(facts, submitted)
    case, fields = case_of(event_type.value)
    day = next((day for field in fields if (day := _day(facts.get(field)))), None)
    return judge(case, day, submitted) if case and day else None


def _prior(facts: dict[str, Fact], submitted: datetime) -> Disclosure | None:
    """Notice of a board meeting: the days between the filing and the meeting."""
    day = _day(facts.get("at"))
    is_board = "kind" in facts and facts["kind"].value == "board"
    return judge("prior_intimation", day, submitted) if day and is_board else None


def _results(facts: dict[str, Fact], submitted: datetime) -> Disclosure | None:
    end = _day(facts.get("period_end"))
    return judge("year" if end.month == 3 else "quarter", end, submitted) if end else None


def _closed(source: Source, submitted: datetime) -> datetime | None:
    """The moment at which the board's meeting closed, where day and time are both told."""
    clock = source.search(_CLOSED, *_CLOSING_WORDS)
    if clock is None or int(clock["hour"]) > 12 or int(clock["minute"]) > 59:
        return None
    local = submitted.astimezone(IST)
    meeting = source.search(_MEETING)
    day = parse_date(meeting["date"]) if meeting else None
    if day is None:
        day = local.date() if source.search(_TODAY) else None
    if day is None or not timedelta(0) <= local.date() - day <= _NEAR:
        return None
    hour = int(clock["hour"]) % 12 + (12 if clock["half"].lower() == "p" else 0)
    return datetime.combine(day, time(hour, int(clock["minute"])), IST)


def _day(fact: Fact | None) -> date | None:
    if fact is None or not isinstance(fact.value, str):
        return None
    try:
        return date.fromisoformat(fact.value[:10])
    except ValueError:
        return None
