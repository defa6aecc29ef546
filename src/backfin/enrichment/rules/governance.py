"""Directors and key managers who come and go."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import PERSON, clean_person, is_name, kind_of_name
from backfin.enrichment.rules.people import seat_role
from backfin.enrichment.rules.quotes import Extract, Found, evidence, tidy
from backfin.enrichment.rules.source import Source
from backfin.models import Fact, PartyKind
from backfin.models.facts import Party

_POSITION = (
    r"(?P<position>(?:(?:non\s?[- ]\s?executive|non\s?[- ]\s?independent|executive|independent"
    r"|additional|whole[- ]?time|joint|deputy"
    r"|nominee|women?|vice|interim|part[- ]time|group|chief|managing|director|officer|secretary|statutory"
    r"|internal"
    r"|secretarial|company|compliance|financial|operating|technology|executive|risk|business|marketing"
    r"|audit|information|security|strategy|investment|product|digital|legal|credit|growth|commercial|revenue|data"
    r"|people|human resources?|general|assistant|senior|&|and|cum|,|-|\()\s?){0,8}(?:directors?|chairman"
    r"|chairperson|officers?"
    r"|secretary|president|ceo|cfo|coo|cto"
    r"|head|manager|kmp|senior management(?: personnel)?)\b(?!\s?&))"
)
_ACTS = (
    ("death", r"demise|death|passed away|passing away|breathed (?:his|her) last"),
    ("resign", r"resign\w*|relinquish\w*|vacat\w+|tendered (?:his|her|their) resignation|stepp?\w* down"),
    ("retire", r"retire\w*|superannuat\w*"),
    ("re-designate", r"re-?designat\w*|chang(?:e|ed) (?:in|of) (?:the )?designation"),
    ("remove", r"remov\w+"),
    ("appoint", r"(?:re-?)?appoint\w*|elevat\w+|join(?:s|ed) as|inducted as"),
    ("resign", r"cessation|ceas\w+"),
)
_ACTION = "|".join(f"(?P<a{at}>{words})" for at, (_, words) in enumerate(_ACTS))
_FORWARD = re.compile(
    rf"(?i:\b(?:{_ACTION}))\b[^.;\n]{{0,50}}?(?:\n[^.;\n]{{0,30}}?)?(?P<name>{PERSON})"
    rf"(?P<rest>[^.;]{{0,160}})"
)
_BACKWARD = re.compile(rf"(?P<name>{PERSON})(?P<rest>(?:[^.;]|(?<=\bNo)\.){{0,160}}?)(?i:\b(?:{_ACTION}))\b")
_AS = re.compile(
    rf"(?i)(?:\bas\b|\bfrom\b|\bof\b|\bposition of\b|,|\()\s{{0,3}}(?:an? |the |its |our )?"
    rf"(?:(?:office|position|post|role)\sof (?:the )?)?{_POSITION}"
)
#: The seat that somebody moves to from another.
_TO = re.compile(rf"(?i)\bfrom\b[^.;]{{3,90}}?\bto\s(?:be\s)?(?:an? |the |its |our )?{_POSITION}")
_SEAT = re.compile(
    rf"(?i)\b(?:{_ACTION})\b\s(?:letter )?(?:(?:of|by|from|as|in|the|an?|its|our)\s){{0,3}}"
    rf"(?:(?:office|position|post)\sof\s)?{_POSITION}"
)
EFFECT = re.compile(
    rf"(?i)(?:with (?:immediate )?effect(?:\s?,?\s?i\.e\.| from)|w\.?\s?e\.?\s?f\.?|effective(?: from)?"
    rf"|effective date|close of\s(?:business|working)(?:\shours)? (?:on|of)|commencing(?: from| on)?"
    rf"|from today)[^\d\n]{{0,40}}\n?[^\d\n]{{0,10}}"
    rf"(?P<date>{DATE})"
)
#: A person without a title of address: "Appointment of Oscar Ganuza as Chief Financial Officer".
_UNTITLED = re.compile(
    rf"(?i:\b(?:{_ACTION}))\b\s(?i:of\s)?"
    r"(?P<name>(?:[A-Z][a-z]{1,20}|[A-Z]\.?)(?:\s(?:[A-Z][a-z]{1,20}|[A-Z]\.?)){1,3})"
    rf"(?:\s\([^)]{{1,40}}\))?,?\s(?i:(?:as|from the (?:post|position|office) of|from)\s)"
    rf"(?i:an? |the |its |our )?(?i:{_POSITION})"
)
_ACT = re.compile(rf"(?i)\b(?:{_ACTION})\b")
#: Words of a filing that begin with capitals and are nobody's name.
_NO_PERSON = re.compile(
    r"(?i)\b(?:director|officer|secretary|auditors?|company|board|independent|managing|executive|chief)\b"
)
_AT_ONCE = re.compile(r"(?i)\bwith immediate effect\b")
_PERSON = re.compile(PERSON)
#: How far behind a name the day of its change, and its number, may stand.
_NEAR = 240
_SIGNED = re.compile(r"(?i)\byours\s+(?:faith|tru|sinc)|\bthanking you")
_DIED = re.compile(
    rf"(?i)(?:demise|passed away|passing away|death"
    rf"|expired)(?:[^.]|(?<=\b[mds][rsh])\.|(?<=\bmrs)\.|(?<=\b[a-z])\.){{0,160}}?\bon\s[^.\d]{{0,14}}(?P<date>{DATE})"
)
_DIN = re.compile(r"(?i)\bdin\b[\s:.-]{0,5}(?P<din>\d{8})")
REASON = re.compile(r"(?i)due to (?P<reason>[^.,;\n]{5,120}(?:\n[^.,;\n]{0,60})?)")
_NO_OTHER = re.compile(r"(?i)no\s(?:other\s)?material\sreasons?\s(?:for\s[^.]{0,40})?other\sthan")


def extract_management(source: Source) -> Extract:
    """Facts of ``management_change``: the first person named, and every one as a party."""
    found = Extract()
    changes = _changes(source)
    for match in changes:
        _put_change(match, found, source.title)
    if "person" not in found.facts:
        _put_untitled(source, found)
    if "person" not in found.facts:
        _put_seat(source, found)
    if din := _din(source, found):
        found.put("din", din.text_fact("din"))
    found.put("effective_date", _effect(source, changes, found))
    if reason := source.search(REASON):
        found.put("reason", reason.text_fact("reason", 0.7))
    if confirmed := source.search(_NO_OTHER):
        found.put("no_other_reason_confirmed", confirmed.fact("yes"))
    return found


def _changes(source: Source) -> list[Found]:
    """Everybody who is said to come or go, in the order in which the filing names them."""
    behind = [match for match in source.each(_BACKWARD) if not _PERSON.search(match.match["rest"])]
    places = {page.number: at for at, page in enumerate(source.ordered)}
    return sorted(
        [*source.each(_FORWARD), *behind],
        key=lambda match: (places[match.page.number], match.match.start("name")),
    )


def _din(source: Source, found: Extract) -> Found | None:
    """The number of the first person: beside the name, or anywhere but below the signature of the letter."""
    person = found.facts.get("person")
    surname = str(person.value).split()[-1].lower() if person is not None else ""
    numbers = list(source.each(_DIN, "din"))
    beside = (din for din in numbers if surname and surname in _before(din, _NEAR).lower())
    return next(beside, None) or next(
        (din for din in numbers if not _SIGNED.search(_before(din, 2 * _NEAR))), None
    )


def _before(found: Found, reach: int) -> str:
    return found.page.text[max(0, found.match.start() - reach) : found.match.start()]


def _effect(source: Source, changes: list[Found], found: Extract) -> Fact | None:
    """From when the first person's change holds: as told beside the name, else the only day that the filing tells."""
    person = found.facts.get("person")
    for at, match in enumerate(changes):
        if person is None or clean_person(match["name"]) != person.value:
            continue
        others = (one.match.start("name") for one in changes[at + 1 :] if one.page == match.page)
        end = next((start for start in others if start > match.match.end("name")), len(match.page.text))
        beside = EFFECT.search(match.page.text, match.match.start(), min(end, match.match.end() + _NEAR))
        if beside is not None:
            return Found(match.page, beside).date_fact("date")
    told = source.search(EFFECT) if len(found.parties) < 2 else source.only(EFFECT, "date")
    if told is None and _is_death(found):
        told = source.search(_DIED)
    return told.date_fact("date") if told else source.today(_AT_ONCE)


