"""Credit ratings: who rates what, how, and whether that is better than before."""

from __future__ import annotations

import re

from backfin.enrichment.rules.quotes import Extract, derived
from backfin.enrichment.rules.source import Source, put_first
from backfin.models import PartyKind
from backfin.models.facts import Party

_AGENCY = re.compile(
    r"(?P<agency>CRISIL(?: Ratings)?(?: Limited)?|CARE(?: Ratings| Edge)(?: Limited| Ltd)?"
    r"|CareEdge Ratings|India Ratings(?: (?:and|&) Research)?|ICRA(?: Limited| Ltd)?"
    r"|Acuit[eé](?: Ratings)?(?: & Research)?|Infomerics|Brickwork|Fitch|Moody[’']?s|S&P Global Ratings"
    r"|[A-Z]\w{2,20} Ratings(?: Private| Pvt\.?)?(?: Limited| Ltd\.?)?)"
)
#: A rating's symbol: the agency's short name and its grade.
_SYMBOL = (
    r"(?:(?:\[(?<![A-Za-z])[A-Z]{3,9}\]\s?|(?<![A-Za-z])[A-Z]{3,9}\s)(?:A{1,3}|B{1,3}|C{1,3}|D"
    r"|A[1-4])(?:\s?[+-])?(?![A-Za-z\d+]))"
)
_RATING = re.compile(rf"(?P<rating>{_SYMBOL})")
_FROM_TO = re.compile(
    rf"(?:(?i:from))\s[‘'\"“]?(?P<before>{_SYMBOL})[^.\n]{{0,60}}?(?i:to)\s[‘'\"“]?(?P<after>{_SYMBOL})"
)
_TO_FROM = re.compile(
    rf"(?:(?i:at|to))\s[‘'\"“]?(?P<after>{_SYMBOL})[^.\n]{{0,40}}?(?i:from)\s[‘'\"“]?"
    rf"(?P<before>{_SYMBOL})"
)
_SIDE_BY_SIDE = re.compile(
    rf"(?P<before>{_SYMBOL})[;/( ]{{1,3}}(?P<outlook_before>Stable|Positive"
    rf"|Negative)\)?\s(?P<after>{_SYMBOL})[;/( ]{{1,3}}(?P<outlook_after>Stable|Positive|Negative)"
)
#: Long-term grades, the best first.
_GRADES = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-"),
    *("BB+", "BB", "BB-", "B+", "B", "B-", "C+", "C", "C-", "D"),
)
_GRADE = re.compile(r"(?:A{1,3}|B{1,3}|C{1,3}|D)[+-]?$")
_RATED = re.compile(
    r"(?i)\b(?P<text>(?:long|short)[- ]term (?:bank )?(?:facilit(?:y|ies)|loans?|borrowings?|bank lines)"
    r"|bank (?:loan )?facilit(?:y|ies)"
    r"|non[- ]convertible debentures?|commercial papers?|fixed deposits?|term loans?|ncds?|issuer rating"
    r"|bonds)\b"
)
_OUTLOOK = re.compile(
    r"(?i)\b(?P<outlook>stable|positive|negative|developing)\b[’'\"”)\s]{0,3}outlook"
    r"|outlook\b[^.\n]{0,30}?\b(?P<other>stable|positive|negative|developing)\b|[;/]\s?(?P<third>stable"
    r"|positive|negative)\b"
)
_ACTIONS = (
    ("INC", re.compile(r"(?i)issuer not co-?operating")),
    ("downgrade", re.compile(r"(?i)\bdowngrad\w+")),
    ("upgrade", re.compile(r"(?i)\bupgrad\w+")),
    ("withdraw", re.compile(r"(?i)\bwithdr[ae]w\w*")),
    ("reaffirm", re.compile(r"(?i)\b(?:re-?)?affirm\w+")),
    ("assign", re.compile(r"(?i)\bassign\w+")),
)
_FACILITY = re.compile(r"(?i)(?:bank (?:loan )?facilit\w+|facilit\w+|instruments?|debentures?|ncds?|total)\b")


def extract_rating(source: Source) -> Extract:
    """Facts of ``credit_rating``: agency, rating before and after, outlook, action, amount rated."""
    found = Extract()
    if agency := source.search(_AGENCY):
        found.put("agency", agency.fact(agency["agency"]))
        name, place = agency["agency"], agency.evidence()
        found.parties.append(
            Party(name_as_written=name, kind=PartyKind.COMPANY, role="rating_agency", evidence=(place,))
        )
    change = source.search(_FROM_TO) or source.search(_TO_FROM) or source.search(_SIDE_BY_SIDE, "existing")
    if change is not None:
        found.put("rating_before", change.text_fact("before"))
        found.put("rating_after", change.text_fact("after"))
    elif rating := source.search(_RATING, "rat"):
        found.put("rating_after", rating.text_fact("rating"))
    if change is not None and change.match.groupdict().get("outlook_after"):
        found.put("outlook_before", change.fact(change["outlook_before"].lower()))
        found.put("outlook_after", change.fact(change["outlook_after"].lower()))
    elif outlook := source.only(_OUTLOOK, 0):
        word = outlook["outlook"] or outlook["other"] or outlook["third"]
        found.put("outlook_after", outlook.fact(word.lower()))
    put_first(source, found, "action", _ACTIONS)
    _put_direction(found)
    if instrument := source.search(_RATED, "rat"):
        found.put("instrument", instrument.text_fact("text", 0.7))
    found.put("facility_amount", source.money_after(_FACILITY, reach=90, in_table=True))
    return found


def _put_direction(found: Extract) -> None:
    """Whether a rating rose or fell, by its grades, where no word of the agency tells."""
    before, after = (found.facts.get(f"rating_{end}") for end in ("before", "after"))
    if before is None or after is None:
        return
    old, new = (_GRADE.search(str(fact.value)) for fact in (before, after))
    if old is None or new is None or old[0] not in _GRADES or new[0] not in _GRADES:
        return
    step = _GRADES.index(new[0]) - _GRADES.index(old[0])
    if step:
        found.put("action", derived("downgrade" if step > 0 else "upgrade", before, after))
