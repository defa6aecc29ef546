"""Companies that a filing names in a role that the words beside the name tell: subsidiaries, targets, sellers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backfin.enrichment.rules.names import clean_name, is_name, is_of_issuer, kind_of_name
from backfin.enrichment.rules.quotes import evidence
from backfin.enrichment.rules.roles import BY_EVENT, INTO, MERGED, Cue
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Page, Party

_FORM = (
    r"(?:Limited|LIMITED|Ltd\b\.?|LTD\b\.?|LLP|Inc\b\.?|GmbH|LLC|PLC|S\.p\.A\.|B\.?V\.?\b|Corp\b\.?|AG\b|S\.A\."
    r"|(?:Company|Corporation|Trust|Fund|Authority|HUF)\b(?!\s(?:Private|Pvt|Limited|Ltd|LLP|Inc|of|for)\b))"
)
_ENDS = re.compile(rf"\b{_FORM}")
_WORD = r"\(?[A-Z][\w&.'’()/-]{0,30}"
#: A name and what it ends in. On one line where each line stands for itself; over a line's end within a letter.
_ONE_LINE = re.compile(rf"(?:{_WORD}[ ]{{1,2}}(?:(?:of|and|&|for)[ ])?){{1,8}}{_FORM}$")
_WRAPPED = re.compile(rf"(?:{_WORD}\s{{1,2}}(?:(?:of|and|&|for)\s)?){{1,8}}{_FORM}$")
#: Words that run into a name where every word begins with a capital.
_LEAD = re.compile(
    r"(?i)(?:[\w-]+\s){0,5}?(?:merger|absorption|amalgamation|acquisition|allotment|incorporation|sale|stake|shares?"
    r"|demerger|scheme|arrangement|proceedings|ipo)\s(?:of|in|with|by|to)\s|(?:and|with|of|by)\s"
)
#: A form's label or a project's name that stands right before a name.
_LABELS = re.compile(
    r"^(?:(?:\([A-Z]{2,4}\)|Concert|Lenders?(?:\(s\))?|Acquirers?|Sellers?|Particulars|Details|Name|Yes|No|TC|PAC|Sub)\s+"
    r"|.*\b(?:Projects?|Plants?|Units?)\s[Oo]f\s(?=[A-Z]))"
)
#: What makes a company of nobody in particular.
_NOBODY = re.compile(
    r"(?i)^(?:the |said |wholly[- ]owned |step[- ]down )*(?:target|subsidiary|transferor|transferee|listed|parent"
    r"|holding|amalgamat(?:ed|ing)|resulting|demerged|issuer|our|your|group|investee|associate|joint venture|private|public"
    r"|competent|statutory|regulatory|government|indian|national|investor education and protection)"
    r"\s(?:company|corporation|authority|limited|fund|trust)\b|\bstock exchange\b|^(?:bse|nse) "
    r"|^(?:debenture|security|share) trust\b|\s(?:by|held|over|its)\s|\bthe company$"
)
_BEFORE_CHARS, _AFTER_CHARS, _NAME_CHARS = 160, 110, 90
_PAGE_CHARS = 4000
_MOST = 12
#: Forms and announcements of takeovers stand behind a letter.
_FAR_EVENTS, _FAR_PAGES = (EventType.OPEN_OFFER, EventType.SAST_DISCLOSURE, EventType.MERGER_ACQUISITION), 3
#: Where the body in whose name the filing is made is a party: the issuer whose shares change hands, or who writes for
#: the acquirer.
_OWN = (("target", EventType.SAST_DISCLOSURE), ("merchant_banker", EventType.OPEN_OFFER))
_BLANKS = re.compile(r"\s+")
#: What stands between two names of one list.
_LISTED = re.compile(r"^\s?(?:\([^)]{1,40}\)\s?)?(?:,\s?(?:and\s|&\s)?|and\s|&\s)(?:m/s\.?\s)?$", re.I)


def named_bodies(source: Source, event_type: EventType, known: Iterable[Party]) -> list[Party]:
    """Parties besides those already known, each once, in order."""
    taken = {party.name_as_written.casefold() for party in known}
    found: list[Party] = []
    for party in _bodies(source, event_type):
        name = party.name_as_written
        is_known = any(_is_part(name.casefold(), other) for other in taken)
        is_own = is_of_issuer(name, source.issuer) and (party.role, event_type) not in _OWN
        if not is_known and not is_own and len(found) < _MOST:
            taken.add(name.casefold())
            found.append(party)
    return found


def _is_part(name: str, other: str) -> bool:
    """Whether one name is the end of the other: the shorter, or the longer with a word that ran into it."""
    return name.endswith(other) or other.endswith(name)


def _bodies(source: Source, event_type: EventType) -> Iterator[Party]:
    near = _FAR_PAGES if event_type in _FAR_EVENTS else 1
    for page in (*source.document[:near], *(page for page in source.pages if page.number == 0)):
        last, listed = 0, ""
        for start, end in _names(page):
            name = clean_name(_LABELS.sub("", " ".join(page.text[start:end].split())))
            is_ahead, role = _role(page.text, start, end, event_type)
            if not role and listed and _LISTED.search(page.text[last:start]):
                is_ahead, role = True, listed
            last, listed = end, role if is_ahead else ""
            if role and is_name(name) and not _NOBODY.search(name):
                low, high = (max(0, start - 60), end) if is_ahead else (start, end + 40)
                place = evidence(page, low, min(high, len(page.text)))
                yield Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(place,))


def _names(page: Page) -> Iterator[tuple[int, int]]:
    """Where names end in a legal form; a name never reaches over the form of the one before."""
    last = 0
    pattern = _WRAPPED if page.number else _ONE_LINE
    for form in _ENDS.finditer(page.text, 0, _PAGE_CHARS):
        name = pattern.search(page.text, max(last, form.start() - _NAME_CHARS), form.end())
        if name is not None:
            last = form.end()
            lead = _LEAD.match(name[0])
            yield name.start() + (lead.end() if lead else 0), form.end()


def _role(text: str, start: int, end: int, event_type: EventType) -> tuple[bool, str]:
    """Whether the words before a name give it its role, and the role."""
    behind = _BLANKS.sub(" ", text[end : end + _AFTER_CHARS])
    ahead = _BLANKS.sub(" ", text[max(0, start - _BEFORE_CHARS) : start])
    if event_type is EventType.MERGER_ACQUISITION and MERGED.search(ahead):
        return True, "target" if not INTO.search(ahead) or ahead.rstrip().casefold().endswith("and") else ""
    behind_cues, ahead_cues = BY_EVENT[event_type]
    if role := _told(behind_cues, behind):
        return False, role
    return True, _told(ahead_cues, ahead)


def _told(cues: tuple[Cue, ...], near: str) -> str:
    return next((cue.role for cue in cues if cue.words.search(near)), "")
