"""Summary and flags, made only of what was found."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from backfin.enrichment.advice import gives_advice
from backfin.enrichment.rules.quotes import is_readable, tidy
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Fact

_E = EventType
_SUMMARY_CHARS = 900
_SENTENCES = 3

Facts = dict[str, Fact]


def told(facts: Facts, field: str) -> str:
    """A fact's value as text; empty when there is none."""
    fact = facts.get(field)
    return "" if fact is None or fact.value is None else str(fact.value)


#: A full stop that ends a sentence: not behind an abbreviation, and a capital follows.
_END = re.compile(
    r"(?<=[a-z0-9)%”\"])(?<![ (][A-Za-z]{2})(?<!\bLtd)(?<!\bMrs)(?<!\bReg)(?<!\bviz)(?<![ei]xcl)"
    r"(?<!incl)(?<!Crs)\.\s+(?=[A-Z“\"(])"
)
_SALUTATION = re.compile(
    r"(?i)\bdear\b[^,\n]{0,40}[,\n]|\brespected\b[^,\n]{0,40}[,\n]|sir\s?/\s?madam,?|\bsirs?,"
)
_TOPIC = re.compile(
    r"(?i)^(?:sub|ref)(?:ject)?\b\s?[.:].{0,200}?(?=\b(?:pursuant|in terms|with reference|this is|we )\b)"
)
_PAGE_OF = re.compile(r"(?i)^\W{0,3}(?:page \d{1,3} of \d{1,3}\s)+")
_CLOSING = re.compile(
    r"(?i)(?:you are requested|kindly|please|request you to)\b[^.]{0,60}\b(?:take|record|acknowledge"
    r"|note)|thanking|yours (?:faithfully|truly|sincerely)"
    r"|\b(?:hosted|uploaded|available) on (?:the|our|its)\b[^.]{0,40}website"
    r"|^(?:the )?(?:above|this|same)\b[^.]{0,40}\b(?:is|are|be) (?:for|made available)\b|made available on"
)
_TELLING = re.compile(
    r"(?i)\b(?:inform|approved|received|awarded|secured|appointed|resign|acquire|allot|declared"
    r"|recommended|commenced|imposed|reaffirmed|upgraded|downgraded|sold|agreement|scheduled)"
)


def summary_of(source: Source, facts: Facts) -> str:
    """Up to three sentences copied from the filing: those that carry facts first."""
    text = _letter(source)
    sentences = [_TOPIC.sub("", _PAGE_OF.sub("", tidy(part))) for part in _END.split(text)]
    sentences = [
        part for part in sentences if 30 <= len(part) <= _SUMMARY_CHARS and not _CLOSING.search(part)
    ]
    quotes = [place.quote for fact in facts.values() for place in fact.evidence]
    weighed = [
        (_weight(part, quotes), -at, part) for at, part in enumerate(sentences) if not gives_advice(part)
    ]
    ranked = sorted((item for item in weighed if item[0] > 0), reverse=True)
    best = list(islice((item for item in ranked if is_readable(item[2])), _SENTENCES))
    chosen = [
        part if part.endswith(".") else f"{part}." for _, _, part in sorted(best, key=lambda item: -item[1])
    ]
    while len(chosen) > 1 and sum(map(len, chosen)) > _SUMMARY_CHARS:
        chosen.pop()
    return " ".join(chosen) or _fallback(source)


def _letter(source: Source) -> str:
    """The body of the company's letter, else the exchange's text."""
    for page in source.document[:1]:
        if len(page.text) > 80:
            start = _SALUTATION.search(page.text)
            return page.text[start.end() if start else 0 :][:3500]
    return source.announcement.body or source.announcement.headline


def _weight(sentence: str, quotes: list[str]) -> int:
    held = sum(1 for quote in quotes if quote in sentence)
    return 3 * held + (1 if _TELLING.search(sentence) else 0)


def _fallback(source: Source) -> str:
    announcement = source.announcement
    text = tidy(announcement.headline or announcement.body or announcement.subject)
    return "" if gives_advice(text) else text[:_SUMMARY_CHARS]


_RED_FLAGS = (
    ("fraud", re.compile(r"(?i)(?<!no )\bfraud\b|\bsiphon|\bmisappropriat")),
    ("forensic_audit", re.compile(r"(?i)forensic audit")),
    ("going_concern", re.compile(r"(?i)material uncertainty[^.]{0,60}going concern|going concern doubt")),
    (
        "cyber_incident",
        re.compile(r"(?i)cyber(?:[- ]?security)? (?:incident|attack|breach)|ransomware|data breach"),
    ),
    (
        "trading_suspension",
        re.compile(r"(?i)(?<!revocation of )suspension (?:of|in) trading|trading[^.]{0,20}suspended"),
    ),
)
_INDEPENDENT = re.compile(r"(?i)resign\w*[^.]{0,80}independent|independent[^.]{0,80}resign")
_CFO = re.compile(
    r"(?i)resign\w*[^.]{0,80}(?:\bcfo\b|chief financial)|(?:\bcfo\b|chief financial)[^.]{0,80}resign"
)
_RATED_D = re.compile(r"\bD$")


def red_flags(source: Source, event_type: EventType, facts: Facts) -> tuple[str, ...]:
    """Signs of trouble, from the title and the facts."""
    found = [name for name, pattern in _RED_FLAGS if pattern.search(source.title)]
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
