"""Businesses and stakes bought, sold, merged, split off or set up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backfin.enrichment.rules.bodies import named_bodies
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.names import PROPER, bare, clean_name, is_name, kind_of_name
from backfin.enrichment.rules.places import country_in
from backfin.enrichment.rules.quotes import Extract, Found, derived, percent, tidy
from backfin.enrichment.rules.source import Source
from backfin.models import EventType, Fact
from backfin.models.facts import Party

#: Characters within a sentence: the point behind a legal form ends none.
_ON = r"(?:[^.\n]|(?<=\bInc)\.|(?<=\bLtd)\.|(?<=\bPvt)\.|(?<=\bCorp)\.|(?<=\b[A-Z])\.)"
_KINDS = (
    (
        "cessation",
        re.compile(
            rf"(?i)stri(?:ke|king|ck|uck)[- ]?(?:ing )?off{_ON}{{0,80}}subsidiar"
            r"|subsidiar\w+[^.\n]{0,90}(?:dissol|liquidat|struck off|ceased|winding[- ]up|wound up)"
            rf"|(?:closure|dissolution|cessation|liquidation|winding[- ]up) of"
            rf"(?!{_ON}{{0,40}}\b(?:acqui|transaction|sale|invest)){_ON}{{0,80}}subsidiar"
        ),
    ),
    (
        "incorporation",
        re.compile(
            r"(?i)(?<!\()(?<!company )(?<!entity )incorporat(?:ion|ed|ing)\b(?! under the )[^.\n]{0,60}"
            r"(?:subsidiary|company|vehicle|\bspv\b|associate"
            r"|\bwos\b)"
            r"|subsidiary[^.\n]{0,40}incorporat|(?:formation|setting up) of[^.\n]{0,40}subsidiary"
        ),
    ),
    (
        "joint_venture",
        re.compile(
            r"(?i)\bjoint[- ]venture\b(?!\s(?:company|entity))"
            r"|(?<!\bin )(?<!\bits )(?<!\bthe )(?<!\bof )\bjoint[- ]venture (?:company|entity)"
            r"|\bJV (?:agreement|company|partner)\b"
        ),
    ),
    ("demerger", re.compile(r"(?i)\bde-?merg\w+|\bspin[- ]?off\b|hiv(?:e|ing)[- ]off")),
    ("slump_sale", re.compile(r"(?i)slump sale")),
    (
        "merger",
        re.compile(r"(?i)amalgamat\w+|\btransferor compan(?:y|ies)\b|\bmerger\b|\bmerg(?:e|ed|ing)\b"),
    ),
    (
        "divestiture",
        re.compile(
            r"(?i)\bdilut\w+|\b(?:divest|disinvest)\w*|(?:sale|sold|disposal|sell\w*) (?:of|or disposal)"
            r"|\bto sell\b|\bexit(?:s|ed|ing)?\b[^.\n]{0,30}\b(?:investment|stake|shareholding)\b"
            r"|\bmonetis\w+|\bcease[sd]? to be (?:an?|its) (?:\w+ ){0,3}(?:subsidiary|associate)"
        ),
    ),
    (
        "acquisition",
        re.compile(
            r"(?i)\bacqui\w+|\bacqus\w+|\btake-?over\b|\binvest(?:s|ed|ing|ment)?\b(?:[^.\n]|(?<=rs)\.|\.(?=\d)){0,40}\bin\b"
            r"|\bsubscription (?:to|of)\b[^.\n]{0,60}\bshares\b"
            r"|\bpurchase (?:of )?\d[\d.]* ?%|\bsubscribed? to\b[^.\n]{0,60}\bshares\b"
        ),
    ),
)
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
_OF_ISSUER = r"(?i:stake|shareholding|holding|control|shares|interest|capital)\b[^.;\n]{0,40}?\b(?i:in|of)\s"
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
_SCHEMES = ("merger", "demerger")
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
_STAKE = re.compile(
    r"(?i)(?:acqui\w+|sale|sold|divest\w*|stake|purchase)\b[^.\n%]{0,60}?(?P<pct>\d{1,3}"
    r"(?:\.\d{1,4})?)\s?%"
)
_FROM_TO = re.compile(
    r"(?i)\b(?:stake|shareholding|holding|interest|dilut\w+|increas\w+|decreas\w+"
    r"|reduc\w+)\b[^;]{0,160}?\bfrom\s(?P<pre>\d{1,3}(?:\.\d{1,4})?)\s?%"
    r"[^.;]{0,40}?\bto\s(?P<post>\d{1,3}(?:\.\d{1,4})?)\s?%"
)
_WHOLLY_OWNED = re.compile(r"(?i)\bwholly[- ]owned (?:\w+ )?subsidiary of the company\b")
_SHARE_AFTER = re.compile(
    r"(?i)(?:\b(?:we|company|issuer) (?:will|shall|would) (?:take|hold|own|subscribe to)\s"
    r"|percentage of (?:shareholding|control)[^\n%]{0,120}?|\bhold(?:s|ing)?\s(?:about "
    r"|approximately )?|remaining\s\d[^\n%]{0,8}%[^\n%]{0,80}?)"
    r"(?P<pct>\d{1,3}(?:\.\d{1,4})?)\s?%"
)
_REMAINING = re.compile(r"(?i)\bacqui\w+\b[^.\n]{0,40}\bremaining\s(?P<pct>\d{1,2}(?:\.\d{1,4})?)\s?%")
_FURTHER = re.compile(
    r"(?i)\b(?:additional|further|balance|incremental|up\s?to|sale|sold|divest\w*"
    r"|dilut\w*)\b"
)
_COST = re.compile(
    r"(?i)(?:total |aggregate |cash |cost of |purchase |sale ){0,4}(?:consideration|acquisition cost"
    r"|cost of acquisition|enterprise value|price at which|purchase price|equity value|lump sum"
    r"|contribution to the (?:equity|capital))"
    r"|\b(?:acquir\w+|acquisition|takeover|divest\w*|sale|sell\w*|subscri\w+"
    r"|invest\w*)\b[^.;\n]{0,160}?\b(?:for|worth)"
    r"\s(?:an? )?(?:about |approximately |approx\.? |up to |~\s?)?(?=₹|rs\b|inr|usd|us\$|\$|eur|€"
    r"|gbp|£|aed|sgd)"
    r"|\binvest(?:ed|s|ing|ment of)\s(?=₹|rs\b|inr|usd|us\$|\$|eur|€)"
)
_CAPITAL = re.compile(r"(?i)\b(?:paid[- ]up|subscribed|initial) (?:share )?capital\b")
_CASH = re.compile(r"(?i)\b(?P<kind>cash|share swap|swap of shares)\b (?:consideration)?")
_LABEL_END = r"[^.\n?]{0,140}(?:\n[^.\n?:]{0,80})??\??[\s:;–-]{1,4}"
_ANSWERS = {
    "related_party": (
        (
            "no",
            re.compile(
                rf"(?i)related\s+party\s+transactions?(?:\(s\))?{_LABEL_END}(?:no\b|not applicable|n\.a)"
                rf"|\b(?:not|neither)\b[^.;?]{{0,60}}\brelated part(?:y|ies)\b"
            ),
        ),
        (
            "yes",
            re.compile(
                rf"(?i)related\s+party\s+transactions?(?:\(s\))?{_LABEL_END}yes\b"
                rf"|\bis a related party (?:transaction|of)\b"
            ),
        ),
    ),
    "arms_length": (
        ("no", re.compile(r"(?i)\bnot (?:at|on|done at) (?:an )?arm['’]?s[- ]length")),
        ("yes", re.compile(r"(?i)\b(?:at|on) (?:an )?arm['’]?s[- ]length\b(?!\s?[\"”]?\s?\?)")),
    ),
}
#: How many shares for how many: as a ratio, and as a sentence that names the new ones first or last.
_NAMED_RATIO = r"(?:(?:share )?(?:exchange|swap|entitlement)(?: ratio)?|\bswap ratio)"
_SWAP = re.compile(
    rf"(?i)\b{_NAMED_RATIO}\b[^.;\d]{{0,80}}?(?P<ratio>\d{{1,6}}(?:\.\d{{1,4}})?\s?:\s?\d{{1,6}}(?:\.\d{{1,4}})?)(?![\d:])"
)
_SHARES_FOR = re.compile(
    r"(?i)\b(?P<new>\d[\d,]{0,9}(?:\.\d{1,4})?)\s(?:\([^)]{1,60}\)\s)?(?:fully |paid[- ]up |new |equity "
    r"|preference )*shares?\b"
    r"[^.;]{0,160}?\bfor every\s(?P<old>\d[\d,]{0,9}(?:\.\d{1,4})?)\s(?:\([^)]{1,60}\)\s)?(?:fully |paid[- ]up |equity "
    r"|preference )*shares?\b"
)
_COMPLETION = re.compile(
    rf"(?i)(?:indicative time period for completion|expected (?:date|time) (?:of|for) completion"
    rf"|expected to be (?:completed|closed)"
    rf"|(?:to be|will be|likely to be|shall be) completed|complet\w+ (?:on or before|by)"
    rf"|(?:targeted|expected|scheduled) (?:by|on or before))[^\d]{{0,110}}?(?P<date>{DATE})"
)
_BORN = re.compile(
    rf"(?i)\b(?:date of incorporation|incorporated(?: (?:on|in india on|as on))?"
    rf"|incorporation (?:dated|on|w\.?e\.?f\.?"
    rf"|of [^.;]{{3,140}}?(?:on|with effect from|w\.?e\.?f\.?)))[^\d\n]{{0,40}}(?P<date>{DATE})"
)


def extract_merger(source: Source) -> Extract:
    """Facts of ``merger_acquisition``: kind, counterparty, stakes, consideration, relation, dates."""
    found = Extract()
    kind = _put_kind(source, found)
    _put_counterparty(source, found, kind)
    if "counterparty" not in found.facts:
        _put_named(source, found)
    _put_stakes(source, found, kind)
    if kind == "incorporation":
        found.put("consideration", source.money_after(_CAPITAL, reach=60, trigger="capital"))
    found.put("consideration", source.money_after(_COST, reach=120, is_total=True))
    if cash := source.search(_CASH):
        found.put("consideration_kind", cash.fact("cash" if "cash" in cash["kind"].lower() else "shares"))
    _put_swap(source, found, kind)
    for field, patterns in _ANSWERS.items():
        for answer, pattern in patterns:
            if field not in found.facts and (said := source.search(pattern)):
                found.put(field, said.fact(answer))
    for field, dated in (("expected_completion", _COMPLETION), ("target_incorporated", _BORN)):
        day = source.search(dated)
        found.put(field, day.date_fact("date", 0.75) if day else None)
    return found


def _put_swap(source: Source, found: Extract, kind: str) -> None:
    """The ratio of shares under a scheme, in the filing's own words; they are what is paid."""
    if kind not in _SCHEMES and "scheme" not in source.title.lower():
        return
    ratio = source.only(_SWAP, "ratio") or source.only(_SHARES_FOR, 0)
    if ratio is not None:
        named = ratio.match.groupdict().get("ratio")
        found.put("swap_ratio", ratio.fact(tidy(named) if named else ratio[0], 0.75))
        found.put("consideration_kind", ratio.fact("shares"))


