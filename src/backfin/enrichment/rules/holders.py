"""Who a disclosure of shares is about: names behind the labels of forms, or before what they did."""

from __future__ import annotations

import re

from backfin.enrichment.rules.names import (
    LINE,
    PROPER,
    TITLE,
    clean_name,
    clean_person,
    is_name,
    kind_of_name,
)
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.rules.source import Source
from backfin.models.facts import Party

_ADDRESSED = re.compile(rf"(?i){TITLE}\b\.?\s")
_NAMED = re.compile(
    rf"(?:(?i:name of (?:the )?(?:person|promoter|acquirer)) (?=(?i:{TITLE})\b)"
    rf"|(?i:name(?:\(s\))? of (?:the )?(?:acquirer|seller|person|promoter"
    rf"|promoters?\(s\)))[^\n:]{{0,90}}?[:\n](?:[^\n:]{{0,80}}(?<=[a-z/])\n)?"
    rf"|\b(?i:acquirer(?:\(s\))?)\s?:)\s{{0,3}}(?P<name>{LINE})"
)

_RECEIVED_FOR = re.compile(
    rf"(?:(?i:regulations,? (?:2011|2015|1997))[^\n]{{0,30}}?) (?i:for|from|by) (?P<name>{PROPER})"
)

_SUBMITTED = re.compile(
    rf"(?m)^\W{{0,3}}(?P<name>{PROPER}) has [Ss]ubmitted to the Exchange a copy of [Dd]isclosure"
)

_ACTED = re.compile(
    rf"(?P<name>{PROPER})(?:,\s[^.;,]{{0,70}},?|\s\([^)]{{1,60}}\))?\s(?:has|have"
    rf"|had)\s(?:further\s)?(?i:acquired|purchased|bought|sold|disposed|mopped)\b"
)


def _plain(text: str) -> str:
    """A name alone: behind a title of address no words of office."""
    name = clean_name(text)
    return clean_person(name.partition(",")[0]) if _ADDRESSED.match(name) else name


def put_person(source: Source, found: Extract, field: str, role: str) -> None:
    """Puts the first name that a form gives, or that is said to have traded, unless one is there."""
    if field in found.facts:
        return
    for pattern in (_NAMED, _RECEIVED_FOR, _SUBMITTED, _ACTED):
        for match in source.each(pattern):
            name = _plain(match["name"])
            if is_name(name):
                put_name(found, field, match, role)
                return


def put_name(found: Extract, field: str, match: Found, role: str) -> None:
    """Puts the name of a match as a fact and as a party."""
    name = _plain(match["name"])
    found.put(field, match.fact(name, 0.75))
    found.parties.append(party_of(match, name, role))


def party_of(match: Found, name: str, role: str) -> Party:
    """A party whose evidence is the match."""
    return Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(match.evidence(),))
