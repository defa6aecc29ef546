"""Meetings of boards and shareholders, calls with investors."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import takewhile

from backfin.clock import IST
from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.quotes import Extract, Found, evidence, evidence_of, tidy
from backfin.enrichment.rules.sentences import pieces
from backfin.enrichment.rules.source import Source
from backfin.models import Fact

_MEETINGS = (
    ("postal_ballot", re.compile(r"(?i)postal ballot")),
    ("EGM", re.compile(r"(?i)extra-?\s?ordinary general|\begm\b")),
    ("AGM", re.compile(r"(?i)annual general meeting|\bagm\b")),
    (
        "concall",
        re.compile(
            r"(?i)(?:conference|earnings|con)[ -]?(?:conference )?calls?|concall|transcript"
            r"|audio recording"
        ),
    ),
    (
        "investor_meet",
        re.compile(r"(?i)(?:investor|analyst|institutional)[^.\n]{0,30}(?:meet|conference|presentation|day)"),
    ),
    ("board", re.compile(r"(?i)board (?:meeting|of directors)|meeting of (?:the )?board")),
)
#: The points of "i.e.".
_THAT_IS = r"(?<=\b[iI])\.(?=\s?[eE])|(?<=[.\s][eE])\."
#: Words between a meeting and its day, none of which says that the day is another one.
_NO_OTHER_DAY = rf"(?:(?!\bend(?:ed|ing)\b|\bdated\b|\bletters?\b|\bas (?:on|at)\b)(?:[^.;\n]|{_THAT_IS}))"
#: The first letter stands before the look behind it, so that the engine passes over what is none.
_HELD = re.compile(
    rf"[MmCcSsHhBbDd](?i:(?:(?<=m)eet(?:ing)?|(?<=c)(?:all|onference|onvened)|(?<=s)cheduled|(?<=h)eld|(?<=b)allot"
    rf"|(?<=d)ate of (?:the )?[ae]gm(?:\si\.?e\.?\s(?=\d))?)\b"
    rf"{_NO_OTHER_DAY}{{0,90}}?(?:\n{_NO_OTHER_DAY}{{0,60}}?)?(?P<date>{DATE})(?P<rest>.{{0,40}}))"
)
_PASSED = re.compile(
    r"(?i)\bresolutions?\b[^.:]{0,80}\b(?:passed|transacted|approved|put to vote)\b[^.:]{0,60}:"
    r"|\b(?:following|submit the) outcome of [^.:]{0,160}\b(?:meeting|agm)\b[^:]{0,80}:"
)
_HEADING = re.compile(r"\s[A-Z]{2,}(?:\s[A-Z]{2,})*\s?[,:]?$")
_LISTED_CHARS, _LONGEST_ITEM = 2000, 300
#: A general meeting whose votes are told, by whatever way they were cast.
_VOTED = re.compile(r"(?i)general meeting[^.]{0,20}\bheld on\b")
_SPOKEN = re.compile(r"(?i)\btranscripts?\b|\bmoderator\s?:")
_CALL = re.compile(
    r"(?i)\b(?:conference|earnings|con|investor|analyst)s?[ -]?(?:conference )?calls?\b|\bconcall\b"
)
_TODAY = re.compile(r"(?i)\bmeeting\b[^.;]{0,120}\btoday\b")
_CONSIDER = re.compile(r"(?i)\bto\s(?:inter[- ]alia,?\s)?consider\b|\bto\stransact\b")
_ITEM = re.compile(
    r"(?i)(?:(?:un-?\s?audited|audited|standalone|consolidated)\s(?:and\s|&\s)?){0,4}financial\sresults?"
    r"|(?:interim|final|special)\sdividend|\bbonus\s(?:issue|shares)|\bbuy-?\s?back\b|\brais(?:e"
    r"|ing)(?:\sof)?\sfunds?|\bfund\s?raising"
    r"|\b(?:stock\s)?split\b|\bsub-?division\b|\brights\sissue|\bpreferential\s(?:issue|allotment)"
    r"|\bscheme\sof\s(?:arrangement|amalgamation)"
    r"|\bdelisting\b|\bissue\sof\s(?:\w+\s){0,3}(?:debentures|warrants|equity\sshares)"
)
_TIME = re.compile(r"(?i)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\s?(?P<half>[ap])\.?\s?m")


def extract_meeting(source: Source) -> Extract:
    """Facts of ``meeting_or_call``: kind, and when; the time is the exchange's own, IST."""
    found = Extract()
    call = source.search(_CALL) if source.search(_SPOKEN, "transcript", "moderator") else None
    if call is not None:
        found.put("kind", call.fact("concall"))
    meetings = _MEETINGS[1:] if _VOTED.search(source.title) else _MEETINGS
    for kind, pattern in meetings:
        if "kind" not in found.facts and pattern.search(source.title) and (match := source.search(pattern)):
            found.put("kind", match.fact(kind))
            break
    _put_kind_of_letter(source, found)
    held = source.search(_HELD)
    found.put("at", _moment(held) if held else source.today(_TODAY))
    _put_agenda(source, found)
    if (passed := source.search(_PASSED, "resolution", "outcome of")) is not None and "kind" in found.facts:
        _put_results(passed, found)
    return found


def _put_results(passed: Found, found: Extract) -> None:
    """The resolutions that a general meeting passed, in the filing's own words."""
    page, start = passed.page, passed.match.end()
    behind = list(pieces(page.text[start : start + _LISTED_CHARS]))[1:]
    items = [
        _HEADING.sub("", tidy(text)).rstrip(" .;,") for _, text in takewhile(lambda piece: piece[0], behind)
    ]
    places = {text: evidence_of(page, text) for text in items if 12 < len(text) <= _LONGEST_ITEM}
    if places and found.facts["kind"].value in ("AGM", "EGM", "postal_ballot"):
        found.put("results", Fact(value=list(places), evidence=tuple(places.values()), confidence=0.7))


def _put_kind_of_letter(source: Source, found: Extract) -> None:
    """The kind of meeting from the letter, where its title names none."""
    letter = next(iter(source.document), None)
    for kind, pattern in _MEETINGS if letter is not None and "kind" not in found.facts else ():
        if letter is not None and (match := pattern.search(letter.text, 0, 2500)):
            found.put("kind", Found(letter, match).fact(kind, 0.7))
            return


def _put_agenda(source: Source, found: Extract) -> None:
    """What a board is to consider, in the notice's own words."""
    consider = source.search(_CONSIDER, "consider")
    if consider is None:
        return
    page, start = consider.page, consider.match.start()
    items = list(_ITEM.finditer(page.text, start, start + 900))
    if items:
        place = evidence(page, start, items[-1].end())
        told = list(dict.fromkeys(tidy(item[0]).lower() for item in items if tidy(item[0]) in place.quote))
        found.put("agenda", Fact(value=told, evidence=(place,), confidence=0.7))


def _moment(held: Found) -> Fact | None:
    day = parse_date(held["date"])
    if day is None:
        return None
    clock = _TIME.search(held.match["rest"])
    if clock is None or int(clock["hour"]) > 12 or int(clock["minute"]) > 59:
        return held.fact(day.isoformat())
    hour = int(clock["hour"]) % 12 + (12 if clock["half"].lower() == "p" else 0)
    moment = datetime(day.year, day.month, day.day, hour, int(clock["minute"]), tzinfo=IST)
    return held.fact(moment.isoformat())