def _is_death(found: Extract) -> bool:
    return "action" in found.facts and found.facts["action"].value == "death"


def _put_untitled(source: Source, found: Extract) -> None:
    """A person named without a title of address, between the act and the seat."""
    for match in source.each(_UNTITLED):
        name, position = clean_person(match["name"]), tidy(match["position"])
        if kind_of_name(name) is not PartyKind.PERSON or not is_name(name) or _NO_PERSON.search(name):
            continue
        for field, value in (("person", name), ("action", _action(match)), ("position", position)):
            found.put(field, match.fact(value, 0.7))
        role = seat_role(position, source.title)
        place = (match.evidence(),)
        found.parties.append(Party(name_as_written=name, kind=PartyKind.PERSON, role=role, evidence=place))
        return


def _put_seat(source: Source, found: Extract) -> None:
    """Seat and act from the title, where no person is named with a title of address."""
    seat = next(
        (match for match in source.each(_SEAT) if tidy(match[0]).lower() in source.title.lower()), None
    )
    if seat is not None:
        found.put("action", seat.fact(_action(seat), 0.7))
        found.put("position", seat.fact(_seat(seat.match), 0.7))
    told = {match.lastgroup for match in _ACT.finditer(source.title)}
    if "action" not in found.facts and len(told) == 1 and (act := source.search(_ACT)):
        found.put("action", act.fact(_action(act), 0.6))


