"""What a filing is: every sign is weighed, the heaviest label wins, and the signs are told."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from backfin.enrichment.pattern_lists import Pattern, PatternTable, read_words
from backfin.enrichment.rules.hints import hint_for
from backfin.enrichment.rules.source import Source
from backfin.enrichment.taxonomy import DEFAULT_LABEL
from backfin.models import EventType

#: How much more a sign weighs in the title than in the body.
_TITLE, _BODY = 3, 1
#: A hint of the exchange weighs this much for each point of its own weight.
_HINT = 3
#: A statement of results in the document weighs this much.
_STATEMENT = 12
#: The words of a call in the document weigh this much.
_TRANSCRIPT = 20
_CALL_WORDS = ("ladies and gentlemen", "conference call", "being recorded", "earnings call", "question")
_HARDLY_ANY_CHARS = 80
#: Results that score no more than this are spoken of in the letter's body only.
_MENTION = 5
_REVIEW_REPORT = re.compile(
    r"(?im)^\W{0,4}(?:independent auditor\S{0,3}\s(?:limited )?review|limited review"
    r"|independent auditor\S{0,3}) report\b"
)
_UNDER_CIRP = re.compile(
    r"\(?\b(?:an? )?(?:company|entity|corporate debtor)?(?: is)? ?(?:under|undergoing|in) (?:the )?"
    r"(?:cirp|corporate insolvency resolution process|liquidation)\b ?\)?(?=[\s,.)]|$)(?! (?:of|proceed"
    r"|order|process))"
)
#: A notice of a board meeting, and what makes it no more than that.
_NOTICE = re.compile(
    r"\b(?:notice|intimation) of (?:the )?board meeting|\bboard meeting intimation"
    r"|prior intimation of (?:the )?(?:board )?meeting"
)
_MINOR_AT_A_MEETING = (EventType.MANAGEMENT_CHANGE, EventType.AUDITOR_CHANGE, EventType.ROUTINE)
#: Body text looked at: enough for the letter, not for its annexures.
_BODY_CHARS = 2500

_Key = tuple[str, EventType]


@dataclass(frozen=True, slots=True)
class Signal(Pattern):
    """A pattern that speaks for a label."""

    label: str
    event_type: EventType
    weight: int
    is_title_only: bool = False

    def is_in(self, lowered: str) -> bool:
        """Whether a text in lower case has the sign."""
        return self.is_likely(lowered) and self.regex.search(lowered) is not None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a filing is taken for, what else it might be, and the score of each."""

    label: str
    event_type: EventType
    also: tuple[str, ...]
    scores: dict[str, int]


@lru_cache(maxsize=1)
def _signals() -> PatternTable[Signal]:
    """The table of signs."""
    text = resources.files("backfin.enrichment.rules").joinpath("signals.txt").read_text(encoding="utf-8")
    return PatternTable(_signal(line) for line in text.splitlines() if line and not line.startswith("#"))


def _signal(line: str) -> Signal:
    label, event_type, weight, words, pattern = line.split(" | ", 4)
    return Signal(
        read_words(words),
        re.compile(pattern),
        label,
        EventType(event_type),
        int(weight.rstrip("t")),
        is_title_only=weight.endswith("t"),
    )


def classify(source: Source) -> Verdict:
    """Label and event type of a filing. Deterministic; no sign at all gives the procedural label."""
    scores: dict[_Key, int] = defaultdict(int)
    announcement = source.announcement
    hint = hint_for(announcement.exchange_subcategory, source.subject, announcement.exchange_category)
    if hint is not None:
        scores[hint.label, hint.event_type] += _HINT * hint.weight
    title, body = _standing(source.title), _body(source)
    rest: list[Signal] = []
    for signal in _signals().likely(f"{title}\n{body}"):
        if signal.is_in(title):
            scores[signal.label, signal.event_type] += _TITLE * signal.weight
        elif not signal.is_title_only:
            rest.append(signal)
    for signal in rest:
        if signal.is_in(body):
            scores[signal.label, signal.event_type] += _BODY * signal.weight
    _weigh_document(source, scores)
    return _verdict(scores, _NOTICE.search(title) is not None)


def _weigh_document(source: Source, scores: dict[_Key, int]) -> None:
    """What the document is by its form: the statement of results itself, or the words of a call."""
    results = ("Financial Results", EventType.FINANCIAL_RESULTS)
    if _is_transcript(source):
        scores["Concall Transcript", EventType.MEETING_OR_CALL] += _TRANSCRIPT
    elif _has_statement(source):
        scores[results] += _STATEMENT
    elif 0 < scores.get(results, 0) <= _MENTION and not _has_unread_page(source):
        scores[results] = _BODY


def _is_transcript(source: Source) -> bool:
    """Whether the document gives the words of a call, speaker by speaker."""
    head = "\n".join(page.text[:4000] for page in source.document[:5]).lower()
    speaks = head.count("moderator:") + head.count("moderator :") + head.count("operator:")
    return speaks > 0 and any(words in head for words in _CALL_WORDS)


def _has_unread_page(source: Source) -> bool:
    """Whether a page has hardly any text: what the letter encloses may stand there as an image."""
    return any(len(page.text) < _HARDLY_ANY_CHARS for page in source.document[1:])


def _has_statement(source: Source) -> bool:
    """Whether the document holds the statement itself, with the auditor's word on it."""
    text = source.lowered
    if any(_REVIEW_REPORT.search(page.text, 0, 2000) for page in source.document[1:5]):
        return True
    has_lines = "revenue from operations" in text or "income from operations" in text
    return has_lines and ("earnings per" in text or "eps" in text) and ("review" in text or "auditor" in text)


def _body(source: Source) -> str:
    parts = [page.text[:_BODY_CHARS] for page in source.document[:2]]
    return _standing(" ".join(parts)[:_BODY_CHARS])


def _standing(text: str) -> str:
    """A text in lower case and one line, without what every letter of a company in insolvency says of it."""
    line = " ".join(text.lower().split())
    return (
        _UNDER_CIRP.sub(" ", line)
        if "cirp" in line or "insolvency" in line or "liquidation" in line
        else line
    )


def _verdict(scores: dict[_Key, int], is_notice: bool) -> Verdict:
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0][0] == DEFAULT_LABEL))
    ranked = [item for item in ranked if item[1] > 0]
    if not ranked:
        return Verdict(DEFAULT_LABEL, EventType.ROUTINE, (), {})
    (label, event_type), best = ranked[0]
    if is_notice and label == DEFAULT_LABEL and event_type in _MINOR_AT_A_MEETING:
        event_type = EventType.MEETING_OR_CALL
    also = dict.fromkeys(other for (other, _), score in ranked[1:] if 2 * score >= best and other != label)
    told = {f"{name} [{kind.value}]": score for (name, kind), score in ranked[:5]}
    return Verdict(label, event_type, tuple(also)[:3], told)
