"""The normal form of a name: without titles and punctuation, legal forms spelt one way."""

from __future__ import annotations

import re
import unicodedata

from backfin.investors.words import BODY_WORDS, LEGAL_FORMS, PHRASES, SPELLINGS, TITLES
from backfin.models import PartyKind

#: Letters, digits and the vowel signs of Indian scripts.
_WORD = re.compile(r"[^\W_\u0300-\u036f]+(?:[\u0900-\u0963\u0966-\u0dff\u200c\u200d]+[^\W_]*)*")
_FIRM_MARK = re.compile(r"^\s*m\s*/\s*s\b\.?")
_RELATION = re.compile(r"\b(?:[sdwch]\s*/\s*o|(?:son|daughter|wife|husband) of)\b.*$", re.DOTALL)
_IDENTIFIER = re.compile(
    r"[(\[]?\b(?:pan|din|cin|folio|dp id)\b(?: no)?\s*[.:#-]+\s*[a-z0-9]*\d[a-z0-9]*[)\]]?"
)
_ACCOUNT = re.compile(r"\ba\s*/\s*c\b\.?")
_LATIN_MARKS = re.compile(r"[\u0300-\u036f]+")

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
_BODY_MARKS = (
    BODY_WORDS
    | LEGAL_FORMS
    | {"account", "bank", "bros", "fund", "insurance", "laboratories", "scheme", "sons", "trust", "trustee"}
)

#: Names of persons have this many words.
_PERSON_WORDS = range(2, 7)


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
    form = normal_form(name)
    words = form.split()
    found = _marked_kind(form, frozenset(words))
    if found is not None:
        return found
    if BODY_WORDS.intersection(words):
        return PartyKind.COMPANY
    is_like_person = len(words) in _PERSON_WORDS and not any(char.isdigit() for char in form)
    return PartyKind.PERSON if is_like_person else PartyKind.UNKNOWN


def _marked_kind(form: str, words: frozenset[str]) -> PartyKind | None:
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
    return _body_kind(words)


def _body_kind(words: frozenset[str]) -> PartyKind | None:
    if "llp" in words:
        return PartyKind.LLP
    if words & {"insurance", "assurance"}:
        return PartyKind.INSURER
    if "bank" in words:
        return PartyKind.BANK
    if words & LEGAL_FORMS:
        return PartyKind.COMPANY
    if words & {"trust", "trustee", "trustees"}:
        return PartyKind.TRUST
    if words & {"bros", "sons", "associates"}:
        return PartyKind.PARTNERSHIP
    return None


def _once(name: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    text = _latin_without_marks(text)
    text = _FIRM_MARK.sub(" ", text)
    text = _IDENTIFIER.sub(" ", text)
    text = _without_relation(text)
    text = _ACCOUNT.sub(" account ", text).replace("&", " and ").replace("'", "").replace("’", "")
    words = [SPELLINGS.get(word, word) for word in _WORD.findall(text)]
    joined = _joined(words)
    return " ".join(_without_titles(joined)) if joined else ""


def _without_relation(text: str) -> str:
    """Drops "s/o …" behind a name, unless nothing would be left."""
    short = _RELATION.sub(" ", text)
    return short if _WORD.search(short) else text


def _latin_without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", decomposed))


def _joined(words: list[str]) -> list[str]:
    """Words with every phrase that means one word put together."""
    for phrase, joined in PHRASES:
        text = f" {' '.join(words)} "
        before = f" {' '.join(SPELLINGS.get(word, word) for word in phrase)} "
        words = text.replace(before, f" {joined} ").split()
    return words


def _without_titles(words: list[str]) -> list[str]:
    """Drops titles in front of a person's name; "Shree" and "Dr" belong to the name of a body."""
    titles = _ARTICLES if _BODY_MARKS.intersection(words) else TITLES
    while len(words) > (1 if words[0] in _SURE_TITLES else 2) and words[0] in titles:
        words = words[1:]
    return words
