"""A body's name in parts: legal form, series, and the words by which it is told from others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backfin.investors.legal_forms import LEGAL_FORMS, LETTER_FORMS, form_class
from backfin.investors.numerals import in_digits
from backfin.investors.rarity import rarity

_MEANT = """
    advisers: advisors
    chem: chemicals
    chems: chemicals
    const: construction
    constn: construction
    constructions: construction
    constrn: construction
    cos: co
    devp: development
    devpt: development
    dev: development
    devt: development
    distn: distribution
    edn: education
    elec: electric
    elect: electric
    electricals: electrical
    ent: enterprises
    fert: fertilizers
    ferts: fertilizers
    fertilisers: fertilizers
    fin: financial
    fincl: financial
    guj: gujarat
    ind: industries
    indl: industrial
    infra: infrastructure
    ins: insurance
    instt: institute
    int: international
    internatl: international
    invt: investments
    invts: investments
    invest: investments
    invs: investments
    investment: investments
    lab: laboratories
    labs: laboratories
    laboratory: laboratories
    mah: maharashtra
    maha: maharashtra
    mgmt: management
    mgt: management
    mktg: marketing
    mkt: market
    mkts: markets
    natl: national
    nat: national
    opp: opportunities
    opps: opportunities
    org: organisation
    organization: organisation
    petrochem: petrochemicals
    pharma: pharmaceuticals
    pru: prudential
    prod: products
    prods: products
    rly: railways
    railway: railways
    rlys: railways
    sec: securities
    secs: securities
    serv: services
    svcs: services
    sys: systems
    tel: telecom
    telecommunications: telecom
    trdg: trading
    tr: trust
    univ: universal
    util: utilities
    odisha: orissa
    bengaluru: bangalore
    bombay: mumbai
    brihan: brihan
    sree: shree
    shri: shree
    sri: shree
    shre: shree
    healthcare: health care
    smallcap: small cap
    midcap: mid cap
    largecap: large cap
    flexicap: flexi cap
    multicap: multi cap
    employees: employee
    und: and
    et: and
    etf: exchange traded fund
    esop: employee stock option
    cat: category
    up: uttar pradesh
    mp: madhya pradesh
"""

#: What a word of a body's name is compared as.
MEANT: Mapping[str, tuple[str, ...]] = {
    word.strip(): tuple(meant.split())
    for word, meant in (line.split(":") for line in _MEANT.strip().splitlines())
}

#: Words that neither tell two bodies apart nor bring them together.
EMPTY = frozenset(
    "the and of for de la le les du des del di da ve in co corp group plan portfolio scheme series to".split()  # noqa: SIM905
)

#: Legal forms that stand in front of the name in their countries.
_LEADING_FORMS = frozenset(["ao", "cjsc", "jsc", "llc", "ojsc", "pjsc", "pt"])

_SERIES_WORDS = frozenset(["direct", "regular", "odi"])
_ACCOUNT = "account"
_TRUSTEES = frozenset(["trustee", "trustees", "trusteeship"])


#: Words at most so rare are words of trade.
_OF_TRADE = 0.8


@dataclass(frozen=True)
class BodyName:
    """A name in parts.

    Args:
        form: The legal form, as one word; empty where none is stated.
        core: The words that tell, in order.
        full: All words but legal form and series.
        series: Numbers and the like, in order, that tell schemes of one family apart.
    """

    form: str
    core: tuple[str, ...]
    full: tuple[str, ...]
    series: tuple[str, ...]


@lru_cache(maxsize=65536)
def read_body(words: tuple[str, ...]) -> BodyName:
    """Parts the words of a normal form.

    >>> read_body(("pine", "trustee", "co", "ltd", "account", "pine", "fund", "ii"))
    BodyName(form='', core=('pine', 'fund'), full=('pine', 'fund'), series=('2',))
    """
    named = _with_letter_forms(_beneficiary(words))
    forms = [
        word for place, word in enumerate(named) if word in LEGAL_FORMS and (place or word in _LEADING_FORMS)
    ]
    bare = _spelt_out([word for word in named if word not in forms])
    digits = in_digits([part for word in bare for part in MEANT.get(word, (word,))])
    series = tuple(word for word in digits[1:] if _is_series(word))
    full = [_singular(word) for place, word in enumerate(digits) if not (place and _is_series(word))]
    full = full or named
    core = [word for word in full if word not in EMPTY]
    return BodyName(form_class(forms), tuple(core or full), tuple(full), series)


def _is_series(word: str) -> bool:
    return word.isdigit() or word in _SERIES_WORDS


def _singular(word: str) -> str:
    """A word of trade without its plural; in a name of its own "Pines" is not "Pine"."""
    if rarity(word) > _OF_TRADE:
        return word
    if word.endswith("ies") and len(word) > 5:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word


def _spelt_out(words: Sequence[str]) -> list[str]:
    """Single letters in a row put together: "k p r mill" is "kpr mill"."""
    found: list[str] = []
    letters = ""
    for word in (*words, ""):
        if len(word) == 1 and word.isalpha():
            letters += word
            continue
        found += [part for part in (letters, word) if part]
        letters = ""
    return found


def _with_letter_forms(words: Sequence[str]) -> list[str]:
    """Legal forms written as single letters, behind the name, put together: "nestle s a"."""
    found, place = list(words), len(words) - 2
    if place > 0 and (found[place], found[-1]) in LETTER_FORMS:
        found[place:] = [LETTER_FORMS[found[place], found[-1]]]
    return found


def _beneficiary(words: Sequence[str]) -> Sequence[str]:
    """Whose account, scheme or trust a trustee's or house's name stands for."""
    words = list(words)
    if _ACCOUNT in words[1:-1]:
        place = words.index(_ACCOUNT, 1)
        before, after = words[:place], words[place + 1 :]
        if _holds_for_others(before, after):
            return after
    for place, word in enumerate(words[:-2]):
        if place and word in _TRUSTEES and words[place + 1] in ("of", "for", "to"):
            return words[place + 2 :]
        if place and word == "mutual" and words[place + 1] == "fund":
            scheme = words[place + 2 :]
            return scheme if scheme[0] == words[0] else [*words[:place], *scheme]
    if words[0] in ("ministry", "department") and words[-3:] == ["govt", "of", "india"]:
        return words[:-3]
    return words


def _holds_for_others(before: Sequence[str], after: Sequence[str]) -> bool:
    return len(after) > 1 and not {"odi"}.intersection(after) and len(before) > 0
