"""What filings add to a name: relations, roles, identifiers, former names, who acts for whom."""

from __future__ import annotations

import re

from backfin.investors.identifiers import read_identifier
from backfin.models import Scheme

#: What parts a clause from the name; bounded, so that no text takes long.
_OPEN = r"[(\[,;/-]{0,3}\s?"

_FORMER = re.compile(
    rf"{_OPEN}\b(?:formerly|previously|earlier|erstwhile|f\s*/?\s*k\s*/?\s*a|old name)\b"
    r"(?:\s+(?:known|called|named))?(?:\s+as)?\s*[:-]?\s+(?P<former>[^()\[\]]+(?:\([^()]*\)[^()\[\]]*)*)[)\]]?"
)
_NOW = re.compile(
    r"^(?P<former>.+?)[(\[,;]{0,3}\s?\b(?:now|presently|currently) (?:known|called) as\s+(?P<name>[^()]+)"
)

_DROPPED = tuple(
    re.compile(pattern)
    for pattern in (
        # Identifiers and marks of a signature.
        r"[(\[]?\b(?:pan|din|cin|llpin|folio|dp id|client id|acs|fcs|lei)\b(?: no)?\s*[.:#-]*\s*"
        r"[a-z0-9]*\d[a-z0-9]*[)\]]?",
        r"^\s*sd\s*/\s*-?",
        r"^\s*m\s*/\s*s\b\.?",
        # What became of it, whose part it is, who acts for it.
        rf"{_OPEN}\b(?:since |now )?(?:merged|amalgamated) (?:with|into)\b.*$",
        rf"{_OPEN}\ban? (?:scheme|series|sub-?fund|compartment) of\b.*$",
        rf"{_OPEN}\b(?:acting |rep(?:resented|\.)? )?(?:through|thru|by)\b (?:its|his|her|their|the|natural)?\s*"
        r"(?:ministry|trustees?|guardian|partner|karta|director|authori[sz]ed|proprietor|manager)\b.*$",
        rf"{_OPEN}\bu\s*/\s*g\b.*$",
        rf"{_OPEN}\bprop(?:rietor|rietress)?\b\.?(?: of)?\s.*$",
        r"\b(?:and|&|along with|together with)\s+(?:its |his |her |other )?"
        r"(?:pacs?\b|persons? acting in concert).*$",
        r",\s*(?:chartered accountants|company secretaries|cost accountants|advocates)\s*$",
        # Roles and states of a person in brackets.
        r"[(\[]\s*(?:minor|nri|retd\.?|retired|deceased|private trust|director|karta|promoters?(?: group)?|acquirers?"
        r"|pacs?|sellers?|buyers?|transferors?|transferees?|allottees?|non-?promoter|investor)\s*[)\]]",
        r"^\s*(?:the )?estate of(?: the)?(?: late)?\b",
        r"^\s*karta of\b",
        r"^\s*(?:the )?trustees? of(?: the)?\b",
    )
)
_RUN = re.compile(r"([^a-z0-9])\1+")

#: Without any of these a name has no clause; most have none.
_MARKED = re.compile(
    r"[(\[/,;&\d]|\b(?:formerly|previously|earlier|erstwhile|fka|old name|now|presently|currently|merged|amalgamated"
    r"|an?|through|thru|by|prop|proprietor|proprietress|and|along|together|of|karta|jointly|joint|jt|pan|din|cin|folio)\b"
)
_RELATION = re.compile(r"\b(?:[sdwch]\s*/\s*o|(?:son|daughter|wife|husband) of)\b.*$", re.DOTALL)
#: Whose son, daughter, wife or husband a person is; not whose care a letter goes to.
_RELATIVE = re.compile(
    r"\b(?:(?P<letter>[sdwh])\s*/\s*o|(?P<word>son|daughter|wife|husband) of)\b[\s.:-]{0,5}"
    r"(?P<name>[a-z][a-z.' ]{0,99}?)"
    r"(?=\s*(?:[^a-z.' ]|$|\b(?:[sdwchrj]\s*/|joint|jointly|jt|and|aged?|residing|resident|pan|din|holding|having)\b))"
)
_STATED = re.compile(
    r"\b(?P<scheme>pan|din|cin|lei)\b(?: (?:no|number))?\s*[.:#-]*\s*(?P<value>[a-z0-9]*\d[a-z0-9]*)"
)
_JOINT = re.compile(
    r"[(\[]?\b(?:(?:jointly|joint|jt\.?)\s*(?:held |holding |holders? )?(?:along )?with|j\s*/\s*w|jointly and"
    r"|(?:along|together) with)\b"
)


def without_clauses(text: str) -> str:
    """A lower-case name without what is added to it; a clause that would leave nothing stays.

    >>> without_clauses("asha mehra w/o ravi mehra"), without_clauses("pine ltd (formerly known as oak ltd)")
    ('asha mehra', 'pine ltd')
    """
    if not _MARKED.search(text):
        return text
    text = _RUN.sub(r"\1", text)
    now = _NOW.match(text)
    if now:
        text = now["name"]
    for pattern in (_FORMER, *_DROPPED, _RELATION):
        short = pattern.sub(" ", text)
        if short != text and any(char.isalnum() for char in short):
            text = short
    return _JOINT.sub(" and ", text).strip()


def former_names(text: str) -> list[str]:
    """The names that a lower-case name says its bearer had before.

    >>> former_names("pine ltd (formerly oak (india) ltd)")
    ['oak (india) ltd']
    """
    if not _MARKED.search(text):
        return []
    text = _RUN.sub(r"\1", text)
    now = _NOW.match(text)
    found = [now["former"]] if now else []
    return [*found, *(match["former"].strip() for match in _FORMER.finditer(text))]


def relatives_of(text: str) -> dict[str, str]:
    """The first relative of each kind that a lower-case name states.

    >>> relatives_of("asha mehra w/o ravi mehra"), relatives_of("asha mehra")
    ({'w/o': 'ravi mehra'}, {})
    """
    found: dict[str, str] = {}
    for match in _RELATIVE.finditer(text):
        found.setdefault(f"{match['letter'] or match['word'][0]}/o", match["name"].strip())
    return found


def numbers_of(text: str) -> dict[Scheme, set[str]]:
    """The numbers that a lower-case name states, of a crossed-out PAN what is left; what can be none is left out.

    >>> numbers_of("asha mehra (din: 1234567)"), numbers_of("asha mehra pan xxxxxx234f")
    ({<Scheme.DIN: 'din'>: {'01234567'}}, {<Scheme.PAN: 'pan'>: {'234F'}})
    """
    found: dict[Scheme, set[str]] = {}
    for match in _STATED.finditer(text):
        scheme, value = Scheme(match["scheme"]), match["value"].upper()
        if scheme is Scheme.PAN:
            kept = value if read_identifier(scheme, value) else value.lstrip("X")
        else:
            kept = read_identifier(scheme, value) or ""
        if len(kept) > 3:
            found.setdefault(scheme, set()).add(kept)
    return found
