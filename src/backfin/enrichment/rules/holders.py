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
    is_of_issuer,
    kind_of_name,
)
from backfin.enrichment.rules.quotes import Extract, Found
from backfin.enrichment.rules.source import Source
from backfin.models import PartyKind
from backfin.models.facts import Fact, Party

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

#: A promoter named right behind the word: "one of our Promoter (M/s Genesis Exports Limited)".
_PROMOTER_NAMED = re.compile(
    rf"\b(?i:promoters?(?: group)?,?\s\(?\s?(?:namely,?|viz\.?,?|i\.e\.?,?|m/s\.?))\s(?:(?i:m/s\.?)\s)?"
    rf"(?P<name>{PROPER})"
)

_SUBMITTED = re.compile(
    rf"(?m)^\W{{0,3}}(?P<name>{PROPER})(?:,(?![^\n]{{0,60}}\b(?:Secretary|Gov|Ministry))[^\n]{{1,200}}?"
    r"|\s(?i:on behalf of)[^\n]{1,160}?)? has [Ss]ubmitted to the Exchange a copy of [Dd]isclosure"
)

#: A name of a few capitals, without the little words of a sentence.
PLAIN_NAME = r"[A-Z][\w.&'’-]{0,24}(?:\s(?:[A-Z(][\w.&'’)-]{0,24}|of|and|&|Ltd)){1,7}"

#: Words for a purchase and for a sale.
BOUGHT = r"acqui(?:red|sition|res|ring)|purchas(?:ed?|es|ing)|bought|buy(?:ing|s)?|mopped up|subscribed"
SOLD = r"sold|sale|sells?|selling|dispos(?:ed|al|ing)|offload\w*|transferred"
#: What happened to shares, without how many.
_SIDES = (
    (
        "sell",
        re.compile(
            r"(?i)(?<!/)(?<!or )(?<!substantial )\b(?:sale|sold|selling|disposal|disposed|offload\w*)\b(?!\s?(?:/"
            r"|or\b))[^.;/]{0,80}\b(?:shares?|securities|stake)\b"
        ),
    ),
    (
        "buy",
        re.compile(
            rf"(?i)(?<!/)(?<!or )(?<!substantial )\b(?:{BOUGHT})\b(?!\s?(?:/|or\b))[^.;/]{{0,80}}"
            rf"\b(?:shares?|securities|stake|warrants)\b"
        ),
    ),
)
#: A bracket behind a name that says what somebody is.
_SEAT_BEHIND = re.compile(
    r"(?i)\s?\((?:designated|promoter|director|acquirer|seller|non|pac|whole|managing|member|buyer|immediate)\b[^)]*\)?$"
)
#: Who stands behind the first of several without a name.
_AND_OTHERS = re.compile(
    r"(?i)\s(?:&|and)\s(?:(?:\d+\s)?others?|ors\.?|pacs?|family(?: members)?|associates|persons?\b.*)$"
)
_TRADING = (
    r"(?i:acquired|purchased|bought|sold|disposed|mopped|offloaded|transferred|increased|reduced|pledged)\b"
)
_ACTED = re.compile(
    rf"(?P<name>{PROPER})(?:,\s[^.;,]{{0,70}},?|\s\([^)]{{1,60}}\))?\s(?:has|have"
    rf"|had)\b,?\s(?:on\s[^;]{{4,24}}\d{{4}},?\s)?(?:further\s|also\s)?{_TRADING}"
    rf"|(?P<bare>{PLAIN_NAME})\s(?:bought|sold|purchased|acquired)\s\d"
)

