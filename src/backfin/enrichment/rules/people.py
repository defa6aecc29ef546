"""People whom a filing names beside a seat or a duty: who comes and goes, who speaks on a call, who is in charge."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from backfin.enrichment.rules.names import PERSON, TITLE, clean_person, is_name
from backfin.enrichment.rules.quotes import evidence
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Page, Party, PartyKind

_E = EventType
_PERSON = re.compile(PERSON)
#: Where a person's name may begin; looked for first, because it is found fast.
_TITLES = re.compile(
    r"[MDSPCALBJmdsp](?:rs?|s|RS?|S|hri|HRI|mt|MT|ri|RI|h|H|rof|ROF|A|dv|ol|t|apt|rig|ustice)(?=[. ])"
)
#: Words of a seat on the line below a name, which run into it.
_RUN_ON = re.compile(
    r"\s(?:Interim|Resolution|Liquidator|Managing|Director|Chief|Company|Whole|Independent|Non|Executive|Chairman|Partner"
    r"|Membership|DIN|This|The|Kindly)\b"
)
_SIGNED = re.compile(r"(?i)\byours\s+(?:faith|tru|sinc)|\bthanking you|\bthank you for your")
#: How far a page is read, and how far from a name its seat stands.
_PAGE_CHARS, _BEHIND_CHARS, _AHEAD_CHARS = 6000, 90, 90
_MOST = 12
_TITLE = re.compile(rf"(?i){TITLE}")

_KMP = (
    r"chief\s\w+(?:\s\w+)?\sofficer|\bc[efost]o\b|company\ssecretary|compliance\sofficer|president|general\smanager"
    r"|key\smanagerial|\bkmp\b|senior\smanagement|\bhead\b"
)
_BOARD = r"directors?\b|chairman|chairperson|chairwoman|\bboard\b"
_SEAT = re.compile(rf"(?i)(?P<kmp>{_KMP})|(?P<director>{_BOARD})")
#: A seat right beside a name: "its compliance officer, Mr. …", "Mr. …, Director".
_SEAT_BEFORE = re.compile(rf"(?i)(?:(?P<kmp>{_KMP})|(?P<director>{_BOARD})),?\s?$")
_SEAT_AFTER = re.compile(
    rf"(?i)\s?[,(–-]\s?(?:the |our )?(?:[\w-]+\s){{0,2}}(?:(?P<kmp>{_KMP})|(?P<director>{_BOARD}))"
)
_CHANGE = re.compile(
    r"(?i)\b(?:re-?)?(?:appoint\w*|designat\w*)|\b(?:resign|retire|superannuat|relinquish|vacat|succeed|elevat|remov|demise"
    r"|cessation|ceas|exit|replac|induct)\w*|passed away|in place of|stepp?\w* down|take over from"
)
#: Duties that a filing of some event type names people in: the role, and the words right before and right behind.
_DUTIES = {
    _E.INSOLVENCY: (
        ("irp", r"(?:interim\sresolution\sprofessional|\birp\b)"),
        ("resolution_professional", r"resolution\sprofessional|\brp\b"),
        ("liquidator", "liquidator"),
    ),
    _E.MERGER_ACQUISITION: (
        ("valuer", r"(?:registered\s)?valuer|valuation\sreport\s(?:of|by|from)"),
        ("seller", r"\b(?:acqui\w+|purchas\w+)\b[^.;]{0,90}\bfrom"),
    ),
    _E.SAST_DISCLOSURE: (
        ("pac", r"persons?\sacting\sin\sconcert|\bpac\b|together\swith"),
        ("seller", r"\b(?:gift|transfer\w*|acqui\w+|purchas\w+)\b[^.;]{0,90}\bfrom"),
    ),
    _E.OPEN_OFFER: (
        ("pac", r"persons?\sacting\sin\sconcert|\bpac\b|together\swith"),
        ("seller", r"\b(?:gift|transfer\w*|acqui\w+|purchas\w+)\b[^.;]{0,90}\bfrom"),
    ),
    _E.LITIGATION_REGULATORY: (
        ("petitioner", r"\b(?:filed|preferred|moved)\sby"),
        ("arbitrator", r"sole\sarbitrator"),
    ),
    _E.ALLOTMENT: (("allottee", r"\ballot\w*\b[^;]{0,120}\bto"),),
    _E.FUND_RAISE: (("proposed_allottee", r"\b(?:allot\w*|issu\w+)\b[^;]{0,120}\bto"),),
}
_TABLES = {
    event: tuple(
        (
            role,
            re.compile(rf"(?i)(?:{words})\)?[\s,:–-]{{1,4}}(?:namely\s|viz\.?\s)?$"),
            re.compile(rf"(?i)^\s?,?\s?\(?(?:the\s|as\s(?:the\s)?|an?\s)?(?:{words})\b"),
        )
        for role, words in duties
    )
    for event, duties in _DUTIES.items()
}
#: People who sit somewhere, wherever the filing says so: a seat alone makes them parties there.
_SEATED = frozenset((_E.MANAGEMENT_CHANGE, _E.LITIGATION_REGULATORY))
#: Who speaks for the company on a call.
_SPEAKERS = re.compile(
    r"(?i)\bmanagement(?: participants?| team)?\s?:|\b(?:represented by|speakers?|participants?)\s?:"
)


def named_people(source: Source, event_type: EventType, known: Iterable[Party]) -> list[Party]:
    """People besides those already known, each once, in order."""
    if event_type not in _TABLES and event_type not in _SEATED and event_type is not _E.MEETING_OR_CALL:
        return []
    taken = [key for party in known if (key := _key(party.name_as_written))]
    found: list[Party] = []
    for page in (*source.document[:2], *(page for page in source.pages if page.number == 0)):
        for party in _on(page, source, event_type):
            key = _key(party.name_as_written)
            is_known = any(key <= other or other <= key for other in taken)
            if not is_known and len(found) < _MOST and is_name(party.name_as_written):
                taken.append(key)
                found.append(party)
    return found


def _key(name: str) -> frozenset[str]:
    """The words of a name without its title of address, its points and accents."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return frozenset(word for word in re.findall(r"\w+", plain) if not _TITLE.fullmatch(word))


