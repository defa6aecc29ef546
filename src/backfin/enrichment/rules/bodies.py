"""Companies that a filing names in a role that its words beside the name tell: subsidiaries, targets, partners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backfin.enrichment.rules.names import clean_name, is_name, kind_of_name
from backfin.enrichment.rules.quotes import evidence
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Page, Party

_FORM = r"(?:Limited|LIMITED|Ltd\b\.?|LTD\b\.?|LLP|Inc\b\.?|GmbH|LLC|PLC|S\.p\.A\.|B\.?V\.?\b|Corp\b\.?)"
_ENDS = re.compile(rf"\b{_FORM}")
_NAME = re.compile(rf"(?:\(?[A-Z][\w&.'’()/-]{{0,30}}\s{{1,2}}(?:(?:of|and|&)\s)?){{1,8}}{_FORM}$")
#: Words that run into a name where every word begins with a capital.
_LEAD = re.compile(
    r"(?i)(?:[\w-]+\s){0,5}?(?:merger|absorption|amalgamation|acquisition|allotment|incorporation|sale|stake|shares?"
    r"|demerger|scheme|arrangement|proceedings|ipo)\s(?:of|in|with|by|to)\s|(?:and|with|of|by)\s"
)
_BEFORE_CHARS, _AFTER_CHARS, _NAME_CHARS = 160, 110, 90
_PAGE_CHARS = 4000
_MOST = 12

#: Words right behind a name, and right before one, with the role they give it and a word that is among them.
_BEHIND = (
    (
        "subsidiary",
        "subsidiar",
        re.compile(
            r"(?i)^\s?,?\s?(?:\([^)]{1,60}\)\s?,?\s?)?(?:which is |being )?(?:an?|the|its"
            r"|our|another)\s(?:[\w-]+\s){0,5}subsidiar"
        ),
    ),
    ("merchant_banker", "manager", re.compile(r"(?i)^\s?,?\s?\(?\s?[“\"'‘(]\s?(?:the )?manager to the")),
)
_AHEAD = (
    (
        "subsidiary",
        "subsidiar",
        re.compile(
            r"(?i)\bsubsidiar(?:y|ies)(?: company"
            r"| of the company)?[\s,:;–(-]{1,4}(?:namely|viz\.?"
            r"|i\.e\.?)?[\s,:-]{0,3}(?:m/s\.?\s)?$"
        ),
    ),
    (
        "partner",
        "with",
        re.compile(
            r"(?i)\b(?:agreements?|mous?|memorandum of understanding|partnership"
            r"|collaboration|joint venture|tie-?up|partner(?:s|ed)?)\b[^.;]{0,60}\bwith\s(?:m/s\.?\s)?$"
        ),
    ),
    ("allottee", "allot", re.compile(r"(?i)\ballot\w*\b[^;]{0,140}\bto\s(?:m/s\.?\s)?$")),
)
_MERGED = re.compile(
    r"(?i)\b(?:amalgamation|merger|absorption"
    r"|demerger)\s(?:by absorption\s)?of\s(?:[^;]{0,130}(?:\band|,)\s)?(?:m/s\.?\s)?$"
)
_INTO = re.compile(r"(?i)\b(?:with|into|and)\s(?:m/s\.?\s)?$")


def named_bodies(source: Source, event_type: EventType, known: Iterable[Party]) -> list[Party]:
    """Parties besides those already known, each once, in order."""
    taken = {party.name_as_written.casefold() for party in known} | {source.issuer.casefold()}
    found: list[Party] = []
    for party in _bodies(source, event_type):
        if party.name_as_written.casefold() not in taken and len(found) < _MOST:
            taken.add(party.name_as_written.casefold())
            found.append(party)
    return found


def _bodies(source: Source, event_type: EventType) -> Iterator[Party]:
    for page in (*source.document[:1], *(page for page in source.pages if page.number == 0)):
        for start, end in _names(page):
            role = _role(page.text, start, end, event_type)
            name = clean_name(page.text[start:end])
            if role and is_name(name):
                low, high = (max(0, start - 60), end) if role != "subsidiary" else (start, end + 40)
                place = evidence(page, low, min(high, len(page.text)))
                yield Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(place,))


def _names(page: Page) -> Iterator[tuple[int, int]]:
    """Where names end in a legal form; a name never reaches over the form of the one before."""
    last = 0
    for form in _ENDS.finditer(page.text, 0, _PAGE_CHARS):
        name = _NAME.search(page.text, max(last, form.start() - _NAME_CHARS), form.end())
        last = form.end()
        if name is not None:
            lead = _LEAD.match(name[0])
            yield name.start() + (lead.end() if lead else 0), form.end()


def _role(text: str, start: int, end: int, event_type: EventType) -> str:
    behind = text[end : end + _AFTER_CHARS]
    ahead = text[max(0, start - _BEFORE_CHARS) : start]
    if event_type is EventType.MERGER_ACQUISITION and _MERGED.search(ahead):
        return "target" if not _INTO.search(ahead) or ahead.rstrip().casefold().endswith("and") else ""
    for table, near in ((_BEHIND, behind), (_AHEAD, ahead)):
        lowered = near.lower()
        for role, word, pattern in table:
            if word in lowered and pattern.search(near):
                return role
    return ""
