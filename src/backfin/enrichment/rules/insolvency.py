"""Insolvency: how far the proceedings are, before whom, and who is in charge."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import party_of
from backfin.enrichment.rules.names import PERSON, PROPER, clean_name, is_name
from backfin.enrichment.rules.quotes import Extract
from backfin.enrichment.rules.source import Source, put_first

_STAGES = (
    (
        "coc_approval",
        re.compile(
            r"(?i)(?:committee of creditors|coc)[^.]{0,120}approv"
            r"|resolution plan\b(?s:.){0,200}?\d{1,3}(?:\.\d+)?\s?% of (?:the )?(?:votes|voting)"
            r"|approv\w+[^.]{0,60}committee of creditors"
        ),
    ),
    ("liquidation", re.compile(r"(?i)\bliquidat\w+")),
    ("plan_approved", re.compile(r"(?i)approv\w+ (?:of |the )*resolution plan")),
    (
        "admission",
        re.compile(
            r"(?i)(?:petition|application)\b[^.]{0,90}\badmi(?:t|tted|ssion)\b"
            r"|\badmi(?:tted|ssion)\b[^.]{0,60}(?:petition|application|insolvency|\bcirp\b)"
        ),
    ),
    ("coc", re.compile(r"(?i)committee of creditors")),
    ("initiation", re.compile(r"(?i)initiat\w+")),
)
_TRIBUNAL = re.compile(
    r"(?i)(?P<name>(?:national\scompany\slaw\s(?:appellate\s)?tribunal|nclt|nclat),?\s{0,2}(?:\w+ bench"
    r"|[A-Z][a-z]+ ?(?:bench)?)?)"
)
_CASE = re.compile(
    r"(?P<no>(?:C\.?P\.?|CP|IA|I\.A\.)\s?\(?(?:IB|I\.B\.)?\)?[\s./No-]{0,6}\d{1,5}[\w/() .-]{0,30}?\d{4}"
    r")"
)
_CLAIM = re.compile(r"(?i)\b(?:claims?|debt|default|dues) (?:of|for)\b")
_ORDERED = re.compile(rf"(?i)\border\b[^.\n\d]{{0,20}}\bdated?\s(?P<date>{DATE})")
_NEXT = re.compile(rf"(?i)\bnext (?:listed|date|hearing)[^.\d]{{0,30}}(?P<date>{DATE})")
_PETITIONER = re.compile(
    rf"(?i:\bpetition|application)\b(?i:[^.]{{0,100}}?\bby|\sof|\sfiled by)\s(?i:m/s\.?\s)?(?P<name>{PROPER})"
)
_OFFICE = r"(?:interim\sresolution|\birp\b|resolution\sprofessional|liquidator)"
_IRP = re.compile(
    rf"(?P<name>{PERSON})[^;]{{0,150}}?\b(?i:as\s(?:the\s|an\s)?{_OFFICE})"
    rf"|(?i:{_OFFICE}),?\s(?i:professional\s)?(?i:namely\s|viz\.?\s)?(?P<after>{PERSON})"
)
_APPLICANT = re.compile(
    rf"(?i:resolution\splan\s(?:submitted\sby|of|proposed\sby)"
    rf"|resolution\sapplicant,?(?:\s(?:namely|viz\.?|being))?)\s(?i:m/s\.?\s)?(?P<name>{PROPER})"
)


def extract_insolvency(source: Source) -> Extract:
    """Facts of ``insolvency``: stage, tribunal, case number."""
    found = Extract()
    put_first(source, found, "stage", _STAGES)
    if tribunal := source.search(_TRIBUNAL):
        found.put("tribunal", tribunal.text_fact("name"))
    if case := source.search(_CASE):
        found.put("case_no", case.text_fact("no"))
    found.put("claim_amount", source.money_after(_CLAIM, reach=30))
    for field, pattern in (("order_date", _ORDERED), ("next_date", _NEXT)):
        day = source.search(pattern)
        found.put(field, day.date_fact("date") if day else None)
    _put_people(source, found)
    return found


def _put_people(source: Source, found: Extract) -> None:
    """Who asked for the proceedings, and who was put in charge."""
    for field, role, pattern in (
        ("petitioner", "petitioner", _PETITIONER),
        ("irp", "irp", _IRP),
        ("", "resolution_applicant", _APPLICANT),
    ):
        match = source.search(pattern)
        name = clean_name(match["name"] or match.match.groupdict().get("after") or "") if match else ""
        if match is not None and is_name(name):
            if field:
                found.put(field, match.fact(name, 0.75))
            found.parties.append(party_of(match, name, role))