#: A seat or a standing that may stand before the name: "by the Promoter and Managing Director, Mr. …".
_STANDING = (
    r"(?:promoters?(?: group)?|members?|designated (?:person|employee)s?|(?:(?:managing|joint|whole[- ]?time|executive"
    r"|non-executive|independent|additional) )*directors?|chairman|(?:chief [a-z]+|managing) (?:officer|director)"
    r"|ceo|cfo|company secretary|kmp|employee|insider|entity|immediate relative)"
)
_TRADED_BY = re.compile(
    r"\b(?i:purchase|acquisition|sale|sold|purchased|acquired|disposal|disposed|transfer|trade"
    r"|trades|trading)\b(?:[^.;]|\.(?=\d)){0,120}?\b(?i:by)\s(?i:m/s\.?\s)?"
    r"(?i:the |our |its |one of (?:the |our |its )|an? )?"
    rf"(?i:{_STANDING}(?: (?:and|&|/|cum) {_STANDING})*(?: of (?:the |our )?(?:company|bank|promoter group))?"
    rf"(?:,| -| –| namely,?| viz\.?,?)?\s(?:and [a-z ]{{4,30}},\s)?)?(?P<name>(?:(?i:{TITLE})\.?\s)?{PLAIN_NAME})"
)

_RECEIVED_FROM = re.compile(
    rf"\b(?i:disclosure|form c|intimation|form)\b[^.;]{{0,140}}?\b(?i:received|submitted|given"
    rf"|made|filed)\s(?i:from|by)\s"
    rf"(?i:m/s\.?\s|the |our |its |one of )?(?i:{_STANDING},?\s)?(?P<name>(?:(?i:{TITLE})\.?\s)?{PLAIN_NAME})"
    rf"|\b(?i:disclosures?|form c|intimation)\b[^;]{{0,140}}?\b(?i:by|from|for trades? (?:by|of|done by))\s"
    rf"(?i:an? |the |our |its )?(?i:(?:employee|director|promoter|designated person),?\s)?"
    rf"(?P<told>(?i:{TITLE})\.?\s{PLAIN_NAME})"
    rf"|\b(?i:received|receipt of)\b[^.;]{{0,60}}?\b(?i:disclosures?|form c"
    rf"|intimation)\b[^;]{{0,140}}?\b(?i:from)\s(?i:m/s\.?\s|the |our |its |one of )?(?i:{_STANDING},?\s)?"
    rf"(?P<bare>(?:(?i:{TITLE})\.?\s)?{PLAIN_NAME})"
    rf"|\b(?i:shareholding|holding)\s(?i:of)\s(?P<held>(?i:{TITLE})\.?\s{PLAIN_NAME})"
)

#: Shares that pass between two: who gives them, and who takes them.
_HANDED_OVER = re.compile(
    rf"\b(?i:transfer|gift)(?i:red|s)?\b[^.;]{{0,140}}?\b(?i:from)\s(?i:m/s\.?\s)?(?P<giver>(?:(?i:{TITLE})\.?\s)?{PLAIN_NAME})"
    rf"[^.;]{{0,60}}?\b(?i:to|in favou?r of)\s(?i:m/s\.?\s)?(?P<name>(?:(?i:{TITLE})\.?\s)?{PLAIN_NAME})"
)

#: What parts the names of a list: not the comma before a legal form.
_COMMAS = re.compile(r",\s?(?:and\s|&\s|(?i:per pro)\s)?(?=[A-Z])(?!(?:Inc|LLC|Ltd|Limited|LLP)\b)")
_FORM_BEFORE = re.compile(r"(?:Limited|LIMITED|Ltd|LTD|LLP|Inc|SE|AG|B\.?V|PLC|Plc|GmbH|HUF|Trust)\.?\)?$")

#: The groups that hold the name, in the patterns above and those of pledges.
_GROUPS = ("name", "bare", "held", "by", "told")
_NO_TRADER = re.compile(
    r"(?i)^(?:the |our |its )?(?:promoters?|directors?|designated|members?|insiders?|kmps?|key"
    r"|managing|chief|company|exchange|bse|nse|sebi"
    r"|stock|board|trading|shares?|equity|open|market|public|clause|compliance|whole|persons?"
    r"|acquirers?|sellers?|one|regulation|dear|madam|sirs?|and|ceo"
    r"|whether|under|group|year|financial year|quarter|way|means|virtue|such|other|all|non|certain|some|post|pre"
    r"|disclosures?|form|annual|sr|employees?|entity|immediate|prior|secretarial)\b"
    r"|\b(?:director|ceo|cfo|officer)\b|\bof (?:the )?(?:company|bank|promoters?)\b|\bas per\b"
    r"|\b(?:year|ended|regulations?|sr)\b"
)