def _put_change(match: Found, found: Extract, title: str) -> None:
    name = clean_person(match["name"])
    position, end = _position(match)
    first = found.facts.get("person")
    if position and first is not None and first.value == name:
        place = evidence(match.page, match.match.start(), end)
        found.put("position", Fact(value=position, evidence=(place,), confidence=0.8))
    if any(party.name_as_written == name for party in found.parties) or (not position and found.parties):
        return
    place = evidence(match.page, match.match.start(), end)
    role = seat_role(position, title)
    found.parties.append(Party(name_as_written=name, kind=PartyKind.PERSON, role=role, evidence=(place,)))
    if "person" not in found.facts:
        for field, value in (("person", name), ("action", _action(match)), ("position", position)):
            found.put(field, Fact(value=value, evidence=(place,), confidence=0.8) if value else None)


def _position(match: Found) -> tuple[str, int]:
    """The seat, and where its words end: within the match, else in the rest of its sentence."""
    end = match.match.end()
    if _action(match) == "re-designate" and (inside := _TO.search(match.match["rest"])):
        return _seat(inside), end
    if inside := _AS.search(_run_in(match) + match.match["rest"]):
        return _seat(inside), end
    end -= len(" as") if match[0].endswith(" as") else 0
    behind = _AS.search(match.page.text[end : end + 100].partition(".")[0])
    return (_seat(behind), end + behind.end()) if behind else ("", match.match.end())


def _run_in(match: Found) -> str:
    """What ran into the name where every word begins with a capital: " As A Part-Time"."""
    said, name = match["name"], clean_person(match["name"])
    return said[len(name) :] if said.startswith(name) else ""


def _seat(match: re.Match[str]) -> str:
    """A seat without a bracket that is left open."""
    seat = tidy(match["position"])
    return seat[: seat.rindex("(")].rstrip() if seat.count("(") > seat.count(")") else seat


def _action(match: Found) -> str:
    return next(action for at, (action, _) in enumerate(_ACTS) if match.match[f"a{at}"])