def _put_kind(source: Source, found: Extract) -> str:
    for kind, pattern in _KINDS:
        if (kind == "slump_sale" or pattern.search(source.title)) and (place := source.search(pattern)):
            found.put("kind", place.fact(kind))
            return kind
    return ""


def _put_counterparty(source: Source, found: Extract, kind: str) -> None:
    other = _counterparty(source, kind)
    if other is None:
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
    if match.match.re is _BETWEEN and (kind in _SCHEMES or "scheme" in match[0].lower()):
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
    issuer = _spaced(" ".join(source.issuer.split()[:2]))
    if not issuer:
        return None
    for match in source.each(re.compile(rf"{_OF_ISSUER}(?i:(?:the )?company|{issuer})\b")):
        buyer = _BY_BODY.match(match.page.text, match.match.end())
        if buyer is not None and _is_other(source, name := clean_name(buyer["name"])):
            return Found(match.page, buyer), name
    return None


def _between(source: Source, kind: str) -> Iterator[tuple[Found, str]]:
    """Those that a scheme or agreement is between, besides the issuer and, but for schemes, its subsidiaries."""
    for match in source.each(_BETWEEN):
        own = _OWN_SUBSIDIARY.match(match.match["names"]) if kind not in _SCHEMES else None
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


def _put_stakes(source: Source, found: Extract, kind: str) -> None:
    if moved := source.search(_FROM_TO):
        found.put("stake_before", moved.fact(percent(moved["pre"])))
        found.put("stake_after", moved.fact(percent(moved["post"])))
    elif rest := source.search(_REMAINING, "remaining"):
        found.put("stake_after", derived(100, rest.fact(None)))
    elif (stake := source.search(_STAKE)) and not _FURTHER.search(stake[0]) and kind != "divestiture":
        found.put("stake_after", _share(stake, "pct"))
    elif kind == "incorporation" and (whole := source.search(_WHOLLY_OWNED)):
        found.put("stake_after", derived(100, whole.fact(None)))
    elif kind in ("incorporation", "joint_venture") and (share := source.search(_SHARE_AFTER)):
        found.put("stake_after", _share(share, "pct"))


def _share(match: Found, group: str) -> Fact:
    return match.fact(percent(match[group]), 0.6)
