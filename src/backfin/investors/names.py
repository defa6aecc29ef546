"""The normal form of a name: without titles and punctuation, legal forms spelt one way."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import pairwise

from backfin.investors.clauses import without_clauses
from backfin.investors.latin import to_latin
from backfin.investors.legal_forms import LEGAL_FORMS
from backfin.investors.words import BODY_WORDS, HONOURS, PHRASES, SPELLINGS, TITLES
from backfin.models import PartyKind

_WORD = re.compile(r"[a-z0-9]+")
_ACCOUNT = re.compile(r"\ba\s*/\s*c\b\.?")
_INDIA = re.compile(r"\(\s*i\s*\)(?=\s*(?:\(?p\b|pvt|private|ltd|limited))")
_SLASHED_FORM = re.compile(r"\b(?:s/a|a/s)\b")
_PHRASE = re.compile(rf"\b(?:{'|'.join(sorted(PHRASES, key=len, reverse=True))})\b")

_GOVERNMENT = ("president of india", "governor of", "govt of", "ministry of", "central govt", "state govt")
_FUND_REGIMES = (
    ("mutual fund", PartyKind.MUTUAL_FUND_SCHEME),
    ("alternative investment", PartyKind.AIF),
    ("aif", PartyKind.AIF),
    ("odi", PartyKind.FPI),
    ("fpi", PartyKind.FPI),
    ("foreign portfolio", PartyKind.FPI),
)
_FOREIGN = frozenset(
    ["bv", "cayman", "emerging", "icav", "inc", "luxembourg", "mauritius", "plc", "pte", "sicav"]
)

_ARTICLES = frozenset(["the", "messrs"])
_SURE_TITLES = frozenset(["the", "messrs", "mr", "mrs", "ms", "miss", "smt"])
_BODY_MARKS = BODY_WORDS | {
    "account",
    "bank",
    "bros",
    "fund",
    "insurance",
    "scheme",
    "sons",
    "trust",
    "trustee",
}

#: Legal forms of two letters, which are names and titles too ("Pt. Ravi Mehra"), stand among the last words.
_LAST_WORDS = 2

#: Names of persons have this many words.
_PERSON_WORDS = range(2, 7)


@lru_cache(maxsize=16384)
def normal_form(name: str) -> str:
    """A name as compared and as keys are made of it. Making it twice changes nothing.

    >>> normal_form("Shri A.K. Mehra (HUF)")
    'a k mehra huf'
    >>> normal_form("M/s. Acme & Sons (P) Limited") == normal_form("ACME AND SONS PVT. LTD.")
    True
    >>> normal_form("Asha Mehra W/o Ravi Mehra")
    'asha mehra'
    >>> normal_form("Pinewood Growth Fund - ODI")
    'pinewood growth fund odi'
    """
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        name = _once(name)
    return name


def kind_of(name: str) -> PartyKind:
    """What a name says its bearer is. A fund that names no regime counts as an alternative fund.

    >>> kind_of("Ramesh Gupta HUF"), kind_of("Acme Holdings Pvt Ltd"), kind_of("Dr. Asha Mehra")
    (<PartyKind.HUF: 'huf'>, <PartyKind.COMPANY: 'company'>, <PartyKind.PERSON: 'person'>)
    """
    return kind_of_form(normal_form(name))


@lru_cache(maxsize=16384)
def kind_of_form(form: str) -> PartyKind:
    """What a normal form says its bearer is."""
    words = form.split()
    found = _marked_kind(form, frozenset(words), states_form(words))
    if found is not None:
        return found
    if BODY_WORDS.intersection(words):
        return PartyKind.COMPANY
    is_like_person = len(words) in _PERSON_WORDS and not any(char.isdigit() for char in form)
    return PartyKind.PERSON if is_like_person else PartyKind.UNKNOWN


def states_form(words: Sequence[str]) -> bool:
    """Whether the words of a name state a legal form.

    >>> states_form(["pine", "ag"]), states_form(["ag", "pine", "mehra"])
    (True, False)
    """
    least = max(1, len(words) - _LAST_WORDS)
    return any(word in LEGAL_FORMS and (len(word) > 2 or place >= least) for place, word in enumerate(words))


def _marked_kind(form: str, words: frozenset[str], has_form: bool) -> PartyKind | None:
    """The kind that one plain mark in the name decides, the surest mark first."""
    padded = f" {form} "
    if "huf" in words:
        return PartyKind.HUF
    if any(f" {mark} " in padded for mark in _GOVERNMENT):
        return PartyKind.GOVERNMENT
    for mark, kind in _FUND_REGIMES:
        if f" {mark} " in padded:
            return kind
    if "account" in words and words & {"trustee", "fund", "scheme"}:
        return PartyKind.MUTUAL_FUND_SCHEME
    if words & {"fund", "funds"}:
        return PartyKind.FPI if words & _FOREIGN else PartyKind.AIF
    return _body_kind(words, has_form)


def _body_kind(words: frozenset[str], has_form: bool) -> PartyKind | None:
    if "llp" in words:
        return PartyKind.LLP
    if words & {"insurance", "assurance"}:
        return PartyKind.INSURER
    if "bank" in words:
        return PartyKind.BANK
    if has_form:
        return PartyKind.COMPANY
    if words & {"trust", "trustee", "trustees"}:
        return PartyKind.TRUST
    if words & {"bros", "sons", "associates"}:
        return PartyKind.PARTNERSHIP
    return None


def _once(name: str) -> str:
    text = without_clauses(to_latin(name).casefold())
    text = (
        _INDIA.sub(" india ", _ACCOUNT.sub(" account ", text))
        .replace("&", " and ")
        .replace("'", "")
        .replace("’", "")
    )
    text = _SLASHED_FORM.sub(lambda found: found[0].replace("/", ""), text)
    words = " ".join(SPELLINGS.get(word, word) for word in _WORD.findall(text))
    joined = _PHRASE.sub(lambda found: PHRASES[found[0]], words)
    return " ".join(_without_titles(joined.split())) if joined else ""


def _without_titles(words: list[str]) -> list[str]:
    """Drops titles in front of a person's name; "Shree" and "Dr" belong to the name of a body."""
    if states_form(words) or _BODY_MARKS.intersection(words):
        return _without_ends(words, _ARTICLES)
    starts = [0, *(place + 1 for place, word in enumerate(words) if word == "and"), len(words) + 1]
    holders = [words[start : end - 1] for start, end in pairwise(starts)]
    if any(TITLES.issuperset(holder) for holder in holders):
        return _without_ends(words, TITLES)
    kept = [" ".join(_without_ends(holder, TITLES)) for holder in holders]
    return " and ".join(kept).split()


def _without_ends(words: list[str], titles: Set[str]) -> list[str]:
    """One name without the titles in front of it and the honours behind it."""
    while len(words) > (1 if words[0] in _SURE_TITLES else 2) and words[0] in titles:
        words = words[1:]
    while len(words) > 2 and words[-1] in HONOURS:
        words = words[:-1]
    return words
