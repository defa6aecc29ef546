"""Flags of trouble, made only of what was found."""

from __future__ import annotations

import re
from collections.abc import Callable

from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Fact

_E = EventType

Facts = dict[str, Fact]


def told(facts: Facts, field: str) -> str:
    """A fact's value as text; empty when there is none."""
    fact = facts.get(field)
    return "" if fact is None or fact.value is None else str(fact.value)


#: Looked for in a title in small letters.
_RED_FLAGS = (
    ("fraud", re.compile(r"(?<!no )\bfraud\b|\bsiphon|\bmisappropriat")),
    ("forensic_audit", re.compile(r"forensic audit")),
    ("going_concern", re.compile(r"material uncertainty[^.]{0,60}going concern|going concern doubt")),
    (
        "cyber_incident",
        re.compile(r"cyber(?:[- ]?security)? (?:incident|attack|breach)|ransomware|data breach"),
    ),
    (
        "trading_suspension",
        re.compile(r"(?<!revocation of )suspension (?:of|in) trading|trading[^.]{0,20}suspended"),
    ),
)
_INDEPENDENT = re.compile(r"(?i)resign\w*[^.]{0,80}independent|independent[^.]{0,80}resign")
_CFO = re.compile(
    r"(?i)resign\w*[^.]{0,80}(?:\bcfo\b|chief financial)|(?:\bcfo\b|chief financial)[^.]{0,80}resign"
)
_RATED_D = re.compile(r"\bD$")


def red_flags(source: Source, event_type: EventType, facts: Facts) -> tuple[str, ...]:
    """Signs of trouble, from the title and the facts."""
    title = source.title.lower()
    found = [name for name, pattern in _RED_FLAGS if pattern.search(title)]
    found.extend(name for name, holds in _CHECKS if holds(source, event_type, facts))
    return tuple(found)


def _is(facts: Facts, field: str, value: str) -> bool:
    return field in facts and facts[field].value == value


def _is_default(_source: Source, event_type: EventType, facts: Facts) -> bool:
    return event_type is _E.DEBT_DEFAULT and "cured" not in facts


def _is_bad_opinion(_source: Source, _event_type: EventType, facts: Facts) -> bool:
    return told(facts, "opinion") in ("qualified", "adverse", "disclaimer")


def _is_rated_d(_source: Source, _event_type: EventType, facts: Facts) -> bool:
    return _RATED_D.search(told(facts, "rating_after")) is not None


def _with(event_type: EventType, field: str, value: str) -> _Check:
    return lambda _source, event, facts: event is event_type and _is(facts, field, value)


def _titled(event_type: EventType, pattern: re.Pattern[str]) -> _Check:
    return lambda source, event, _facts: event is event_type and pattern.search(source.title) is not None


_Check = Callable[[Source, EventType, Facts], bool]
_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("default", _is_default),
    ("qualified_opinion", _is_bad_opinion),
    ("rating_d", _is_rated_d),
    ("auditor_resignation", _with(_E.AUDITOR_CHANGE, "action", "resign")),
    ("pledge_invoked", _with(_E.ENCUMBRANCE, "event", "invoke")),
    ("insolvency_admission", _with(_E.INSOLVENCY, "stage", "admission")),
    ("cfo_resignation", _titled(_E.MANAGEMENT_CHANGE, _CFO)),
    ("independent_director_resignation", _titled(_E.MANAGEMENT_CHANGE, _INDEPENDENT)),
)
