"""Businesses and stakes bought, sold, merged, split off or set up."""

from __future__ import annotations

import re

from backfin.enrichment.rules.counterparties import SCHEMES, put_counterparty
from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract, Found, derived, percent, tidy
from backfin.enrichment.rules.source import Source
from backfin.models import Fact

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
    put_counterparty(source, found, kind)
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
    if kind not in SCHEMES and "scheme" not in source.title.lower():
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
