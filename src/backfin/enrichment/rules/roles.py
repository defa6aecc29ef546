"""The words beside a name that tell in which role a filing names it, by event type."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from backfin.models import EventType

_E = EventType
_TAKEOVERS = frozenset((_E.OPEN_OFFER, _E.SAST_DISCLOSURE))
_STAKES = frozenset((_E.MERGER_ACQUISITION,))
_TRADES = frozenset((*_TAKEOVERS, *_STAKES, _E.DEAL))
_ISSUES = frozenset((_E.ALLOTMENT, _E.FUND_RAISE))
_LOANS = frozenset((_E.DEBT_FINANCING, _E.DEBT_DEFAULT))
_CASES = frozenset((_E.LITIGATION_REGULATORY, _E.INSOLVENCY))
_ASIDE = r"\s?,?\s?(?:\([^)]{1,60}\)\s?,?\s?)?"
_MS = r"(?:m/s\.?\s)?$"


@dataclass(frozen=True, slots=True)
class Cue:
    """Words right behind a name, or right before it, and the role they give it.

    ``events`` empty: in every filing. Most names are passed over without a search: ``ends`` are the words of which one
    stands right before the name, ``needs`` a lower-case word somewhere before it; empty: any.
    """

    role: str
    words: re.Pattern[str]
    events: frozenset[EventType] = frozenset()
    ends: frozenset[str] = frozenset()
    needs: str = ""

    def fits(self, near: str, lowered: str, last: str) -> bool:
        """Whether the words near a name are those of the cue; ``last`` is the one right before the name."""
        may_fit = (not self.ends or last in self.ends) and self.needs in lowered
        return may_fit and self.words.search(near) is not None


def _behind(role: str, words: str, events: Iterable[EventType] = ()) -> Cue:
    return Cue(role, re.compile(rf"(?i)^{words}"), frozenset(events))


def _ahead(role: str, words: str, events: Iterable[EventType] = (), ends: str = "", needs: str = "") -> Cue:
    return Cue(role, re.compile(rf"(?i){words}{_MS}"), frozenset(events), frozenset(ends.split()), needs)


def _called(role: str, words: str, events: Iterable[EventType] = ()) -> Cue:
    """A name that the filing goes on to call something: 'X Limited ("Acquirer 1")'."""
    opened = r"\s?,?\s?\(\s?(?:hereinafter[^)]{0,60}|collectively[^)]{0,30}|the\s|an?\s|[“\"'‘]\s?){0,3}"
    return _behind(role, rf"{opened}(?:{words})\b", events)


BEHIND = (
    _called("acquirer", r"acquirers?|purchasers?|buyers?", _TRADES),
    _called("pac", r"pacs?|persons? acting in concert", _TRADES),
    _called(
        "seller", r"sellers?|selling|vendors?|transferors?(?! compan)|promoters? of (?:the )?target", _TRADES
    ),
    _called("target", r"targets?|(?:transferor|amalgamating|demerged) compan(?:y|ies)", _TRADES),
    _called("resulting_company", r"resulting compan(?:y|ies)", _STAKES),
    _called("merchant_banker", r"managers? to|lead manager"),
    _called(
        "petitioner", r"(?:operational|financial) creditors?|petitioners?|applicants?|complainants?", _CASES
    ),
    _called("respondent", r"respondents?", _CASES),
    _called("corporate_debtor", "corporate debtor", _CASES),
    _called("lender", r"lenders?", _LOANS),
    _called("trustee", r"debenture trustees?", _LOANS),
    _called("customer", r"customers?|clients?|employer", (_E.ORDER_WIN,)),
    _behind(
        "subsidiary",
        rf"{_ASIDE}(?:which is |being )?(?:(?:an?|the|its|our|another)\s)?(?:(?:(?!(?:through|via|by|of|and|with|to"
        r"|from)\s)[\w-]+\s){0,5}subsidiar(?:y|ies)\b"
        r"(?!,? namely)|in which (?:we|the company) hold)",
    ),
    _behind(
        "merchant_banker",
        r"\s?,?\s?(?:the |being )?\(?[“\"'‘]?\s?(?:the )?managers? to the (?:open |delisting )?offer",
    ),
    _behind("petitioner", rf"{_ASIDE}(?:an? |the )?(?:operational|financial) creditor", _CASES),
    _behind("petitioner", r"\s(?:has|have|had) (?:also )?(?:filed|moved|preferred)", _CASES),
    _behind("trustee", rf"{_ASIDE}(?:the |as )?(?:debenture|security) trustee", _LOANS),
)
AHEAD = (
    _ahead(
        "subsidiary",
        r"\bsubsidiar(?:y|ies)(?: company| compan(?:y|ies) of the company| of the company)?"
        r"(?:[\s,:;–(-]{1,4}(?:namely|viz\.?|i\.e\.?|named|known as|being)?[\s,:“\"'‘-]{0,4}"
        r"|\s(?:under|in|with|by) the name(?: and style)?(?: of| as)?\s[“\"'‘]?)",
        needs="subsidiar",
    ),
    _ahead(
        "partner",
        r"\b(?:agreements?|mous?|memorandum of understanding|partnership|collaboration|joint venture|tie-?up"
        r"|partner(?:s|ed)?|alliance)\b[^.;]{0,60}\bwith\s",
        set(EventType) - {*_LOANS, *_CASES, *_TAKEOVERS, _E.ORDER_WIN},
        ends="with",
    ),
    _ahead(
        "allottee",
        r"\ballot\w*\b[^;]{0,140}\bto\s(?:(?:its |our |the )?(?:promoters?|promoter group|investor),?\s)?",
        set(EventType) - {_E.FUND_RAISE},
        "to promoter promoters group investor",
    ),
    _ahead(
        "proposed_allottee",
        r"\b(?:allot\w*|issue|issuance|preferential (?:issue|allotment|basis))\b[^;]{0,140}\bto\s",
        (_E.FUND_RAISE,),
        "to",
    ),
    _ahead("resulting_company", r"\b(?:demerg\w*|hiv\w+ off|spin\w*)\b[^.;]{0,120}\binto\s", _STAKES, "into"),
    _ahead(
        "seller",
        r"\b(?:acqui\w+|purchas\w+|bought|gift|transfer)\b[^.;]{0,140}\b(?:from|held by)\s",
        _TRADES,
        "from by",
    ),
    _ahead(
        "acquirer",
        r"\b(?:sale|sold|sell\w*|divest\w*|dispos\w+|transfer(?:red)?)\b[^.;]{0,140}\b(?:to|in favou?r of)\s",
        _TRADES,
        "to of",
    ),
    _ahead(
        "target",
        r"\b(?:acquisition|acquir(?:ed|es?|ing)|purchase[ds]?|take-?over|invest(?:ed|ment)s?|stake|shareholding"
        r"|interest|infusion|subscri\w+|divest\w*|disposal|sale)\b[^.;]{0,90}\b(?:in|of)\s",
        _STAKES,
        "in of",
    ),
    _ahead(
        "target",
        r"\bname of (?:the )?target company(?: \(tc\))?[\s:–-]{1,4}",
        _TRADES,
        needs="target company",
    ),
    _ahead("seller", r"\bname of (?:the )?sellers?\b(?:[^.;]|\bno\.){0,50}[\s:]", _TRADES, needs="name of"),
    _ahead(
        "pac",
        r"\bpersons? acting in concert(?: \(?pacs?\)?)?[\s,:–-]{1,3}(?:namely\s|viz\.?\s)?",
        _TRADES,
        needs="acting in concert",
    ),
    _ahead(
        "merchant_banker",
        r"\bmanagers? to the (?:open |delisting )?offer[\s,:–-]{1,4}",
        _TAKEOVERS,
        needs="manager",
    ),
    _ahead(
        "lender",
        r"\b(?:loans?|facilit(?:y|ies)|borrow\w*|credit lines?|sanction\w*|settlement|ots|dues|debt)\b"
        r"(?:[^.;]{0,110}\b(?:from|with|by|of|in favou?r of)|(?:(?!\b(?:given|granted|extended|provided|advanced)\b)"
        r"[^.;]){0,110}\bto)\s(?:the )?",
        _LOANS,
        "from with by of to the",
    ),
    _ahead(
        "petitioner",
        r"\b(?:petition|application|appeal|suit|claim|complaint)\b[^.;]{0,140}\bby\s",
        _CASES,
        "by",
    ),
    _ahead(
        "respondent",
        r"\b(?:arbitration|disputes?|litigation|suit|petition|appeal|claim|award|proceedings?)\b[^.;]{0,90}"
        r"\b(?:against|with|v/?s\.?|versus)\s",
        _CASES,
        "against with vs v/s vs. versus",
    ),
    _ahead(
        "corporate_debtor",
        r"\b(?:insolvency|cirp|liquidation|resolution)\b[^.;]{0,90}\b(?:of|against|in respect of)\s",
        (_E.INSOLVENCY,),
        "of against",
    ),
)
#: A scheme under which others are merged into the issuer.
MERGED = re.compile(
    r"(?i)\b(?:amalgamation|merger|absorption"
    r"|demerger)\s(?:by absorption\s)?of\s(?:[^;]{0,130}(?:\band|,)\s)?(?:m/s\.?\s)?$"
)
INTO = re.compile(r"(?i)\b(?:with|into|and)\s(?:m/s\.?\s)?$")


def cues_of(cues: tuple[Cue, ...], event_type: EventType) -> tuple[Cue, ...]:
    """The cues that count in filings of an event type."""
    return tuple(cue for cue in cues if not cue.events or event_type in cue.events)


BY_EVENT = {event: (cues_of(BEHIND, event), cues_of(AHEAD, event)) for event in EventType}
