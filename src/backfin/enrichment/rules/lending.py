"""Money that is borrowed, and money that is not paid back."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.holders import party_of
from backfin.enrichment.rules.names import clean_name
from backfin.enrichment.rules.quotes import Extract, percent
from backfin.enrichment.rules.source import Source, put_first

_LENDER = re.compile(
    r"(?i:name of (?:the )?(?:lender|bank)(?:\(s\))?[^\n:A-Z]{0,30}[:\n]?|lender\s?:|\b(?:subscribed by|from"
    r"|(?<!\bgranted )(?<!\bgiven )(?<!\bextended )(?<!\bloan )to|by|in favou?r of"
    r"|with|loan of)\b|(?m:^))\s{0,3}(?i:the |m/s\.?\s)?(?P<name>(?:[A-Z][\w&.'’-]{0,30}\s){0,5}(?:Bank"
    r"|Finance(?:\sCorporation|\sCompany)?|Finvest|Fincorp|Finserv|Financial Services|Capital(?=\s(?:Limited|Ltd)))"
    r"(?: of [A-Z]\w+)?(?:\sPrivate|\sPvt\.?)?(?:\sLimited|\sLtd)?)"
)
_KNOWN_LENDER = re.compile(
    r"\b(?i:from|with|by|of|to)\s(?i:m/s\.?\s)?(?P<name>IREDA|SIDBI|NABARD|NaBFID|HUDCO|PFC"
    r"|REC Limited|REC|LIC|IFC|ADB|SBI|PNB"
    r"|Power Finance Corporation(?: Limited)?"
    r"|Indian Renewable Energy Development Agency(?: Limited)?"
    r"|Life Insurance Corporation of India)\b"
)
_DEFAULT_DATE = re.compile(
    rf"(?i)(?:date of default|default(?:ed)? on|due date|(?:fallen|fell|falling) due on"
    rf"|\bdue on)[^\d\n]{{0,60}}(?:\n[^\d\n]{{0,30}})?"
    rf"(?P<date>{DATE})"
)
_OBLIGATION = re.compile(
    r"(?i)(?:nature of (?:the )?obligation"
    r"|type of (?:the )?obligation)\s{0,3}[:–-]?\s{0,3}(?P<text>[A-Za-z][A-Za-z /-]{3,60}[a-z])"
    r"|\bon\s(?P<on>unlisted (?:debentures|ncds|debt securities))"
)
_OBLIGATION_TOTAL = re.compile(r"(?i)total principal amount[^\n\d]{0,60}")
_PRINCIPAL = re.compile(
    r"(?i)\bprincipal(?: amount)?(?: of)?\s{0,2}[:–-]?(?=\s{0,2}(?:(?:₹|rs|inr)\.?\s?)?\d)"
)
_INTEREST = re.compile(r"(?i)\binterest(?: amount)?(?: of)?\s{0,2}[:–-]?(?=\s{0,2}(?:(?:₹|rs|inr)\.?\s?)?\d)")
_OUTSTANDING = re.compile(r"(?i)total (?:amount )?outstanding[^\d]{0,80}|outstanding (?:borrowings?|loans?)")
_TOTAL_DEBT = re.compile(r"(?i)total financial indebtedness")
_CURED = re.compile(
    r"(?i)payment of (?:the )?overdue|overdue (?:interest|principal|amount)[^.]{0,80}\b(?:paid|cleared"
    r"|remitted)\b"
    r"|default (?:has been |is |was )?(?:cured|regulari[sz]ed|made good|paid)"
    r"|(?:entire|whole|full) (?:sum|amount|dues?)[^.]{0,40}\b(?:paid|cleared|remitted)\b"
    r"|\bno amount is overdue"
)
_AMOUNT = re.compile(
    r"(?i)(?:aggregat\w+|amount(?:ing)?(?: to| of)?|up\s?to|worth|loan of|sanction\w*|rais\w+|allot\w+"
    r"|(?:re|pre-?)pa(?:id|y\w*)|redemption|commercial papers?|debentures?|\bncds?\b|refinanc\w+"
    r"|guarantees? of|facilit(?:y|ies) of"
    r"|\bloan agreement\b[^.;\d₹]{0,100}?\bfor\s(?=₹|rs\b|inr|usd|us\$))"
)
#: An amount right before what is borrowed: "Rs 12,842 crore refinancing".
_GUARANTEED = re.compile(
    r"(?i)\bguarantees?\b[^.;]{0,140}?\b(?:for|to)\s(?:an amount of\s)?(?=₹|rs\b|inr|usd|us\$)"
)
_AHEAD = re.compile(
    r"(?i)(?=(?:₹|\brs\.?|\binr|\busd|us\$)\s?[\d,.]+\s?(?:crores?|cr\.?|lakhs?|million|mn"
    r"|billion|bn)?\s(?:\w+\s){0,3}"
    r"(?:refinanc\w+|loans?|facilit(?:y|ies)|debt|ncds?|debentures|bonds?|commercial papers?"
    r"|guarantees?|credit line)\b)"
)
_SETTLED = re.compile(
    r"(?i)\b(?:one[- ]time settlement|ots)\b[^.;\d₹]{0,90}\b(?:for|of|at)\s(?=₹|rs\b|inr)"
    r"|\b(?:accept|settle\w*|pa(?:y|id|yment))\b[^.\d₹]{0,40}(?=(?:₹|rs\.?"
    r"|inr)[^.]{0,12}\.?[^.]{0,40}full\sand\sfinal)"
)
_INSTRUMENT = (
    ("NCD", re.compile(r"(?i)non[- ]convertible debentures?|\bncds?\b")),
    ("commercial paper", re.compile(r"(?i)commercial papers?")),
    ("bond", re.compile(r"(?i)\bbonds?\b")),
    ("term loan", re.compile(r"(?i)term loans?")),
    (
        "guarantee",
        re.compile(
            r"(?i)(?:corporate|default loss|first loss|performance|bank) guarantees?|\bguarantee for\b"
        ),
    ),
)
_COUPON = re.compile(
    r"(?i)(?:coupon|interest rate|rate of interest|(?:floating|fixed) rate|interest @|rate of"
    r"|bearing interest)[^\d\n]{0,50}(?:\n[^\d\n]{0,20})?(?P<pct>\d{1,2}(?:\.\d{1,4})?)\s?%"
)
_A_YEAR = re.compile(r"(?i)(?P<pct>\d{1,2}(?:\.\d{1,4})?)\s?%\s?(?:p\.?\s?a\b|per annum)")
_MATURITY = re.compile(
    rf"(?i)\b(?:maturity date|date of maturity|maturing on|matur(?:es|ity) (?:on|is)"
    rf"|due for (?:redemption|repayment) on|redemption date"
    rf"|redeemable on)[^\d\n]{{0,40}}(?:\n[^\d\n]{{0,20}})?(?P<date>{DATE})"
)
_ALLOTTED = re.compile(
    rf"(?i)\b(?:date of allotment|allotment date|deemed date of allotment"
    rf"|allotted on)[^\d\n]{{0,30}}(?P<date>{DATE})"
)
_ALLOTTED_TODAY = re.compile(r"(?i)\btoday\b[^.;]{0,40}\ballot\w*|\ballotted\b[^.;]{0,60}\btoday\b")
_SPAN = r"\d{1,3}\s?(?:years?|months?|days?)(?:\s(?:and\s)?\d{1,2}\s(?:months?|days?))?"
_TENURE = re.compile(
    rf"(?i)\b(?:tenure|tenor|door[- ]to[- ]door tenor"
    rf"|maturity period)\b[^\n\d]{{0,30}}(?P<text>{_SPAN})|\bfor a (?:tenure|period|tenor"
    rf"|term) of\s(?P<said>{_SPAN})"
)
_SECURITY = re.compile(
    r"(?i)(?P<text>(?:(?:exclusive|first|second|subservient|sub-servient|pari|passu|pari-passu"
    r"|floating|ranking|hypothecation)[\s,]+(?:and\s)?){1,4}charge\s"
    r"(?:on|over|by way of)[^.;\n]{4,110}(?:\.\d[^.;\n]{0,40})?)(?=\ssecures|[.;\n]|\Z)"
)
_PURPOSE = re.compile(
    r"(?i)\b(?:for the purposes? of|to be (?:spent|utili[sz]ed|used|applied) (?:on|for|towards)"
    r"|purpose(?: of (?:the )?(?:loan|issue|borrowing))?\s?[:–-]|end[- ]use[^\n:]{0,20}:)"
    r"\s(?:the\s)?(?P<text>[^.;\n]{6,110})"
)


def extract_default(source: Source) -> Extract:
    """Facts of ``debt_default``: lender, date, principal and interest missed, what is owed in all."""
    found = Extract()
    _put_lender(source, found)
    day = source.search(_DEFAULT_DATE)
    found.put("default_date", day.date_fact("date") if day else None)
    found.put("principal_default", source.money_after(_PRINCIPAL, reach=24, in_table=True))
    found.put("interest_default", source.money_after(_INTEREST, reach=24, in_table=True))
    found.put("outstanding_bank_debt", source.money_after(_OUTSTANDING, reach=120, in_table=True))
    found.put("total_debt", source.money_after(_TOTAL_DEBT, reach=160, in_table=True))
    if obligation := source.search(_OBLIGATION):
        found.put("obligation", obligation.text_fact("text" if obligation.match["text"] else "on", 0.7))
    found.put("obligation_total", source.money_after(_OBLIGATION_TOTAL, reach=24, in_table=True))
    if cured := source.search(_CURED):
        found.put("cured", cured.fact("yes"))
    return found


def extract_financing(source: Source) -> Extract:
    """Facts of ``debt_financing``: instrument, amount, coupon, lender."""
    found = Extract()
    put_first(source, found, "instrument", _INSTRUMENT)
    found.put("ots_amount", source.money_after(_SETTLED, reach=30))
    found.put("amount", source.money_after(_AMOUNT, reach=70, is_total=True))
    found.put("amount", source.money_after(_AHEAD, reach=2))
    found.put("amount", source.money_after(_GUARANTEED, reach=4, trigger="guarantee"))
    if coupon := source.search(_COUPON) or source.only(_A_YEAR, "pct"):
        found.put("coupon", coupon.fact(percent(coupon["pct"])))
    _put_lender(source, found)
    _put_terms(source, found)
    return found


def _put_terms(source: Source, found: Extract) -> None:
    """How long the money is lent, against what, and for what."""
    if tenure := source.search(_TENURE):
        found.put("tenure", tenure.text_fact("text" if tenure.match["text"] else "said", 0.75))
    for field, pattern in (("security", _SECURITY), ("purpose", _PURPOSE)):
        if said := source.search(pattern):
            found.put(field, said.text_fact("text", 0.7))
    matures = source.search(_MATURITY, "matur") or source.search(_MATURITY, "rede")
    found.put("maturity", matures.date_fact("date") if matures else None)
    allotted = source.search(_ALLOTTED, "allot")
    found.put("allotment_date", allotted.date_fact("date") if allotted else source.today(_ALLOTTED_TODAY))


def _put_lender(source: Source, found: Extract) -> None:
    if lender := source.search(_LENDER) or source.search(_KNOWN_LENDER):
        name = clean_name(lender["name"])
        if name.split()[:1] == source.issuer.split()[:1]:
            return
        found.put("lender", lender.fact(name, 0.7))
        found.parties.append(party_of(lender, name, "lender"))