def _on(page: Page, source: Source, event_type: EventType) -> Iterator[Party]:
    text = page.text[:_PAGE_CHARS]
    signed = _SIGNED.search(text)
    end = signed.start() if signed is not None and event_type is not _E.INSOLVENCY else len(text)
    start = 0
    if event_type is _E.MEETING_OR_CALL:
        speakers = _SPEAKERS.search(text)
        if speakers is None:
            return
        start, end = speakers.end(), min(end, speakers.end() + 600)
    for match in _people(text, start, end):
        run_on = _RUN_ON.search(match[0])
        last = match.start() + run_on.start() if run_on else match.end()
        ahead, behind = text[max(0, match.start() - _AHEAD_CHARS) : match.start()], text[last:]
        role = _role(ahead, behind[:_BEHIND_CHARS], source, event_type)
        if role:
            place = evidence(page, max(0, match.start() - 40), min(last + 60, len(page.text)))
            name = clean_person(text[match.start() : last])
            yield Party(name_as_written=name, kind=PartyKind.PERSON, role=role, evidence=(place,))


def _people(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for title in _TITLES.finditer(text, start, end):
        if title.start() >= start and not text[title.start() - 1 : title.start()].isalnum():
            match = _PERSON.match(text, title.start(), end)
            if match is not None:
                start = match.end()
                yield match


def _role(ahead: str, behind: str, source: Source, event_type: EventType) -> str:
    for role, before, after in _TABLES.get(event_type, ()):
        if before.search(ahead) or after.search(behind):
            return role
    if event_type is _E.MANAGEMENT_CHANGE:
        has_changed = _CHANGE.search(ahead) or _CHANGE.search(behind)
        return seat_role(_own(behind), source.title) if has_changed or _SEAT.search(_own(behind)) else ""
    if event_type is _E.LITIGATION_REGULATORY:
        return _beside(ahead, behind)
    seat = _SEAT.search(_own(behind))
    return _of_seat(seat) if event_type is _E.MEETING_OR_CALL and seat else ""


def _own(behind: str) -> str:
    """The words behind a name that speak of it: up to the next name and the end of the sentence."""
    other = _PERSON.search(behind)
    return behind[: other.start() if other else None].partition(". ")[0]


def _beside(ahead: str, behind: str) -> str:
    """The role of a seat that stands right beside a name: "its compliance officer, Mr. …", "Mr. …, Director"."""
    before, after = _SEAT_BEFORE.search(ahead), _SEAT_AFTER.match(behind)
    seat = before or after
    return _of_seat(seat) if seat else ""


def _of_seat(seat: re.Match[str]) -> str:
    return "kmp" if seat["kmp"] else "director"


def seat_role(position: str, title: str) -> str:
    """Director or key manager, by the seat, else by what the filing is called.

    >>> seat_role("Managing Director & CEO", ""), seat_role("", "Change in Directorate")
    ('kmp', 'director')
    """
    for text in (position, title):
        seats = list(_SEAT.finditer(text))
        if seats:
            return "kmp" if any(seat["kmp"] for seat in seats) else "director"
    return "director"
