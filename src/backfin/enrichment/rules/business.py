"""Mergers and sales, capacity, orders of authorities, meetings."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import takewhile

from backfin.clock import IST
from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.names import PROPER, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, Found, derived, evidence, evidence_of, percent, tidy
from backfin.enrichment.rules.sentences import pieces
from backfin.enrichment.rules.source import Source
from backfin.models import Fact
from backfin.models.facts import Party

_DEAL_KINDS = (
    (
        "cessation",
        re.compile(
            r"(?i)stri(?:ke|king|ck|uck)[- ]?off[^.\n]{0,80}subsidiar|subsidiar\w+[^.\n]{0,60}(?:dissol"
            r"|struck off|ceased)"
            r"|(?:closure|dissolution|cessation) of[^.\n]{0,60}subsidiar"
        ),
    ),
    (
        "incorporation",
        re.compile(
            r"(?i)incorporat(?:ion|ed)\b[^.\n]{0,60}(?:subsidiary|company|vehicle|\bspv\b|associate)"
            r"|subsidiary[^.\n]{0,40}incorporat"
        ),
    ),
    ("joint_venture", re.compile(r"(?i)\bjoint venture\b")),
    ("demerger", re.compile(r"(?i)\bdemerg\w+")),
    ("slump_sale", re.compile(r"(?i)slump sale")),
    ("merger", re.compile(r"(?i)amalgamat\w+|\bmerger\b")),
    ("divestiture", re.compile(r"(?i)\bdilut\w+|divest\w*|disinvest\w*|(?:sale|sold|disposal|sell\w*) of")),
    ("acquisition", re.compile(r"(?i)\bacqui\w+")),
)
_TARGET = re.compile(
    rf"(?i:\b(?:acquisition of|acquir\w+|stake in|shares? (?:of|in)|share capital of|amalgamation of"
    rf"|merger of|sale of|joint venture with|name of the target(?: entity)?[^\n:]{{0,60}}[:;\n])\b"
    rf"|name of the target entity)[^.\n]{{0,60}}?\s(?P<name>{PROPER}\s(?:Limited|Ltd|LLP|Inc|GmbH|LLC"
    rf"|Pte|Company|BV|SA)\b\.?)"
)
_STAKE = re.compile(
    r"(?i)(?:acqui\w+|sale|sold|divest\w*|stake|purchase)\b[^.\n%]{0,60}?(?P<pct>\d{1,3}"
    r"(?:\.\d{1,4})?)\s?%"
)
_FROM_TO = re.compile(
    r"(?i)\b(?:stake|shareholding|holding|interest|dilut\w+|increas\w+|decreas\w+"
    r"|reduc\w+)\b[^;]{0,160}?\bfrom\s(?P<pre>\d{1,3}(?:\.\d{1,4})?)\s?%"
    r"[^.;]{0,40}?\bto\s(?P<post>\d{1,3}(?:\.\d{1,4})?)\s?%"
)
_ALLOTTED_TO = re.compile(rf"(?i:\ballotted)\b[^;]{{0,160}}?\b(?i:to)\s(?P<name>{PROPER})")
_REMAINING = re.compile(r"(?i)\bacqui\w+\b[^.\n]{0,40}\bremaining\s(?P<pct>\d{1,2}(?:\.\d{1,4})?)\s?%")
_FURTHER = re.compile(
    r"(?i)\b(?:additional|further|balance|incremental|up\s?to|sale|sold|divest\w*"
    r"|dilut\w*)\b"
)
_COST = re.compile(
    r"(?i)(?:total |aggregate |cash |cost of |purchase |sale ){0,4}(?:consideration|acquisition cost"
    r"|cost of acquisition|enterprise value|price at which)"
)
_CASH = re.compile(r"(?i)\b(?P<kind>cash|share swap|swap of shares)\b (?:consideration)?")
_AUTHORITY = re.compile(
    rf"(?i:\b(?:from|by|of) (?:the )?(?:office of (?:the )?)?)(?P<name>(?:{PROPER}\s)?(?:(?:Deputy"
    rf"|Assistant|Joint|Additional|Principal|Chief)\s)?(?:Commissioner|Superintendent|Tribunal|Court"
    rf"|Department|Bench|NCLT|NCLAT|RBI|CCI|Officer)(?:\s?(?:of|\()\s?{PROPER})?)"
)
_NAMED_AUTHORITY = re.compile(rf"(?i:name of (?:the )?authority)\s{{0,3}}:?\s{{0,3}}(?P<name>{PROPER})")
_NO_AUTHORITY = re.compile(r"Regulation|^(?:Adjudicating|Assessing|Compliance|Proper) Officer$|^Nature\b")
_DEMAND = re.compile(
    r"(?i)(?:tax )?demand(?:ed)?(?: of| for| amount\w*)?|\btax of|amount(?:ing)? (?:to|of)|aggregat\w+"
)
_PENALTY = re.compile(r"(?i)penalt(?:y|ies)(?: of| amount\w*)?|\bfine of")
_INTEREST = re.compile(r"(?i)\binterest (?:of|amount\w*)")
_ORDER_DATE = re.compile(rf"(?i)order[^.\n]{{0,40}}?\bdated?\s{{0,3}}:?\s{{0,3}}(?P<date>{DATE})")
#: Where part of a demand falls away, which amount stands is not for rules to say.
_DROPPED = re.compile(r"\bdropped\b|\bset aside\b|\bquashed\b|partly allowed|\breduced to\b")
_RECEIVED = re.compile(
    rf"(?i)(?:date of receipt[^\d]{{0,60}}|\b(?:received|served)\b[^.\d\n]{{0,40}}\bon\s)(?P<date>{DATE})"
)
_CAPEX = re.compile(r"(?i)(?:capex|capital expenditure|investment|project cost|outlay)(?: of| amount\w*)?")
_CAPACITY = re.compile(
    r"(?i)(?:capacity|additional)[^.\n]{0,60}?(?:from (?P<before>\d[\d,.]*)[^.\n]{0,20}? to )?"
    r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>mw(?:p|ac)?|gw|mtpa|tpa|mt\b|tpd|klpd|kl|units|tonnes"
    r"|million units)"
)
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
#: Words between a meeting and its day, none of which says that the day is another one.
_NO_OTHER_DAY = r"(?:(?!\bend(?:ed|ing)\b|\bdated\b|\bletters?\b|\bas (?:on|at)\b)[^.;\n])"
_HELD = re.compile(
    rf"(?i)(?:meeting|call|conference|scheduled|held|convened|ballot|date of (?:the )?[ae]gm(?:\si\.?e\.?\s(?=\d))?"
    rf"|meet)\b{_NO_OTHER_DAY}{{0,90}}?(?:\n{_NO_OTHER_DAY}{{0,60}}?)?(?P<date>{DATE})(?P<rest>.{{0,40}})"
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


def extract_deal(source: Source) -> Extract:
    """Facts of ``merger_acquisition``: kind, counterparty, stake, consideration."""
    found = Extract()
    for kind, pattern in _DEAL_KINDS:
        if (kind == "slump_sale" or pattern.search(source.title)) and (place := source.search(pattern)):
            found.put("kind", place.fact(kind))
            break
    target = next((t for t in source.each(_TARGET) if is_name(clean_name(t["name"]))), None)
    role = "target"
    if "kind" in found.facts and found.facts["kind"].value == "divestiture":
        allotted = source.search(_ALLOTTED_TO, "allotted")
        target, role = (allotted, "allottee") if allotted else (target, role)
    if target is not None:
        name = clean_name(target["name"])
        found.put("counterparty", target.fact(name, 0.7))
        found.parties.append(
            Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(target.evidence(),))
        )
    if moved := source.search(_FROM_TO):
        found.put("stake_before", moved.fact(percent(moved["pre"])))
        found.put("stake_after", moved.fact(percent(moved["post"])))
    elif rest := source.search(_REMAINING, "remaining"):
        found.put("stake_after", derived(100, rest.fact(None)))
    elif (stake := source.search(_STAKE)) and not _FURTHER.search(stake[0]):
        found.put("stake_after", stake.fact(percent(stake["pct"]), 0.6))
    found.put("consideration", source.money_after(_COST, reach=120))
    if cash := source.search(_CASH):
        found.put("consideration_kind", cash.fact("cash" if "cash" in cash["kind"].lower() else "shares"))
    return found


def extract_litigation(source: Source) -> Extract:
    """Facts of ``litigation_regulatory``: authority, demand, penalty, interest, date of the order."""
    found = Extract()
    named = (*source.each(_NAMED_AUTHORITY, "authority"), *source.each(_AUTHORITY))
    authority = next((a for a in named if not _NO_AUTHORITY.search(a["name"])), None)
    if authority is not None:
        name = clean_name(authority["name"])
        found.put("authority", authority.fact(name, 0.7))
        found.parties.append(
            Party(
                name_as_written=name,
                kind=kind_of_name(name),
                role="regulator",
                evidence=(authority.evidence(),),
            )
        )
    found.put("penalty", source.money_after(_PENALTY, reach=50, trigger="penal"))
    found.put("interest", source.money_after(_INTEREST, reach=40, trigger="interest"))
    if not _DROPPED.search(source.lowered):
        found.put("demand", source.money_after(_DEMAND, reach=60))
    received = source.search(_RECEIVED)
    found.put("received_at", received.date_fact("date") if received else None)
    dated = source.search(_ORDER_DATE)
    found.put("order_date", dated.date_fact("date") if dated else None)
    return found


def extract_expansion(source: Source) -> Extract:
    """Facts of ``expansion_capex``: outlay, capacity before and added."""
    found = Extract()
    found.put("capex", source.money_after(_CAPEX, reach=70))
    if capacity := source.search(_CAPACITY):
        found.put("capacity_added", capacity.fact(float(capacity["n"].replace(",", "")), 0.6))
        found.put("unit", capacity.text_fact("unit", 0.7))
    return found


def extract_meeting(source: Source) -> Extract:
    """Facts of ``meeting_or_call``: kind, and when; the time is the exchange's own, IST."""
    found = Extract()
    call = source.search(_CALL) if source.search(_SPOKEN) else None
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
    if (passed := source.search(_PASSED)) is not None and "kind" in found.facts:
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
