"""Insolvency cases: how far one has come, before which tribunal, who asked for it, and who is in charge."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import PERSON, PROPER, clean_name, clean_person, is_name, kind_of_name
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.rules.source import Source
from backfin.models.facts import Party

_CIRP = r"(?:insolvency|\bcirp\b|corporate insolvency resolution process|liquidation)"
#: How far a case has come, the latest step first: a filing about a plan also tells of the admission before it.
_STAGES = tuple(
    (stage, re.compile("(?i)" + "|".join(parts)))
    for stage, parts in (
        (
            "withdrawn",
            (
                r"\bwithdraw\w*\b[^.]{0,90}\b(?:application|petition|cirp|12\s?\(?A\)?)",
                r"\b(?:petition|application)\b[^.]{0,110}\bwithdrawn",
            ),
        ),
        (
            "set_aside",
            (
                rf"\bset(?:ting)? aside\b[^.]{{0,90}}(?:order|admission|{_CIRP})",
                r"\border\b[^.]{0,60}\bset aside",
            ),
        ),
        ("closed", (rf"\b(?:clos|conclud|terminat)(?:ed|ure|es|ing|ion of)\b[^.]{{0,60}}{_CIRP}",)),
        (
            "dismissed",
            (
                r"\b(?:dismiss|reject)\w*\b[^.]{0,60}\b(?:petition|application|appeal)",
                r"\b(?:petition|application)\b[^.]{0,80}\b(?:dismiss|reject)ed",
            ),
        ),
        (
            "stayed",
            (
                r"\b(?:stayed|stay (?:on|of)|granted (?:a |an )?(?:interim )?stay)\b[^.]{0,90}"
                rf"(?:{_CIRP}|committee|order|constitution)",
            ),
        ),
        (
            "plan_approved",
            (
                r"\b(?:nclt|tribunal|adjudicating authority)\b[^.]{0,120}"
                r"(?<!\bfor )(?<!\bfor the )(?<!\bseeking )\bapprov\w+ (?:of |the )*resolution plan",
            ),
        ),
        (
            "coc_approval",
            (
                r"(?:committee of creditors|coc)[^.]{0,120}approv",
                r"resolution plan\b(?s:.){0,200}?\d{1,3}(?:\.\d+)?\s?% of (?:the )?(?:votes|voting)",
                r"approv\w+[^.]{0,60}committee of creditors",
            ),
        ),
        ("liquidation", (r"\bliquidat(?!or)\w+",)),
        (
            "plan_approved",
            (r"(?<!\bfor )(?<!\bfor the )(?<!\bseeking )\bapprov\w+ (?:of |the )*resolution plan",),
        ),
        (
            "admission",
            (
                r"(?:petition|application)\b(?:[^.]|(?<=\bno)\.){0,90}\badmi(?:t|tted|ssion)\b",
                rf"\badmi(?:tted|tting|ssion)\b[^.]{{0,90}}(?:petition|application|{_CIRP})",
            ),
        ),
        ("coc", ("committee of creditors",)),
        ("initiation", (r"initiat\w+", r"\bcommenc\w+")),
        (
            "filed",
            (
                r"\b(?:filed|filing)\b[^.]{0,60}\b(?:petition|application)",
                r"\b(?:petition|application)\b[^.]{0,60}\bfiled\b",
            ),
        ),
    )
)
_SEATS = (
    r"(?:Mumbai|New Delhi|Delhi|Chennai|Kolkata|Hyderabad|Bengaluru|Bangalore|Ahmedabad|Ahemdabad|Chandigarh|Allahabad"
    r"|Prayagraj|Jaipur|Cuttack|Guwahati|Kochi|Indore|Amaravati|Amravati|Principal|Special|Division)"
)
_BENCH = (
    rf"(?:,?\s{{0,2}}(?:at\s)?{_SEATS}\s?(?i:bench)(?:[-,]?\s(?:at\s)?{_SEATS})?"
    rf"|(?:,\s{{0,2}}|\s{{1,2}}|\s?[-–]\s?)(?:at\s)?{_SEATS}\b|,?\s(?i:\w+\sbench))"
)
_TRIBUNAL = re.compile(
    rf"(?P<name>(?:{_SEATS}\s(?i:bench)\sof\s(?:the\s)?(?:Hon\W?ble\s)?)?"
    rf"(?:(?i:national\s{{1,2}}company\s{{1,2}}law\s{{1,2}}(?:appellate\s{{1,2}})?tribunal)|\bNCLA?T\b)(?:{_BENCH})?)"
)
#: Courts that wind up, or hear what a tribunal decided.
_COURT = re.compile(
    r"\b(?P<name>(?:[A-Z][a-z]+\s)?(?:High|Supreme|Bankruptcy|Commercial)\sCourt(?:\s(?:of|at)\s[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)?"
    r"|Court\sof\s[A-Z][a-z]+|Debts?\sRecovery\sTribunal)\b"
)
_CASE = re.compile(
    r"(?P<no>(?:Company (?:Petition|Appeal)|C\.?\s?P\.?|CA|I\.?\s?A\.?)\s?"
    r"(?:\((?:AT|IB|I\.B\.|IBC|Insolvency)\)\s?){0,2}"
    r"[\s./No-]{0,6}\d{1,5}[\w/() .-]{0,30}?\d{4})"
)
#: Within a sentence, over the points of "C.P. (IB) No. 214".
_ON = r"(?:(?!\.\s[A-Z][a-z])[^\n]|\n(?!\n)){0,200}?"
_CLAIM = re.compile(
    r"(?i)\b(?:claims?|debt|default|dues|amount (?:in|of) default|outstanding (?:amount|debt|dues))\s"
    r"(?:of|for|is|amounting to|aggregating(?: to)?|worth)\b"
)
_ORDERED = re.compile(rf"(?i)\border\b{_ON}\b(?:dated?|pronounced on|passed on|of|on)\s(?P<date>{DATE})")
_NEXT = re.compile(rf"(?i)\bnext (?:listed|date|hearing)[^.\d]{{0,30}}(?P<date>{DATE})")
_CREDITOR = r"(?i:operational|financial)\s(?i:creditors?)"
_PETITIONERS = (
    re.compile(
        rf"(?P<name>{PROPER})(?:,[^.;]{{0,60}}?,|\s\([^)]{{1,60}}\))?\s(?:has|have|had)\s(?:also\s)?(?:filed|moved|preferred|initiated"
        rf"|instituted)\b{_ON}(?i:\b(?:petition|application|insolvency|cirp)\b)"
    ),
    re.compile(
        rf"(?i:\b(?:insolvency|cirp|petition|application|proceedings?)\b)[^.;\n]{{0,60}}?(?i:\b(?:initiated|moved|instituted|preferred)\sby)\s"
        rf"(?i:the\s|m/s\.?\s|an?\s)?(?:{_CREDITOR}[,\s]{{1,2}})?(?P<name>{PROPER})"
    ),
    re.compile(
        rf"(?i:\b(?:petition|application|appeal)\b){_ON}(?i:\bby)\s(?:(?:an?|the|one of the|our)\s)?"
        rf"(?:{_CREDITOR}[,\s]{{1,2}}(?i:(?:namely|viz\.?)\s)?)?(?i:m/s\.?\s)?(?P<name>{PROPER})"
    ),
    re.compile(
        rf"(?i:\b(?:matter|case)\s(?:of|between))\s(?i:m/s\.?\s)?(?P<name>{PROPER}),?\s(?i:v/?s\.?|versus)\s"
    ),
    re.compile(
        rf"(?i:\b(?:petition|application)\sof)\s(?:{_CREDITOR}[,\s]{{1,2}})?(?i:m/s\.?\s)?(?P<name>{PROPER})"
        rf"|{_CREDITOR}[,\s:–-]{{1,3}}(?i:(?:namely|viz\.?)\s)?(?i:m/s\.?\s)?(?P<after>{PROPER})"
        rf"|(?P<before>{PROPER}),?\s\(?(?:an?\s|the\s)?[“\"'‘]?{_CREDITOR}"
    ),
)
_OFFICES = (
    ("irp", r"(?:interim\sresolution\sprofessional|\birp\b)"),
    ("resolution_professional", r"(?:(?<!interim\s)resolution\sprofessional|\brp\b)"),
    ("liquidator", r"\bliquidator\b"),
)
#: Up to four words with capitals, as a person without a title of address is named.
_PLAIN = r"(?:[A-Z][a-z]{1,20}|[A-Z]\.?)(?:[ \n](?:[A-Z][a-z]{1,20}|[A-Z]\.?)){1,3}"
_IN_CHARGE = tuple(
    (
        role,
        re.compile(
            rf"(?P<name>{PERSON})[^;]{{0,150}}?\b(?i:(?:as|appointed)\s(?:the\s|an\s)?{office})"
            rf"|(?i:\bappoint(?:ed|ing|ment of))\s(?P<plain>{_PLAIN}),?\s(?:\([^)]{{1,90}}\)\s?)?"
            rf"(?i:as\s(?:the\s|an\s)?{office})"
            rf"|(?i:{office}),?\s(?i:namely\s|viz\.?\s)?(?P<after>{PERSON})"
            rf"|(?m:^)\s{{0,3}}(?P<signed>(?:{PERSON})|(?:{_PLAIN}))\s{{0,3}}\n\s{{0,3}}(?i:{office})"
        ),
    )
    for role, office in _OFFICES
)
_APPLICANT = re.compile(
    rf"(?i:resolution\splan\s(?:submitted\sby|of|proposed\sby)"
    rf"|resolution\sapplicant,?(?:\s(?:namely|viz\.?|being))?)\s(?i:m/s\.?\s)?(?P<name>{PROPER})"
)
#: Who decides, and words that begin a sentence, are nobody's name.
_NOBODY = re.compile(
    r"(?i)\b(?:tribunal|nclt|nclat|court|bench|adjudicating|code|section|creditors?|order|resolution professional"
    r"|liquidator|applicant|petitioner|committee|promoters?|directors?|shareholders?)\b|^(?:company|i?rp|sra|bank|lenders?)\b"
)


def extract_insolvency(source: Source) -> Extract:
    """Facts of ``insolvency``: stage, tribunal, case number, petitioner, claim, who is in charge, days."""
    found = Extract()
    for stage, pattern in _STAGES:
        if step := source.search(pattern):
            found.put("stage", step.fact(stage))
            break
    if tribunal := _tribunal(source):
        found.put("tribunal", tribunal.text_fact("name"))
    if case := source.search(_CASE):
        found.put("case_no", case.text_fact("no"))
    found.put("claim_amount", source.money_after(_CLAIM, reach=30))
    for field, pattern in (("order_date", _ORDERED), ("next_date", _NEXT)):
        day = source.search(pattern)
        found.put(field, day.date_fact("date") if day else None)
    _put_petitioner(source, found)
    _put_in_charge(source, found)
    _put(found, source.search(_APPLICANT, "resolution"), "", "resolution_applicant")
    return found


def _tribunal(source: Source) -> Found | None:
    """The tribunal or court that the filing names first, with its bench where it tells one."""
    first = source.search(_TRIBUNAL) or source.search(_COURT)
    if first is None:
        return None
    again = (match for match in source.each(_TRIBUNAL) if match["name"].startswith(first["name"]))
    return max(again, key=lambda match: len(match["name"]), default=first)


def _put_petitioner(source: Source, found: Extract) -> None:
    for pattern in _PETITIONERS:
        for match in source.each(pattern):
            if _put(found, match, "petitioner", "petitioner"):
                return


def _put_in_charge(source: Source, found: Extract) -> None:
    """The interim or final resolution professional; a liquidator is a party alone."""
    for role, pattern in _IN_CHARGE:
        match = source.search(pattern, *(("resolution", "irp") if role != "liquidator" else ("liquidator",)))
        _put(found, match, "irp" if role != "liquidator" else "", role, is_person=True)


def _put(found: Extract, match: Found | None, field: str, role: str, *, is_person: bool = False) -> bool:
    """Puts the name of a match as a party, and as a fact; whether it is one."""
    if match is None:
        return False
    said = next((text for text in match.match.groupdict().values() if text), "")
    name = clean_person(said) if is_person else clean_name(said)
    if (
        not is_name(name)
        or _NOBODY.search(name)
        or any(party.name_as_written == name for party in found.parties)
    ):
        return False
    if field:
        found.put(field, match.fact(name, 0.75))
    place = (match.evidence(),)
    found.parties.append(Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=place))
    return True