def _plain(text: str) -> str:
    """A name alone: behind a title of address no words of office."""
    name = _AND_OTHERS.sub("", _SEAT_BEHIND.sub("", clean_name(text)))
    return clean_person(name.partition(",")[0]) if _ADDRESSED.match(name) else name


def put_person(source: Source, found: Extract, field: str, role: str) -> None:
    """Puts the first name that a form gives, or that is said to have traded, unless one is there."""
    if field in found.facts:
        return
    for pattern in (_NAMED, _RECEIVED_FOR, _SUBMITTED, _PROMOTER_NAMED, _ACTED, _TRADED_BY, _RECEIVED_FROM):
        for match in source.each(pattern):
            if pattern in (_SUBMITTED, _RECEIVED_FOR) and _put_each(found, field, match, source.issuer, role):
                return
            name = trader_in(match)
            if name and (pattern is _NAMED or not is_of_issuer(name, source.issuer)):
                _put(found, field, match, name, role)
                return


def put_handed_over(source: Source, found: Extract) -> None:
    """Puts who takes shares from another as the acquirer, and the other as a party."""
    for match in source.each(_HANDED_OVER, "transfer", "gift"):
        giver, taker = (_plain(match.match[group]) for group in ("giver", "name"))
        if all(is_name(name) and not _NO_TRADER.search(name) for name in (giver, taker)):
            _put(found, "acquirer", match, taker, "acquirer")
            found.parties.append(party_of(match, giver, "seller"))
            return


def _put_each(found: Extract, field: str, match: Found, issuer: str, role: str) -> bool:
    """Puts the first of those who submitted something together, and all of them as parties; whether several did."""
    names = [_plain(part) for part in names_in(match["name"])]
    names = [name for name in names if is_name(name) and not _NO_TRADER.search(name)]
    if len(names) < 2 or is_of_issuer(names[0], issuer):
        return False
    _put(found, field, match, names[0], role)
    found.parties.extend(party_of(match, name, role) for name in dict.fromkeys(names[1:]) if name != names[0])
    return True


def names_in(text: str) -> list[str]:
    """The names of a list; "and" parts two of people, and of bodies only behind a legal form.

    >>> names_in("Mehta Finance Ltd, Rohan Mehta and Asha Mehta"), names_in("Hills and Plains Limited")
    (['Mehta Finance Ltd', 'Rohan Mehta', 'Asha Mehta'], ['Hills and Plains Limited'])
    """
    parts = [part for part in _COMMAS.split(text) if part.strip()]
    return [name.strip() for part in parts for name in _parted(part)]


def _parted(part: str) -> list[str]:
    first, _, last = part.partition(" and " if " and " in part else " & ")
    are_two = len(first.split()) > 1 and len(last.split()) > 1
    is_parted = _FORM_BEFORE.search(first) or kind_of_name(first) is kind_of_name(last) is PartyKind.PERSON
    return [first, *_parted(last)] if are_two and is_parted else [part]


def trader_in(match: Found) -> str:
    """The name of a match that can be a trader's; empty if it is a role, a rule or a label."""
    said = match.match.groupdict()
    name = _plain(next((said[group] for group in _GROUPS if said.get(group)), ""))
    return name if is_name(name) and not _NO_TRADER.search(name) else ""


def side_told(source: Source) -> Fact | None:
    """Whether shares are bought or sold, where the title speaks of one of the two alone."""
    told = [side for side, pattern in _SIDES if pattern.search(source.title)]
    said = source.search(dict(_SIDES)[told[0]]) if len(told) == 1 else None
    return said.fact(told[0], 0.75) if said is not None else None


def put_name(found: Extract, field: str, match: Found, role: str) -> None:
    """Puts the name of a match as a fact and as a party."""
    _put(found, field, match, _plain(match["name"]), role)


def _put(found: Extract, field: str, match: Found, name: str, role: str) -> None:
    found.put(field, match.fact(name, 0.75))
    found.parties.append(party_of(match, name, role))


def party_of(match: Found, name: str, role: str) -> Party:
    """A party whose evidence is the match."""
    return Party(name_as_written=name, kind=kind_of_name(name), role=role, evidence=(match.evidence(),))
