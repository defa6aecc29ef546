"""The summary: sentences copied from the filing, those that carry facts first; else what its facts say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from backfin.enrichment.advice import gives_advice
from backfin.enrichment.rules.letter import body_of, release_lead
from backfin.enrichment.rules.quotes import is_readable, tidy
from backfin.enrichment.rules.sentences import END, pieces
from backfin.enrichment.rules.source import Source
from backfin.enrichment.rules.spoken import mended
from backfin.enrichment.rules.statements_told import told_in_figures
from backfin.models import EventType, Fact

_LONGEST = 900
_SENTENCES, _SHORTEST = 3, 30
#: Pages whose letter is looked at: the company's, and the one that it passes on.
_LETTERS = 3

Facts = dict[str, Fact]

_OPENS_LIST = re.compile(r"[:;]\s?[-–—]{0,2}\s*$")
_LIST = re.compile(r": [^;]{10,}; ")
_STOPS = re.compile(r"\.{2,}$")
#: A heading in capitals that stands between a list and its items.
_CAPITAL_TAIL = re.compile(r":?\s[A-Z]{2,}(?:\s[A-Z]{2,}){0,3}\s?[,:]$")
_SPEAKS = re.compile(
    r"(?s)(?:[A-Z][^.:;]{0,80}?\b)?(?i:we have with us|joined by|have with us today|leadership team is present)\b"
)
_MANAGEMENT = re.compile(
    r"(?s)\bMANAGEMENT\s?:\s{0,3}(?P<people>(?i:mr|ms|mrs|dr|shri)\b.{10,600}?)(?=\n\s*[A-Z]{4,20}\s?:|\n\s*\n|\Z)"
)
#: Words of a name, and words of an office that are no short forms ("CEO"); some begin with a small letter.
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_OFFICE = re.compile(r"\b(?:[A-Z]{4,}|AND|OF|THE|FOR|GAS|OIL|TEA|NEW)\b")
_LITTLE = ("AND", "OF", "THE", "FOR")
_LINES = re.compile(r"\n(?=[A-Z][a-z])")
_LONGEST_OPENING, _LONGEST_LIST, _SHORT_QUOTE = 600, 860, 40
_MOST_GARBLES, _POOR = 1, 5
#: Signs of a bad scan: marks and capitals inside a word, figures inside letters.
_GARBLE = re.compile(
    r"[A-Za-z][\]\[{}|!^~\\\"”‘?]+[a-z4]|\b(?:\d+[\"!?][a-z]|[a-z]\.[a-z]{4,}|\d[A-Z]\d\d|[a-z][A-Z][a-z]\b)"
    r"|[a-z0-9][\])}]+\?"
)
_PAGE_OF = re.compile(r"(?i)^\W{0,3}(?:page \d{1,3} of \d{1,3}\s)+")
_NOISE = re.compile(r"^(?:[^\w“\"(]+\s)+|\s[.,](?=\s[a-z])")
#: What is no news, in a text in small letters.
_CLOSING = re.compile(
    r"(?:you are requested|kindly|please|request you to)\b[^.]{0,60}\b(?:take|record|acknowledge"
    r"|note(?!d? that))|thanking|yours (?:faithfully|truly|sincerely)|https?:|www\."
    r"|\b(?:(?:hosted|uploaded|available|viewed|accessed) (?:on|at|from|through) (?:the|our|its)\b[^.]{0,40}"
    r"(?:website|link)|can also be (?:viewed|accessed)\b|meeting\b[^.]{0,60}\bcommenced\b|inconvenience\b)"
    r"|^(?:the )?(?:above|this|same)\b[^.]{0,40}\b(?:is|are|be) (?:for|made available)\b|made available on"
    r"|^this is for your\b|self[- ]explanatory|^capitali[sz]ed terms"
)
#: The head of a table, or a row of it, run together.
_TABULAR = re.compile(r"(?i)^(?:particulars|details|sr|sl|s)\.?\s(?:no\b|details|particulars|name of)")
#: What tells something, in a text in small letters.
_TELLING = re.compile(
    r"\b(?:inform|approved|received|awarded|secured|appointed|resign|acquire|allot|declared"
    r"|recommended|commenced|imposed|reaffirmed|upgraded|downgraded|sold|agreement|scheduled|passed|held on"
    r"|will be held|remain closed|terminat|enclos|attach|reclassif|rectified|changed?\b|not applicable|has not made"
    r"|not made any)"
)
#: Only that something was written before, or stands behind, in a text in small letters.
_POINTER = re.compile(
    r"^(?:further to|this (?:is|has)\b.{0,30}\b(?:reference|further|continuation)|with reference to"
    r"|in continuation)\b|\b(?:enclos|attach)\w*|\bsending herewith\b|\bregarding the same\b"
)


def summaries_of(source: Source, event_type: EventType, facts: Facts) -> tuple[str, str]:
    """A summary, and one without figures of our own making: at most three sentences of the filing.

    The figures of results come first; together at most ``_LONGEST`` characters.
    """
    figures = told_in_figures(facts) if event_type is EventType.FINANCIAL_RESULTS else ""
    copied = _copied(source, facts, _LONGEST - len(figures))
    plain = copied or _fallback(source, _LONGEST)
    return (tidy(f"{figures} {copied}") if figures else plain), plain


def _copied(source: Source, facts: Facts, room: int) -> str:
    """Every sentence of a short letter; of a longer one those that tell most. Empty where none is fit."""
    quotes = [mended(quote) for quote in {place.quote for fact in facts.values() for place in fact.evidence}]
    parts = [_within(part, room) for part in _sentences(source, quotes)]
    garbles = {part: len(_GARBLE.findall(part)) for part in parts}
    most = 0 if sum(garbles[part] for part in parts) >= _POOR else _MOST_GARBLES
    legible = [part for part in parts if garbles[part] <= most]
    chosen = list(islice((part for part in legible if _is_fit(part, room)), _SENTENCES + 1))
    if len(chosen) > _SENTENCES:
        ranked = sorted(((-_weight(part, quotes), at, part) for at, part in enumerate(parts)))
        telling = (item for item in ranked if item[0] and garbles[item[2]] <= most and _is_fit(item[2], room))
        best = sorted(islice(telling, _SENTENCES), key=lambda item: item[1])
        chosen = [part for _, _, part in best] or chosen[:2]
    chosen = list(map(_closed, chosen))
    while len(chosen) > 1 and sum(map(len, chosen)) + len(chosen) > room:
        chosen.pop()
    return " ".join(chosen)


def _within(part: str, room: int) -> str:
    """A sentence without the last items of a list that has no room."""
    return part if len(part) < room or "; " not in part[:room] else part[: part.rindex("; ", 0, room)]


def _is_fit(part: str, room: int) -> bool:
    """Whether a sentence may be told: of some length, no table, no courtesy, no advice, and read well."""
    if not _SHORTEST <= len(part) <= room or _TABULAR.match(part) or _CLOSING.search(part.lower()):
        return False
    return is_readable(part) and not gives_advice(part)


def _closed(part: str) -> str:
    part = _STOPS.sub(".", part)
    return part if part.endswith((".", ".”", '."')) else f"{part.rstrip(' ,;:-–')}."


def _sentences(source: Source, quotes: list[str]) -> list[str]:
    """The sentences of the letter, of the release it encloses, and of a letter it passes on if it says little."""
    pages = source.document[:_LETTERS]
    if not pages:
        return list(_parted(source.announcement.body or source.announcement.headline))
    first = list(_parted(body_of(pages)))
    if not first:
        return list(_cast(source)) if "moderator" in source.lowered else []
    if "release" in source.title.lower() and (lead := release_lead(source.document[1:])):
        return [*(part for part in first[:1] if not _POINTER.search(part.lower())), *islice(_parted(lead), 2)]
    if all(_POINTER.search(part) or _CLOSING.search(part) for part in map(str.lower, first)) and not _carried(
        first, quotes
    ):
        others = [part for at in range(1, len(pages)) for part in _parted(body_of(pages, at))]
        return _carried(others, quotes) or first
    return first


def _carried(sentences: list[str], quotes: list[str]) -> list[str]:
    """The sentences that carry a fact, not only its name."""
    telling = [quote for quote in quotes if len(quote) > _SHORT_QUOTE]
    return [part for part in sentences if any(quote in part for quote in telling)]


def _cast(source: Source) -> Iterator[str]:
    """Who speaks on a call, where its transcript comes without a letter."""
    for page in source.document[:_LETTERS]:
        for part in END.split(page.text):
            if (told := _SPEAKS.search(part)) is not None:
                yield _clean(part[told.start() :])
                return
    for page in source.document[:2]:
        if (block := _MANAGEMENT.search(page.text)) is not None:
            people = (tidy(person) for person in re.split(r"\n(?=(?i:mr|ms|mrs|dr|shri)\b)", block["people"]))
            named = "; ".join(_small(person.replace(" – ", ", ")) for person in people if person)
            yield f"Management: {named}"
            return


def _small(person: str) -> str:
    """A name and an office that are set in capitals, in small letters where they are due."""
    if any(letter.islower() for letter in person):
        return person
    name, comma, office = person.partition(",")
    return _CAPITALS.sub(_lowered, name) + comma + _OFFICE.sub(_lowered, office)


def _lowered(word: re.Match[str]) -> str:
    return word[0].lower() if word[0] in _LITTLE else word[0].capitalize()


def _parted(body: str) -> Iterator[str]:
    """Sentences of a body; one that opens a list together with its items."""
    parts = list(pieces(body))
    at = 0
    while at < len(parts):
        is_item, text = parts[at]
        at += 1
        sentences = [cleaned for part in END.split(text) if (cleaned := _clean(part))] or [""]
        items: list[str] = []
        if not is_item and _OPENS_LIST.search(sentences[-1]):
            while at < len(parts) and parts[at][0]:
                items.append(_clean(parts[at][1]))
                at += 1
        yield from filter(None, sentences[:-1] if items else sentences)
        if items:
            opening = (
                sentences[-1] if len(sentences[-1]) <= _LONGEST_OPENING else _clean(_LINES.split(text)[-1])
            )
            yield _listed(_CAPITAL_TAIL.sub(":", opening), items)


def _listed(opening: str, items: list[str]) -> str:
    """An opening and as many of its items as there is room for."""
    told = f"{opening.rstrip(' :;-–—')}:"
    for at, item in enumerate(items):
        more = f"{';' if at else ''} {_CAPITAL_TAIL.sub('', item).rstrip(' .;,:')}"
        if at and len(told) + len(more) > _LONGEST_LIST:
            break
        told += more
    return told


def _clean(part: str) -> str:
    return mended(_NOISE.sub("", _PAGE_OF.sub("", tidy(part))))


def _weight(sentence: str, quotes: list[str]) -> int:
    held = sum(1 for quote in quotes if quote in sentence)
    return 3 * held + (1 if _TELLING.search(sentence.lower()) else 0) + (2 if _LIST.search(sentence) else 0)


def _fallback(source: Source, room: int) -> str:
    announcement = source.announcement
    text = tidy(announcement.headline or announcement.body or announcement.subject)
    return "" if gives_advice(text) else text[:room]
