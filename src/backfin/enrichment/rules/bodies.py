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
    r"(?:Limited|LIMITED|limited\b(?!\s(?:to|by|review|liability))|Ltd\b\.?|LTD\b\.?|LLP|Inc\b\.?|GmbH|LLC|PLC|S\.p\.A\.|B\.?V\.?\b|Corp\b\.?|AG\b|S\.A\."
    r"|(?:Company|Corporation|Trust|Fund|Authority|HUF)\b(?!\s(?:Private|Pvt|Limited|Ltd|LLP|Inc|of|for)\b))"
)
_ENDS = re.compile(_FORM)
_WORD = r"\(?[A-Z][\w&.'’()/-]{0,30}"
#: A name and what it ends in. On one line where each line stands for itself; over a line's end within a letter.
_ONE_LINE = re.compile(rf"(?:{_WORD}[ ]{{1,2}}(?:(?:of|and|&)[ ])?){{1,8}}{_FORM}$")
_WRAPPED = re.compile(rf"(?:{_WORD}\s{{1,2}}(?:(?:of|and|&)\s)?){{1,8}}{_FORM}$")
#: Words that run into a name where every word begins with a capital.
_LEAD = re.compile(
    r"(?i)(?:(?:[\w&.-]+\s){0,5}?(?:merger|absorption|amalgamation|acquisition|allotment|incorporation|sale|stake|shares?"
    r"|demerger|scheme|arrangement|proceedings|ipo|business|undertaking|offer|share ?capital|shareholders)\s"
    r"(?:of|in|with|by|to)\s)+|(?:and|with|of|by)\s"
)
#: A form's label or a project's name that stands right before a name.
_LABELS = re.compile(
    r"^(?:(?:[Tt]he\s)?Company\s(?:and|And|with)\s|(?:\([A-Z]{2,4}\)|Concert|Lenders?(?:\(s\))?|Acquirers?|Sellers?|Particulars|Details|Name|Yes|No|TC|PAC|Sub)\s+"
    r"|(?:Mr|Mrs|Ms|Dr|Shri|Smt)\.?\s(?:[A-Z][\w.]*\s){1,4}(?:and|And|&)\s(?:M/s\.?\s)?"
    r"|.*\b(?:Projects?|Plants?|Units?)\s[Oo]f\s(?=[A-Z]))"
)
#: What makes a company of nobody in particular.
_NOBODY = re.compile(
    r"(?i)^(?:the |said |wholly[- ]owned |step[- ]down )*(?:target|subsidiary|transferor|transferee|listed|parent"
    r"|holding|amalgamat(?:ed|ing)|resulting|demerged|issuer|our|your|group|investee|associate|joint venture|private"
    r"|public|competent|statutory|regulatory|government|indian|national|investor education and protection)"
    r"\s(?:company|corporation|authority|limited|fund|trust)\b|\bstock exchange\b|^(?:bse|nse) "
    r"|^(?:debenture|security|share) trust\b|\s(?:by|held|over|its)\s|\b(?:the|subsidiary) company$"
    r"|^\S+\s(?:company|corporation|authority|fund|trust)$"
)
_BEFORE_CHARS, _AFTER_CHARS, _NAME_CHARS = 160, 110, 90
_PAGE_CHARS, _QUOTE_CHARS = 4000, 290
_MOST = 12
#: Forms and announcements of takeovers stand behind a letter.
_FAR_EVENTS, _FAR_PAGES = (EventType.OPEN_OFFER, EventType.SAST_DISCLOSURE, EventType.MERGER_ACQUISITION), 3
#: Where the body in whose name the filing is made is a party: the issuer whose shares change hands, or who writes for
#: the acquirer.
_OWN = (("target", EventType.SAST_DISCLOSURE), ("merchant_banker", EventType.OPEN_OFFER))
#: What a name is followed by that goes on to speak of it.
_GOES_ON = frozenset("(,[“\"'‘abcdefghijklmnopqrstuvwxyzMO")
#: The longest word of a name that is looked at, and what every letter is addressed to.
_WORD_CHARS, _EXCHANGES = 32, ("BSE", "Exchange of India")
_MS = re.compile(r"\s?m/s\.?\s?$")
_BLANKS = re.compile(r"\s+")
#: What stands between two names of one list.
_LISTED = re.compile(r"^\s?(?:\([^)]{1,40}\)\s?)?(?:,\s?(?:and\s|&\s)?|and\s|&\s)(?:m/s\.?\s)?$", re.I)
#: Words behind a list that speak of all that stand in it.
_OF_ALL = re.compile(
    r"(?i)\bsubsidiaries\b|[“\"'‘(](?:acquirers|sellers|purchasers|vendors|pacs|petitioners)\b|\bboth\b"
)


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
    """Whether one name is the end of the other, or a place behind it is all that it lacks."""
    name, other = name.rstrip("."), other.rstrip(".")
    return name.endswith(other) or other.endswith(name) or other.startswith(f"{name},")


def _bodies(source: Source, event_type: EventType) -> Iterator[Party]:
    near = _FAR_PAGES if event_type in _FAR_EVENTS else 1
    for page in (*source.document[:near], *(page for page in source.pages if page.number == 0)):
        yield from _on(page, event_type)


def _on(page: Page, event_type: EventType) -> Iterator[Party]:
    """The names of a page that have a role; in a list all have the role of its first, or of its last if told of all."""
    last, listed = 0, ""
    waiting: list[tuple[int, int]] = []
    for start, end in _names(page):
        is_ahead, role = _role(page.text, start, end, event_type)
        is_listed = last > 0 and _LISTED.search(page.text[last:start]) is not None
        if not role and listed and is_listed:
            is_ahead, role = True, listed
        waiting = [*waiting, (start, end)] if is_listed or not last else [(start, end)]
        if role and not is_ahead and _OF_ALL.search(page.text, end, end + _AFTER_CHARS):
            yield from (
                party for place in waiting[:-1] if (party := _party(page, *place, role, waiting[-1][1] + 40))
            )
        if role and (party := _party(page, start, end, role, 0 if is_ahead else end + 40)):
            yield party
        last, listed = end, role if is_ahead else ""


def _party(page: Page, start: int, end: int, role: str, until: int) -> Party | None:
    """A party whose evidence reaches back to what stands before it, or on to ``until``."""
    name = clean_name(_LABELS.sub("", " ".join(page.text[start:end].split())))
    if not is_name(name) or _NOBODY.search(name):
        return None
    low, high = (start, until) if until else (max(0, start - 60), end)
    place = evidence(page, low, min(high, low + _QUOTE_CHARS, len(page.text)))
    return Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(place,))


def _names(page: Page) -> Iterator[tuple[int, int]]:
    """Where names end in a legal form; a name never reaches over the form of the one before."""
    last = 0
    pattern = _WRAPPED if page.number else _ONE_LINE
    for form in _ENDS.finditer(page.text, 0, _PAGE_CHARS):
        before = page.text[max(0, form.start() - _WORD_CHARS) : form.start()]
        word = before.split()[-1:] if before[-1:].isspace() else []
        if (
            not word
            or not (word[0][0].isupper() or word[0][0] in "(&")
            or before.rstrip().endswith(_EXCHANGES)
        ):
            continue
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
    if behind[:2].strip()[:1] in _GOES_ON and (role := _told(behind_cues, behind)):
        return False, role
    return True, _told(ahead_cues, ahead)


def _told(cues: tuple[Cue, ...], near: str) -> str:
    lowered = near.lower()
    last = _MS.sub("", lowered).rstrip().rpartition(" ")[2]
    return next((cue.role for cue in cues if cue.fits(near, lowered, last)), "")
