"""Who the other one of a deal is: bought, sold, merged with, set up, or buying into the issuer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backfin.enrichment.rules.bodies import named_bodies
from backfin.enrichment.rules.names import PROPER, bare, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.places import country_in
from backfin.enrichment.rules.quotes import Extract, Found, normal
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Fact
from backfin.models.facts import Party

_FORM = (
    r"(?:Limited|LIMITED|limited(?!\s(?:to|by|review|liability)\b)|Ltd|LTD|LLP|Inc|INC|GmbH|LLC|PLC|Plc|Pte|Pty|Company|Corp|Corporation|BV"
    r"|B\.V|SA|S\.A|SpA|AG|AB"
    r"|Limitada|Ltda|SARL|SAS|FZE|FZCO|FZ-LLC|DMCC|K\.K|Sdn\.? Bhd|Bhd|RSC Ltd|Group|s\.?r\.?o"
    r"|S\. ?R\. ?O|AS|Oy|A/S|NV|N\.V)"
)
#: A body's name that ends in its form, with the small words that stand inside foreign names.
_BODY = (
    rf"[A-Z][\w&.'’()/-]{{0,40}}(?:\s{{1,2}}(?:de|do|da|of|and|&|for"
    rf"|\d{{1,4}}|[A-Z(][\w&.'’()/-]{{0,40}})){{0,9}}?\s{{1,2}}{_FORM}\b\.?"
    r"(?:\s(?:Private|Pvt\.?))?(?:\s(?:Limited|LIMITED|Ltd|LTD)\b\.?)?(?:(?<=\bCompany)\sfor\s[A-Z]\w+)?"
)
_TARGET = re.compile(
    rf"(?i:\b(?:acquisition of|acquir\w+|takeover of|stake in|stake of|shareholding (?:in|of)"
    rf"|interest in|invest\w* in|shares? (?:of|in)"
    rf"|share capital of|amalgamation of|merger of|demerger of|sale of|divest\w* of|dispos\w+ of"
    rf"|subscri\w+ (?:to|in)|joint venture with"
    rf"|incorporat\w+ of|incorporated|(?:in|under|by) the name(?: and style)?(?: of| as)?|namely|(?:share)?holders of"
    rf"|equity (?:of|in)|promoters of|owners of|founders of|subsidiary(?!\sof),?|undertaking of"
    rf"|invest\w*\s(?:of\s)?(?:rs\b\.?|inr|₹|usd)[^;\n]{{0,40}}?\bin"
    rf"|transfer of(?=\s[A-Z])(?!.{{0,60}}\b(?:business|undertaking|division)\b)|named"
    rf"|business of|loans of"
    rf"|name of the target(?: entity)?[^\n:]{{0,60}}[:;\n]"
    rf"|name of the target entity))\b(?:(?!\sby\s)[^.\n]){{0,60}}?\s[“\"'‘(]?\s?(?P<name>{_BODY})"
)
#: A name without a legal form, told by what it is said to be: "acquires Aa Studios, a design house".
_DESCRIBED = re.compile(
    r"\b(?i:acquires?|acquired|to acquire)\s(?P<name>[A-Z][\w&.-]{1,24}(?:\s[A-Z][\w&.-]{1,24}){0,3}),\s(?i:an?|the)\s"
)
#: Who buys into the issuer itself.
_STAKE_OF = re.compile(
    r"(?i)\b(?:stake|shareholding|holding|control|shares|interest|capital)\b[^.;\n]{0,40}?\b(?:in|of)\s(?P<whose>[^.;]{3,80})"
)
_BY_BODY = re.compile(rf"[^.;]{{0,40}}?\b(?i:by)\s(?i:m/s\.?\s)?(?P<name>{_BODY})")
#: A scheme or agreement between two: what stands there in the place of the issuer's name is the other one.
_BETWEEN = re.compile(
    r"(?i:\b(?:merger|amalgamation|demerger|arrangement|venture|agreements?|scheme|term sheet|mou|understanding"
    r"|acquisition)\b[^.\n]{0,60}?\b(?:between|amongst|among|by and between))"
    r"\s(?P<names>[A-Z][^\n;]{3,260})"
)
_WITH = re.compile(
    rf"(?i:\b(?:joint venture|jv|merger|amalgamation|partnership|agreement"
    rf"|transaction)\b[^.;\n]{{0,80}}?\bwith\s(?:m/s\.?\s)?)(?P<name>{PROPER})"
)
_STAKE_IN = re.compile(
    rf"(?i:\b(?:stake|shareholding|shares?|interest|holding)\s(?:held\s[^.\n]{{0,30}}?)?(?:in"
    rf"|of)\s(?:m/s\.?\s)?)(?P<name>{_BODY})"
    r"|(?i:\b(?:stake|shareholding|holding|control)\s(?:in"
    r"|of)\s)(?P<short>[A-Z][\w&.-]{1,30}(?: [A-Z][\w&.-]{1,30}){0,2}"
    r"(?:, [A-Z][a-z]+(?: \([A-Z]{2,3}\))?)?)(?=[,.;)\n”\"'’]|\s(?:for|from|by|to|through|at|has|is)\b|\s?$)"
)
_ALLOTTED_TO = re.compile(rf"(?i:\ballotted)\b[^;]{{0,160}}?\b(?i:to)\s(?P<name>{PROPER})")
_SOLD_TO = re.compile(
    rf"(?i:\b(?:sale|sold|divest\w*|dispos\w+|transfer\w*|sell)\b)[^.;\n]{{0,180}}?\b(?i:to"
    rf"|in favou?r of)\s(?i:m/s\.?\s)?(?P<name>{_BODY})"
)
#: Roles of those that a business is bought from, sold to, or that are one themselves.
_OTHER_ROLES = ("target", "subsidiary", "resulting_company", "acquirer", "seller")
_BOUGHT = re.compile(r"(?i)\bacqui|\bpurchase\b")
#: Where the other one is looked for first. An acquisition's agreement is with those who sell, not with the target.
_ORDER = {
    "joint_venture": (_WITH, _TARGET, _STAKE_IN),
    "slump_sale": (_WITH, _SOLD_TO, _TARGET),
    "acquisition": (_STAKE_IN, _TARGET, _DESCRIBED),
}
#: Kinds that a tribunal has to sanction.
SCHEMES = ("merger", "demerger")
#: What the other one is, by the kind of the transaction.
_ROLES = {"joint_venture": "jv_partner", "incorporation": "subsidiary", "cessation": "subsidiary"}
#: A subsidiary that enters an agreement with the one named behind it.
_OWN_SUBSIDIARY = re.compile(
    r"[^;\n]{5,120}?,\s(?i:an?\s|the\s|our\s|its\s)?(?i:(?:wholly[- ]owned |step[- ]down |material )*subsidiary)\b"
    rf"[^;\n]{{0,40}}?\band\s(?i:m/s\.?\s)?(?P<name>{_BODY})"
)
_PARTS = re.compile(r"(?i)\s(?:and|&|with)\s|,\s|\s?/\s?")
_BEHIND_NAMES = re.compile(
    r"\.\s|\s(?:for|under|pursuant|and their|dated|which|in relation|is|has|was|to|by|in)\b"
    r"|[“\"”;]|\((?=[“\"'‘T]|the\b|wholly)"
)
_ROLE_WORDS = re.compile(
    r"(?i)^(?:the )?(?:joint venture (?:company|entity)|special purpose|creditors?|shareholders?|hon\W?ble"
    r"|national company|company|issuer|wholly|holding|subsidiary|transferor|transferee"
    r"|resulting|demerged|parties|its|our|their|other"
    r"|respective|face|usd|inr|equity|material|associate)\b|\bsubsidiary\b"
)
#: Where a body sits, before its name: "UK-based Norton Electric Limited".
_SEAT = re.compile(r"^[A-Z][\w.]*[- ](?:based|headquartered)\s")
#: What is sold or split off, before the name of whose it is: "Retail Business of Aa Foods Limited".
_BUSINESS = re.compile(
    r"^[^.]{0,60}?\b(?i:business|undertaking|division|segment|operations)\s(?i:of|to)\s(?=[A-Z])"
)
_PLACES = frozenset(("india", "uk", "usa", "uae", "dubai", "singapore"))


def put_counterparty(source: Source, found: Extract, kind: str) -> None:
    """Puts the other one as a fact and a party, and every other party of a scheme."""
    other = _counterparty(source, kind)
    if other is None:
        _put_named(source, found)
        return
    match, name = other
    found.put("counterparty", match.fact(name, 0.7))
    role = _ROLES.get(kind, "target")
    if match.match.re is _BY_BODY:
        role = "acquirer"
    if kind == "demerger" and re.search(rf"(?i)\binto\s+{_spaced(name)}", match.page.text):
        role = "resulting_company"
    if kind == "slump_sale" and match.match.re is not _TARGET and not _BOUGHT.search(source.title):
        role = "acquirer"
    if kind == "divestiture":
        role = {_ALLOTTED_TO: "allottee", _SOLD_TO: "acquirer"}.get(match.match.re, role)
    names = [name]
    if match.match.re is _BETWEEN and (kind in SCHEMES or "scheme" in match[0].lower()):
        names += [
            other for again, other in _between(source, kind) if again.match.span() == match.match.span()
        ]
    place = (match.evidence(),)
    found.parties.extend(
        Party(name_as_written=one, kind=kind_of_name(one), role=role, evidence=place)
        for one in dict.fromkeys(names)
    )


def _put_named(source: Source, found: Extract) -> None:
    """The first body that the filing names as bought, sold, merged or set up, where no other words tell it."""
    named = named_bodies(source, EventType.MERGER_ACQUISITION, found.parties)
    other = next((party for party in named if party.role in _OTHER_ROLES), None)
    if other is not None and _is_other(source, other.name_as_written):
        found.put("counterparty", Fact(value=other.name_as_written, evidence=other.evidence, confidence=0.6))
        found.parties.append(other)


def _spaced(name: str) -> str:
    """A pattern of a name over whatever blanks stand in it."""
    return r"\s+".join(map(re.escape, name.split()))


def _counterparty(source: Source, kind: str) -> tuple[Found, str] | None:
    if kind == "divestiture":
        for pattern in (_ALLOTTED_TO, _SOLD_TO):
            if (buyer := _first_named(source, pattern)) is not None:
                return buyer
    if kind == "acquisition" and (buyer := _buyer_of_issuer(source)) is not None:
        return buyer
    if (between := next(_between(source, kind), None)) is not None:
        return between
    for pattern in _ORDER.get(kind, (_STAKE_IN, _TARGET, _WITH)):
        if (other := _first_named(source, pattern)) is not None:
            return other
    return None


def _first_named(source: Source, pattern: re.Pattern[str]) -> tuple[Found, str] | None:
    for match in source.each(pattern):
        said = match.match.groupdict()
        name = _SEAT.sub("", clean_name(_BUSINESS.sub("", said["name"] or said.get("short") or "")))
        owner, _, rest = name.replace("’", "'").partition("'s ")
        name = rest if rest and country_in(owner) else name
        if _is_other(source, name):
            return match, name
    return None


def _buyer_of_issuer(source: Source) -> tuple[Found, str] | None:
    """Who is said to buy shares of the issuer."""
    own = ("the company", "company", " ".join(source.issuer.casefold().split()[:2]) or "the company")
    for match in source.each(_STAKE_OF):
        if not normal(match["whose"]).startswith(own):
            continue
        buyer = _BY_BODY.search(match.page.text, match.match.start("whose"), match.match.end("whose") + 90)
        if buyer is not None and _is_other(source, name := clean_name(buyer["name"])):
            return Found(match.page, buyer), name
    return None


def _between(source: Source, kind: str) -> Iterator[tuple[Found, str]]:
    """Those that a scheme or agreement is between, besides the issuer and, but for schemes, its subsidiaries."""
    for match in source.each(_BETWEEN):
        own = _OWN_SUBSIDIARY.match(match.match["names"]) if kind not in SCHEMES else None
        if own is not None:
            if _is_other(source, name := clean_name(own["name"])):
                yield match, name
            continue
        names = _BEHIND_NAMES.split(match["names"], maxsplit=1)[0]
        for part in _PARTS.split(names):
            name = clean_name(part)
            if _is_other(source, name):
                yield match, name


def _is_other(source: Source, name: str) -> bool:
    """Whether a name is one, and not the issuer's own, in full, in part or by its first letters."""
    if not is_name(name) or name.casefold() in _PLACES or not name[:1].isupper() or _ROLE_WORDS.search(name):
        return False
    issuer = bare(source.issuer)
    initials = "".join(word[0] for word in issuer)
    if name.isupper() and len(name) <= 6 and initials.startswith(name[:2].casefold()):
        return False
    own = bare(name)
    if issuer and len(own) > len(issuer) and own[-len(issuer) :] == issuer:
        return False
    is_longer = len(own) > len(issuer) and own[: len(issuer)] == issuer
    return bool(own) and (is_longer or (own != issuer[: len(own)] and own[:2] != issuer[:2]))
